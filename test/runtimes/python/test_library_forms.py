"""The ways in which others use the adapter: a class that is app and handler, a drop-in, imports."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import Any

import pytest
from conftest import ROOT
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
    from ropeway_runtime import drop_in

    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, environ: Any, start_response: Any) -> Any:
            start_response("204 No Content", [])
            return []

    gc.collect()
    before = len(drop_in._handlers)
    for app in [make_app(Flask), make_app(Flask)]:
        assert handle_request(app, http_event("GET", "/nowhere"), None)["statusCode"] == 404
    del app
    gc.collect()
    assert len(drop_in._handlers) == before
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


def test_a_wsgi_app_loads_little_and_nothing_foreign() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from ropeway_runtime import handler\n"
        "def app(environ, start_response): start_response('200 OK', []); return [b'x']\n"
        "event = {'version': '2.0', 'rawPath': '/', 'requestContext': {'http': {'method': 'GET'}}}\n"
        "assert handler(app)(event, None)['body'] == 'x'\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    python = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT / 'src/runtimes/python')!r})\n{code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in python.stdout.split()}
    assert "asyncio" not in loaded
    if sys.version_info >= (3, 10):
        assert loaded - set(sys.stdlib_module_names) == {"ropeway_runtime"}
