"""Percent-encoding (RFC 3986, 2.1).

`urllib.parse` has it too, and takes longer to import than all of the adapter.
"""

from __future__ import annotations

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
