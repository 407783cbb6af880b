"""AWS API Gateway HTTP API with payload 2.0, and Lambda function URLs.

The raw path carries the stage unless it is `$default`; Cookie is split into `cookies`.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import (
    fix_content_length,
    forwarded_address,
    forwarded_scheme,
    group_headers,
    merge_cookies,
    read_headers,
)
from .method import read_method
from .path import encode_unsafe, mount, read_path
from .query import format_query, join_queries
from .values import malformed, object_at, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Response
    from .values import Json

NAME = "aws-v2"
_DEFAULT_STAGE = "$default"


def detect(event: Json) -> bool:
    context = event.get("requestContext")
    if not isinstance(context, dict) or not isinstance(context.get("http"), dict):
        return False
    return event.get("version") == "2.0" or isinstance(event.get("rawPath"), str)


def to_request(event: Json) -> Request:
    context = object_at(event, "requestContext")
    http = object_at(context, "http")
    raw_path = event.get("rawPath")
    if raw_path is None:
        raw_path = http.get("path")
    method = http.get("method")
    if method is None:
        method = event.get("httpMethod")
    method = read_method(event, "requestContext.http.method", method, raw_path)
    headers = read_headers(event.get("headers"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    fix_content_length(headers, len(body))
    merge_cookies(headers, _read_cookies(event.get("cookies")))
    stage = text_at(context, "stage") or _DEFAULT_STAGE
    path, inner_query = read_path(raw_path)
    path, prefix = mount(path, headers, "" if stage == _DEFAULT_STAGE else stage, True)
    raw_query = text_at(event, "rawQueryString")
    if raw_query is None:
        query = format_query(("queryStringParameters", event.get("queryStringParameters")))
    else:
        query = encode_unsafe(raw_query)
    time = context.get("timeEpoch")
    return Request(
        method=method,
        path=path,
        stage=prefix,
        query=join_queries(inner_query, query),
        headers=headers,
        body=body,
        scheme=forwarded_scheme(headers),
        remote_address=text_at(http, "sourceIp") or forwarded_address(headers),
        request_id=text_at(context, "requestId") or "",
        time=time if isinstance(time, (int, float)) else 0,
    )


def to_result(response: Response) -> Json:
    """Repeated headers are joined with ",", except Set-Cookie, which goes to `cookies`."""
    groups = group_headers(response.headers)
    cookies = groups.pop("set-cookie", None)
    text, is_base64 = encode_body(response.body, response.headers)
    result: Json = {
        "statusCode": response.status,
        "headers": {name: ",".join(values) for name, values in groups.values()},
    }
    if cookies is not None:
        result["cookies"] = cookies[1]
    result["body"] = text
    result["isBase64Encoded"] = is_base64
    return result


def _read_cookies(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(cookie, str) for cookie in value):
        raise malformed("cookies", "a list of strings", value)
    return value
