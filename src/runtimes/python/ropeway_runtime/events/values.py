"""Typed access to JSON that others wrote."""

from __future__ import annotations

from ..messages import EventError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]


def object_at(parent: Json, key: str) -> Json:
    """The object at `key`; an empty one for null and for a missing key."""
    value = parent.get(key)
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise malformed(key, "an object", value)


def text_at(parent: Json, key: str) -> str | None:
    """The text at `key`; None for null, "" and a missing key."""
    value = parent.get(key)
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    raise malformed(key, "a string", value)


def scalar_text(value: object) -> str | None:
    """A single value as text, as JavaScript writes it; None for a list or an object."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    return _number_text(value) if isinstance(value, (int, float)) else None


_MAX_EXACT = 2**53


def _number_text(value: float) -> str:
    """A number as JavaScript writes it (ECMA-262, Number::toString)."""
    if isinstance(value, int) and abs(value) <= _MAX_EXACT:
        return str(value)
    try:
        value = float(value)
    except OverflowError:
        value = float("inf") if value > 0 else float("-inf")
    if value - value != 0:
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    mantissa, _, exponent = f"{value!r}e0".partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    point = len(whole) + int(exponent.partition("e")[0])
    digits = (whole + fraction).rstrip("0")
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0")
    if not digits:
        return "0"
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def time_of(value: object) -> float:
    """A time as a number or the digits of one; 0 for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value if value >= 0 else 0
    return int(value) if isinstance(value, str) and _is_digits(value) else 0


def principal_of(context: Json) -> str:
    """Whom the gateway's authorizer has found the client to be; "" without one."""
    authorizer = context.get("authorizer")
    if not isinstance(authorizer, dict):
        return ""
    for path in (("principalId",), ("jwt", "claims", "sub"), ("iam", "userId"), ("lambda", "principalId")):
        value: object = authorizer
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            return value
    return ""


def well_formed(text: str) -> str:
    """The text with lone surrogates replaced, which have no UTF-8 form."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def malformed(key: str, expected: str, got: object) -> EventError:
    shown = " " + repr(got)[:60] if isinstance(got, (str, int, float)) else ""
    return EventError(f"{key}: expected {expected}, got {_kind_of(got)}{shown}")


def _kind_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20
