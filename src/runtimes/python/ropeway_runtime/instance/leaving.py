"""How the process ends: at once, never as an orphan."""

from __future__ import annotations

import os
import signal
import sys
from _thread import start_new_thread
from contextlib import suppress
from time import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

#: Seconds for the app's own shutdown; the platform kills after three.
_GRACE = 2.5

_stop: Callable[[], None] | None = None
_leaving = False


def leave(code: int) -> None:
    """Runs the app's exit functions, flushes, ends the process. Does not return."""
    global _leaving
    if _leaving:
        return
    _leaving = True
    _end_after_grace(code)
    import atexit

    try:
        atexit._run_exitfuncs()
    except BaseException as error:  # the process ends whatever they raise
        sys.stderr.write(f"an exit function failed: {error!r}\n")
    end(code)


def end(code: int) -> None:
    """Ends the process without asking the app."""
    flush()
    os._exit(code)


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        # Closed or replaced by the app, or nobody reads any more.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()


def on_stop(stop: Callable[[], None] | None) -> None:
    """What to do, from a signal handler, when the platform wants us to end; by default leave at once."""
    global _stop
    _stop = stop


def install_signals() -> None:
    """SIGTERM ends us; Ctrl-C is the platform's business; SIGUSR2 writes where every thread is."""
    import faulthandler

    faulthandler.enable()
    if hasattr(signal, "SIGUSR2"):
        faulthandler.register(signal.SIGUSR2, all_threads=True)
    signal.signal(signal.SIGTERM, _terminated)
    # Not SIG_IGN, which programs that the app starts would inherit.
    signal.signal(signal.SIGINT, lambda number, frame: None)


def watch_platform(fd: int) -> None:
    """Ends us when the platform's end of the socket closes, even in the middle of a request."""
    import select

    poll = select.poll()
    poll.register(fd, getattr(select, "POLLRDHUP", 0))

    def watch() -> None:
        try:
            poll.poll()
            os.kill(os.getpid(), signal.SIGTERM)
            sleep(_GRACE)
        finally:
            os._exit(0)

    # A bare thread: the app does not meet it in threading.enumerate().
    start_new_thread(watch, ())


def end_with_platform(fd: int) -> None:
    """The same without a thread, as long as the platform says nothing: any event on the socket is the end.

    Nobody listens for SIGIO, which ends a process that does not.
    """
    import fcntl

    fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | getattr(os, "O_ASYNC", 0))


def stop_ending_with_platform(fd: int) -> None:
    """From now on whoever reads the socket sees its end."""
    import fcntl

    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) & ~getattr(os, "O_ASYNC", 0))


def _terminated(number: int, frame: object) -> None:
    if _stop is None:
        leave(0)
    else:
        _end_after_grace(0)
        _stop()


def _end_after_grace(code: int) -> None:
    def wait() -> None:
        sleep(_GRACE)
        os._exit(code)

    start_new_thread(wait, ())
