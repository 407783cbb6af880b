"""Flask, Django, FastAPI inside an instance: answers and routes."""

from __future__ import annotations

import textwrap

import pytest
from conftest import Instance


def test_flask(instance: Instance) -> None:
    pytest.importorskip("flask")
    (instance.folder / "app.py").write_text(
        textwrap.dedent("""
        from flask import Flask, request, url_for
        from werkzeug.middleware.proxy_fix import ProxyFix
        app = Flask(__name__)
        app.wsgi_app = ProxyFix(app.wsgi_app)
        @app.get("/x/<y>")
        def x(y):
            q = request.args.getlist("q")
            return {"y": y, "url": request.url, "q": q, "ip": request.remote_addr}
        @app.post("/up")
        def up(): return request.files["f"].read()[::-1]
        """)
    )
    ready = instance.load("app:app")
    assert {"methods": ["GET"], "path": "/x/<y>"} in ready["routes"]
    assert {"methods": ["POST"], "path": "/up"} in ready["routes"]
    answer = instance.get(
        "/x/%E6%97%A5", queryString={"q": ["a b", "c"]}, headers={"x-scf-remote-addr": "1.2.3.4"}
    )
    assert answer["result"]["headers"]["Content-Type"] == "application/json"
    import json

    assert json.loads(answer["body"]) == {
        "y": "日",
        "url": "http://localhost:3000/x/日?q=a%20b&q=c",
        "q": ["a b", "c"],
        "ip": "1.2.3.4",
    }
    form = '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc\r\n--b--\r\n'
    answer = instance.get(
        "/up", method="POST", headers={"content-type": "multipart/form-data; boundary=b"}, body=form
    )
    assert answer["body"] == b"cba"


def test_django(instance: Instance) -> None:
    pytest.importorskip("django")
    (instance.folder / "web.py").write_text(
        textwrap.dedent("""
        from django.conf import settings
        settings.configure(ROOT_URLCONF="urls", ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        from django.core.wsgi import get_wsgi_application
        from django.core.asgi import get_asgi_application
        application = get_wsgi_application()
        asgi = get_asgi_application()
        """)
    )
    (instance.folder / "urls.py").write_text(
        textwrap.dedent("""
        from django.http import HttpResponse
        from django.urls import include, path, re_path
        from django.views import View
        class Hello(View):
            def get(self, request, name): return HttpResponse("hello " + name)
        def plain(request): return HttpResponse(request.path)
        urlpatterns = [
            path("hello/<str:name>/", Hello.as_view()),
            path("api/", include([path("plain", plain), re_path(r"^old/(\\d+)$", plain)])),
        ]
        """)
    )
    ready = instance.load("web:application")
    assert ready["routes"] == [
        {"methods": ["GET"], "path": "/hello/<str:name>/"},
        {"methods": [], "path": "/api/plain"},
        {"methods": [], "path": "/api/old/(\\d+)$"},
    ]
    assert instance.get("/hello/you/")["body"] == b"hello you"


def test_django_asgi(instance: Instance) -> None:
    pytest.importorskip("django")
    (instance.folder / "web.py").write_text(
        textwrap.dedent("""
        import sys
        from django.conf import settings
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        from django.core.asgi import get_asgi_application
        from django.http import HttpResponse
        from django.urls import path
        async def hello(request): return HttpResponse("async " + request.path)
        urlpatterns = [path("hello", hello)]
        application = get_asgi_application()
        """)
    )
    ready = instance.load("web:application", "asgi")
    assert ready["routes"] == [{"methods": [], "path": "/hello"}]
    assert instance.get("/hello")["body"] == b"async /hello"
    assert instance.get("/hello", method="HEAD")["body"] == b""


def test_fastapi(instance: Instance) -> None:
    pytest.importorskip("fastapi")
    (instance.folder / "app.py").write_text(
        textwrap.dedent("""
        from contextlib import asynccontextmanager
        from fastapi import APIRouter, BackgroundTasks, FastAPI, Request
        from fastapi.responses import StreamingResponse
        @asynccontextmanager
        async def lifespan(app):
            yield {"db": "open"}
        app = FastAPI(lifespan=lifespan)
        router = APIRouter(prefix="/sub")
        @router.get("/{name}")
        async def sub(name: str, request: Request, q: int = 0):
            return [name, q, request.state.db, str(request.url)]
        app.include_router(router)
        outer = APIRouter(prefix="/outer")
        outer.include_router(router, prefix="/mid")
        app.include_router(outer, prefix="/top")
        @app.post("/echo")
        async def echo(request: Request): return StreamingResponse(iter([await request.body(), b"!"]))
        @app.get("/sync")
        def sync(background: BackgroundTasks):
            background.add_task(print, "later")
            return "in a thread"
        @app.get("/bad")
        def bad(): raise ValueError("inside")
        """)
    )
    ready = instance.load("app:app", "asgi")
    assert {"methods": ["GET"], "path": "/sub/{name}"} in ready["routes"]
    assert {"methods": ["GET"], "path": "/top/outer/mid/sub/{name}"} in ready["routes"]
    assert {"methods": ["POST"], "path": "/echo"} in ready["routes"]
    answer = instance.get("/sub/me", queryString={"q": "3"})
    assert answer["body"] == b'["me",3,"open","http://localhost:3000/sub/me?q=3"]'
    assert instance.get("/echo", method="POST", body="hi")["body"] == b"hi!"
    assert instance.get("/sync")["body"] == b'"in a thread"'
    bad = instance.get("/bad")
    assert bad["result"]["statusCode"] == 500
    assert bad["error"]["message"] == "inside"
    assert instance.get("/nothing")["result"]["statusCode"] == 404
