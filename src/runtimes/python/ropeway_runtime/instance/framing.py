"""Framed messages over the socket to the platform.

u32 big-endian length of the head, u32 big-endian length of the body, the head (JSON, UTF-8), the body.
"""

from __future__ import annotations

import os
from json import dumps, loads
from struct import Struct

from . import leaving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Frame = tuple[dict[str, Any], bytes]

_PREFIX = Struct(">II")
_READ_BYTES = 256 * 1024


class FrameReader:
    """Complete frames out of received chunks."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The frames that `chunk` completes."""
        pending = self._pending
        pending += chunk
        while len(pending) >= _PREFIX.size:
            head_length, body_length = _PREFIX.unpack_from(pending)
            head_end = _PREFIX.size + head_length
            end = head_end + body_length
            if len(pending) < end:
                return
            head = loads(pending[_PREFIX.size : head_end])
            body = bytes(pending[head_end:end])
            del pending[:end]
            yield head, body


def frames(fd: int, reader: FrameReader) -> Iterator[Frame]:
    """Frames as they come, what the reader already has first, until the end of the stream."""
    yield from reader.feed(b"")
    while True:
        chunk = receive(fd)
        if not chunk:
            return
        yield from reader.feed(chunk)


def receive(fd: int) -> bytes:
    """What is there to read, waiting for the first byte; b"" when the platform is gone."""
    try:
        return os.read(fd, _READ_BYTES)
    except ConnectionError:
        return b""


def send(fd: int, head: dict[str, Any], body: bytes = b"") -> None:
    """Writes one frame. Raises TypeError or ValueError, with nothing written, for a head that is no JSON."""
    encoded = dumps(head, separators=(",", ":"), allow_nan=False).encode("ascii")
    data = memoryview(_PREFIX.pack(len(encoded), len(body)) + encoded + body)
    try:
        while data:
            data = data[os.write(fd, data) :]
    except ConnectionError:
        leaving.leave(0)  # the platform is gone
