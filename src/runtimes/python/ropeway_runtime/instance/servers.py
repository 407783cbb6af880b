"""The servers that scripts start: their blocking calls serve our socket instead of a port.

Each server's module is patched when the script imports it, and only then. The call serves inside
itself rather than unwinding the script, so that what the script opened around it (a `with`, a running
loop) stays open.
"""

from __future__ import annotations

import sys

from .loading import load_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Sequence

    #: Serves an app of an interface ("wsgi", "asgi", or None to find out); does not return.
    Serve = Callable[[Any, "str | None"], None]
    #: The same inside a running loop.
    ServeAsync = Callable[[Any, "str | None"], Any]
    Patch = Callable[[ModuleType, Serve, ServeAsync], None]


def capture_servers(serve: Serve, serve_async: ServeAsync) -> None:
    """From now on, known servers hand their app to `serve`, or to `serve_async` when they are awaited."""
    sys.meta_path.insert(0, _ServerFinder(serve, serve_async))


def _flask(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    module.Flask.run = lambda self, *args, **kwargs: serve(self, "wsgi")


def _werkzeug(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    def run_simple(hostname: str, port: int, application: Any, *args: Any, **kwargs: Any) -> None:
        serve(application, "wsgi")

    def make_server(host: str, port: int, app: Any, *args: Any, **kwargs: Any) -> None:
        serve(app, "wsgi")

    module.__dict__.update(run_simple=run_simple, make_server=make_server)


def _uvicorn_main(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    def run(app: Any, *args: Any, **kwargs: Any) -> None:
        app_dir = kwargs.get("app_dir")
        if app_dir:
            sys.path.insert(0, app_dir)
        found = load_string(app) if isinstance(app, str) else app
        if kwargs.get("factory"):
            found = found()
        serve(found, "wsgi" if kwargs.get("interface") == "wsgi" else None)

    module.__dict__["run"] = run


def _uvicorn_server(module: ModuleType, serve: Serve, serve_async: ServeAsync) -> None:
    def find(server: Any) -> Any:
        config = server.config
        found = load_string(config.app) if isinstance(config.app, str) else config.app
        return found() if config.factory else found

    async def serve_here(self: Any, sockets: Any = None) -> None:
        await serve_async(find(self), None)

    module.Server.run = lambda self, sockets=None: serve(find(self), None)
    module.Server.serve = serve_here


def _hypercorn(module: ModuleType, serve: Serve, serve_async: ServeAsync) -> None:
    async def serve_here(app: Any, config: Any, **kwargs: Any) -> None:
        await serve_async(app, kwargs.get("mode"))

    module.__dict__["serve"] = serve_here


def _waitress(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    module.__dict__["serve"] = lambda app, **kwargs: serve(app, "wsgi")


def _bottle(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    def run(app: Any = None, *args: Any, **kwargs: Any) -> None:
        found = app or module.default_app()
        serve(module.load_app(found) if isinstance(found, str) else found, "wsgi")

    module.__dict__["run"] = run


def _wsgiref(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    def bind_nothing(self: Any) -> None:
        self.server_name, self.server_port = self.server_address[0] or "localhost", self.server_address[1]
        self.setup_environ()

    server = module.WSGIServer
    server.server_bind = bind_nothing
    server.server_activate = lambda self: None
    server.serve_forever = lambda self, *args, **kwargs: serve(self.get_app(), "wsgi")
    server.handle_request = lambda self: serve(self.get_app(), "wsgi")


def _gevent(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    module.WSGIServer.serve_forever = lambda self, *args, **kwargs: serve(self.application, "wsgi")


def _cheroot(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    for name in ("start", "safe_start", "serve"):
        setattr(module.Server, name, lambda self: serve(self.wsgi_app, "wsgi"))


def _gunicorn(module: ModuleType, serve: Serve, _: ServeAsync) -> None:
    module.BaseApplication.run = lambda self: serve(self.load(), None)


_PATCHES: dict[str, Patch] = {
    "flask.app": _flask,
    "werkzeug.serving": _werkzeug,
    "uvicorn.main": _uvicorn_main,
    "uvicorn.server": _uvicorn_server,
    "hypercorn.asyncio": _hypercorn,
    "waitress": _waitress,
    "bottle": _bottle,
    "wsgiref.simple_server": _wsgiref,
    "gevent.pywsgi": _gevent,
    "cheroot.wsgi": _cheroot,
    "gunicorn.app.base": _gunicorn,
}


class _ServerFinder:
    """Finds the modules above as the import system would, and patches them once they have run."""

    def __init__(self, serve: Serve, serve_async: ServeAsync) -> None:
        self._serve = serve
        self._serve_async = serve_async

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        patch = _PATCHES.get(name)
        if patch is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                self._patch_after(spec, patch)
                return spec
        return None

    def _patch_after(self, spec: ModuleSpec, patch: Patch) -> None:
        loader: Any = spec.loader
        if loader is None or not hasattr(loader, "exec_module"):
            return
        original = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            original(module)
            patch(module, self._serve, self._serve_async)

        # On this one loader object, which is made for this module alone.
        loader.exec_module = exec_module
