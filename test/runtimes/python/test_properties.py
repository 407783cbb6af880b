"""Any request, any response, any event: what comes back is what was given, or an EventError."""

from __future__ import annotations

import copy
import json
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote, unquote_to_bytes

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
gbk = st.text("\u4e2d\u6587\u65e5\u672c a", max_size=10).map(lambda text: text.encode("gbk"))
bodies = st.one_of(st.binary(max_size=40), texts, gbk)
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

#: What `quote` leaves alone, and some of what it does not.
segments = st.sampled_from(["a", "", "b.c", "~x", "(1)", "%2F", "%E6%97%A5", "%FF", "a;b=c", "a:b@c"])
query_parts = st.tuples(
    st.text("ab1 &=+%/\u65e5\u00e9", min_size=1, max_size=5),
    st.one_of(st.none(), st.text("ab1 &=+%/\u65e5\u00e9", max_size=5)),
)
#: Those that an event has elsewhere, or that the conversion itself sets.
_SET_BY_GATEWAY = ("cookie", "host", "content-length", "content-type", "transfer-encoding")
requests = st.fixed_dictionaries(
    {
        "method": st.from_regex(r"[A-Za-z!#$%&'*+.^`|~-]{1,9}", fullmatch=True).filter(
            lambda method: method != "HEAD"
        ),
        "path": st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts)),
        "query": st.lists(query_parts, max_size=4, unique_by=lambda part: part[0]),
        "headers": st.dictionaries(
            names.filter(lambda name: name.lower() not in _SET_BY_GATEWAY).map(str.lower), values, max_size=5
        ),
        "cookies": st.lists(st.from_regex(r"[a-z]{1,5}=[0-9a-z]{0,5}", fullmatch=True), max_size=3),
        "body": bodies,
        "scheme": st.sampled_from(["http", "https"]),
        "address": st.sampled_from(["203.0.113.7", "2001:db8::1"]),
    }
)


def test_every_format_has_an_event() -> None:
    assert {event_format.NAME for event_format in FORMATS} == set(EVENTS)
    for name, event in EVENTS.items():
        found = [event_format.NAME for event_format in FORMATS if event_format.detect(event)]
        assert found == [name]


@pytest.mark.parametrize("name", ["tencent-apigw", "tencent-url", "aws-v2"])
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@settings(max_examples=500, deadline=None)
@given(sent=requests)
def test_any_request_reaches_the_app(name: str, kind: str, sent: Any) -> None:
    event = json.loads(json.dumps(_TO_EVENT[name](sent)))
    assert [each.NAME for each in FORMATS if each.detect(event)] == [name]
    result = (_ECHO_WSGI if kind == "wsgi" else _ECHO_ASGI)(event, None)
    assert result["statusCode"] == 200
    got = json.loads(result["body"])
    headers = {"host": "localhost:3000", "x-forwarded-proto": sent["scheme"], **sent["headers"]}
    if name == "tencent-url":
        headers["x-scf-remote-addr"] = sent["address"]
    if sent["body"]:
        headers["content-length"] = str(len(sent["body"]))
    if sent["cookies"]:
        headers["cookie"] = "; ".join(sent["cookies"])
    assert got == {
        "method": sent["method"],
        "path": unquote_to_bytes(sent["path"]).decode("utf-8", "replace"),
        "query": _raw_query(sent),
        "headers": headers,
        "body": b64encode(sent["body"]).decode(),
        "scheme": sent["scheme"],
        "address": sent["address"],
    }


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("kind", ["wsgi", "write", "asgi", "answer_asgi"])
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

    if kind == "asgi":
        _replaced[:] = [asgi]
        result = _REPLACEABLE(EVENTS[name], None)
    elif kind == "answer_asgi":
        result = _asgi_answer(asgi, EVENTS[name])
    else:
        result = handler(wsgi)(EVENTS[name], None)
    body = result["body"]
    got = b64decode(body) if result["isBase64Encoded"] else body.encode("utf-8")
    assert got == (b"" if status in (204, 304) else b"".join(chunks))
    assert result["statusCode"] == status
    pairs = _pairs(result)
    assert [value for key, value in pairs if key == "set-cookie"] == cookies
    assert _joined(pair for pair in pairs if pair[0] != "set-cookie") == _joined(headers)


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=250, deadline=None)
@given(
    changes=st.dictionaries(keys, json_values, max_size=3),
    inner=st.dictionaries(st.text(max_size=8), json_values, max_size=3),
)
def test_a_damaged_event_gives_a_result_or_an_event_error(name: str, changes: Any, inner: Any) -> None:
    event = {**EVENTS[name], **changes}
    if isinstance(event.get("requestContext"), dict):
        event["requestContext"] = {**event["requestContext"], **inner}
    _expect_sound(event)


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=500, deadline=None)
@given(data=st.data(), changes=st.integers(1, 3))
def test_a_value_replaced_at_any_depth(name: str, data: Any, changes: int) -> None:
    event = copy.deepcopy(EVENTS[name])
    event["headers"] = {"host": "localhost:3000", "cookie": ["a=1", "b=2"], "x-forwarded-for": "192.0.2.1"}
    event["requestContext"] = {**event.get("requestContext", {}), "stage": "release", "authorizer": {}}
    if name == "tencent-url":
        del event["requestContext"]
    for _ in range(changes):
        parent, key = data.draw(st.sampled_from(_places(event)))
        if data.draw(st.booleans()):
            del parent[key]
            if not event:
                break
        else:
            parent[key] = data.draw(json_values)
    _expect_sound(event)


