"""How an object wants to be called: PEP 3333, ASGI 3, or `handler(event, context)`."""

from __future__ import annotations

from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

_COROUTINE = 0x80
_EVENT_NAMES = ("event", "evt", "_event", "_evt")


def interface_of(app: object) -> str:
    """ "wsgi", "asgi" or "handler". A first argument named `event`, or a coroutine function of two:
    handler; three arguments: ASGI; else WSGI. Raises TypeError for what cannot be called."""
    if not callable(app):
        raise TypeError(f"the app must be callable, not {type(app).__name__}")
    code, bound = _code_of(app)
    if code is None:
        return "wsgi"
    names = code.co_varnames[bound : code.co_argcount]
    if names and names[0] in _EVENT_NAMES:
        return "handler"
    if code.co_flags & _COROUTINE:
        return "handler" if len(names) == 2 else "asgi"
    return "asgi" if len(names) == 3 else "wsgi"


def _code_of(app: object) -> tuple[CodeType | None, int]:
    """The code that runs when `app` is called, and how many of its arguments are given already."""
    bound = 0
    for _ in range(20):
        if isinstance(app, partial):
            bound += len(app.args)
            app = app.func
            continue
        wrapped = getattr(app, "__wrapped__", None)
        if callable(wrapped) and not isinstance(app, type):
            app = wrapped
            continue
        function = getattr(app, "__func__", None)
        if function is not None:
            bound += 1
            app = function
            continue
        code = getattr(app, "__code__", None)
        if code is not None:
            return code, bound
        if isinstance(app, type):
            return None, 0
        app = getattr(app, "__call__", None)  # noqa: B004 -- the bound method itself, not whether there is one
    return None, 0
