"""The one event loop of the process."""

from __future__ import annotations

import asyncio
import warnings


def app_loop() -> asyncio.AbstractEventLoop:
    """The thread's loop if it has an open one, else a new one that becomes it.

    Before Python 3.10 locks and events belong to the thread's loop from the moment they are made, which
    may be while the app is imported: the app must be served on that loop and no other.
    """
    with warnings.catch_warnings():
        # What get_event_loop does without a loop has changed in nearly every version.
        warnings.simplefilter("ignore")
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            loop = asyncio.new_event_loop()
    if loop.is_closed():
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop
