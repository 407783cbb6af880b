"""Header names and values of events."""

from __future__ import annotations

from .values import malformed, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from ..messages import EventHeaders, Headers

_MAX_CACHED_NAMES = 1000
_lower_names: dict[str, str] = {}
_keys: dict[str, str] = {}


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
        if (_lower_names.get(name) or lower_name(name)) == lower:
            return value
    return None


def read_headers(value: object, body_length: int, more_cookies: list[str] | None = None) -> EventHeaders:
    """The headers object of an event.

    Lists become repeated headers, null ones vanish, Transfer-Encoding is dropped and Content-Length is
    what the body really has, since the body is in the event whole. Several Cookie headers become one,
    together with the event's own `more_cookies`. Raises EventError on values that are objects.
    """
    if isinstance(value, dict):
        try:
            # All at once rather than one by one: text, and nothing beyond ASCII.
            if "".join(value.values()).isascii():
                try:
                    cgi = {_keys[name]: text for name, text in value.items()}
                except KeyError:
                    cgi = {environ_key(name): text for name, text in value.items()}
                if len(cgi) == len(value):  # no two names have become one
                    if body_length or "CONTENT_LENGTH" in cgi:
                        cgi["CONTENT_LENGTH"] = str(body_length)
                    if more_cookies or cgi.get("HTTP_COOKIE") == "":
                        _set_cookie(cgi, more_cookies)
                    return cgi, None, (value, body_length, more_cookies)
        except TypeError:
            pass  # a list, a number, null: one by one
    pairs = header_pairs(value, body_length, more_cookies)
    return headers_of(pairs)


def headers_of(pairs: Headers) -> EventHeaders:
    """Headers that are a list already; repeated ones are joined as CGI wants them."""
    cgi: dict[str, str] = {}
    for name, value in pairs:
        key = environ_key(name)
        if key in cgi:
            if key == "HTTP_HOST":
                continue  # there is one, and it decides where the app is mounted
            value = cgi[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        cgi[key] = value
    return cgi, pairs, ()


def header_pairs(value: object, body_length: int, more_cookies: list[str] | None) -> Headers:
    """What `read_headers` reads, as a list. Characters above latin-1 become their UTF-8 bytes, as latin-1."""
    headers: Headers = []
    found: dict[str, int] = {}
    cookies: list[str] = []
    for name, text in _items(value):
        text = _wire_text(text)
        lower = lower_name(name)
        if lower == "transfer-encoding":
            continue
        if lower == "content-length" or lower == "cookie":
            if lower == "cookie":
                if not text:
                    continue
                cookies.append(text)
            if lower in found:
                continue
            found[lower] = len(headers)
        headers.append((name, text))
    length_at = found.get("content-length")
    if length_at is not None:
        headers[length_at] = (headers[length_at][0], str(body_length))
    elif body_length:
        headers.append(("content-length", str(body_length)))
    cookie = _join_cookies(cookies, more_cookies)
    if cookie:
        cookie_at = found.get("cookie")
        if cookie_at is None:
            headers.append(("cookie", cookie))
        else:
            headers[cookie_at] = (headers[cookie_at][0], cookie)
    return headers


def environ_key(name: str) -> str:
    """The CGI name of a header; "" for Transfer-Encoding, which an event has no use for, and for a name that
    could pass for another one: with "_" for one with "-", with U+017F for one with "s"."""
    key = _keys.get(name)
    if key is None:
        if "_" in name or not name.isascii() or name.lower() == "transfer-encoding":
            key = ""
        else:
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = "HTTP_" + key
        if len(_keys) < _MAX_CACHED_NAMES:
            _keys[name] = key
    return key


def split_host(host: str) -> tuple[str, str]:
    """Name and port ("" without one) out of Host; the name may be an IPv6 address in brackets."""
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdigit() or not port.isascii() or len(port) > 5:
        return host, ""
    return (host, "") if name.startswith("[") and not name.endswith("]") else (name, port)


def scheme_of(cgi: dict[str, str]) -> str:
    """ "http" or "https" as the gateway saw it; clouds that do not tell speak HTTPS."""
    proto = cgi.get("HTTP_X_FORWARDED_PROTO")
    if proto is None or proto == "https":
        return "https"
    return "http" if proto.split(",")[0].strip().lower() == "http" else "https"


def address_of(cgi: dict[str, str]) -> str:
    """The client of a gateway that tells only in a header; "" when it does not tell."""
    value = cgi.get("HTTP_X_SCF_REMOTE_ADDR")
    if value is None:
        value = cgi.get("HTTP_X_FORWARDED_FOR") or ""
    return value.split(",")[0].strip()


def join_headers(headers: Headers) -> tuple[dict[str, str], list[str], bool]:
    """Repeated headers joined with ", ", whatever the case of their names; the values of Set-Cookie;
    whether there is a Content-Encoding."""
    joined: dict[str, str] = {}
    cookies: list[str] = []
    names: dict[str, str] = {}
    for name, value in headers:
        lower = _lower_names.get(name) or lower_name(name)
        if lower == "set-cookie":
            cookies.append(value)
            continue
        first = names.setdefault(lower, name)
        joined[first] = joined[first] + ", " + value if first in joined else value
    return joined, cookies, "content-encoding" in names


def group_headers(headers: Headers) -> dict[str, tuple[str, list[str]]]:
    """Repeated headers together, whatever the case of their names: lower name → (name, values)."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for name, value in headers:
        lower = _lower_names.get(name) or lower_name(name)
        group = groups.get(lower)
        if group is None:
            groups[lower] = (name, [value])
        else:
            group[1].append(value)
    return groups


def _set_cookie(cgi: dict[str, str], more: list[str] | None) -> None:
    if more and "HTTP_COOKIE" not in cgi and "" not in more:
        joined = "; ".join(more)
        if joined.isascii():
            cgi["HTTP_COOKIE"] = joined
            return
    cookie = cgi.pop("HTTP_COOKIE", "")
    cookie = _join_cookies([cookie] if cookie else [], more)
    if cookie:
        cgi["HTTP_COOKIE"] = cookie


def _items(value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, dict):
        raise malformed("headers", "an object", value)
    for name, item in value.items():
        if item is None:
            continue
        for single in item if isinstance(item, list) else [item]:
            text = scalar_text(single)
            if text is None:
                raise malformed(f"headers[{name!r}]", "a string", single)
            yield name, text


def _join_cookies(cookies: list[str], more: list[str] | None) -> str:
    if more:
        # Recorded function-URL events carry the same cookies in both places.
        known = {part.lstrip(" ") for value in cookies for part in value.split(";")}
        cookies = cookies + [_wire_text(cookie) for cookie in more if cookie and cookie not in known]
    return "; ".join(cookies)


def _wire_text(value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value
