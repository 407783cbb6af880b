"""Tencent Cloud function URL: only `body, headers, httpMethod, path, queryString`.

The client is in `x-scf-remote-addr`. The documented event cannot carry a binary body; base64 with an
undocumented `isBase64Encoded: true` is read, since that is how the local platform sends one.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body
from .headers import (
    fix_content_length,
    forwarded_address,
    forwarded_scheme,
    header_value,
    merge_cookies,
    read_headers,
)
from .method import read_method
from .path import mount, read_path
from .query import format_query, join_queries
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
    headers = read_headers(event.get("headers"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    fix_content_length(headers, len(body))
    merge_cookies(headers, [])
    path, inner_query = read_path(event.get("path"))
    path, stage = mount(path, headers, "", False)
    query = format_query(
        ("queryString", event.get("queryString")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    return Request(
        method=method,
        path=path,
        stage=stage,
        query=join_queries(inner_query, query),
        headers=headers,
        body=body,
        scheme=forwarded_scheme(headers),
        remote_address=forwarded_address(headers),
        request_id=header_value(headers, "x-scf-request-id") or "",
    )
