"""AWS API Gateway REST API (Lambda proxy integration), and HTTP API with payload 1.0.

The path has no stage, the query is decoded, and everything with several values is there twice: all of them
under `multiValue…`, the last one alone. (API Gateway Developer Guide, "Lambda proxy integrations".)
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import address_of, group_headers, read_headers, scheme_of
from .method import read_method
from .multi_value import event_headers
from .path import mount, read_target
from .query import format_query
from .values import object_at, principal_of, text_at, time_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..messages import Response
    from .values import Json

NAME = "aws-v1"
_NO_STAGE = "$default"


def detect(event: Json) -> bool:
    if not isinstance(event.get("httpMethod"), str) or not isinstance(event.get("path"), str):
        return False
    context = event.get("requestContext")
    if isinstance(context, dict) and ("elb" in context or "serviceId" in context):
        return False
    # Tencent's and Alibaba's events have the same two keys, and one of these.
    if "queryString" in event or "headerParameters" in event or "queryParameters" in event:
        return False
    return (
        "resource" in event
        or "multiValueHeaders" in event
        or "queryStringParameters" in event
        or "multiValueQueryStringParameters" in event
    )


def to_request(event: Json) -> Request:
    method = read_method(event, "httpMethod", event.get("httpMethod"), event.get("path"))
    context = object_at(event, "requestContext")
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event_headers(event), len(body))
    cgi = headers[0]
    query = format_query(
        ("multiValueQueryStringParameters", event.get("multiValueQueryStringParameters")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    path, query = read_target(event.get("path"), query)
    stage = text_at(context, "stage") or _NO_STAGE
    path, stage = mount(path, cgi.get("HTTP_HOST"), "" if stage == _NO_STAGE else stage, False)
    return Request(
        method,
        path,
        query,
        headers,
        body,
        scheme_of(cgi),
        text_at(object_at(context, "identity"), "sourceIp") or address_of(cgi),
        stage,
        text_at(context, "requestId") or "",
        time_of(context.get("requestTimeEpoch")),
        principal_of(context) if "authorizer" in context else "",
    )


def to_result(response: Response, event: Json | None = None) -> Json:
    """Repeated headers go to `multiValueHeaders`."""
    headers: dict[str, str] = {}
    multi: dict[str, list[str]] = {}
    groups = group_headers(response.headers)
    for name, values in groups.values():
        if len(values) == 1:
            headers[name] = values[0]
        else:
            multi[name] = values
    text, is_base64 = encode_body(response.body, "content-encoding" in groups)
    result: dict[str, Any] = {
        "statusCode": response.status,
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
    if multi:
        result["multiValueHeaders"] = multi
    return result
