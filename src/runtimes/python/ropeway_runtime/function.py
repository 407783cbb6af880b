"""What the files that Ropeway puts into a package call: they load the app as an instance does."""

from __future__ import annotations

import os
import sys

from .adapter import handler, other_event
from .instance.loading import load_object, run_script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .adapter import MainHandler

#: Where the clouds unpack layers, and where in them packages are.
_LAYERS = ("/opt/python", "/opt")


def main_handler(entry: dict[str, Any], root: str) -> MainHandler:
    """`handler(event, context)` of the app that `entry` describes.

    Its paths are relative to `root`, an absolute folder.

    Raises what loading the app raises.
    """
    app, interface = load_app(entry, root)
    return handler(app, interface=interface, on_event=_on_event)


def _on_event(event: Any, context: Any) -> Any:
    """A deployment calls a new version with this before anybody else can: the app is loaded by now."""
    return None if event == {"ropeway": "load"} else other_event(event, context, None)


def load_app(entry: dict[str, Any], root: str) -> tuple[Any, str | None]:
    """The app and its interface ("wsgi", "asgi", "handler"; None: the app itself has to tell)."""
    for name, value in entry["env"].items():
        os.environ.setdefault(name, value)
    home = os.path.normpath(os.path.join(root, entry.get("root", ".")))
    os.chdir(home)
    folders = [home, *(layer for layer in _LAYERS if os.path.isdir(layer))]
    script = entry["from"].get("script")
    if script is not None:
        folders.insert(0, os.path.dirname(os.path.join(root, script)))
    sys.path[:] = [*folders, *(path for path in sys.path if path not in folders)]
    interface = None if entry["interface"] == "auto" else entry["interface"]
    if script is None:
        return load_object(entry["from"]), interface
    app, told = _app_of_script(os.path.join(root, script))
    return app, told or interface


def _app_of_script(path: str) -> tuple[Any, str | None]:
    """Runs a script until it starts its server, which never returns: it stays where it is."""
    from queue import Queue
    from threading import Event, Thread

    from .instance.servers import capture_servers

    found: Queue[tuple[Any, str | None] | BaseException] = Queue()

    def serve(app: Any, interface: str | None) -> None:
        found.put((app, interface))
        Event().wait()

    async def serve_async(app: Any, interface: str | None) -> None:
        from asyncio import Event as AsyncEvent

        found.put((app, interface))
        await AsyncEvent().wait()

    def run() -> None:
        try:
            run_script(path)
        except BaseException as error:
            found.put(error)

    capture_servers(serve, serve_async)
    Thread(target=run, name="ropeway-script", daemon=True).start()
    result = found.get()
    if isinstance(result, BaseException):
        raise result
    return result
