"""Response → result of both Tencent gateways."""

from __future__ import annotations

from .body import encode_body
from .headers import group_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Response
    from .values import Json


def to_result(response: Response, event: Json | None = None) -> Json:
    """Repeated headers become a list of strings."""
    groups = group_headers(response.headers)
    text, is_base64 = encode_body(response.body, "content-encoding" in groups)
    return {
        "isBase64Encoded": is_base64,
        "statusCode": response.status,
        "headers": {name: values[0] if len(values) == 1 else values for name, values in groups.values()},
        "body": text,
    }
