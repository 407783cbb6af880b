"""What passes between an event format and an app interface: one request, one response."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Protocol, Tuple

    Headers = List[Tuple[str, str]]
    #: The headers as CGI names them, as a list (None: not made yet), and what to make the list of.
    EventHeaders = Tuple[Dict[str, str], Optional[Headers], Tuple[Any, ...]]

    class Stream(Protocol):
        """Where the parts of a response go."""

        def write(self, chunk: bytes) -> None:
            """Raises OSError when the client has gone."""

        def close(self) -> None:
            """The response is complete."""

    #: Takes status and headers of a response whose body comes in parts.
    OpenStream = Callable[[int, Headers], Stream]


class EventError(ValueError):
    """A malformed event, or one that is not for this function; the message names the key."""


class Request:
    """An HTTP request rebuilt from an event. Header values and the raw path are latin-1 text."""

    __slots__ = (
        "_headers",
        "_source",
        "body",
        "cgi",
        "method",
        "path",
        "query",
        "remote_address",
        "remote_user",
        "request_id",
        "scheme",
        "stage",
        "time",
    )

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        headers: EventHeaders,
        body: bytes,
        scheme: str,
        remote_address: str,
        stage: str,
        request_id: str = "",
        time: float = 0,
        remote_user: str = "",
    ) -> None:
        self.method = method
        #: Percent-encoded as the client sent it, without the prefix under which the app is mounted.
        self.path = path
        #: Raw, without "?".
        self.query = query
        #: The headers as CGI names them: HTTP_HOST, CONTENT_TYPE… Under "" something that it cannot name.
        self.cgi, self._headers, self._source = headers
        self.body = body
        #: "http" or "https".
        self.scheme = scheme
        self.remote_address = remote_address
        #: The prefix under which clients see the app, without slashes; "" without one.
        self.stage = stage
        self.request_id = request_id
        #: Milliseconds since 1970; 0 when the event does not tell.
        self.time = time
        #: Whom the gateway's authorizer has found the client to be; "" without one.
        self.remote_user = remote_user

    @property
    def headers(self) -> Headers:
        """Names and values as in the event; made when asked for, since `cgi` mostly will do."""
        if self._headers is None:
            from .events.headers import header_pairs

            self._headers = header_pairs(*self._source)
        return self._headers

    @property
    def plain(self) -> bool:
        """Whether `cgi` has all that `headers` have: no repeated header, none with "_" in its name."""
        return self._headers is None and "" not in self.cgi


class Response:
    """The app's answer; headers in the order and number in which the app gave them."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
