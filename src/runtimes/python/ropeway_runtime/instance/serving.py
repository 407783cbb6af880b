"""Answers events from the platform's socket, one at a time."""

from __future__ import annotations

import sys
from time import perf_counter

from ..adapter import wsgi_handler
from ..context import Context
from . import framing, leaving
from .diagnosis import describe, describe_exit, write_traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..adapter import MainHandler


class Session:
    """One instance's life with the platform: what it was told, which call it has in hand."""

    def __init__(self, fd: int, reader: framing.FrameReader, init: dict[str, Any]) -> None:
        self.fd = fd
        self.reader = reader
        self.init = init
        self.started = perf_counter()
        self.call: Call | None = None
        #: Whether this process is to be copied, and has not been yet.
        self.template = init.get("template") is not None
        #: What was open before the app was loaded.
        self.descriptors: dict[int, str] = {}
        if self.template:
            from .hazards import descriptors

            self.descriptors = descriptors()
        #: Whether the first call is followed by the pages that it has written.
        self.tells_pages = False
        #: Whether somebody else reads the socket: an app in an event loop.
        self.watched = False

    def cancels(self, id: str) -> bool:
        """Whether the platform has given up this call, as far as it has said so by now."""
        if self.watched:
            return False
        from select import select

        while select([self.fd], [], [], 0)[0]:
            chunk = framing.receive(self.fd)
            if not chunk:
                leaving.leave(0)
            for head, _ in self.reader.feed(chunk):
                if head["type"] == "cancel" and head["id"] == id:
                    return True
        return False

    def context(self, head: dict[str, Any]) -> Context:
        """The second argument of the handler, for the `invoke` or `open` with this head."""
        init = self.init
        return Context(
            head["context"],
            name=init["name"],
            memory=init["memory"],
            timeout=init["timeout"],
            request_id=head["id"],
        )

    def ready(self, app: object) -> None:
        """Says that the app has loaded, or that the copy is there."""
        elapsed = (perf_counter() - self.started) * 1000
        routes = None
        if self.init["listRoutes"]:
            from .routes import list_routes

            routes = list_routes(app)
        leaving.flush()
        sockets = "messages" if self.watched else None
        framing.send(
            self.fd,
            {"type": "ready", "initMs": round(elapsed, 3), "routes": routes, "sockets": sockets},
        )

    def tell_pages(self) -> None:
        """After its first answer a copy says, if asked, which memory that has made its own."""
        if self.tells_pages:
            from .pages import written

            self.tells_pages = False
            framing.send(self.fd, {"type": "pages"}, written())

    def load_failed(self, error: BaseException) -> None:
        """The app could not be loaded: says so and ends the process."""
        leaving.flush()
        framing.send(self.fd, {"type": "failed", "error": describe(error)})
        leaving.leave(1)

    def exited(self, error: SystemExit) -> None:
        """The app called sys.exit: says so and ends the process with that code."""
        description, code = describe_exit(error)
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        leaving.flush()
        id = None if self.call is None else self.call.id
        framing.send(self.fd, {"type": "exit", "id": id, "error": description})
        leaving.leave(code)


