"""The memory that a copy writes in its first request, made its own before that request comes.

A page that a forked process writes for the first time costs a fault and a copy; the first request of a Flask
app writes some 550 of them, always the same. Linux only; elsewhere nothing happens.
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_RANGE = Struct(">QQ")
_PRESENT = 1 << 63
#: Mapped by this process alone (Linux Documentation/admin-guide/mm/pagemap.rst, bit 56).
_EXCLUSIVE = 1 << 56
_PAGE = 4096
#: Linux 5.14 (madvise(2)).
_MADV_POPULATE_WRITE = 23
#: Linux 6.1 (madvise(2)).
_MADV_COLLAPSE = 25
_HUGE_PAGE = 2 * 1024 * 1024
_MOST_BYTES = 32 * 1024 * 1024

_madvise: Any = None


def prepare() -> None:
    """In the template, so that its copies need not load anything."""
    global _madvise
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        _madvise = libc.madvise
    except (ImportError, OSError, AttributeError):
        _madvise = None


def collapse() -> None:
    """Puts the memory of this process into huge pages where there are any.

    A fork copies the table of all pages: for 190 MB in small ones that takes 7 ms, in huge ones 2.
    """
    if _madvise is None:
        return
    with open("/proc/self/maps") as maps:
        ranges = _private(maps.read())
    for start, end in ranges:
        first = -(-start // _HUGE_PAGE) * _HUGE_PAGE
        for address in range(first, end - _HUGE_PAGE + 1, _HUGE_PAGE):
            _madvise(address, _HUGE_PAGE, _MADV_COLLAPSE)


def written() -> bytes:
    """Address ranges that this copy has written since it was made; b"" where the system does not tell."""
    ranges = bytearray()
    total = 0
    try:
        with open("/proc/self/maps") as maps, open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
            for start, end in _private(maps.read()):
                pagemap.seek(start // _PAGE * 8)
                entries = memoryview(pagemap.read((end - start) // _PAGE * 8)).cast("Q")
                for first, last in _runs(entries):
                    total += (last - first) * _PAGE
                    ranges += _RANGE.pack(start + first * _PAGE, (last - first) * _PAGE)
    except (OSError, ValueError):
        return b""
    return bytes(ranges) if total <= _MOST_BYTES else b""


def populate(ranges: bytes) -> None:
    """Makes these pages the process's own. What is not there in this copy is left out."""
    if _madvise is not None:
        for address, length in _RANGE.iter_unpack(ranges):
            _madvise(address, length, _MADV_POPULATE_WRITE)


def _private(maps: str) -> list[tuple[int, int]]:
    found = []
    for line in maps.splitlines():
        fields = line.split(None, 5)
        if fields[1] == "rw-p" and (len(fields) < 6 or not fields[5].startswith("[stack")):
            start, _, end = fields[0].partition("-")
            found.append((int(start, 16), int(end, 16)))
    return found


def _runs(entries: memoryview) -> list[tuple[int, int]]:
    """Consecutive pages of this process alone, as half-open ranges of indices."""
    runs: list[tuple[int, int]] = []
    wanted = _PRESENT | _EXCLUSIVE
    first = -1
    for index, entry in enumerate(entries):
        if entry & wanted == wanted:
            if first < 0:
                first = index
        elif first >= 0:
            runs.append((first, index))
            first = -1
    if first >= 0:
        runs.append((first, len(entries)))
    return runs