@settings(max_examples=2000, deadline=None)
@given(event=st.one_of(json_values, st.dictionaries(keys, json_values, max_size=6)))
def test_any_json_gives_a_result_or_an_event_error(event: Any) -> None:
    _expect_sound(event)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({**EVENTS["aws-v2"], "cookies": ["a=\u65e5"]}, id="a cookie beyond latin-1"),
        pytest.param({**EVENTS["aws-v2"], "headers": {"host": "h:\u00b2"}}, id="a port that is isdigit()"),
        pytest.param({**EVENTS["aws-v2"], "headers": {"host": "h:" + "1" * 5000}}, id="a port int() refuses"),
    ],
)
def test_an_odd_cookie_or_port_reaches_an_asgi_app(event: Any) -> None:
    _expect_sound(event, kinds=("asgi",))


def test_an_odd_cookie_is_latin_1() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        environ["HTTP_COOKIE"].encode("latin-1")
        start_response("200 OK", [])
        return []

    handler(app, on_error=_raise)({**EVENTS["aws-v2"], "cookies": ["a=\u65e5"]}, None)


def _app(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return [environ["PATH_INFO"].encode("latin-1"), environ["wsgi.input"].read()]


async def _async_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    body = scope["path"].encode() + (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def _echo_wsgi(environ: Any, start_response: Any) -> Any:
    headers = {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
    if "CONTENT_LENGTH" in environ:
        headers["CONTENT_LENGTH"] = environ["CONTENT_LENGTH"]
    start_response("200 OK", [("Content-Type", "application/json")])
    seen = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        "query": environ["QUERY_STRING"],
        "headers": {key.lower().replace("_", "-"): value for key, value in headers.items()},
        "body": b64encode(environ["wsgi.input"].read()).decode(),
        "scheme": environ["wsgi.url_scheme"],
        "address": environ["REMOTE_ADDR"],
    }
    return [json.dumps(seen).encode()]


async def _echo_asgi(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"]]
    assert len(dict(headers)) == len(headers)
    seen = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "headers": dict(headers),
        "body": b64encode((await receive())["body"]).decode(),
        "scheme": scope["scheme"],
        "address": scope["client"][0],
    }
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/json")]})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})


async def _replaceable(scope: Any, receive: Any, send: Any) -> None:
    """The app of the moment, since every ASGI handler stays until the process ends."""
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    await _replaced[0](scope, receive, send)


def _raise(error: BaseException) -> None:
    raise error


_replaced: list[Any] = []
_REPLACEABLE = handler(_replaceable, on_error=_raise)
_ECHO_WSGI = handler(_echo_wsgi, on_error=_raise)
_ECHO_ASGI = handler(_echo_asgi, on_error=_raise)
_ANSWER = {"wsgi": handler(_app), "asgi": handler(_async_app)}


def _expect_sound(event: Any, kinds: tuple[str, ...] = ("wsgi", "asgi")) -> None:
    detect_format(event)
    for kind in kinds:
        try:
            result = _ANSWER[kind](event, None)
        except EventError:
            continue
        assert result["statusCode"] == 200
        json.dumps(result)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every key and index in a JSON value, with what holds it."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            found.append((value, key))
            found += _places(value[key])
    return found


def _encoded(body: bytes) -> dict[str, Any]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode(), "isBase64Encoded": True}


def _gateway_headers(sent: Any) -> dict[str, str]:
    return {"host": "localhost:3000", "x-forwarded-proto": sent["scheme"], **sent["headers"]}


def _with_cookie(sent: Any) -> dict[str, str]:
    headers = _gateway_headers(sent)
    if sent["cookies"]:
        headers["cookie"] = "; ".join(sent["cookies"])
    return headers


def _raw_query(sent: Any) -> str:
    """As encodeURIComponent writes it."""
    parts = ((quote(name, _KEPT), value) for name, value in sent["query"])
    return "&".join(name if value is None else f"{name}={quote(value, _KEPT)}" for name, value in parts)


_KEPT = "!*'()"


def _tencent_query(sent: Any) -> dict[str, Any]:
    return {name: True if value is None else value for name, value in sent["query"]}


def _tencent_apigw(sent: Any) -> dict[str, Any]:
    return {
        "requestContext": {"serviceId": "service-local", "sourceIp": sent["address"], "stage": ""},
        "httpMethod": sent["method"],
        "path": sent["path"],
        "queryString": _tencent_query(sent),
        "headers": _with_cookie(sent),
        **_encoded(sent["body"]),
    }


def _tencent_url(sent: Any) -> dict[str, Any]:
    return {
        "httpMethod": sent["method"],
        "path": sent["path"],
        "queryString": _tencent_query(sent),
        "headers": {**_with_cookie(sent), "x-scf-remote-addr": sent["address"]},
        **_encoded(sent["body"]),
    }


def _aws_v2(sent: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": sent["path"],
        "rawQueryString": _raw_query(sent),
        "headers": _gateway_headers(sent),
        "cookies": sent["cookies"],
        "requestContext": {
            "http": {"method": sent["method"], "sourceIp": sent["address"]},
            "stage": "$default",
        },
        **_encoded(sent["body"]),
    }


_TO_EVENT = {"tencent-apigw": _tencent_apigw, "tencent-url": _tencent_url, "aws-v2": _aws_v2}


def _asgi_answer(app: Any, event: Any) -> Any:
    from ropeway_runtime.adapter import answer_asgi
    from ropeway_runtime.lifespan import Lifespan
    from ropeway_runtime.loop import app_loop

    return app_loop().run_until_complete(
        answer_asgi(app, event, None, lifespan=Lifespan(app), on_event=None, report=_raise)
    )


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
