"""A process that has loaded the app and is copied by fork to make instances of it.

The platform connects three times for each copy; id and role are the first bytes of each connection. They
become the copy's socket to the platform, its stdout and its stderr.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from struct import Struct
from time import perf_counter

from ..snapshot import run_after_restore, run_before_snapshot
from . import framing, leaving, pages
from .hazards import find_hazards

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    from .serving import Session

#: Id of the copy, and the role of this connection.
_HELLO = Struct(">IB")
#: By role: the descriptor that it becomes in the copy, where the template has its own socket and output.
_ROLES = (3, 1, 2)
_HELLO_SECONDS = 5


def become_instance(session: Session) -> None:
    """Makes copies until the platform goes. Returns in each copy, and nowhere else.

    Raises what the app's `before` functions raise, and in a copy what its `after` functions raise.
    """
    run_before_snapshot()
    reasons = find_hazards(session.descriptors)
    if reasons:
        framing.send(session.fd, {"type": "unsafe", "reasons": reasons})
        leaving.end(0)
    pages.prepare()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(session.init["template"]["socket"])
    listener.listen(256)
    leaving.flush()
    gc.collect()
    gc.freeze()
    pages.collapse()
    framing.send(session.fd, {"type": "template"})
    _Nursery(session, listener).run()


class _Nursery:
    """The template's loop; `run` returns in a copy."""

    def __init__(self, session: Session, listener: socket.socket) -> None:
        self._session = session
        self._listener = listener
        self._waiting: dict[int, dict[int, socket.socket]] = {}
        self._wake, wake_end = os.pipe()
        self._wake_end = wake_end
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_end, False)
        self._old_wakeup = signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        self._old_handler: Any = signal.signal(signal.SIGCHLD, _noticed)
        # Nothing of the app's own is to run when a template ends: its copies may still serve.
        signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))

    def run(self) -> None:
        poll = select.poll()
        for fd in (self._session.fd, self._listener.fileno(), self._wake):
            poll.register(fd, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self._wake:
                    os.read(fd, 4096)
                    self._reap()
                elif fd == self._session.fd:
                    self._end()
                elif self._accept():
                    return

    def _end(self) -> None:
        """The platform has gone, and may not have had the time to clear away the socket's folder."""
        path = self._session.init["template"]["socket"]
        with suppress(OSError):
            os.unlink(path)
            os.rmdir(os.path.dirname(path))
        os._exit(0)

    def _accept(self) -> bool:
        """Takes one connection; true in the copy that it completes."""
        connection, _ = self._listener.accept()
        connection.settimeout(_HELLO_SECONDS)
        try:
            hello = connection.recv(_HELLO.size, socket.MSG_WAITALL)
        except OSError:
            hello = b""
        if len(hello) < _HELLO.size:
            connection.close()
            return False
        connection.setblocking(True)
        id, role = _HELLO.unpack(hello)
        connections = self._waiting.setdefault(id, {})
        connections[role] = connection
        if len(connections) < len(_ROLES):
            return False
        del self._waiting[id]
        return self._fork(id, connections)

    def _fork(self, id: int, connections: dict[int, socket.socket]) -> bool:
        started = perf_counter()
        try:
            pid = os.fork()
        except OSError as error:
            framing.send(self._session.fd, {"type": "not-forked", "id": id, "message": str(error)})
            pid = -1
        if pid == 0:
            self._session.started = started
            self._settle(connections)
            return True
        for connection in connections.values():
            connection.close()
        if pid > 0:
            framing.send(self._session.fd, {"type": "forked", "id": id, "pid": pid})
        return False

    def _settle(self, connections: dict[int, socket.socket]) -> None:
        """In the copy: its own descriptors and signals, then the app's functions."""
        os.setsid()
        for others in self._waiting.values():
            for connection in others.values():
                connection.close()
        self._listener.close()
        signal.set_wakeup_fd(self._old_wakeup)
        signal.signal(signal.SIGCHLD, self._old_handler)
        os.close(self._wake)
        os.close(self._wake_end)
        for role, fd in enumerate(_ROLES):
            os.dup2(connections[role].fileno(), fd, inheritable=fd != 3)
            connections[role].close()
        leaving.install_signals()
        leaving.watch_platform(3)
        session = self._session
        session.template = False
        session.reader = framing.FrameReader()
        head, body = next(framing.frames(session.fd, session.reader), (None, b""))
        if head is None:
            leaving.end(0)
            return
        session.tells_pages = head["tellPages"]
        os.environ.update(head["env"])
        # What has been asked for it in the template is remembered (tempfile.gettempdir).
        tempfile = sys.modules.get("tempfile")
        if tempfile is not None:
            tempfile.tempdir = None  # type: ignore[attr-defined]
        _reseed()
        run_after_restore()
        pages.populate(body)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            killed = os.WIFSIGNALED(status)
            framing.send(
                self._session.fd,
                {
                    "type": "exited",
                    "pid": pid,
                    "code": None if killed else os.WEXITSTATUS(status),
                    "signal": signal.Signals(os.WTERMSIG(status)).name if killed else None,
                },
            )


def _noticed(number: int, frame: FrameType | None) -> None:
    """The wake-up descriptor tells; without a handler there would be nothing to tell."""


def _reseed() -> None:
    """What would be the same in every copy; `random` itself sees to it that it is not."""
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        seed: Callable[[], None] = numpy.seed
        seed()
