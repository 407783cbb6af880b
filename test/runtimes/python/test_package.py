"""What the package promises as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import RUNTIME
from ropeway_runtime import EventError
from ropeway_runtime.events import FORMATS, detect_format


def test_a_wsgi_app_never_imports_asyncio() -> None:
    code = """
import sys, ropeway_runtime
assert not [name for name in sys.modules if name.startswith("ropeway_runtime.")]
def app(environ, start_response):
    start_response("200 OK", []); return [b"x"]
from ropeway_runtime import handler
event = {"httpMethod": "GET", "path": "/", "queryString": {}}
assert handler(app)(event, None)["body"] == "x"
assert "asyncio" not in sys.modules
import ropeway_runtime.adapter
from ropeway_runtime import handler as again
assert again is handler
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(RUNTIME)})


def test_any_json_gives_a_request_or_an_event_error() -> None:
    pytest.importorskip("hypothesis")
    from hypothesis import given, settings
    from hypothesis import strategies as st

    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    json = st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
    )
    keys = ["httpMethod", "path", "rawPath", "rawQueryString", "queryString", "headers", "body", "cookies"]
    keys += ["isBase64Encoded", "requestContext", "queryStringParameters", "version"]
    inner = st.dictionaries(
        st.sampled_from(["http", "stage", "sourceIp", "cookie", "host", "identity"]), json
    )
    near = st.dictionaries(st.sampled_from(keys), json | inner | st.sampled_from(["GET", "/x", True, ["a"]]))

    @settings(max_examples=500, deadline=None)
    @given(st.dictionaries(st.text(), json) | near)
    def check(event: dict[str, object]) -> None:
        detect_format(event)
        for event_format in FORMATS:
            try:
                event_format.to_request(event)
            except EventError as error:
                assert str(error)

    check()


def test_percent_encoding_is_that_of_urllib() -> None:
    pytest.importorskip("hypothesis")
    from urllib.parse import quote as urllib_quote
    from urllib.parse import unquote_to_bytes as urllib_unquote

    from hypothesis import given
    from hypothesis import strategies as st
    from ropeway_runtime.events.percent import quote, unquote_to_bytes

    text = st.text(st.characters(exclude_categories=["Cs"])) | st.from_regex(
        r"(%[0-9a-fG%]{0,2}|[a-z ])*", fullmatch=True
    )

    @given(text, st.sampled_from(["", "/", "!*'()"]))
    def check(given_text: str, safe: str) -> None:
        assert quote(given_text, safe) == urllib_quote(given_text, safe=safe)
        assert unquote_to_bytes(given_text) == urllib_unquote(given_text)

    check()
