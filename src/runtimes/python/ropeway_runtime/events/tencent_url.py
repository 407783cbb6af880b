"""Tencent Cloud function URL: only `body, headers, httpMethod, path, queryString`.

The client is in `x-scf-remote-addr`. The documented event cannot carry a binary body; base64 with an
undocumented `isBase64Encoded: true` is read, since that is how the local platform sends one.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body
from .headers import address_of, read_headers, scheme_of
from .method import read_method
from .path import mount, read_target
from .query import format_query
from .tencent_result import to_result as to_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Json

NAME = "tencent-url"


def detect(event: Json) -> bool:
    return (
        isinstance(event.get("httpMethod"), str)
        and isinstance(event.get("path"), str)
        and "queryString" in event
        and event.get("requestContext") is None
    )


def to_request(event: Json) -> Request:
    method = read_method(event, "httpMethod", event.get("httpMethod"), event.get("path"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event.get("headers"), len(body))
    cgi = headers[0]
    query = format_query(
        ("queryString", event.get("queryString")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    path, query = read_target(event.get("path"), query)
    path, stage = mount(path, cgi.get("HTTP_HOST"), "", False)
    return Request(
        method=method,
        path=path,
        stage=stage,
        query=query,
        headers=headers,
        body=body,
        scheme=scheme_of(cgi),
        remote_address=address_of(cgi),
        request_id=cgi.get("HTTP_X_SCF_REQUEST_ID") or "",
    )
