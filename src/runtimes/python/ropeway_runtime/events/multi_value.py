"""Events that have everything with several values twice."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Json


def event_headers(event: Json) -> object:
    """`multiValueHeaders` of an event when they are there, else `headers`."""
    multi = event.get("multiValueHeaders")
    return event.get("headers") if multi is None or multi == {} else multi
