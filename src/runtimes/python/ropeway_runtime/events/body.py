"""Bodies in JSON: text or base64."""

from __future__ import annotations

from _codecs import utf_8_decode
from binascii import Error, a2b_base64, b2a_base64

from ..messages import EventError
from .values import malformed

_PROBE_BYTES = 1024


def encode_body(body: bytes, is_encoded: bool) -> tuple[str, bool]:
    """A body as it stands in JSON, and whether it is base64.

    What the bytes are decides: valid UTF-8 is text, all else is base64; so is what has a
    Content-Encoding (`is_encoded`), since a gateway may re-encode text.
    """
    if not is_encoded:
        try:
            if len(body) > _PROBE_BYTES:
                # The error carries a copy of what it was given: a few bytes of an image tell as well.
                utf_8_decode(body[:_PROBE_BYTES])
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return str(b2a_base64(body, newline=False), "ascii"), body != b""


def decode_body(body: object, is_base64: object) -> bytes:
    """The bytes of a JSON body; null and a missing one are empty."""
    if body is None or body == "":
        return b""
    if not isinstance(body, str):
        raise malformed("body", "a string", body)
    if is_base64 is None or is_base64 is False:
        return body.encode("utf-8", "replace")
    if is_base64 is not True:
        raise malformed("isBase64Encoded", "true or false", is_base64)
    return _decode_base64(body)


def _decode_base64(text: str) -> bytes:
    raw = _exactly_base64(text)
    if raw is None:
        # Slow path: line breaks, or the alphabet for URLs.
        raw = _exactly_base64("".join(text.split()).replace("-", "+").replace("_", "/"))
    if raw is None:
        raise EventError("body: isBase64Encoded is true, but the body is not base64")
    return raw


def _exactly_base64(text: str) -> bytes | None:
    """None when there is anything that the decoder would skip."""
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        return None
    try:
        raw = a2b_base64(bare + "=" * (-len(bare) % 4))
    except (Error, ValueError):
        return None
    return raw if len(raw) == len(bare) * 3 // 4 else None