class Call:
    """One `invoke`, from its frame to its answer."""

    def __init__(self, session: Session, frame: framing.Frame) -> None:
        head, body = frame
        session.call = self
        self.session = session
        self.id: str = head["id"]
        self.event: Any = head["event"]
        if head["hasBody"]:
            self.event["body"] = body.decode("utf-8")
        self.context = session.context(head)
        self._error: BaseException | None = None
        #: The call's answer in parts; None for a call that does not want one.
        self.stream = CallStream(self) if head.get("stream") else None

    def report(self, error: BaseException) -> None:
        """What escaped the app while it answered this call, or afterwards."""
        if self.stream is not None and self.stream.cancelled and isinstance(error, OSError):
            return  # our own word that the client has gone, which the app let pass
        write_traceback(error)
        self._error = error

    def answer(self, result: Any) -> None:
        """Sends the result; a string body travels outside the JSON."""
        head: dict[str, Any] = {"type": "result", "id": self.id, "result": result, "hasBody": False}
        body = b""
        if isinstance(result, dict) and isinstance(result.get("body"), str):
            try:
                body = result["body"].encode("utf-8")
            except UnicodeEncodeError:
                pass  # lone surrogates have no UTF-8 form, but a JSON one
            else:
                head["hasBody"] = True
                head["result"] = {key: value for key, value in result.items() if key != "body"}
        if self._error is not None:
            head["error"] = describe(self._error)
        try:
            self._send(head, body)
            self.session.tell_pages()
        except (TypeError, ValueError, RecursionError) as error:
            self.fail(TypeError(f"the result of the handler is not JSON: {error}"))

    def fail(self, error: BaseException) -> None:
        """Sends the error of a call that has no result, or whose answer broke off."""
        kind = "end" if self.stream is not None and self.stream.opened else "error"
        self._send({"type": kind, "id": self.id, "error": describe(error)}, b"")

    def end(self) -> None:
        """The answer that went out in parts is complete."""
        self._send({"type": "end", "id": self.id}, b"")
        self.session.tell_pages()

    def _send(self, head: dict[str, Any], body: bytes) -> None:
        leaving.flush()
        if self.session.call is self:
            self.session.call = None
        framing.send(self.session.fd, head, body)


class CallStream:
    """The answer of one call, part by part."""

    def __init__(self, call: Call) -> None:
        self.opened = False
        #: Set when the platform tells that the client has gone.
        self.cancelled = False
        self._call = call

    def __call__(self, head: dict[str, Any]) -> CallStream:
        self.opened = True
        leaving.flush()
        framing.send(self._call.session.fd, {"type": "start", "id": self._call.id, "result": head})
        return self

    def write(self, chunk: bytes) -> None:
        """Returns when the platform has taken it; raises OSError when the client has gone."""
        if self.cancelled or self._call.session.cancels(self._call.id):
            self.cancelled = True
            raise BrokenPipeError("the client has gone")
        framing.send(self._call.session.fd, {"type": "chunk", "id": self._call.id}, chunk)

    def close(self) -> None:
        """The answer is complete."""
        self._call.end()


def serve(session: Session, app: Any, interface: str) -> None:
    """Serves until the platform goes, then ends the process."""
    if session.template:
        from .template import become_instance
        from .warming import warm_up

        warm_up(session, app, interface)
        leaving.stop_ending_with_platform(session.fd)
        become_instance(session)
    if interface == "asgi":
        _serve_on_loop(session, app)
        return
    session.ready(app)
    main_handler = _plain_handler(app) if interface == "handler" else None
    for frame in framing.frames(session.fd, session.reader):
        if frame[0]["type"] != "invoke":
            continue  # a cancel that came after the end
        call = Call(session, frame)
        answer = main_handler or wsgi_handler(app, None, call.report, call.stream)
        try:
            result = answer(call.event, call.context)
        except SystemExit as error:
            session.exited(error)
            return
        except BaseException as error:  # whatever a handler raises is the answer to this call
            call.fail(error)
        else:
            if call.stream is None or not call.stream.opened:
                call.answer(result)
    leaving.leave(0)


def _plain_handler(app: Any) -> MainHandler:
    """`handler(event, context)`, which may be a coroutine function."""
    loop: Any = None

    def main_handler(event: Any, context: Any) -> Any:
        nonlocal loop
        result = app(event, context)
        if not hasattr(result, "__await__"):
            return result
        if loop is None:
            from ..loop import app_loop

            loop = app_loop()

        async def wait() -> Any:
            return await result

        return loop.run_until_complete(wait())

    return main_handler


def _serve_on_loop(session: Session, app: Any) -> None:
    from ..loop import app_loop
    from .serving_asgi import serve_asgi

    app_loop().run_until_complete(serve_asgi(session, app))
