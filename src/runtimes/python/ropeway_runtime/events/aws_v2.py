"""AWS API Gateway HTTP API with payload 2.0, and Lambda function URLs.

The raw path carries the stage unless it is `$default`; Cookie is split into `cookies`.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import address_of, join_headers, read_headers, scheme_of
from .method import USUAL_METHODS, read_method
from .path import mount, read_target
from .query import format_query
from .values import malformed, object_at, principal_of, text_at, time_of

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
    # Alibaba's HTTP trigger has the same context with version "v1".
    if event.get("version") == "v1":
        return False
    return event.get("version") == "2.0" or isinstance(event.get("rawPath"), str)


def to_request(event: Json) -> Request:
    context = object_at(event, "requestContext")
    http = object_at(context, "http")
    raw_path = event.get("rawPath")
    if raw_path is None:
        raw_path = http.get("path")
    method = http.get("method")
    if method not in USUAL_METHODS:
        method = read_method(
            event,
            "requestContext.http.method",
            event.get("httpMethod") if method is None else method,
            raw_path,
        )
    body = event.get("body")
    body = b"" if body is None else decode_body(body, event.get("isBase64Encoded"))
    headers = read_headers(event.get("headers"), len(body), _read_cookies(event.get("cookies")))
    cgi = headers[0]
    query = text_at(event, "rawQueryString")
    if query is None:
        query = format_query(("queryStringParameters", event.get("queryStringParameters")))
    path, query = read_target(raw_path, query)
    stage = context.get("stage")
    stage = "" if stage == _DEFAULT_STAGE else text_at(context, "stage") or ""
    path, stage = mount(path, cgi.get("HTTP_HOST"), stage, True)
    return Request(
        method,
        path,
        query,
        headers,
        body,
        scheme_of(cgi),
        text_at(http, "sourceIp") or address_of(cgi),
        stage,
        text_at(context, "requestId") or "",
        time_of(context.get("timeEpoch")),
        principal_of(context) if "authorizer" in context else "",
    )


def to_result(response: Response, event: Json | None = None) -> Json:
    """Repeated headers are joined with ", ", except Set-Cookie, which goes to `cookies`."""
    headers, cookies, is_encoded = join_headers(response.headers)
    text, is_base64 = encode_body(response.body, is_encoded)
    result: Json = {
        "statusCode": response.status,
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        result["cookies"] = cookies
    return result


def _read_cookies(value: object) -> list[str] | None:
    if value is None:
        return None
    try:
        if isinstance(value, list):
            "".join(value)
            return value
    except TypeError:
        pass
    raise malformed("cookies", "a list of strings", value)
