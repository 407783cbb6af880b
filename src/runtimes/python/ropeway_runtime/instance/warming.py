"""Requests that a template serves before it is copied: what an app does in its first request is done then."""

from __future__ import annotations

import sys

from ..adapter import answer_asgi, wsgi_handler
from .diagnosis import write_traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .serving import Session


def warm_up(session: Session, app: Any, interface: str) -> None:
    """Serves the configured events and drops the answers. What fails is printed, and no reason to stop."""
    heads: list[dict[str, Any]] = session.init["template"]["warmup"]
    if not heads:
        return
    if interface == "asgi":
        _warm_up_asgi(session, app, heads)
        return
    answer = app if interface == "handler" else wsgi_handler(app, None, write_traceback)
    for head in heads:
        try:
            _judge(head, answer(head["event"], session.context(head)))
        except Exception as error:
            write_traceback(error)


def _warm_up_asgi(session: Session, app: Any, heads: list[dict[str, Any]]) -> None:
    """On a loop that does not outlive it: a copy must not share one."""
    import asyncio

    from ..lifespan import Lifespan

    async def serve_all() -> None:
        lifespan = Lifespan(app)
        await lifespan.startup()
        for head in heads:
            result = await answer_asgi(
                app,
                head["event"],
                session.context(head),
                lifespan=lifespan,
                on_event=None,
                report=write_traceback,
            )
            _judge(head, result)
        await lifespan.shutdown()

    try:
        asyncio.run(serve_all())
    except Exception as error:
        write_traceback(error)


def _judge(head: dict[str, Any], result: Any) -> None:
    status = result.get("statusCode") if isinstance(result, dict) else None
    if isinstance(status, int) and status >= 400:
        sys.stderr.write(f"the warm-up request {head['path']} was answered with {status}\n")
