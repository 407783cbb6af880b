"""ASGI 3: request → scope, receive, send → response."""

from __future__ import annotations

import asyncio

from .events.headers import split_host
from .events.percent import unquote_to_bytes
from .messages import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Callable, MutableMapping

    from .messages import Headers, OpenStream, Request, Stream

    Message = MutableMapping[str, Any]
    AsgiApp = Callable[
        [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
        Awaitable[None],
    ]
    Report = Callable[[BaseException], None]


_MAX_CACHED_HOSTS = 100
_servers: dict[tuple[str | None, str], tuple[str, int] | None] = {}
_VERSIONS = {"version": "3.0", "spec_version": "2.3"}


def make_scope(
    request: Request, event: object = None, context: object = None, state: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The scope of one request, with `ropeway.event` and `ropeway.context` beside the standard keys."""
    root_path = "/" + request.stage if request.stage else ""
    raw_path = root_path + request.path
    scheme = request.scheme
    server = (request.cgi.get("HTTP_HOST"), scheme)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": _VERSIONS.copy(),
        "http_version": "1.1",
        "method": request.method,
        "scheme": scheme,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace") if "%" in raw_path else raw_path,
        "raw_path": raw_path.encode("latin-1", "replace"),
        "query_string": request.query.encode("latin-1", "replace"),
        "root_path": root_path,
        "headers": _scope_headers(request),
        "client": (request.remote_address, 0) if request.remote_address else None,
        "server": _servers[server] if server in _servers else _server(server),
        "ropeway.event": event,
        "ropeway.context": context,
    }
    if state is not None:
        scope["state"] = state.copy()
    return scope


class Exchange:
    """One request and the response that grows from what the app sends.

    `on_end` is called once: when the response is complete, or when the app has ended without completing
    it. With `open_stream` a response in parts goes there, part by part.
    """

    # What is set on few exchanges only: a request then costs less.
    status = 0
    headers: Headers = []  # noqa: RUF012 -- replaced as a whole, never changed
    complete = False
    ended = False
    #: What the app raised before its response was complete.
    error: BaseException | None = None
    _received = False
    _gone: asyncio.Event | None = None
    _stream: Stream | None = None

    def __init__(
        self,
        request: Request,
        on_end: Callable[[], None],
        report: Report | None = None,
        open_stream: OpenStream | None = None,
    ) -> None:
        self.request = request
        self.on_end = on_end
        self.report = report
        self.open_stream = open_stream
        self.chunks: list[bytes] = []

    async def run(self, app: AsgiApp, scope: dict[str, Any]) -> None:
        """Calls the app. What it raises after its response is complete goes to `report`."""
        try:
            await app(scope, self.receive, self.send)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # a server answers whatever the app raises
            if isinstance(error, asyncio.CancelledError):
                pass  # by the app itself: it has just not answered
            elif not self.complete:
                self.error = error
            elif self.report is not None:
                self.report(error)
        finally:
            if not self.ended:
                self._end()

    async def receive(self) -> Message:
        if not self._received and not self.ended:
            self._received = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        # Before that the client is still there; afterwards this never blocks.
        if not self.ended:
            if self._gone is None:
                self._gone = asyncio.Event()
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if self.ended:
            if self.complete:
                raise RuntimeError(f"the ASGI app sent {kind!r} after the response was complete")
            raise OSError("the client has gone")
        if kind == "http.response.body":
            if not self.status:
                raise RuntimeError("the ASGI app sent 'http.response.body' before 'http.response.start'")
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            if more and self._stream is None and self.open_stream is not None:
                self._stream = self.open_stream(self.status, self.headers)
            if chunk:
                if self._stream is None:
                    self.chunks.append(bytes(chunk))
                elif self._has_body():
                    self._stream.write(bytes(chunk))
            if not more:
                self.complete = True
                self._end()
        elif kind == "http.response.start":
            if self.status:
                raise RuntimeError("the ASGI app sent 'http.response.start' twice")
            headers = [
                (str(name, "latin-1"), str(value, "latin-1")) for name, value in message.get("headers") or ()
            ]
            self.status = int(message["status"])
            self.headers = headers
        else:
            raise RuntimeError(f"the ASGI app sent {kind!r}, which an HTTP response does not have")

    def disconnect(self) -> None:
        """The client has gone before the response was complete."""
        if not self.ended:
            self._end()

    def response(self) -> Response | None:
        """The response; None when it went to a stream. Raises what the app raised instead of one."""
        if self._stream is not None:
            if self.complete:
                return None
            raise self.error or RuntimeError("the ASGI app ended in the middle of its response")
        if not self.complete:
            raise self.error or RuntimeError("the ASGI app returned without sending a complete response")
        chunks = self.chunks
        if not chunks or not self._has_body():
            return Response(self.status, self.headers, b"")
        return Response(self.status, self.headers, chunks[0] if len(chunks) == 1 else b"".join(chunks))

    def _has_body(self) -> bool:
        return self.request.method != "HEAD" and self.status != 204 and self.status != 304

    def _end(self) -> None:
        self.ended = True
        if self._gone is not None:
            self._gone.set()
        if self._stream is not None and self.complete:
            self._stream.close()
        self.on_end()


async def respond(
    app: AsgiApp,
    request: Request,
    *,
    event: object = None,
    context: object = None,
    state: dict[str, Any] | None = None,
    report: Report | None = None,
    open_stream: OpenStream | None = None,
) -> Response | None:
    """Calls the app with one request, in the running loop; returns as soon as the response is complete.

    What the app does afterwards goes on as a task of that loop. Raises what the app raised before its
    response was complete; what it raises later goes to `report`. None: the response went to `open_stream`.
    When the caller is cancelled, the app sees its client gone.
    """
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def on_end() -> None:
        if not ended.done():
            ended.set_result(None)

    exchange = Exchange(request, on_end, report, open_stream)
    task = loop.create_task(exchange.run(app, make_scope(request, event, context, state)))
    _running.add(task)
    task.add_done_callback(_running.discard)
    try:
        await ended
    except asyncio.CancelledError:
        exchange.disconnect()
        raise
    # Starlette answers 500 and raises in one step: that error belongs to this response.
    return exchange.response()


def respond_blocking(
    loop: asyncio.AbstractEventLoop,
    app: AsgiApp,
    request: Request,
    event: object,
    context: object,
    state: dict[str, Any] | None,
    report: Report,
) -> Response:
    """The same from outside the loop, which runs until the response is complete and not a turn longer."""
    exchange = Exchange(request, loop.stop, report)
    work = exchange.run(app, make_scope(request, event, context, state))
    if loop.get_task_factory() is None:
        # What create_task does, in half the time.
        task: asyncio.Future[None] = asyncio.Task(work, loop=loop, name="request")
    else:
        task = loop.create_task(work)
    while not exchange.ended:
        loop.run_forever()
    if not task.done():
        _running.add(task)
        task.add_done_callback(_running.discard)
    response = exchange.response()
    assert response is not None
    return response


#: Tasks that go on after their response; a loop itself keeps only weak references.
_running: set[asyncio.Future[None]] = set()


def _scope_headers(request: Request) -> list[tuple[bytes, bytes]]:
    cgi = request.cgi
    if request.plain:
        values = "\n".join(cgi.values()).encode("latin-1").split(b"\n")
        if len(values) == len(cgi):
            try:
                return [(_names[key], value) for key, value in zip(cgi, values)]
            except KeyError:
                return [(_header_name(key), value) for key, value in zip(cgi, values)]
    return [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1"))
        for name, value in request.headers
    ]


_MAX_CACHED_NAMES = 1000
_names: dict[str, bytes] = {}


def _header_name(key: str) -> bytes:
    """`HTTP_USER_AGENT` → `user-agent`."""
    name = _names.get(key)
    if name is None:
        name = (key[5:] if key[:5] == "HTTP_" else key).replace("_", "-").lower().encode("latin-1", "replace")
        if len(_names) < _MAX_CACHED_NAMES:
            _names[key] = name
    return name


def _server(key: tuple[str | None, str]) -> tuple[str, int] | None:
    host, scheme = key
    server: tuple[str, int] | None = None
    if host:
        name, port = split_host(host)
        server = (name.strip("[]"), int(port or (443 if scheme == "https" else 80)))
    if len(_servers) < _MAX_CACHED_HOSTS:
        _servers[key] = server
    return server
