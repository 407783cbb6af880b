"""Tencent Cloud API Gateway, integrated response.

`queryString` is decoded, a repeated name is a list and one without "=" is true; the path has no stage.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body
from .headers import fix_content_length, forwarded_address, forwarded_scheme, merge_cookies, read_headers
from .method import read_method
from .path import mount, read_path
from .query import format_query, join_queries
from .tencent_result import to_result as to_result
from .values import object_at, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Json

NAME = "tencent-apigw"


def detect(event: Json) -> bool:
    context = event.get("requestContext")
    if not isinstance(context, dict) or not isinstance(event.get("httpMethod"), str):
        return False
    # AWS has the same names, but neither of these.
    return "queryString" in event or "headerParameters" in event or isinstance(context.get("serviceId"), str)


def to_request(event: Json) -> Request:
    method = read_method(event, "httpMethod", event.get("httpMethod"), event.get("path"))
    context = object_at(event, "requestContext")
    headers = read_headers(event.get("headers"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    fix_content_length(headers, len(body))
    merge_cookies(headers, [])
    path, inner_query = read_path(event.get("path"))
    path, stage = mount(path, headers, text_at(context, "stage") or "", False)
    query = format_query(
        ("queryString", event.get("queryString")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    address = text_at(context, "sourceIp") or text_at(object_at(context, "identity"), "sourceIp")
    return Request(
        method=method,
        path=path,
        stage=stage,
        query=join_queries(inner_query, query),
        headers=headers,
        body=body,
        scheme=forwarded_scheme(headers),
        remote_address=address or forwarded_address(headers),
        request_id=text_at(context, "requestId") or "",
    )
