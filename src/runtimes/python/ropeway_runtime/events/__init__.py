"""Event formats: each module has `detect`, `to_request` and `to_result`."""

from __future__ import annotations

from . import alibaba_fc, aws_alb, aws_lattice, aws_v1, aws_v2, tencent_apigw, tencent_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from ..messages import Request, Response

    class EventFormat(Protocol):
        NAME: str

        def detect(self, event: dict[str, Any]) -> bool:
            """Whether the event is of this format. Never raises."""

        def to_request(self, event: dict[str, Any]) -> Request:
            """Raises EventError on a malformed event."""

        def to_result(self, response: Response, event: dict[str, Any] | None = None) -> dict[str, Any]:
            """`event` tells where the form of the result follows that of the event."""


#: Every event format; the first that detects an event has it.
FORMATS: tuple[EventFormat, ...] = (
    tencent_apigw,
    tencent_url,
    aws_v1,
    aws_v2,
    aws_alb,
    aws_lattice,
    alibaba_fc,
)

_last = FORMATS[0]


def detect_format(event: object) -> EventFormat | None:
    """The format of an event; None for one that is no HTTP event of a known gateway. Never raises."""
    global _last
    if isinstance(event, dict):
        # A function mostly stands behind one gateway; no event is of two formats.
        if _last.detect(event):
            return _last
        for candidate in FORMATS:
            if candidate.detect(event):
                _last = candidate
                return candidate
    return None


def describe_keys(event: object) -> str:
    """What an unknown event looks like, for messages."""
    if isinstance(event, dict):
        return "keys " + (", ".join(map(str, list(event)[:10])) or "none")
    return "type " + type(event).__name__
