"""In the place of `serverless_wsgi`, and of the shim in Tencent's old Flask component.

    from ropeway_runtime import handle_request

    def handler(event, context):
        return handle_request(app, event, context)

Both need a Werkzeug that is long gone; this needs none.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from .adapter import write_traceback, wsgi_handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .adapter import MainHandler

#: Code that used the old modules extends this list with types that are not to be base64. What is text is
#: decided by the bytes themselves, whatever type they are said to be, so that every type in it is honoured.
TEXT_MIME_TYPES = [
    "application/json",
    "application/javascript",
    "application/xml",
    "application/vnd.api+json",
    "image/svg+xml",
]

#: Events that keep a function warm or call it at set times: the old modules answer them with nothing.
_IDLE_SOURCES = ("aws.events", "serverless-plugin-warmup")

_handlers: WeakKeyDictionary[Any, MainHandler] = WeakKeyDictionary()


def handle_request(app: Any, event: Any, context: Any) -> Any:
    """Answers one event with a WSGI app.

    The environ has the old modules' keys beside ours: `serverless.event`, `serverless.context`,
    `serverless.authorizer`, `event`, `context`, `API_GATEWAY_AUTHORIZER`. Scheduled and warm-up events give
    {}; raises EventError for any other that is no HTTP request.
    """
    if isinstance(event, dict) and event.get("source") in _IDLE_SOURCES:
        return {}
    try:
        answer = _handlers.get(app)
        if answer is None:
            answer = _handlers[app] = _make_handler(app)
    except TypeError:  # an app that can be neither hashed nor referred to weakly
        answer = _make_handler(app)
    return answer(event, context)


def _make_handler(app: Any) -> MainHandler:
    from weakref import ref

    try:
        found: Any = ref(app)
    except TypeError:
        found = lambda: app  # noqa: E731 -- the same shape as a reference

    def with_old_keys(environ: dict[str, Any], start_response: Any) -> Any:
        event = environ["ropeway.event"]
        context = environ["ropeway.context"]
        request_context = event.get("requestContext")
        authorizer = request_context.get("authorizer") if isinstance(request_context, dict) else None
        environ["serverless.event"] = environ["event"] = event
        environ["serverless.context"] = environ["context"] = context
        environ["serverless.authorizer"] = environ["API_GATEWAY_AUTHORIZER"] = authorizer
        return found()(environ, start_response)

    return wsgi_handler(with_old_keys, None, write_traceback)
