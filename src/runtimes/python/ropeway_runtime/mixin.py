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

    `app` is the Flask app, with everything that one has, and it is the handler to name in the function's
    configuration. An HTTP event of a known gateway is answered by the app. An event that is no HTTP request
    goes to `on_event(event, context)` where the class has such a method. Whatever else it is called with goes
    to the class that follows, so that `app(environ, start_response)` is plain WSGI as before.
    """

    _main_handler: MainHandler | None = None

    def __call__(self, *args: Any) -> Any:
        if len(args) == 2 and isinstance(args[0], dict) and not callable(args[1]):
            event, context = args
            if detect_format(event) is not None:
                return self._answer(event, context)
            on_event = getattr(self, "on_event", None)
            if on_event is not None:
                return on_event(event, context)
        return super().__call__(*args)  # type: ignore[misc]

    def _answer(self, event: Any, context: Any) -> Any:
        if self._main_handler is None:
            from .adapter import handler

            # The class that follows, not this one: it would take the environ for an event.
            self._main_handler = handler(super().__call__, interface="wsgi")  # type: ignore[misc]
        return self._main_handler(event, context)
