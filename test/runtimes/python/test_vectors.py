"""The vectors that the TypeScript side reads too, on the adapter's directions."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any, Iterator

import pytest
from conftest import ROOT
from ropeway_runtime import EventError, Response
from ropeway_runtime.asgi import make_scope
from ropeway_runtime.events import FORMATS, detect_format, path
from ropeway_runtime.wsgi import make_environ

BY_NAME = {candidate.NAME: candidate for candidate in FORMATS}
ATTRIBUTES = {"remoteAddress": "remote_address", "requestId": "request_id"}


def vectors(direction: str) -> list[Any]:
    found = []
    for file in sorted((ROOT / "test/vectors").glob("*/*.json")):
        vector = json.loads(file.read_text("utf-8"))
        if direction in vector["directions"]:
            found.append(
                pytest.param(
                    BY_NAME[file.parent.name], vector, id=f"{file.parent.name}-{file.stem}{cases_of(vector)}"
                )
            )
    return found


@pytest.fixture(autouse=True)
def clean_prefix() -> Iterator[None]:
    yield
    path.configure_prefix({})


def cases_of(vector: Any) -> str:
    return "".join(f"-case{number}" for number in vector["cases"])


def bytes_of(body: dict[str, str]) -> bytes:
    return body["text"].encode() if "text" in body else b64decode(body["base64"])


@pytest.mark.parametrize(("event_format", "vector"), vectors("detect"))
def test_detect(event_format: Any, vector: Any) -> None:
    assert detect_format(vector["event"]) is event_format
    assert [each for each in FORMATS if each.detect(vector["event"])] == [event_format]


@pytest.mark.parametrize(("event_format", "vector"), vectors("toRequest"))
def test_to_request(event_format: Any, vector: Any) -> None:
    path.configure_prefix(vector.get("env", {}))
    if "error" in vector:
        with pytest.raises(EventError) as caught:
            event_format.to_request(vector["event"])
        assert vector["error"].replace('"', "") in str(caught.value).replace("'", "").replace('"', "")
        return
    request = event_format.to_request(vector["event"])
    for key, expected in vector.get("request", {}).items():
        got = getattr(request, ATTRIBUTES.get(key, key))
        if key == "body":
            expected = bytes_of(expected)
        elif key == "headers":
            got = [list(pair) for pair in got]
        assert got == expected, key
    environ = make_environ(request)
    for key, value in vector.get("environ", {}).items():
        assert environ.get(key) == value, key
    scope = make_scope(request)
    assert scope["root_path"] == environ["SCRIPT_NAME"]
    assert scope["raw_path"].decode() == environ["REQUEST_URI"].partition("?")[0]
    assert scope["query_string"].decode() == environ["QUERY_STRING"]


@pytest.mark.parametrize(("event_format", "vector"), vectors("toResult"))
def test_to_result(event_format: Any, vector: Any) -> None:
    given = vector["response"]
    headers = [(name, value) for name, value in given["headers"]]
    result = event_format.to_result(
        Response(given["status"], headers, bytes_of(given["body"])), vector.get("event")
    )
    assert result == vector["result"]
    assert list(result.get("headers", [])) == list(vector["result"].get("headers", []))
