"""A WSGI app in place of another one, which gets its requests as events.

environ → HTTP request → event (Ropeway's gateway, a Node process) → Ropeway's Python adapter → app →
result → HTTP response (the gateway again) → start_response.
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from threading import Lock
from typing import Any, Callable, Iterable
from urllib.parse import quote
from uuid import uuid4

from ropeway_runtime.events import detect_format
from ropeway_runtime.events.path import configure_prefix
from ropeway_runtime.wsgi import respond
from werkzeug.http import HTTP_STATUS_CODES

Environ = dict[str, Any]
WsgiApp = Callable[..., Iterable[bytes]]

_BRIDGE = Path(__file__).resolve().parent.parent / "bridge.mjs"
#: What the test client hands to Flask past HTTP: where it looks at the request's context afterwards,
#: and the stream in which it looks for error messages.
_PAST_HTTP = ("werkzeug.debug.preserve_context", "flask._preserve_context", "wsgi.errors")


class EventClient:
    def __init__(self, event_format: str) -> None:
        self.format = event_format
        self.requests = 0
        self._lock = Lock()
        self._bridge = subprocess.Popen(
            [os.environ.get("ROPEWAY_CONFORMANCE_NODE", "node"), str(_BRIDGE), event_format],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def wrap(self, app: WsgiApp) -> WsgiApp:
        def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            self.requests += 1
            past_http = {key: environ[key] for key in _PAST_HTTP if key in environ}

            def with_past_http(new: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
                new.update(past_http)
                return app(new, start)

            event = self._ask({"request": request_of(environ)})["event"]
            event_format = detect_format(event)
            assert event_format is not None, "the adapter does not know the gateway's own event"
            assert self.format == event_format.NAME
            # An app below a prefix is, for a function, one behind a custom domain with a base path.
            configure_prefix({"API_GATEWAY_BASE_PATH": environ.get("SCRIPT_NAME", "")})
            # One level below `handler`, which answers 500: what the app raises is what tests wait for.
            response = respond(with_past_http, event_format.to_request(event), event, {})
            answer = self._ask({"result": event_format.to_result(response)})["response"]
            status = answer["status"]
            reason = HTTP_STATUS_CODES.get(status, "UNKNOWN").upper()
            start_response(f"{status} {reason}", [(name, value) for name, value in answer["headers"]])
            return [b64decode(answer["body"])]

        return application

    def close(self) -> None:
        assert self._bridge.stdin is not None and self._bridge.stdout is not None
        self._bridge.stdin.close()
        self._bridge.wait(10)
        self._bridge.stdout.close()

    def _ask(self, question: dict[str, Any]) -> Any:
        """Both questions and answers are JSON: what passes is what passes between two processes."""
        assert self._bridge.stdin is not None and self._bridge.stdout is not None
        with self._lock:
            self._bridge.stdin.write(json.dumps(question) + "\n")
            self._bridge.stdin.flush()
            answer = json.loads(self._bridge.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"the gateway: {answer['error']}")
        return answer


def request_of(environ: Environ) -> dict[str, Any]:
    """What a client on the other side of HTTP would have sent, as the gateway's `HttpRequest`."""
    headers = []
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            headers.append([key[5:].replace("_", "-").title(), value])
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            headers.append([key.replace("_", "-").title(), value])
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    return {
        "method": environ["REQUEST_METHOD"],
        "path": quote(path.encode("latin-1"), safe="!$&'()*+,/:;=@~") or "/",
        "query": environ.get("QUERY_STRING", ""),
        "headers": headers,
        "body": b64encode(_body(environ)).decode("ascii"),
        "scheme": environ["wsgi.url_scheme"],
        "remoteAddress": environ.get("REMOTE_ADDR", ""),
        "stage": "",
        "requestId": str(uuid4()),
        "time": 0,
    }


def _body(environ: Environ) -> bytes:
    stream = environ["wsgi.input"]
    start = stream.tell() if stream.seekable() else None
    if environ.get("wsgi.input_terminated"):
        body: bytes = stream.read()
    else:
        body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    if start is not None:
        # A client that follows a redirect sends its body again.
        stream.seek(start)
    return body
