"""The public way in: `main_handler = handler(app)`."""

from __future__ import annotations

import sys

from .events import describe_keys, detect_format
from .interface import interface_of
from .messages import EventError, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Protocol

    from .asgi import AsgiApp
    from .events import EventFormat
    from .lifespan import Lifespan
    from .messages import Headers, OpenStream, Stream

    class OpenResult(Protocol):
        """Takes the result of a response in parts, without its body."""

        #: Whether it has been called: there is no other answer to this event then.
        opened: bool

        def __call__(self, head: dict[str, Any]) -> Stream: ...

    MainHandler = Callable[[Any, Any], Any]
    Report = Callable[[BaseException], None]


def handler(
    app: Any,
    *,
    interface: str | None = None,
    on_event: MainHandler | None = None,
    on_error: Report | None = None,
) -> MainHandler:
    """Makes `main_handler(event, context)` out of a WSGI or ASGI app; a plain handler passes through.

    interface: "wsgi", "asgi" or "handler"; found from the app's arguments when it is not given.
    on_event: called with events that are no HTTP request (timers, queues); without it they raise
        EventError.
    An event of bytes that are JSON, as Alibaba's Function Compute gives it, is parsed first.
    on_error: called with what escapes the app, which is answered with 500; writes the traceback to
        stderr by default.

    An ASGI app's lifespan start-up runs here, once, and its shutdown when the process ends; raises
    what the start-up raises.
    """
    kind = interface or interface_of(app)
    report = on_error or write_traceback
    if kind == "handler":
        return app  # type: ignore[no-any-return]
    if kind == "wsgi":
        return wsgi_handler(app, on_event, report)
    if kind == "asgi":
        return _asgi_handler(app, on_event, report)
    raise ValueError(f"interface: expected 'wsgi', 'asgi' or 'handler', got {kind!r}")


def wsgi_handler(
    app: Any, on_event: MainHandler | None, report: Report, open_result: OpenResult | None = None
) -> MainHandler:
    """`main_handler(event, context)` of a WSGI app.

    With `open_result` a response in parts goes there, and the handler returns None.
    """
    from .wsgi import respond

    def main_handler(event: Any, context: Any) -> Any:
        if event.__class__ is bytes:
            event = parse_event(event)
        event_format = detect_format(event)
        if event_format is None:
            return other_event(event, context, on_event)
        request = event_format.to_request(event)
        try:
            open_stream = stream_opener(event_format, event, open_result) if open_result is not None else None
            response = respond(app, request, event, context, open_stream)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # a server answers whatever the app raises
            report(error)
            if open_result is not None and open_result.opened:
                raise
            response = server_error(request.method)
        return response and event_format.to_result(response, event)

    return main_handler


async def answer_asgi(
    app: AsgiApp,
    event: Any,
    context: Any,
    *,
    lifespan: Lifespan,
    on_event: MainHandler | None,
    report: Report,
    open_result: OpenResult | None = None,
) -> Any:
    """One event through an ASGI app, in the running loop; None when the response went to `open_result`."""
    import asyncio

    from .asgi import respond

    event_format = detect_format(event)
    if event_format is None:
        return other_event(event, context, on_event)
    request = event_format.to_request(event)
    open_stream = stream_opener(event_format, event, open_result) if open_result is not None else None
    try:
        response = await respond(
            app,
            request,
            event=event,
            context=context,
            state=lifespan.state,
            report=report,
            open_stream=open_stream,
        )
    except (SystemExit, KeyboardInterrupt, asyncio.CancelledError):  # the last: the client has gone
        raise
    except BaseException as error:  # a server answers whatever the app raises
        report(error)
        if open_result is not None and open_result.opened:
            raise
        response = server_error(request.method)
    return response and event_format.to_result(response, event)


def stream_opener(event_format: EventFormat, event: Any, open_result: OpenResult) -> OpenStream:
    """Opens a stream with the result of a response without its body."""

    def open_stream(status: int, headers: Headers) -> Stream:
        head = event_format.to_result(Response(status, headers, b""), event)
        return open_result({key: head[key] for key in head if key not in ("body", "isBase64Encoded")})

    return open_stream


def parse_event(event: bytes) -> Any:
    """What the bytes say in JSON; themselves when they are none."""
    import json

    try:
        return json.loads(event)
    except ValueError:  # which UnicodeDecodeError is, too
        return event


def other_event(event: Any, context: Any, on_event: MainHandler | None) -> Any:
    """An event that no format knows."""
    if on_event is not None:
        return on_event(event, context)
    raise EventError(
        f"expected an HTTP event of a known gateway, got one with {describe_keys(event)}; "
        "to serve other events give handler(app, on_event=...) a function"
    )


def server_error(method: str) -> Response:
    """The answer when something escaped the app."""
    body = b"Internal Server Error"
    headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body)))]
    return Response(500, headers, b"" if method == "HEAD" else body)


def write_traceback(error: BaseException) -> None:
    from traceback import print_exception

    print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    sys.stderr.flush()


def _asgi_handler(app: Any, on_event: MainHandler | None, report: Report) -> MainHandler:
    import atexit

    from .asgi import respond_blocking
    from .lifespan import Lifespan
    from .loop import app_loop

    loop = app_loop()

    async def start() -> Lifespan:
        lifespan = Lifespan(app)
        await lifespan.startup()
        return lifespan

    lifespan = loop.run_until_complete(start())

    def stop() -> None:
        try:
            loop.run_until_complete(lifespan.shutdown())
        except Exception as error:
            report(error)

    atexit.register(stop)

    state = lifespan.state

    def main_handler(event: Any, context: Any) -> Any:
        if event.__class__ is bytes:
            event = parse_event(event)
        event_format = detect_format(event)
        if event_format is None:
            return other_event(event, context, on_event)
        request = event_format.to_request(event)
        try:
            response = respond_blocking(loop, app, request, event, context, state, report)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # a server answers whatever the app raises
            report(error)
            response = server_error(request.method)
        return event_format.to_result(response, event)

    return main_handler
