"""AWS Application Load Balancer with a Lambda target.

Query names and values stand as they were sent. A target group has multi-value headers or not: an event has
one of the two forms, and the result must have the same. (Elastic Load Balancing, "Lambda functions as
targets".)
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import group_headers, read_headers, scheme_of
from .method import read_method
from .multi_value import event_headers
from .path import mount, read_target
from .query import format_sent_query
from .single_value import single_values
from .status import status_description

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Response
    from .values import Json

NAME = "aws-alb"


def detect(event: Json) -> bool:
    context = event.get("requestContext")
    return isinstance(context, dict) and isinstance(context.get("elb"), dict)


def to_request(event: Json) -> Request:
    method = read_method(event, "httpMethod", event.get("httpMethod"), event.get("path"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event_headers(event), len(body))
    cgi = headers[0]
    query = format_sent_query(
        ("multiValueQueryStringParameters", event.get("multiValueQueryStringParameters")),
        ("queryStringParameters", event.get("queryStringParameters")),
    )
    path, query = read_target(event.get("path"), query)
    path, stage = mount(path, cgi.get("HTTP_HOST"), "", False)
    # The balancer appends the client that it sees; what stands before was sent by that client.
    forwarded = cgi.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    trace = cgi.get("HTTP_X_AMZN_TRACE_ID", "")
    return Request(method, path, query, headers, body, scheme_of(cgi), forwarded, stage, trace)


def to_result(response: Response, event: Json | None = None) -> Json:
    """In the form of the event: `multiValueHeaders`, or `headers` with one value each."""
    result: Json = {
        "statusCode": response.status,
        "statusDescription": status_description(response.status),
    }
    if event is not None and not isinstance(event.get("multiValueHeaders"), dict):
        result["headers"], is_encoded = single_values(response.headers)
    else:
        groups = group_headers(response.headers)
        result["multiValueHeaders"] = dict(groups.values())
        is_encoded = "content-encoding" in groups
    result["body"], result["isBase64Encoded"] = encode_body(response.body, is_encoded)
    return result
