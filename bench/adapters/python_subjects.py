"""Measures the Python adapters in one process, interleaved.

python python_subjects.py EVENTS_FILE ROUNDS → JSON on stdout.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from time import perf_counter
from typing import Any, Callable

import serverless_wsgi
from apig_wsgi import make_lambda_handler
from mangum import Mangum
from ropeway_runtime import handler

Call = Callable[[Any, Any], Any]

with open(sys.argv[1], encoding="utf-8") as file:
    GIVEN = json.load(file)
EVENTS: dict[str, Any] = GIVEN["events"]
BINARY = b64decode(GIVEN["binary"])
ROUNDS = int(sys.argv[2])


class LambdaContext:
    aws_request_id = "id"
    function_name = "bench"


def wsgi_app(environ: Any, start_response: Any) -> list[bytes]:
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] == "POST":
        length = len(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"bytes":%d}' % length]
    if path == "/binary":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [BINARY]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [b"hello"]


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    kind, body = b"text/plain", b"hello"
    if scope["method"] == "POST":
        length, more = 0, True
        while more:
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        kind, body = b"application/json", b'{"bytes":%d}' % length
    elif scope["path"] == "/binary":
        kind, body = b"application/octet-stream", BINARY
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body})


def serverless_wsgi_handler(event: Any, context: Any) -> Any:
    return serverless_wsgi.handle_request(wsgi_app, event, context)


GROUPS: dict[str, dict[str, Call]] = {
    "python-wsgi": {
        "ropeway": handler(wsgi_app),
        "apig-wsgi": make_lambda_handler(wsgi_app, binary_support=True),
        "serverless-wsgi": serverless_wsgi_handler,
    },
    "python-asgi": {"ropeway": handler(asgi_app), "mangum": Mangum(asgi_app)},
    "python-asgi-without-lifespan": {
        "ropeway": handler(asgi_app),
        "mangum": Mangum(asgi_app, lifespan="off"),
    },
}


def problem_of(call: Call, name: str, event: Any) -> str | None:
    """Why a subject's answer is wrong; None when it is right."""
    try:
        result = call(event, LambdaContext())
    except Exception as error:
        return repr(error)
    body = result["body"]
    got = b64decode(body) if result.get("isBase64Encoded") else body.encode()
    if int(result["statusCode"]) != 200:
        return f"status {result['statusCode']}"
    expected = {"get": b"hello", "binary": BINARY}.get(name)
    if expected is None:
        expected = b'{"bytes":%d}' % len(event["body"].encode())
    return None if got == expected else f"body {got[:60]!r}"


def microseconds(call: Call, event: Any, count: int) -> float:
    context = LambdaContext()
    start = perf_counter()
    for _ in range(count):
        call(event, context)
    return (perf_counter() - start) * 1e6 / count


def measure(subjects: dict[str, Call], event: Any) -> dict[str, list[float]]:
    names = list(subjects)
    counts = {}
    for name in names:
        microseconds(subjects[name], event, 100)
        counts[name] = max(5, round(20_000 / microseconds(subjects[name], event, 20)))
    figures: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(ROUNDS):
        for place in range(len(names)):
            name = names[(turn + place) % len(names)]
            figures[name].append(microseconds(subjects[name], event, counts[name]))
    return figures


def main() -> None:
    results: dict[str, Any] = {}
    failures: list[str] = []
    for group, subjects in GROUPS.items():
        for name, event in EVENTS.items():
            running = {}
            for subject, call in subjects.items():
                problem = problem_of(call, name, event)
                if problem is None:
                    running[subject] = call
                else:
                    failures.append(f"{group}/{name}: {subject} left out: {problem}")
            results[f"{group}/{name}"] = measure(running, event)
    print(json.dumps({"results": results, "failures": failures}))


main()
