"""The method of an event."""

from __future__ import annotations

from ..messages import EventError
from .values import malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Json

#: Checked before `read_method` is called at all.
USUAL_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def read_method(event: Json, key: str, value: object, path: object) -> str:
    """The method, GET when only a path is there; raises EventError when neither is."""
    if value in USUAL_METHODS:
        return value
    if value is None:
        if path is not None:
            return "GET"
        keys = ", ".join(list(event)[:10]) or "none"
        raise EventError(f"no HTTP event: neither {key} nor a path; its keys: {keys}")
    if not isinstance(value, str) or not value or not _TOKEN.issuperset(value):
        raise malformed(key, "an HTTP method", value)
    return value
