"""The ASGI lifespan: once per process, start-up before the first request, shutdown at the end."""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .asgi import AsgiApp, Message


class LifespanError(RuntimeError):
    """The app said that its start-up failed."""


class Lifespan:
    """One app's lifespan, in one task of the loop that is running."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._task: asyncio.Future[None] | None = None
        self._started = asyncio.Event()
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()
        self._asked = False
        self._failure: str | None = None
        self._supported = False
        self._state: dict[str, Any] = {}

    @property
    def state(self) -> dict[str, Any] | None:
        """What the app's start-up left for the requests; None when it has no lifespan."""
        return self._state if self._supported else None

    async def startup(self) -> None:
        """Returns when the app is ready, also when it has no lifespan; raises when start-up failed."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self._state,
        }
        self._task = asyncio.ensure_future(self._app(scope, self._receive, self._send))
        self._task.add_done_callback(self._ended)
        await self._started.wait()
        if self._failure is None:
            return
        # Frameworks send the traceback as text and raise the error itself right afterwards.
        await asyncio.wait([self._task], timeout=1)
        if self._task.done() and not self._task.cancelled():
            error = self._task.exception()
            if error is not None:
                raise error
        raise LifespanError(self._failure or "the app's lifespan start-up failed")

    async def shutdown(self) -> None:
        """Tells the app to stop and waits for it; what it raises is raised here."""
        if self._task is None or not self._supported or self._task.done():
            return
        self._stop.set()
        await self._stopped.wait()
        if self._task.done() and not self._task.cancelled():
            error = self._task.exception()
            if error is not None:
                raise error

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "lifespan.startup"}
        await self._stop.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self._supported = True
            self._started.set()
        elif kind == "lifespan.startup.failed":
            self._failure = str(message.get("message", ""))
            self._started.set()
        elif kind in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            self._stopped.set()

    def _ended(self, task: asyncio.Future[None]) -> None:
        # An app that raises or returns before it answered has no lifespan: that is no error.
        if not task.cancelled():
            task.exception()
        self._started.set()
        self._stopped.set()
