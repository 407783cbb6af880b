"""The routes of an app, where its framework can list them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, TypedDict

    class Route(TypedDict):
        #: Empty: any method.
        methods: list[str]
        path: str


#: Nobody asked for these; servers add them.
_IMPLIED = {"HEAD", "OPTIONS"}
#: Where middlewares keep the app that they wrap.
_INNER = ("app", "wsgi_app", "application", "_app", "wrapped")


def list_routes(app: object) -> list[Route] | None:
    """None when it cannot tell. Never raises; imports nothing but a Django app's own URL configuration."""
    try:
        found = _find(app)
        return None if found is None else list(found)
    except (Exception, SystemExit):
        return None


def _find(app: object) -> Iterator[Route] | None:
    for _ in range(6):
        kind = type(app)
        if hasattr(app, "url_map") and hasattr(app.url_map, "iter_rules"):
            return _werkzeug(app)
        if kind.__module__.startswith("django.core.handlers.") or kind.__module__.startswith(
            "django.contrib.staticfiles."
        ):
            return _django()
        routes = getattr(app, "routes", None)
        if isinstance(routes, list) and "starlette.routing" in sys.modules:
            return _starlette(routes, "")
        inner = (getattr(app, name, None) for name in _INNER)
        app = next((one for one in inner if one is not None and callable(one)), None)
        if app is None:
            return None
    return None


def _werkzeug(app: Any) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        yield {"methods": sorted(set(rule.methods or ()) - _IMPLIED), "path": rule.rule}


def _starlette(routes: list[Any], prefix: str) -> Iterator[Route]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:  # FastAPI resolves included routers late
            yield from _starlette(included.routes, prefix + route.include_context.prefix)
            continue
        path = prefix + getattr(route, "path", "")
        inner = getattr(route, "routes", None)
        methods = getattr(route, "methods", None)
        if inner:
            yield from _starlette(inner, path)
        elif hasattr(route, "endpoint") and methods is not None:
            yield {"methods": sorted(set(methods) - _IMPLIED), "path": path}
        elif hasattr(route, "app") and not hasattr(route, "endpoint"):
            yield {"methods": [], "path": path + "/"}


def _django() -> Iterator[Route]:
    resolver = sys.modules["django.urls"].get_resolver()
    return _patterns(resolver.url_patterns, "/")


def _patterns(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).lstrip("^")
        inner = getattr(pattern, "url_patterns", None)
        if inner is not None:
            yield from _patterns(inner, path)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        names = [name for name in getattr(view, "http_method_names", ()) if hasattr(view, name)]
        yield {"methods": sorted({name.upper() for name in names} - _IMPLIED), "path": path}
