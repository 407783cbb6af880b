"""PEP 3333: request → environ → app → response."""

from __future__ import annotations

import sys
from io import BytesIO

from .events.headers import split_host
from .events.percent import unquote_to_bytes
from .messages import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Callable, Iterable, List, Tuple, Type

    from .messages import Headers, OpenStream, Request, Stream

    Environ = dict[str, Any]
    ExcInfo = Tuple[Type[BaseException], BaseException, TracebackType]
    WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
    _List = List[bytes]
else:
    _List = list

_MAX_CACHED_HOSTS = 100
_servers: dict[tuple[str | None, str], tuple[str, str]] = {}

#: What is the same for every request.
_BASE: Environ = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "ropeway",
    "wsgi.version": (1, 0),
    "wsgi.input_terminated": True,
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def respond(
    app: WsgiApp,
    request: Request,
    event: object = None,
    context: object = None,
    open_stream: OpenStream | None = None,
) -> Response | None:
    """Calls the app with one request. Raises whatever the app raises, after its `close()`.

    With `open_stream` a response that is neither a list nor of a small known length goes there, part by
    part as PEP 3333 wants it; then the answer is None.
    """
    return _run(app, make_environ(request, event, context), request.method, open_stream)


def make_environ(request: Request, event: object = None, context: object = None) -> Environ:
    """The environ of one request, with `ropeway.event` and `ropeway.context` beside the standard keys."""
    path = request.path
    query = request.query
    scheme = request.scheme
    cgi = request.cgi
    environ = {**_BASE, **cgi}
    environ.pop("", None)
    target = path
    if request.stage:
        environ["SCRIPT_NAME"] = "/" + request.stage
        target = "/" + request.stage + path
    if query:
        target = target + "?" + query
    environ["REQUEST_METHOD"] = request.method
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
    environ["QUERY_STRING"] = query
    environ["RAW_URI"] = target
    environ["REQUEST_URI"] = target
    environ["REMOTE_ADDR"] = request.remote_address
    if request.remote_user:
        environ["REMOTE_USER"] = request.remote_user
    server = (cgi.get("HTTP_HOST"), scheme)
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _servers.get(server) or _server(server)
    environ["wsgi.url_scheme"] = scheme
    environ["wsgi.input"] = BytesIO(request.body)
    environ["wsgi.errors"] = sys.stderr
    environ["ropeway.event"] = event
    environ["ropeway.context"] = context
    return environ


def _server(key: tuple[str | None, str]) -> tuple[str, str]:
    """Name and port out of Host, which may be an IPv6 address in brackets, and scheme."""
    host, scheme = key
    name, port = split_host(host or "")
    server = (name or "localhost", port or ("443" if scheme == "https" else "80"))
    if len(_servers) < _MAX_CACHED_HOSTS:
        _servers[key] = server
    return server


def _run(
    app: WsgiApp, environ: Environ, method: str, open_stream: OpenStream | None = None
) -> Response | None:
    status = 0
    headers: Headers = []
    chunks: list[bytes] = [] if open_stream is None else _Parts()

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
        for name, value in new_headers:
            if name.__class__ is not str or value.__class__ is not str:
                _check_header(name, value)
        status = _statuses.get(new_status) or _status_code(new_status)
        headers = list(new_headers)
        return write

    result = app(environ, start_response)
    if result.__class__ is list and len(result) == 1 and status and not chunks:
        # What nearly every app gives: nothing to iterate, nothing to close.
        write(result[0])
    else:
        try:
            parts = iter(result)
            if open_stream is not None and not isinstance(result, (list, tuple)):
                for chunk in parts:
                    write(chunk)
                    if chunks:
                        break
                if chunks and _is_large(method, status, headers):
                    assert isinstance(chunks, _Parts)
                    chunks.go_to(open_stream(status, headers))
            for chunk in parts:
                write(chunk)
            if isinstance(chunks, _Parts) and chunks.close():
                return None
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
    if not status:
        raise AssertionError("the WSGI app returned without calling start_response")
    if method == "HEAD" or status == 204 or status == 304:
        return Response(status, headers, b"")
    return Response(status, headers, chunks[0] if len(chunks) == 1 else b"".join(chunks))


class _Parts(_List):
    """Keeps what the app gives until there is a stream; from then on all of it goes there."""

    _stream: Stream | None = None

    def append(self, chunk: bytes) -> None:
        if self._stream is None:
            super().append(chunk)
        else:
            self._stream.write(chunk)

    def go_to(self, stream: Stream) -> None:
        for chunk in self:
            stream.write(chunk)
        self._stream = stream

    def close(self) -> bool:
        """Whether there is a stream, which is complete now."""
        if self._stream is None:
            return False
        self._stream.close()
        return True


#: A response of a known length up to this many bytes is about to be complete: no need to stream it.
_SMALL_BYTES = 64 * 1024


def _is_large(method: str, status: int, headers: Headers) -> bool:
    if method == "HEAD" or status == 204 or status == 304:
        return False
    for name, value in headers:
        if name.lower() == "content-length":
            return not value.isdigit() or int(value) > _SMALL_BYTES
    return True


#: Status lines repeat: each is read once.
_statuses: dict[str, int] = {}


def _status_code(status: str) -> int:
    if not isinstance(status, str):
        raise TypeError(f"the status of a WSGI app must be a str, not {type(status).__name__}")
    if len(status) < 3 or not status[:3].isdigit() or status[3:4] not in ("", " "):
        raise ValueError(f"the status of a WSGI app must be like '200 OK', not {status!r}")
    if len(_statuses) < 100:
        _statuses[status] = int(status[:3])
    return int(status[:3])


def _check_header(name: object, value: object) -> None:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"headers of a WSGI app must be str, not {name!r}: {value!r}")
