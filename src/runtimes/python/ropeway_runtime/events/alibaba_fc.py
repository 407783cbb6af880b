"""Alibaba Cloud Function Compute.

The HTTP trigger of FC 3.0 (version "v1"; "Use an HTTP trigger to invoke a function"), and the older API
Gateway event (`httpMethod`, `path`, `queryParameters`). The query is decoded and the values of a repeated
name are joined with ",": which commas were the client's cannot be told. `rawPath` is the path as sent,
`http.path` the decoded one. Go functions for this trigger declare the result's headers as strings; that
several spellings of Set-Cookie all get through has not been tried in the cloud.
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import address_of, read_headers, scheme_of
from .method import read_method
from .path import mount, read_target
from .query import format_query
from .single_value import single_values
from .values import object_at, text_at, time_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Response
    from .values import Json

NAME = "alibaba-fc"


def detect(event: Json) -> bool:
    context = event.get("requestContext")
    if isinstance(context, dict):
        return event.get("version") == "v1" and isinstance(context.get("http"), dict)
    return isinstance(event.get("httpMethod"), str) and "queryParameters" in event


def to_request(event: Json) -> Request:
    context = object_at(event, "requestContext")
    http = object_at(context, "http")
    raw_path = event.get("rawPath")
    if raw_path is None:
        raw_path = event.get("path")
    if raw_path is None:
        raw_path = http.get("path")
    method = http.get("method")
    method = read_method(event, "httpMethod", event.get("httpMethod") if method is None else method, raw_path)
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event.get("headers"), len(body))
    cgi = headers[0]
    path, query = read_target(raw_path, format_query(("queryParameters", event.get("queryParameters"))))
    path, stage = mount(path, cgi.get("HTTP_HOST"), "", False)
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
    )


def to_result(response: Response, event: Json | None = None) -> Json:
    """One value per header."""
    headers, is_encoded = single_values(response.headers)
    text, is_base64 = encode_body(response.body, is_encoded)
    return {
        "statusCode": response.status,
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
