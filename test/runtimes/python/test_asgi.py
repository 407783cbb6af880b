"""ASGI 3: scope, receive, send, lifespan."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable

import pytest
from conftest import http_event
from ropeway_runtime import handler
from ropeway_runtime.asgi import make_scope, respond
from ropeway_runtime.events.headers import headers_of
from ropeway_runtime.interface import interface_of
from ropeway_runtime.lifespan import Lifespan
from test_wsgi import make_request


def run(work: Awaitable[Any]) -> Any:
    async def limited() -> Any:
        return await asyncio.wait_for(work, 10)

    return asyncio.run(limited())


async def answer(send: Any, body: bytes = b"ok", status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"X-A", b"1")]})
    await send({"type": "http.response.body", "body": body})


def test_scope() -> None:
    headers = headers_of([("Host", "[::1]:3000"), ("X-Name", "é"), ("X-Name", "2")])
    scope = make_scope(
        make_request("POST", "/a%2Fb/%E6%97%A5", query="q=1", stage="prod", headers=headers), 1, 2, {}
    )
    assert scope["path"] == "/prod/a/b/日"
    assert scope["raw_path"] == b"/prod/a%2Fb/%E6%97%A5"
    assert scope["root_path"] == "/prod"
    assert scope["query_string"] == b"q=1"
    assert scope["headers"] == [(b"host", b"[::1]:3000"), (b"x-name", b"\xe9"), (b"x-name", b"2")]
    assert scope["server"] == ("::1", 3000)
    assert scope["client"] == ("1.2.3.4", 0)
    assert (scope["ropeway.event"], scope["ropeway.context"]) == (1, 2)


def test_body_in_and_out() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        assert message["more_body"] is False
        await send({"type": "http.response.start", "status": 201, "headers": [(b"A", b"1"), (b"A", b"2")]})
        await send({"type": "http.response.body", "body": message["body"], "more_body": True})
        await send({"type": "http.response.body", "body": b"!"})
        assert (await receive())["type"] == "http.disconnect"
        assert (await receive())["type"] == "http.disconnect"

    response = run(respond(app, make_request("POST", body=b"\xff")))
    assert (response.status, response.headers, response.body) == (201, [("A", "1"), ("A", "2")], b"\xff!")


def test_disconnect_comes_only_after_the_response() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        listening = asyncio.ensure_future(receive())
        await asyncio.sleep(0.01)
        assert not listening.done()
        await answer(send)
        assert (await listening)["type"] == "http.disconnect"

    errors: list[BaseException] = []
    assert run(respond(app, make_request(), report=errors.append)).body == b"ok"
    assert errors == []


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_no_body(method: str, status: int) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answer(send, status=status)

    response = run(respond(app, make_request(method)))
    assert (response.body, response.headers) == (b"", [("X-A", "1")])


async def silent(scope: Any, receive: Any, send: Any) -> None:
    pass


async def half(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})


async def headless(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.body"})


async def two_heads(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.start", "status": 200})


async def unknown(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.nothing"})


@pytest.mark.parametrize("app", [silent, half, headless, two_heads, unknown])
def test_a_bad_app_raises(app: Any) -> None:
    with pytest.raises(RuntimeError, match="the ASGI app"):
        run(respond(app, make_request()))


def test_cancelled_app_raises() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="without sending"):
        run(respond(app, make_request()))


def test_sending_after_the_end_is_the_apps_error() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answer(send)
        await answer(send)

    errors: list[BaseException] = []
    assert run(respond(app, make_request(), report=errors.append)).body == b"ok"
    assert "after the response was complete" in str(errors[0])


def test_lifespan_states() -> None:
    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        scope["state"]["db"] = 1
        await send({"type": "lifespan.startup.complete"})
        await receive()
        scope["state"]["db"] = None
        await send({"type": "lifespan.shutdown.complete"})

    async def raises(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError(scope["type"])

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    async def check() -> None:
        lifespan = Lifespan(with_state)
        await lifespan.startup()
        state = lifespan.state
        assert state == {"db": 1}
        await lifespan.shutdown()
        assert state == {"db": None}
        for unsupported in (raises, silent):
            lifespan = Lifespan(unsupported)
            await lifespan.startup()
            assert lifespan.state is None
            await lifespan.shutdown()
        with pytest.raises(RuntimeError, match="no database"):
            await Lifespan(failing).startup()

    run(check())


def test_handler_keeps_one_loop_and_one_lifespan() -> None:
    starts: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            starts.append(asyncio.get_running_loop())
            scope["state"]["n"] = []
            await send({"type": "lifespan.startup.complete"})
            await receive()
            return
        assert asyncio.get_running_loop() is starts[0]
        scope["state"]["n"].append(1)
        await answer(send, str(len(scope["state"]["n"])).encode())

    main_handler = handler(app)
    assert [main_handler(http_event("/"), None)["body"] for _ in range(3)] == ["1", "2", "3"]
    assert len(starts) == 1


def test_handler_answers_500() -> None:
    seen: list[BaseException] = []
    result = handler(silent, on_error=seen.append)(http_event("/"), None)
    assert result["statusCode"] == 500
    assert len(seen) == 1


def test_interfaces() -> None:
    class Asgi:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    class Wsgi:
        def __call__(self, environ: Any, start_response: Any) -> Any: ...

        def method(self, event: Any, context: Any) -> Any: ...

    async def main(event: Any, context: Any) -> None: ...

    assert interface_of(Asgi()) == "asgi"
    assert interface_of(silent) == "asgi"
    assert interface_of(Wsgi()) == "wsgi"
    assert interface_of(Wsgi().method) == "handler"
    assert interface_of(main) == "handler"
    assert interface_of(lambda environ, start_response: []) == "wsgi"
    with pytest.raises(TypeError, match="must be callable, not int"):
        interface_of(3)
