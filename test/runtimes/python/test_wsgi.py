"""PEP 3333, to the letter."""

from __future__ import annotations

import sys
from typing import Any
from wsgiref.validate import validator

import pytest
from conftest import http_event
from ropeway_runtime import Request, handler
from ropeway_runtime.events.headers import headers_of
from ropeway_runtime.wsgi import make_environ, respond


def make_request(method: str = "GET", path: str = "/", **more: Any) -> Request:
    fields = {
        "method": method,
        "path": path,
        "query": "",
        "headers": headers_of([("Host", "example.com")]),
        "body": b"",
        "scheme": "https",
        "remote_address": "1.2.3.4",
        "stage": "",
        **more,
    }
    return Request(**fields)


class Chunks:
    """A response iterable that counts how often it is closed."""

    def __init__(self, *chunks: bytes, fail: bool = False) -> None:
        self.chunks = iter(chunks)
        self.fail = fail
        self.closed = 0

    def __iter__(self) -> Chunks:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.chunks)
        except StopIteration:
            if self.fail:
                raise ValueError("in the middle") from None
            raise

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("stage", ["", "prod"])
def test_validator_is_content(method: str, stage: str) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("201 Made", [("Content-Type", "text/plain"), ("Content-Length", str(len(body) or 1))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body or b"-"]

    body = b"" if method != "POST" else b"\xff\x00"
    headers = headers_of([("Host", "[::1]:80"), ("Content-Length", str(len(body)))])
    response = respond(validator(app), make_request(method, "/%E6", body=body, headers=headers, stage=stage))
    assert response.status == 201
    assert response.body == {"GET": b"-", "POST": body, "HEAD": b""}[method]
    assert response.headers[1] == ("Content-Length", "2" if method == "POST" else "1")


def test_validator_is_content_with_write() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"a")
        return [b"b"]

    assert respond(validator(app), make_request()).body == b"ab"


def test_close_exactly_once() -> None:
    chunks = Chunks(b"a", b"", b"b")

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return chunks

    assert respond(app, make_request()).body == b"ab"
    assert chunks.closed == 1


def test_close_exactly_once_after_an_error() -> None:
    chunks = Chunks(b"a", fail=True)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return chunks

    with pytest.raises(ValueError, match="in the middle"):
        respond(app, make_request())
    assert chunks.closed == 1


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Same")]
)
def test_no_body_but_its_length(method: str, status: str) -> None:
    chunks = Chunks(b"abc")

    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, [("Content-Length", "3")])
        return chunks

    response = respond(app, make_request(method))
    assert (response.body, response.headers, chunks.closed) == (b"", [("Content-Length", "3")], 1)


def test_late_start_response() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        yield b""
        start_response("200 OK", [("X-A", "1"), ("X-A", "2")])
        yield b"late"

    response = respond(app, make_request())
    assert (response.body, response.headers) == (b"late", [("X-A", "1"), ("X-A", "2")])


def test_exc_info_before_output_replaces_the_headers() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("X-A", "1")])
        try:
            raise ValueError
        except ValueError:
            start_response("500 Oops", [("X-B", "2")], sys.exc_info())
        return [b"sorry"]

    response = respond(app, make_request())
    assert (response.status, response.headers, response.body) == (500, [("X-B", "2")], b"sorry")


def test_exc_info_after_output_raises_it() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        yield b"out"
        try:
            raise ValueError("mine")
        except ValueError:
            start_response("500 Oops", [], sys.exc_info())

    with pytest.raises(ValueError, match="mine"):
        respond(app, make_request())


def bad_apps() -> list[Any]:
    def twice(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        start_response("200 OK", [])
        return []

    def never(environ: Any, start_response: Any) -> Any:
        return []

    def early(environ: Any, start_response: Any) -> Any:
        yield b"x"

    def text(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return "text"

    def number(environ: Any, start_response: Any) -> Any:
        start_response(200, [])
        return []

    def word(environ: Any, start_response: Any) -> Any:
        start_response("OK", [])
        return []

    def header(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Length", 3)])
        return []

    return [twice, never, early, text, number, word, header]


@pytest.mark.parametrize("app", bad_apps())
def test_a_bad_app_raises(app: Any) -> None:
    with pytest.raises((AssertionError, TypeError, ValueError)):
        respond(app, make_request())


def test_environ() -> None:
    event, context = {"a": 1}, object()
    request = make_request(
        path="/a%2Fb", query="q=1", stage="prod", headers=headers_of([("Host", "h:8"), ("X_Spoof", "1")])
    )
    environ = make_environ(request, event, context)
    assert environ["wsgi.multithread"] is False
    assert environ["wsgi.multiprocess"] is True
    assert environ["wsgi.run_once"] is False
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == "/prod/a%2Fb?q=1"
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/prod", "/a/b")
    assert environ["REMOTE_ADDR"] == "1.2.3.4"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("h", "8")
    assert environ["ropeway.event"] is event
    assert environ["ropeway.context"] is context
    assert "HTTP_X_SPOOF" not in environ


def test_handler_answers_500_and_reports() -> None:
    seen: list[BaseException] = []

    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("gone")

    result = handler(app, on_error=seen.append)(http_event("/"), None)
    assert (result["statusCode"], result["body"]) == (500, "Internal Server Error")
    assert [str(error) for error in seen] == ["gone"]


def test_handler_writes_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("gone")

    handler(app)(http_event("/"), None)
    assert "LookupError: gone" in capsys.readouterr().err


def test_handler_for_other_events() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise AssertionError

    assert handler(app, on_event=lambda event, context: [event, context])({"Type": "Timer"}, 5) == [
        {"Type": "Timer"},
        5,
    ]
    with pytest.raises(ValueError, match="keys Type"):
        handler(app)({"Type": "Timer"}, None)
    with pytest.raises(ValueError, match="type list"):
        handler(app)([], None)


def test_plain_handler_passes_through() -> None:
    def main_handler(event: Any, context: Any) -> Any:
        return event

    assert handler(main_handler) is main_handler


def test_write_goes_to_the_stream_with_the_rest() -> None:
    """An app may call `write` at any time, also between the parts that it gives."""

    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [])
        write(b"a")
        yield b"b"
        write(b"c")
        yield b"d"

    class Parts:
        def __init__(self) -> None:
            self.parts: list[bytes] = []
            self.closed = 0

        def write(self, chunk: bytes) -> None:
            self.parts.append(chunk)

        def close(self) -> None:
            self.closed += 1

    stream = Parts()
    assert respond(app, make_request(), open_stream=lambda status, headers: stream) is None
    assert (stream.parts, stream.closed) == ([b"a", b"b", b"c", b"d"], 1)


def test_no_name_passes_for_another() -> None:
    """The capital of U+017F is an ASCII "S"."""
    headers = headers_of([("x-\u017fcf-remote-addr", "6.6.6.6"), ("x_scf_remote_addr", "6.6.6.6")])
    assert not [
        key for key, value in make_environ(make_request(headers=headers)).items() if value == "6.6.6.6"
    ]
