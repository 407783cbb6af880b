"""PEP 3333: request → environ → app → response."""

from __future__ import annotations

import sys
from io import BytesIO
from urllib.parse import unquote_to_bytes

from .messages import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Callable, Iterable, Tuple, Type

    from .messages import Headers, Request

    Environ = dict[str, Any]
    ExcInfo = Tuple[Type[BaseException], BaseException, TracebackType]
    WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_MAX_CACHED_NAMES = 1000
_keys: dict[str, str] = {}


def respond(app: WsgiApp, request: Request, event: object = None, context: object = None) -> Response:
    """Calls the app with one request. Raises whatever the app raises, after its `close()`."""
    return _run(app, make_environ(request, event, context), request.method)


def make_environ(request: Request, event: object = None, context: object = None) -> Environ:
    """The environ of one request, with `ropeway.event` and `ropeway.context` beside the standard keys."""
    path = request.path
    prefix = "/" + request.stage if request.stage else ""
    target = prefix + path + "?" + request.query if request.query else prefix + path
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": prefix,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": request.query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "REMOTE_ADDR": request.remote_address,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443" if request.scheme == "https" else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "ropeway",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "ropeway.event": event,
        "ropeway.context": context,
    }
    for name, value in request.headers:
        key = _keys.get(name)
        if key is None:
            key = _environ_key(name)
        if key == "":
            continue
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    host = environ.get("HTTP_HOST")
    if host:
        _set_server(environ, host)
    return environ


def _environ_key(name: str) -> str:
    """The key of a header; "" for one with "_" in its name, which could pass for one with "-"."""
    if "_" in name:
        key = ""
    else:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = "HTTP_" + key
    if len(_keys) < _MAX_CACHED_NAMES:
        _keys[name] = key
    return key


def _set_server(environ: Environ, host: str) -> None:
    """Splits Host, which may be an IPv6 address in brackets."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not (name.startswith("[") and not name.endswith("]")):
        environ["SERVER_NAME"] = name or "localhost"
        environ["SERVER_PORT"] = port
    else:
        environ["SERVER_NAME"] = host


def _run(app: WsgiApp, environ: Environ, method: str) -> Response:
    status = 0
    headers: Headers = []
    chunks: list[bytes] = []

    def write(chunk: bytes) -> None:
        if not isinstance(chunk, bytes):
            raise TypeError(f"a WSGI app must give bytes, not {type(chunk).__name__}")
        if chunk:
            if not status:
                raise AssertionError("the WSGI app gave a body before it called start_response")
            chunks.append(chunk)

    def start_response(
        new_status: str, new_headers: Headers, exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        nonlocal status, headers
        if exc_info:
            try:
                if chunks:
                    # Output has begun: the app's error handler comes too late.
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # no circular reference
        elif status:
            raise AssertionError("the WSGI app called start_response twice without exc_info")
        status = _status_code(new_status)
        headers = [_checked(name, value) for name, value in new_headers]
        return write

    result = app(environ, start_response)
    try:
        for chunk in result:
            write(chunk)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    if not status:
        raise AssertionError("the WSGI app returned without calling start_response")
    if method == "HEAD" or status == 204 or status == 304:
        return Response(status, headers, b"")
    return Response(status, headers, chunks[0] if len(chunks) == 1 else b"".join(chunks))


def _status_code(status: str) -> int:
    if not isinstance(status, str):
        raise TypeError(f"the status of a WSGI app must be a str, not {type(status).__name__}")
    if len(status) < 3 or not status[:3].isdigit() or status[3:4] not in ("", " "):
        raise ValueError(f"the status of a WSGI app must be like '200 OK', not {status!r}")
    return int(status[:3])


def _checked(name: str, value: str) -> tuple[str, str]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"headers of a WSGI app must be str, not {name!r}: {value!r}")
    return name, value
