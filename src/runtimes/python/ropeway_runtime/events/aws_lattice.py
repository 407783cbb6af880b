"""AWS VPC Lattice, event version 2.0: the query stands inside the path, headers are lists.

The result has one value per header. (VPC Lattice User Guide, "Lambda functions as targets".)
"""

from __future__ import annotations

from ..messages import Request
from .body import decode_body, encode_body
from .headers import address_of, read_headers, scheme_of
from .method import read_method
from .path import mount, read_target
from .query import format_query
from .single_value import single_values
from .status import status_description
from .values import object_at, time_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Response
    from .values import Json

NAME = "aws-lattice"
_MICROSECONDS = 1000


def detect(event: Json) -> bool:
    context = event.get("requestContext")
    return (
        isinstance(context, dict)
        and isinstance(context.get("serviceArn"), str)
        and isinstance(event.get("method"), str)
    )


def to_request(event: Json) -> Request:
    method = read_method(event, "method", event.get("method"), event.get("path"))
    body = decode_body(event.get("body"), event.get("isBase64Encoded"))
    headers = read_headers(event.get("headers"), len(body))
    cgi = headers[0]
    path, query = read_target(event.get("path"), "")
    # The path has the query to the letter; beside it stands the same once more, decoded.
    query = query or format_query(("queryStringParameters", event.get("queryStringParameters")))
    path, stage = mount(path, cgi.get("HTTP_HOST"), "", False)
    time = time_of(object_at(event, "requestContext").get("timeEpoch")) // _MICROSECONDS
    return Request(method, path, query, headers, body, scheme_of(cgi), address_of(cgi), stage, "", time)


def to_result(response: Response, event: Json | None = None) -> Json:
    """One value per header."""
    headers, is_encoded = single_values(response.headers)
    text, is_base64 = encode_body(response.body, is_encoded)
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response.status),
        "headers": headers,
        "body": text,
        "isBase64Encoded": is_base64,
    }
