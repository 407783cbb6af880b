"""Answers events with an ASGI app, in the loop that is running."""

from __future__ import annotations

import asyncio

from ..adapter import answer_asgi
from ..lifespan import Lifespan
from . import framing, leaving
from .diagnosis import write_traceback
from .serving import Call
from .sockets import SocketRoom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .serving import Session


async def serve_asgi(session: Session, app: Any) -> None:
    """Serves until the platform goes, shuts the app's lifespan down, ends the process.

    The loop goes on between calls, so that what the app does after a response is done.
    """
    loop = asyncio.get_running_loop()
    lifespan = Lifespan(app)
    await lifespan.startup()
    stopping = asyncio.Event()
    leaving.on_stop(lambda: _ignore_closed(loop, stopping))
    session.watched = True
    calls: dict[str, asyncio.Task[None]] = {}
    sockets = SocketRoom(session, app, lifespan)

    def readable() -> None:
        chunk = framing.receive(session.fd)
        if not chunk:
            loop.remove_reader(session.fd)
            stopping.set()
        take(chunk)

    def take(chunk: bytes) -> None:
        for frame in session.reader.feed(chunk):
            head, body = frame
            kind, id = head["type"], head["id"]
            if kind == "invoke":
                task = loop.create_task(_call(session, app, lifespan, frame))
                calls[id] = task
                task.add_done_callback(lambda _, id=id: calls.pop(id, None))  # type: ignore[misc]
            elif kind == "cancel":
                if id in calls:
                    calls[id].cancel()
            else:
                sockets.receive(head, body)

    session.ready(app)
    take(b"")
    loop.add_reader(session.fd, readable)
    await stopping.wait()
    loop.remove_reader(session.fd)
    try:
        await lifespan.shutdown()
    except Exception as error:
        write_traceback(error)
    leaving.leave(0)


async def _call(session: Session, app: Any, lifespan: Lifespan, frame: framing.Frame) -> None:
    call = Call(session, frame)
    try:
        result = await answer_asgi(
            app,
            call.event,
            call.context,
            lifespan=lifespan,
            on_event=None,
            report=call.report,
            open_result=call.stream,
        )
    except SystemExit:
        raise
    except asyncio.CancelledError:
        call.fail(BrokenPipeError("the client has gone"))
    except BaseException as error:  # whatever is wrong with the event is the answer to this call
        call.fail(error)
    else:
        if call.stream is None or not call.stream.opened:
            call.answer(result)


def _ignore_closed(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(stopping.set)
    except RuntimeError:  # the app closed its loop: nothing is left to shut down
        leaving.leave(0)
