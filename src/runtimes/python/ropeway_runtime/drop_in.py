"""In the place of `serverless_wsgi`, and of the shim in Tencent's old Flask component (`severless_wsgi`).

    from ropeway_runtime import handle_request

    def handler(event, context):
        return handle_request(app, event, context)

Both are built on Werkzeug, the shim on a version that is long gone; this needs none.
"""

from __future__ import annotations

from .adapter import write_traceback, wsgi_handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Code that used the old modules extends this list with types that are not to be base64. What is text is
#: decided by the bytes themselves, whatever type they are said to be, so that every type in it is honoured.
TEXT_MIME_TYPES = [
    "application/json",
    "application/javascript",
    "application/xml",
    "application/vnd.api+json",
    "image/svg+xml",
]

#: Events that keep a function warm or call it at set times: `serverless_wsgi` answers them with nothing.
_IDLE_SOURCES = ("aws.events", "serverless-plugin-warmup")


def handle_request(app: Any, event: Any, context: Any) -> Any:
    """Answers one event with a WSGI app.

    The environ has the old modules' keys beside ours: `serverless.event`, `serverless.context`,
    `serverless.authorizer`, `event`, `context`, `API_GATEWAY_AUTHORIZER`. Events whose `source` is
    "aws.events" or "serverless-plugin-warmup" give {}; raises EventError for any other that is no HTTP
    request.
    """
    if isinstance(event, dict) and event.get("source") in _IDLE_SOURCES:
        return {}

    def with_old_keys(environ: dict[str, Any], start_response: Any) -> Any:
        event = environ["ropeway.event"]  # parsed, where it came as bytes
        request_context = event.get("requestContext")
        authorizer = request_context.get("authorizer") if isinstance(request_context, dict) else None
        environ["serverless.event"] = environ["event"] = event
        environ["serverless.context"] = environ["context"] = context
        environ["serverless.authorizer"] = environ["API_GATEWAY_AUTHORIZER"] = authorizer
        return app(environ, start_response)

    return wsgi_handler(with_old_keys, None, write_traceback)(event, context)
