"""Apps under wsgiref.validate, called through `handler()` with every vector's event.

Prints one JSON object: {"passed": calls, "failed": calls, "messages": [...]}.
"""

from __future__ import annotations

import json
import sys
import warnings
from io import StringIO
from typing import Any, Callable, Iterable, Iterator
from wsgiref.validate import validator

from ropeway_runtime import handler
from vector_events import Tally, vector_events

Start = Callable[..., Any]


def plain(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [b"hello"]


def reads_body(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    stream = environ["wsgi.input"]
    parts = [stream.read(1), stream.readline(), stream.read(3), *stream.readlines(), *stream]
    start("201 Created", [("Content-Type", "application/octet-stream"), ("Set-Cookie", "a=1")])
    return parts


def writes(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    write = start("200 OK", [("Content-Type", "text/plain")])
    write(b"written ")
    return [b"and returned"]


def generates(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    yield b"one "
    yield b""
    yield b"two"


def empty(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("204 No Content", [])
    return []


def starts_again(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    try:
        raise ValueError("found out too late")
    except ValueError:
        start("500 Internal Server Error", [("Content-Type", "text/plain")], sys.exc_info())
    print("an error", file=environ["wsgi.errors"])
    return [b"failed"]


def main() -> None:
    # The validator warns of methods that it does not know; what it asserts is what counts.
    warnings.simplefilter("ignore")
    sys.stderr = StringIO()  # what the apps write to wsgi.errors
    tally = Tally()
    # An iterator that was not closed is told of in its `__del__`.
    sys.unraisablehook = lambda raised: tally.error(str(raised.exc_value))
    for app in (plain, reads_body, writes, generates, empty, starts_again):
        main_handler = handler(validator(app), interface="wsgi", on_error=tally.raised)
        for name, event in vector_events():
            tally.call(f"{app.__name__}: {name}", main_handler, event)
    print(json.dumps(tally.result()))


main()
