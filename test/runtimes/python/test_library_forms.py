"""The ways in which others use the adapter: a class that is app and handler, a drop-in, imports."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from typing import Any

import pytest
from conftest import RUNTIME
from flask import Flask, request
from ropeway_runtime import TEXT_MIME_TYPES, EventError, EventHandler, handle_request, handler


def http_event(method: str, path: str) -> dict[str, Any]:
    http = {"method": method, "path": path, "sourceIp": "203.0.113.7"}
    headers = {"host": "localhost:3000", "x-forwarded-proto": "http"}
    return {"version": "2.0", "rawPath": path, "headers": headers, "requestContext": {"http": http}}


class App(EventHandler, Flask):
    pass


class AppWithTimer(EventHandler, Flask):
    def on_event(self, event: Any, context: Any) -> Any:
        return ["timer", event["Type"], context]


def make_app(kind: type[Any] = App) -> Any:
    app = kind("shop")

    @app.route("/hello/<name>")  # type: ignore[untyped-decorator]
    def hello(name: str) -> str:
        return f"hello {name} {request.environ['ropeway.context']}"

    return app


def test_the_class_is_the_flask_app_and_a_handler() -> None:
    app = make_app()
    assert isinstance(app, Flask)
    result = app(http_event("GET", "/hello/ann"), "ctx")
    assert (result["statusCode"], result["body"]) == (200, "hello ann ctx")
    assert app(http_event("GET", "/nowhere"), None)["statusCode"] == 404
    # Plain WSGI, and so Flask's own test client, go on as before.
    app.testing = True
    with pytest.raises(KeyError, match=r"ropeway\.context"):
        app.test_client().get("/hello/ann")
    assert app.test_client().get("/nowhere").status_code == 404


def test_other_events_go_to_a_method_or_fall_through() -> None:
    assert make_app(AppWithTimer)({"Type": "Timer"}, "ctx") == ["timer", "Timer", "ctx"]
    with pytest.raises(KeyError, match=r"wsgi\.url_scheme"):
        make_app()({"Type": "Timer"}, None)  # Flask takes it for an environ

    class Plain:
        def __call__(self, *args: Any) -> Any:
            return args

    class Both(EventHandler, Plain):
        pass

    assert Both()({"Type": "Timer"}, None) == ({"Type": "Timer"}, None)
    assert Both()(1, 2, 3) == (1, 2, 3)


@pytest.mark.parametrize("event", [[1], "text", b"bytes", 7, None, {}])
def test_events_of_any_type_go_to_the_method(event: Any) -> None:
    class Kind(EventHandler, Flask):
        def on_event(self, event: Any, context: Any) -> Any:
            return [event]

    assert Kind("shop")(event, None) == [event]


def test_the_arguments_tell_wsgi_from_an_event() -> None:
    """A context may be callable, and the arguments of WSGI may be given by name."""

    class Plain:
        def __call__(self, environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [])
            return [environ["REQUEST_METHOD"].encode()]

    class Both(EventHandler, Plain):
        def on_event(self, event: Any, context: Any) -> Any:
            return "other"

    def callable_context(*_: Any) -> None:
        pass

    app = Both()
    assert app(http_event("PUT", "/"), callable_context)["body"] == "PUT"
    assert app({"Type": "Timer"}, callable_context) == "other"
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "wsgi.version": (1, 0)}
    assert app(environ, callable_context) == [b"GET"]
    assert app(environ=environ, start_response=callable_context) == [b"GET"]


def test_the_class_goes_with_django() -> None:
    pytest.importorskip("django")
    code = """
import sys
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from ropeway_runtime import EventHandler
urlpatterns = [path("hello/", lambda request: HttpResponse("hello " + request.META["ropeway.context"]))]
class App(EventHandler, WSGIHandler):
    pass
http = {"method": "GET", "path": "/hello/"}
event = {"version": "2.0", "rawPath": "/hello/", "headers": {"host": "a.b"}, "requestContext": {"http": http}}
result = App()(event, "ctx")
assert (result["statusCode"], result["body"]) == (200, "hello ctx"), result
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(RUNTIME)})


def test_the_drop_in_has_the_old_keys() -> None:
    seen: dict[str, Any] = {}

    def app(environ: Any, start_response: Any) -> Any:
        seen.update(environ)
        start_response("200 OK", [("Content-Type", "text/plain; charset=gbk")])
        return ["你好".encode("gbk")]

    event = http_event("GET", "/")
    event["requestContext"]["authorizer"] = {"principalId": "ann"}
    result = handle_request(app, event, "ctx")
    assert result["isBase64Encoded"] is True
    assert seen["serverless.event"] is event is seen["event"]
    assert seen["serverless.context"] == "ctx" == seen["context"]
    assert seen["serverless.authorizer"] == {"principalId": "ann"} == seen["API_GATEWAY_AUTHORIZER"]
    assert handle_request(app, {"source": "aws.events"}, None) == {}
    assert handle_request(app, {"source": "serverless-plugin-warmup"}, None) == {}
    with pytest.raises(EventError, match="Type"):
        handle_request(app, {"Type": "Timer"}, None)


