"""Raw queries from the decoded ones that events carry."""

from __future__ import annotations

from .percent import encode_unsafe, quote, unquote
from .values import malformed, scalar_text, well_formed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def format_sent_query(*sources: tuple[str, object]) -> str:
    """`format_query` of names and values that stand as they were sent.

    One that is encoded stays, any other is encoded.
    """
    return _format(sources, _encode_sent)


def format_query(*sources: tuple[str, object]) -> str:
    """The raw query of decoded values, given as (key, value) of each source.

    A source is an object, a raw query, or None; of a name in several sources the first counts. True is
    a name without "=", null is `name=`, a list is a repeated name.
    """
    return _format(sources, _encode)


def _format(sources: tuple[tuple[str, object], ...], write: Callable[[str], str]) -> str:
    parts: list[str] = []
    seen: set[str] = set()
    for key, source in sources:
        if source is None or source == "":
            continue
        if isinstance(source, str):
            if not parts:
                parts.append(source[1:] if source.startswith("?") else source)
            continue
        if not isinstance(source, dict):
            raise malformed(key, "an object", source)
        for name, value in source.items():
            if name in seen:
                continue
            seen.add(name)
            for item in value if isinstance(value, list) else [value]:
                if item is True:
                    parts.append(write(name))
                    continue
                text = scalar_text(item)
                if text is None:
                    raise malformed(f"{key}[{name!r}]", "a string", item)
                parts.append(f"{write(name)}={write(text)}")
    return "&".join(parts)


def join_queries(first: str, second: str) -> str:
    """Both parts of a query that arrived in two places, the same one once."""
    if not first or first == second:
        return second
    return f"{first}&{second}" if second else first


def _encode(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    # The characters that encodeURIComponent leaves alone.
    return quote(well_formed(text), "!*'()")


def _encode_sent(text: str) -> str:
    """Decoded first, so that `%41` and `A` are alike; what does not decode stays."""
    decoded = unquote(text.replace("+", " "))
    return encode_unsafe(text) if decoded is None else _encode(decoded)
