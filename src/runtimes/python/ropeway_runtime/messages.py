"""What passes between an event format and an app interface: one request, one response."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

    Headers = List[Tuple[str, str]]


class EventError(ValueError):
    """A malformed event, or one that is not for this function; the message names the key."""


class Request:
    """An HTTP request rebuilt from an event. Header values and the raw path are latin-1 text."""

    __slots__ = (
        "body",
        "headers",
        "method",
        "path",
        "query",
        "remote_address",
        "request_id",
        "scheme",
        "stage",
        "time",
    )

    def __init__(
        self,
        *,
        method: str,
        path: str,
        query: str,
        headers: Headers,
        body: bytes,
        scheme: str,
        remote_address: str,
        stage: str,
        request_id: str = "",
        time: float = 0,
    ) -> None:
        self.method = method
        #: Percent-encoded as the client sent it, without the prefix under which the app is mounted.
        self.path = path
        #: Raw, without "?".
        self.query = query
        self.headers = headers
        self.body = body
        #: "http" or "https".
        self.scheme = scheme
        self.remote_address = remote_address
        #: The prefix under which clients see the app, without slashes; "" without one.
        self.stage = stage
        self.request_id = request_id
        #: Milliseconds since 1970; 0 when the event does not tell.
        self.time = time


class Response:
    """The app's answer; headers in the order and number in which the app gave them."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
