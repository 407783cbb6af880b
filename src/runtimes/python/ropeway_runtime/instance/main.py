"""A blank process becomes an instance: waits for `init`, loads the app, serves it."""

from __future__ import annotations

import os
import sys

from ..interface import interface_of
from . import framing, leaving, loading, sources
from .serving import Session, serve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FD = 3


def main() -> None:
    """Does not return. The socket to the platform is file descriptor 3."""
    try:
        os.set_inheritable(FD, False)
        os.set_blocking(FD, True)
    except OSError:
        sys.exit("this program is started by the platform of ropeway, with its socket on file descriptor 3")
    leaving.install_signals()
    for stream in (sys.stdout, sys.stderr):
        # Output belongs to the call that wrote it: it must not wait in a buffer.
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    reader = framing.FrameReader()
    init = next((head for head, _ in framing.frames(FD, reader)), None)
    if init is None:
        leaving.leave(0)
        return
    session = Session(FD, reader, init)
    if session.template:
        # A thread would not survive being copied.
        leaving.end_with_platform(FD)
    else:
        leaving.watch_platform(FD)
    try:
        _load_and_serve(session)
    except SystemExit as error:
        session.exited(error)
    except BaseException as error:  # whatever loading raises is what the platform wants to know
        session.load_failed(error)


def _load_and_serve(session: Session) -> None:
    entry = session.init["entry"]
    source_root = session.init.get("sourceRoot")
    if source_root is not None:
        sources.compile_afresh(source_root)
    loading.enter(entry)
    source = entry["from"]
    if "script" not in source:
        if entry["interface"] == "asgi" and not session.template:
            from ..loop import app_loop

            app_loop()
        app = loading.load_object(source)
        interface = entry["interface"]
        serve(session, app, interface_of(app) if interface == "auto" else interface)
        return

    def serve_captured(app: Any, interface: str | None) -> None:
        serve(session, app, interface or interface_of(app))

    async def serve_captured_async(app: Any, interface: str | None) -> None:
        from .serving_asgi import serve_asgi

        if session.template:
            framing.send(session.fd, {"type": "unsafe", "reasons": ["an event loop runs"]})
            leaving.end(0)
        if (interface or interface_of(app)) != "asgi":
            raise loading.LoadError("a WSGI app inside a running event loop cannot be served")
        await serve_asgi(session, app)

    from .servers import capture_servers

    capture_servers(serve_captured, serve_captured_async)
    loading.run_script(source["script"])
