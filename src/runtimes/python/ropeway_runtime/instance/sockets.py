"""WebSocket connections of an ASGI app: the platform speaks the protocol, whole messages come here."""

from __future__ import annotations

import asyncio

from ..asgi import make_scope
from ..events import detect_format
from . import framing
from .diagnosis import write_traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..asgi import Message
    from ..lifespan import Lifespan
    from .serving import Session


class SocketRoom:
    """The connections that are open, each in a task of the running loop."""

    def __init__(self, session: Session, app: Any, lifespan: Lifespan) -> None:
        self._session = session
        self._app = app
        self._lifespan = lifespan
        self._sockets: dict[str, _Socket] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    def receive(self, head: dict[str, Any], body: bytes) -> None:
        """One message of the platform: `open`, `data` or `close`."""
        id, kind = head["id"], head["type"]
        if kind == "open":
            task = asyncio.ensure_future(self._serve(id, head))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        socket = self._sockets.get(id)
        if socket is None:
            return
        if kind == "data":
            text = body.decode("utf-8") if head["text"] else None
            data = None if head["text"] else body
            socket.incoming.put_nowait({"type": "websocket.receive", "text": text, "bytes": data})
        else:
            socket.gone(head["code"], head["reason"])

    async def _serve(self, id: str, head: dict[str, Any]) -> None:
        socket = _Socket(id, self._session.fd)
        self._sockets[id] = socket
        code, reason = 1000, ""
        try:
            await self._app(self._scope(head), socket.receive, socket.send)
        except (SystemExit, KeyboardInterrupt):
            raise
        except asyncio.CancelledError:
            code = 1012
        except BaseException as error:  # a server goes on, whatever one connection of the app raises
            write_traceback(error)
            code = 1011
        finally:
            del self._sockets[id]
            socket.close(code, reason)

    def _scope(self, head: dict[str, Any]) -> dict[str, Any]:
        event = head["event"]
        event_format = detect_format(event)
        assert event_format is not None
        request = event_format.to_request(event)
        scope = make_scope(request, event, self._session.context(head), self._lifespan.state)
        del scope["method"]
        scope["type"] = "websocket"
        scope["scheme"] = "wss" if request.scheme == "https" else "ws"
        protocols = request.cgi.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "")
        scope["subprotocols"] = [name.strip() for name in protocols.split(",") if name.strip()]
        return scope


class _Socket:
    """One connection (ASGI WebSocket specification 2.3)."""

    def __init__(self, id: str, fd: int) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self._id = id
        self._fd = fd
        self._accepted = False
        self._closed = False
        self._gone: Message | None = None

    async def receive(self) -> Message:
        if self._gone is not None and self.incoming.empty():
            return self._gone
        return await self.incoming.get()

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if self._closed:
            if self._gone is not None:
                raise OSError("the client has gone")
            raise RuntimeError(f"the ASGI app sent {kind!r} after the connection was closed")
        if kind == "websocket.accept":
            if self._accepted:
                raise RuntimeError("the ASGI app sent 'websocket.accept' twice")
            self._accepted = True
            headers = [
                [bytes(name).decode("latin-1"), bytes(value).decode("latin-1")]
                for name, value in message.get("headers") or ()
            ]
            self._send({"type": "accept", "subprotocol": message.get("subprotocol"), "headers": headers})
        elif kind == "websocket.send":
            if not self._accepted:
                raise RuntimeError("the ASGI app sent 'websocket.send' before 'websocket.accept'")
            text = message.get("text")
            data = message.get("bytes") or b"" if text is None else text.encode("utf-8", "replace")
            self._send({"type": "data", "text": text is not None}, bytes(data))
        elif kind == "websocket.close":
            self.close(int(message.get("code") or 1000), str(message.get("reason") or ""))
        else:
            raise RuntimeError(f"the ASGI app sent {kind!r}, which a WebSocket connection does not have")

    def gone(self, code: int, reason: str) -> None:
        """The client has closed the connection, or it has broken."""
        self._closed = True
        self._gone = {"type": "websocket.disconnect", "code": code, "reason": reason}
        self.incoming.put_nowait(self._gone)

    def close(self, code: int, reason: str) -> None:
        """Tells the platform, once."""
        if self._closed:
            return
        self._closed = True
        self._send({"type": "close", "code": code, "reason": reason[:120]})

    def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        framing.send(self._fd, {**head, "id": self._id}, body)
