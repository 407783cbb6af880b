"""Percent-encoding (RFC 3986, 2.1).

`urllib.parse` has it too, and takes longer to import than all of the adapter.
"""

from __future__ import annotations

from .values import well_formed

_HEX = "0123456789ABCDEFabcdef"
_BYTES = {(a + b).encode(): bytes([int(a + b, 16)]) for a in _HEX for b in _HEX}
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_tables: dict[str, list[str]] = {}


def quote(text: str, safe: str) -> str:
    """Encodes the UTF-8 of all but letters, digits, `-._~` and what is `safe`."""
    table = _tables.get(safe)
    if table is None:
        kept = frozenset(_UNRESERVED + safe)
        table = [chr(byte) if chr(byte) in kept else f"%{byte:02X}" for byte in range(256)]
        _tables[safe] = table
    return "".join([table[byte] for byte in text.encode("utf-8")])


def unquote_to_bytes(text: str) -> bytes:
    """The bytes that the text stands for; a "%" that begins no escape stands for itself."""
    first, *parts = text.encode("utf-8").split(b"%")
    decoded = [first]
    for part in parts:
        byte = _BYTES.get(part[:2])
        decoded.append(b"%" + part if byte is None else byte + part[2:])
    return b"".join(decoded)


def unquote(text: str) -> str | None:
    """The text that another stands for; None when a "%" begins no escape, or the bytes are no UTF-8."""
    if "%" not in text:
        return text
    raw = text.encode("utf-8", "replace")
    if any(part[:2] not in _BYTES for part in raw.split(b"%")[1:]):
        return None
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return None


#: Everything that may stand in a URL: printable ASCII without the fragment.
_IN_URL = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")


def encode_unsafe(text: str) -> str:
    """Percent-encodes what may not stand in a URL as it is, and nothing else."""
    if text.isascii() and text.isprintable() and " " not in text and "#" not in text:
        return text
    return quote(well_formed(text), _IN_URL)
