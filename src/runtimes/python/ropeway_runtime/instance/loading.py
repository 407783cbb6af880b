"""Loads what an entry describes, and hands it to a continuation that serves it."""

from __future__ import annotations

import builtins
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class LoadError(Exception):
    """The entry does not lead to an app; the message says what was expected."""


def enter(entry: dict[str, Any]) -> None:
    """Makes the process look as if the app had been started plainly: folder, environment, sys.path, argv."""
    os.environ.update(entry["env"])
    root = entry["root"]
    os.chdir(root)
    script = entry["from"].get("script")
    folders = [root] if script is None or os.path.dirname(script) == root else [os.path.dirname(script), root]
    libraries = entry.get("libraries")
    if libraries is not None:
        folders += [folder for folder in libraries if folder not in folders]
        _add_site_builtins()
    # Ours goes to the end: nothing of the app's may be found in our folder first.
    sys.path[:] = folders + [p for p in sys.path if p not in ("", OUR_FOLDER, *folders)] + [OUR_FOLDER]
    sys.argv = [script or os.path.join(root, *entry["from"]["module"].split(".")) + ".py"]
    _new_main()


def load_object(source: dict[str, Any]) -> Any:
    """`module:attribute`, called without arguments when it is a factory. Raises whatever importing raises."""
    found: Any = _import(source["module"])
    for name in source["attribute"].split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            owner = f"module {source['module']!r}"
            raise LoadError(f"{owner} has no {source['attribute']!r}; it has {_names(found)}") from None
    return found() if source["factory"] else found


def run_script(path: str) -> None:
    """Runs a script as `__main__`. The captured server call serves inside of it and does not return."""
    main = _new_main()
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    main.__file__ = path
    main.__loader__ = SourceFileLoader("__main__", path)
    exec(code, main.__dict__)
    raise LoadError(
        f"{os.path.basename(path)} ended without starting a server that Ropeway knows; known are "
        "Flask.run, uvicorn, hypercorn, waitress, gunicorn, bottle, werkzeug, wsgiref, gevent and cheroot"
    )


def load_string(name: str) -> Any:
    """The app behind `module:attribute` as servers take it; without attribute `application`, then `app`."""
    module, _, attribute = name.partition(":")
    if attribute:
        return load_object({"module": module, "attribute": attribute, "factory": False})
    found = _import(module)
    return getattr(found, "application", None) or getattr(found, "app", None)


def _add_site_builtins() -> None:
    """`exit`, `quit` and the like, which apps take for Python itself, come with `site`: `-S` left it out."""
    import site

    for add in ("setquit", "setcopyright", "sethelper"):
        getattr(site, add, lambda: None)()


def _import(name: str) -> ModuleType:
    """As importlib.import_module, which would leave a frame of its own in tracebacks."""
    __import__(name)
    return sys.modules[name]


def _new_main() -> ModuleType:
    """An empty `__main__` instead of our own start script."""
    _kept.append(sys.modules["__main__"])  # our start script must not be torn down while it runs
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main


_kept: list[ModuleType] = []


def _names(owner: object) -> str:
    names = [name for name in vars(owner) if not name.startswith("_")] if hasattr(owner, "__dict__") else []
    return ", ".join(names[:12]) or "no public names"
