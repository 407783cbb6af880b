"""Tencent Cloud API Gateway, integrated response.

`queryString` is decoded, a repeated name is a list and one without "=" is true; the path has no stage.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body
from .headers import address_of, read_headers, scheme_of
from .method import read_method
from .path import mount, read_target
from .query import format_query
from .tencent_result import to_result as to_result
from .values import object_at, principal_of, text_at

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
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event.get("headers"), len(body))
    cgi = headers[0]
    query = format_query(
        ("queryString", event.get("queryString")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    path, query = read_target(event.get("path"), query)
    path, stage = mount(path, cgi.get("HTTP_HOST"), text_at(context, "stage") or "", False)
    address = text_at(context, "sourceIp") or text_at(object_at(context, "identity"), "sourceIp")
    return Request(
        method=method,
        path=path,
        stage=stage,
        query=query,
        headers=headers,
        body=body,
        scheme=scheme_of(cgi),
        remote_address=address or address_of(cgi),
        request_id=text_at(context, "requestId") or "",
        remote_user=principal_of(context) if "authorizer" in context else "",
    )
