"""Ropeway inside a Python function: event → WSGI or ASGI app → result.

    from ropeway_runtime import handler
    main_handler = handler(app)

Names are loaded when they are first used: a WSGI app never pays for importing asyncio.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .adapter import handler
    from .context import Context
    from .drop_in import TEXT_MIME_TYPES, handle_request
    from .messages import EventError, Request, Response
    from .mixin import EventHandler
    from .snapshot import register_after_restore, register_before_snapshot

__all__ = [
    "TEXT_MIME_TYPES",
    "Context",
    "EventError",
    "EventHandler",
    "Request",
    "Response",
    "handle_request",
    "handler",
    "register_after_restore",
    "register_before_snapshot",
]

__version__ = "0.1.0"

_HOMES = {
    "Context": "context",
    "EventError": "messages",
    "EventHandler": "mixin",
    "Request": "messages",
    "Response": "messages",
    "TEXT_MIME_TYPES": "drop_in",
    "handle_request": "drop_in",
    "handler": "adapter",
    "register_after_restore": "snapshot",
    "register_before_snapshot": "snapshot",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not importlib: that takes as long to import as the rest of what is needed here.
    value: object = getattr(__import__(f"{__name__}.{home}", fromlist=[name]), name)
    globals()[name] = value
    return value
