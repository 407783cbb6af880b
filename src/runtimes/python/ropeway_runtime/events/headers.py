"""Header names and values of events."""

from __future__ import annotations

from .values import malformed, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Headers

_MAX_CACHED_NAMES = 1000
_lower_names: dict[str, str] = {}


def lower_name(name: str) -> str:
    """Header names repeat from call to call: each is lower-cased once."""
    lower = _lower_names.get(name)
    if lower is None:
        lower = name.lower()
        if len(_lower_names) < _MAX_CACHED_NAMES:
            _lower_names[name] = lower
    return lower


def header_value(headers: Headers, lower: str) -> str | None:
    """The first value of a header, whatever the case of its name."""
    for name, value in headers:
        if lower_name(name) == lower:
            return value
    return None


def set_header(headers: Headers, lower: str, value: str) -> None:
    """Sets a header, replacing every earlier one of that name in the place of the first."""
    places = [i for i, (name, _) in enumerate(headers) if lower_name(name) == lower]
    if not places:
        headers.append((lower, value))
        return
    headers[places[0]] = (headers[places[0]][0], value)
    for place in reversed(places[1:]):
        del headers[place]


def read_headers(value: object) -> Headers:
    """The headers object of an event as a list.

    Lists become repeated headers, null ones vanish, Transfer-Encoding is dropped since the body is in
    the event whole. Characters above latin-1 become their UTF-8 bytes, written as latin-1.
    """
    headers: Headers = []
    if value is None:
        return headers
    if not isinstance(value, dict):
        raise malformed("headers", "an object", value)
    for name, item in value.items():
        if lower_name(name) == "transfer-encoding" or item is None:
            continue
        if isinstance(item, str):
            headers.append((name, item if item.isascii() else _wire_text(item)))
            continue
        for single in item if isinstance(item, list) else [item]:
            text = scalar_text(single)
            if text is None:
                raise malformed(f"headers[{name!r}]", "a string", single)
            headers.append((name, _wire_text(text)))
    return headers


def fix_content_length(headers: Headers, length: int) -> None:
    """Sets Content-Length to what the body has; adds it when there is a body without one."""
    if length or header_value(headers, "content-length") is not None:
        set_header(headers, "content-length", str(length))


def merge_cookies(headers: Headers, more: list[str]) -> None:
    """Several Cookie headers become one, joined with "; ", together with `more`; empty ones vanish."""
    given = [value for name, value in headers if lower_name(name) == "cookie"]
    cookies = [value for value in given if value]
    if len(given) <= 1 and not more and len(cookies) == len(given):
        return
    # Recorded function-URL events carry the same cookies in both places.
    known = {part.lstrip(" ") for value in cookies for part in value.split(";")}
    cookies += [cookie for cookie in more if cookie and cookie not in known]
    set_header(headers, "cookie", "; ".join(cookies))
    if not cookies:
        headers[:] = [pair for pair in headers if lower_name(pair[0]) != "cookie"]


def forwarded_scheme(headers: Headers) -> str:
    """ "http" or "https" as the gateway saw it; clouds that do not tell speak HTTPS."""
    proto = header_value(headers, "x-forwarded-proto")
    return "http" if proto is not None and proto.split(",")[0].strip().lower() == "http" else "https"


def forwarded_address(headers: Headers) -> str:
    """The client of a gateway that tells only in a header; "" when it does not tell."""
    value = header_value(headers, "x-scf-remote-addr")
    if value is None:
        value = header_value(headers, "x-forwarded-for") or ""
    return value.split(",")[0].strip()


def group_headers(headers: Headers) -> dict[str, tuple[str, list[str]]]:
    """Repeated headers together, whatever the case of their names: lower name → (name, values)."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for name, value in headers:
        lower = lower_name(name)
        group = groups.get(lower)
        if group is None:
            groups[lower] = (name, [value])
        else:
            group[1].append(value)
    return groups


def _wire_text(value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value
