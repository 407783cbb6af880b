"""Reads events, one JSON value a line, and writes what the Python adapter makes of each, one a line."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import Any

from ropeway_runtime import EventError
from ropeway_runtime.events import detect_format


def parsed(event: Any) -> Any:
    event_format = detect_format(event)
    if event_format is None:
        return None
    try:
        request = event_format.to_request(event)
    except EventError as error:
        return {"format": event_format.NAME, "error": str(error)}
    return {
        "format": event_format.NAME,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": [list(pair) for pair in request.headers],
        "body": b64encode(request.body).decode(),
        "scheme": request.scheme,
        "remoteAddress": request.remote_address,
        "stage": request.stage,
        "requestId": request.request_id,
        "time": request.time,
    }


for line in sys.stdin:
    print(json.dumps(parsed(json.loads(line))))