def test_the_drop_in_honours_text_types() -> None:
    TEXT_MIME_TYPES.extend(["application/x-custom"])

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "application/x-custom")])
        return ["text: ü".encode()]

    result = handle_request(app, http_event("GET", "/"), None)
    assert (result["body"], result["isBase64Encoded"]) == ("text: ü", False)


def test_the_drop_in_lets_apps_go() -> None:
    app = make_app(Flask)
    assert handle_request(app, http_event("GET", "/hello/ann"), None)["statusCode"] == 200
    gone = weakref.ref(app)
    del app
    gc.collect()
    assert gone() is None


def test_an_event_of_bytes_is_parsed() -> None:
    """As Alibaba's Function Compute gives it."""
    raw = json.dumps(http_event("GET", "/hello/ann")).encode()
    flask = make_app(Flask)
    seen: list[Any] = []
    main_handler = handler(flask, on_event=lambda event, context: seen.append(event))
    assert main_handler(raw, None)["statusCode"] == 200
    assert handle_request(flask, raw, None)["statusCode"] == 200

    class App(EventHandler, Flask):
        def on_event(self, event: Any, context: Any) -> None:
            seen.append(event)

    app = App(__name__)
    assert app(raw, None)["statusCode"] == 404
    for other in (b'{"triggerName": "t"}', b"no JSON", b"\xff"):
        main_handler(other, None)
        app(other, None)
    assert seen == [one for other in ({"triggerName": "t"}, b"no JSON", b"\xff") for one in (other, other)]


def test_an_event_of_bytes_reaches_an_asgi_app() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})

    raw = json.dumps(http_event("GET", "/")).encode()
    assert handler(app, interface="asgi")(raw, None)["statusCode"] == 204


def test_the_drop_in_never_takes_one_app_for_another() -> None:
    """Nor when they are equal, as the methods of one object are that Python makes anew each time."""

    class App:
        def __init__(self, name: bytes) -> None:
            self.name = name

        def __eq__(self, other: object) -> bool:
            return isinstance(other, App)

        def __hash__(self) -> int:
            return 1

        def __call__(self, environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [])
            return [self.name]

        def method(self, environ: Any, start_response: Any) -> Any:
            return self(environ, start_response)

    ann, bob = App(b"ann"), App(b"bob")
    event = http_event("GET", "/")
    bodies = [handle_request(app, event, None)["body"] for app in (ann, bob, ann, ann.method, bob.method)]
    assert bodies == ["ann", "bob", "ann", "ann", "bob"]


def test_the_drop_in_takes_any_app() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, environ: Any, start_response: Any) -> Any:
            start_response("204 No Content", [])
            return []

    assert handle_request(Unhashable(), http_event("GET", "/"), None)["statusCode"] == 204


def test_requests_never_share_event_and_context() -> None:
    """Case 40: one request inside another."""
    inner = http_event("GET", "/inner")
    outer = http_event("GET", "/outer")

    def app(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/outer":
            assert main_handler(inner, "second")["body"] == "/inner second"
        start_response("200 OK", [])
        event, context = environ["ropeway.event"], environ["ropeway.context"]
        return [f"{event['requestContext']['http']['path']} {context}".encode()]

    main_handler = handler(app)
    assert main_handler(outer, "first")["body"] == "/outer first"


LIBRARY_FORMS = {
    "a handler": "from ropeway_runtime import handler; answer = handler(app)",
    "the drop-in": (
        "from ropeway_runtime import handle_request\n"
        "def answer(event, context): return handle_request(app, event, context)"
    ),
    "a class": (
        "from ropeway_runtime import EventHandler\n"
        "class Base:\n"
        "    def __call__(self, environ, start_response): return app(environ, start_response)\n"
        "class App(EventHandler, Base): pass\n"
        "answer = App()"
    ),
}


@pytest.mark.parametrize("code", LIBRARY_FORMS.values(), ids=LIBRARY_FORMS)
def test_a_wsgi_app_loads_little_and_nothing_foreign(code: str) -> None:
    loaded = modules_loaded_by(
        "def app(environ, start_response): start_response('200 OK', []); return [b'x']\n"
        "event = {'version': '2.0', 'rawPath': '/', 'requestContext': {'http': {'method': 'GET'}}}\n"
        f"{code}\n"
        "assert answer(event, None)['body'] == 'x'\n"
    )
    packages = {name.partition(".")[0] for name in loaded}
    assert "ropeway_runtime.wsgi" in loaded
    assert not packages & {"asyncio", "email", "http", "logging", "socket", "urllib", "wsgiref"}
    if sys.version_info >= (3, 10):
        assert packages - set(sys.stdlib_module_names) == {"ropeway_runtime"}


def test_the_package_itself_loads_nothing() -> None:
    assert modules_loaded_by("import ropeway_runtime") == {"__future__", "ropeway_runtime"}


def modules_loaded_by(code: str) -> set[str]:
    python = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(RUNTIME)!r}); before = set(sys.modules)\n{code}\n"
            "print(*set(sys.modules) - before)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(python.stdout.split())
