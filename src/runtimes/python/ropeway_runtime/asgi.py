"""ASGI 3: request → scope, receive, send → response."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote_to_bytes

from .messages import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Callable, MutableMapping

    from .messages import Request

    Message = MutableMapping[str, Any]
    AsgiApp = Callable[
        [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
        Awaitable[None],
    ]
    Report = Callable[[BaseException], None]


async def respond(
    app: AsgiApp,
    request: Request,
    *,
    event: object = None,
    context: object = None,
    state: dict[str, Any] | None = None,
    report: Report | None = None,
) -> Response:
    """Calls the app with one request; returns as soon as the response is complete.

    What the app does afterwards goes on as a task of the running loop. Raises what the app raised
    before its response was complete; what it raises later goes to `report`.
    """
    exchange = _Exchange(request)
    scope = make_scope(request, event, context, state)
    task = asyncio.ensure_future(app(scope, exchange.receive, exchange.send))
    task.add_done_callback(exchange.app_ended)
    await exchange.ended.wait()
    if not exchange.complete:
        error = None if task.cancelled() else task.exception()
        raise error or RuntimeError("the ASGI app returned without sending a complete response")
    if report is not None:
        # Starlette answers 500 and raises in one step: that error belongs to this response.
        _report_late(task, report)
    return Response(exchange.status, exchange.headers, exchange.body())


def make_scope(
    request: Request, event: object = None, context: object = None, state: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The scope of one request, with `ropeway.event` and `ropeway.context` beside the standard keys."""
    root_path = "/" + request.stage if request.stage else ""
    raw_path = root_path + request.path
    path = unquote_to_bytes(raw_path).decode("utf-8", "replace") if "%" in raw_path else raw_path
    headers: list[tuple[bytes, bytes]] = []
    host = ""
    for name, value in request.headers:
        lower = name.lower()
        if lower == "host":
            host = value
        headers.append((lower.encode("latin-1", "replace"), value.encode("latin-1")))
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": path,
        "raw_path": raw_path.encode("latin-1", "replace"),
        "query_string": request.query.encode("latin-1", "replace"),
        "root_path": root_path,
        "headers": headers,
        "client": (request.remote_address, 0) if request.remote_address else None,
        "server": _server(host, request.scheme),
        "ropeway.event": event,
        "ropeway.context": context,
    }
    if state is not None:
        scope["state"] = state.copy()
    return scope


def _server(host: str, scheme: str) -> tuple[str, int] | None:
    if not host:
        return None
    default = 443 if scheme == "https" else 80
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not (name.startswith("[") and not name.endswith("]")):
        return name.strip("[]"), int(port)
    return host.strip("[]"), default


def _report_late(task: asyncio.Future[None], report: Report) -> None:
    def check(ended: asyncio.Future[None]) -> None:
        if not ended.cancelled():
            error = ended.exception()
            if error is not None:
                report(error)

    if task.done():
        check(task)
    else:
        task.add_done_callback(check)


class _Exchange:
    """One request and the response that grows from what the app sends."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.chunks: list[bytes] = []
        self.received = False
        self.complete = False
        #: Set when the response is complete, or when the app has ended without completing it.
        self.ended = asyncio.Event()

    async def receive(self) -> Message:
        if not self.received and not self.complete:
            self.received = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        # Before that the client is still there; afterwards this never blocks.
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if self.complete:
            raise RuntimeError(f"the ASGI app sent {kind!r} after the response was complete")
        if kind == "http.response.start":
            if self.status:
                raise RuntimeError("the ASGI app sent 'http.response.start' twice")
            self.headers = [
                (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                for name, value in message.get("headers") or ()
            ]
            self.status = int(message["status"])
        elif kind == "http.response.body":
            if not self.status:
                raise RuntimeError("the ASGI app sent 'http.response.body' before 'http.response.start'")
            chunk = message.get("body", b"")
            if chunk:
                self.chunks.append(bytes(chunk))
            if not message.get("more_body", False):
                self.complete = True
                self.ended.set()
        else:
            raise RuntimeError(f"the ASGI app sent {kind!r}, which an HTTP response does not have")

    def app_ended(self, _: object) -> None:
        self.ended.set()

    def body(self) -> bytes:
        if self.request.method == "HEAD" or self.status in (204, 304):
            return b""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)
