"""A class that is the app and the function's handler at once."""

from __future__ import annotations

from .events import detect_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .adapter import MainHandler


class EventHandler:
    """Makes a WSGI application class callable as `app(event, context)` as well.

        class App(EventHandler, Flask):
            pass

        app = App(__name__)

    It comes first among the bases. `app` is the Flask app, with everything that one has, and it is the
    handler to name in the function's configuration. An HTTP event of a known gateway is answered by the app;
    a malformed one raises EventError. An event that is no HTTP request, of any type, goes to
    `on_event(event, context)` where the class has such a method.

    Whatever else it is called with goes to the class that follows, so that `app(environ, start_response)` is
    plain WSGI as before. What an event gives that has no `on_event` to go to is up to that class: Flask takes
    it for an environ and raises KeyError.
    """

    _main_handler: MainHandler | None = None

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if len(args) == 2 and not keywords and not _is_wsgi(*args):
            event, context = args
            if event.__class__ is bytes:
                from .adapter import parse_event

                event = parse_event(event)
            if detect_format(event) is not None:
                return self._answer(event, context)
            on_event = getattr(self, "on_event", None)
            if on_event is not None:
                return on_event(event, context)
        return super().__call__(*args, **keywords)  # type: ignore[misc]

    def _answer(self, event: Any, context: Any) -> Any:
        if self._main_handler is None:
            from .adapter import handler

            # The class that follows, not this one: it would take the environ for an event.
            self._main_handler = handler(super().__call__, interface="wsgi")  # type: ignore[misc]
        return self._main_handler(event, context)


def _is_wsgi(environ: object, start_response: object) -> bool:
    """Whether these are WSGI's arguments. A context may be callable, too: a mock in a test is."""
    return (
        callable(start_response)
        and isinstance(environ, dict)
        and ("wsgi.version" in environ or "REQUEST_METHOD" in environ)
    )
