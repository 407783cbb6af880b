"""An ASGI app around another that holds the server to the ASGI 3 specification.

The types are those of the HTTP & WebSocket sub-specification 2.x and the lifespan one 2.0.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_HTTP_SPECS = ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5")


def checked(app: AsgiApp) -> AsgiApp:
    """`app`, with every scope and message checked; raises AssertionError."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        check_scope(scope)
        lifespan = scope["type"] == "lifespan"

        async def checked_receive() -> Message:
            message = await receive()
            (check_lifespan_event if lifespan else check_request_event)(message)
            return message

        async def checked_send(message: Message) -> None:
            answer: Any = await send(message)  # type: ignore[func-returns-value]
            assert answer is None, f"send() returned {answer!r}"

        await app(scope, checked_receive, checked_send)

    return application


def check_scope(scope: Scope) -> None:
    assert isinstance(scope, dict), "the scope is no dict"
    _typed(scope, "type", str)
    assert scope["type"] in ("http", "lifespan"), f"type: {scope['type']!r}"
    _typed(scope, "asgi", dict)
    assert scope["asgi"].get("version") == "3.0", f"asgi.version: {scope['asgi'].get('version')!r}"
    if "state" in scope:
        _typed(scope, "state", dict)
    if scope["type"] == "http":
        _check_http_scope(scope)
    else:
        assert scope["asgi"].get("spec_version", "1.0") in ("1.0", "2.0"), "asgi.spec_version of lifespan"


def check_request_event(message: Message) -> None:
    assert isinstance(message, dict), "the message is no dict"
    assert message.get("type") in ("http.request", "http.disconnect"), f"type: {message.get('type')!r}"
    if message["type"] == "http.request":
        assert isinstance(message.get("body", b""), bytes), "http.request: body is not bytes"
        assert isinstance(message.get("more_body", False), bool), "http.request: more_body is no bool"


def check_lifespan_event(message: Message) -> None:
    assert isinstance(message, dict), "the message is no dict"
    kind = message.get("type")
    assert kind in ("lifespan.startup", "lifespan.shutdown"), f"type: {kind!r}"


def _check_http_scope(scope: Scope) -> None:
    assert scope["asgi"].get("spec_version", "2.0") in _HTTP_SPECS, "asgi.spec_version of http"
    for key in ("http_version", "method", "scheme", "path", "root_path"):
        _typed(scope, key, str)
    for key in ("raw_path", "query_string"):
        _typed(scope, key, bytes)
    assert scope["http_version"] in ("1.0", "1.1", "2"), f"http_version: {scope['http_version']!r}"
    assert scope["method"] == scope["method"].upper(), f"method: {scope['method']!r}"
    assert scope["scheme"] in ("http", "https"), f"scheme: {scope['scheme']!r}"
    assert scope["path"].startswith("/"), f"path: {scope['path']!r}"
    assert scope["path"].startswith(scope["root_path"]), "the path is to contain root_path"
    assert not scope["root_path"].endswith("/"), f"root_path: {scope['root_path']!r}"
    assert b"?" not in scope["raw_path"], f"raw_path: {scope['raw_path']!r}"
    _check_headers(scope["headers"])
    for key in ("client", "server"):
        if scope.get(key) is not None:
            _check_address(key, scope[key])


def _check_headers(headers: Any) -> None:
    for pair in headers:
        name, value = pair
        assert isinstance(name, bytes), f"headers: the name {name!r} is not bytes"
        assert isinstance(value, bytes), f"headers: the value {value!r} is not bytes"
        assert name == name.lower(), f"headers: {name!r} is not in lower case"
        assert not name.startswith(b":"), f"headers: {name!r} is a pseudo-header"
        assert name != b"transfer-encoding", "headers: the body is not chunked any more"


def _check_address(key: str, address: Any) -> None:
    host, port = address
    assert isinstance(host, str), f"{key}: the host {host!r} is no str"
    unix_socket = key == "server" and port is None
    assert unix_socket or (isinstance(port, int) and 0 <= port <= 65535), f"{key}: the port is {port!r}"


def _typed(scope: Scope, key: str, kind: type) -> None:
    assert key in scope, f"{key} is missing"
    assert isinstance(scope[key], kind), f"{key} is {type(scope[key]).__name__}, not {kind.__name__}"
