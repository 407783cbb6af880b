"""Any response, any event: what comes back is what was given, or an EventError."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st
from ropeway_runtime import EventError, handler
from ropeway_runtime.events import FORMATS, detect_format

EVENTS: dict[str, dict[str, Any]] = {
    "tencent-apigw": {"httpMethod": "GET", "path": "/", "requestContext": {"serviceId": "s"}},
    "tencent-url": {"httpMethod": "GET", "path": "/", "queryString": {}, "headers": {}, "body": ""},
    "aws-v1": {"httpMethod": "GET", "path": "/", "resource": "/", "requestContext": {"identity": {}}},
    "aws-v2": {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}},
    "aws-alb": {"httpMethod": "GET", "path": "/", "multiValueHeaders": {}, "requestContext": {"elb": {}}},
    "aws-lattice": {"method": "GET", "path": "/", "requestContext": {"serviceArn": "s"}},
    "alibaba-fc": {"version": "v1", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}},
}

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,10}", fullmatch=True).filter(
    lambda name: name.lower() not in ("set-cookie", "content-encoding", "content-length")
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
texts = st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))
bodies = st.one_of(st.binary(max_size=40), texts)
responses = st.tuples(
    st.integers(200, 599),
    st.lists(st.tuples(names, values), max_size=5),
    st.lists(st.from_regex(r"[a-z]{1,5}=[0-9a-z]{0,5}", fullmatch=True), max_size=3),
    st.lists(bodies, max_size=4),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
keys = st.sampled_from(
    sorted({key for event in EVENTS.values() for key in event})
    + ["body", "isBase64Encoded", "cookies", "rawQueryString", "queryStringParameters", "queryParameters"]
)


def test_every_format_has_an_event() -> None:
    assert {event_format.NAME for event_format in FORMATS} == set(EVENTS)
    for name, event in EVENTS.items():
        found = [event_format.NAME for event_format in FORMATS if event_format.detect(event)]
        assert found == [name]


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("kind", ["wsgi", "write", "asgi"])
@settings(max_examples=150, deadline=None)
@given(response=responses)
def test_any_response_comes_back(name: str, kind: str, response: Any) -> None:
    status, headers, cookies, chunks = response
    given_headers = headers + [("Set-Cookie", cookie) for cookie in cookies]

    def wsgi(environ: Any, start_response: Any) -> Any:
        write = start_response(f"{status} X", given_headers)
        if kind == "wsgi":
            return chunks
        for chunk in chunks:
            write(chunk)
        return iter(())

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        raw = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in given_headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})

    result = _asgi_answer(asgi, EVENTS[name]) if kind == "asgi" else handler(wsgi)(EVENTS[name], None)
    body = result["body"]
    got = b64decode(body) if result["isBase64Encoded"] else body.encode("utf-8")
    assert got == (b"" if status in (204, 304) else b"".join(chunks))
    assert result["statusCode"] == status
    pairs = _pairs(result)
    assert [value for key, value in pairs if key == "set-cookie"] == cookies
    assert _joined(pair for pair in pairs if pair[0] != "set-cookie") == _joined(headers)


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=500, deadline=None)
@given(
    changes=st.dictionaries(keys, json_values, max_size=3),
    inner=st.dictionaries(st.text(max_size=8), json_values, max_size=3),
)
def test_a_damaged_event_gives_a_result_or_an_event_error(name: str, changes: Any, inner: Any) -> None:
    event = {**EVENTS[name], **changes}
    if isinstance(event.get("requestContext"), dict):
        event["requestContext"] = {**event["requestContext"], **inner}
    _expect_sound(event)


@settings(max_examples=2000, deadline=None)
@given(event=st.one_of(json_values, st.dictionaries(keys, json_values, max_size=6)))
def test_any_json_gives_a_result_or_an_event_error(event: Any) -> None:
    _expect_sound(event)


def _app(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return [environ["PATH_INFO"].encode("latin-1"), environ["wsgi.input"].read()]


_ANSWER = handler(_app)


def _expect_sound(event: Any) -> None:
    detect_format(event)
    try:
        result = _ANSWER(event, None)
    except EventError:
        return
    assert result["statusCode"] == 200


def _asgi_answer(app: Any, event: Any) -> Any:
    from ropeway_runtime.adapter import answer_asgi
    from ropeway_runtime.lifespan import Lifespan
    from ropeway_runtime.loop import app_loop

    return app_loop().run_until_complete(
        answer_asgi(app, event, None, lifespan=Lifespan(app), on_event=None, report=_raise)
    )


def _raise(error: BaseException) -> None:
    raise error


def _pairs(result: Any) -> list[tuple[str, str]]:
    found = [(key.lower(), value) for key, value in result.get("headers", {}).items()]
    found += [(key.lower(), value) for key, value in result.get("multiValueHeaders", {}).items()]
    found += [("set-cookie", cookie) for cookie in result.get("cookies", [])]
    return [
        (key, single) for key, value in found for single in (value if isinstance(value, list) else [value])
    ]


def _joined(pairs: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for key, value in pairs:
        lower = key.lower()
        joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
    return joined
