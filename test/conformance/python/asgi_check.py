"""Apps under `asgi_checker`, called through `handler()` with every vector's event.

Prints one JSON object: {"passed": calls, "failed": calls, "messages": [...]}.
"""

from __future__ import annotations

import json
from typing import Any

from asgi_checker import Message, Receive, Scope, Send, checked
from ropeway_runtime import handler
from vector_events import Tally, vector_events


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise ValueError("without a lifespan")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def echoes(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await serve_lifespan(scope, receive, send)
        return
    assert scope["state"]["ready"] is True, "the state of the lifespan did not reach the request"
    body = await whole_body(receive)
    await send({"type": "http.response.start", "status": 201, "headers": [[b"set-cookie", b"a=1"]]})
    for byte in body:
        await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
    await send({"type": "http.response.body"})
    message = await receive()
    assert message["type"] == "http.disconnect", f"after the response: {message['type']}"


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return
    assert "state" not in scope, "a state without a lifespan"
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def serve_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    assert message["type"] == "lifespan.startup", f"first: {message['type']}"
    scope["state"]["ready"] = True
    await send({"type": "lifespan.startup.complete"})
    message = await receive()
    assert message["type"] == "lifespan.shutdown", f"second: {message['type']}"
    await send({"type": "lifespan.shutdown.complete"})


async def whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message: Message = await receive()
        assert message["type"] == "http.request", f"while reading the body: {message['type']}"
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body", False):
            return body


def main() -> None:
    tally = Tally()
    for app in (plain, echoes, empty):
        main_handler: Any = handler(checked(app), interface="asgi", on_error=tally.raised)
        for name, event in vector_events():
            tally.call(f"{app.__name__}: {name}", main_handler, event)
    print(json.dumps(tally.result()))


main()
