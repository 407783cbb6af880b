"""Paths of events, and the prefix under which the app is mounted."""

from __future__ import annotations

from os import environ

from .percent import encode_unsafe
from .query import join_queries
from .values import malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

_base_path = ""
_hide_stage = False


def configure_prefix(env: Mapping[str, str]) -> None:
    """Reads the two variables that say how the app is mounted; done once, when this file is loaded.

    API_GATEWAY_BASE_PATH: first path segments that a custom domain maps to the function.
    STRIP_STAGE_PATH: the app must not know of the stage.
    """
    global _base_path, _hide_stage
    _base_path = env.get("API_GATEWAY_BASE_PATH", "").strip("/")
    _hide_stage = env.get("STRIP_STAGE_PATH", "").lower() in ("1", "true", "yes", "on", "t", "y")


configure_prefix(environ)


def read_target(path: object, query: str) -> tuple[str, str]:
    """Path and raw query of an event whose path may have a query inside.

    A path that arrives decoded is encoded; an encoded one stays.
    """
    try:
        text = path + query  # type: ignore[operator]
        if (
            path[0] == "/"  # type: ignore[index]
            and text.isascii()
            and text.isprintable()
            and " " not in text
            and "#" not in text
            and "?" not in path  # type: ignore[operator]
        ):
            return path, query  # type: ignore[return-value]
    except (TypeError, IndexError):
        pass
    if path is None or path == "":
        return "/", encode_unsafe(query)
    if not isinstance(path, str):
        raise malformed("path", "a string", path)
    path, _, inner = path.partition("?")
    path = encode_unsafe(path)
    return path if path[:1] == "/" else "/" + path, join_queries(encode_unsafe(inner), encode_unsafe(query))


def without_prefix(path: str, prefix: str) -> str | None:
    """Removes `prefix` (no slashes around it) when it is there as whole segments, else None.

    `foo` is no prefix of `/foobar`, and `/foo` becomes `/`.
    """
    end = len(prefix) + 1
    if not prefix or not path.startswith(prefix, 1):
        return None
    if len(path) == end:
        return "/"
    return path[end:] if path[end] == "/" else None


def mount(path: str, host: str | None, stage: str, in_path: bool) -> tuple[str, str]:
    """What of the path is the app's, and the prefix under which clients see the app.

    `in_path` says that this gateway leaves the stage in the path.
    """
    if _base_path:
        rest = without_prefix(path, _base_path)
        if rest is not None:
            return rest, _base_path
    if not stage:
        return path, ""
    rest = without_prefix(path, stage) if in_path else None
    shown = not _hide_stage and _shows_stage(host)
    return path if rest is None else rest, stage if shown else ""


_GATEWAY_DOMAINS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".apigw.tencentcs.com",
    ".apigateway.myqcloud.com",
    ".apigateway.myqloud.com",
)


def _shows_stage(host: str | None) -> bool:
    """Clients see the stage on the gateway's own domain; a custom domain is mapped to the stage.

    An address, a bare or a local name is a gateway without DNS: no custom domain can be one.
    """
    if not host:
        return False
    if host.startswith("["):
        return True
    name, colon, port = host.rpartition(":")
    name = (name if colon and port.isdigit() else host).lower()
    if name.endswith(_GATEWAY_DOMAINS) or "." not in name or name.endswith((".localhost", ".local")):
        return True
    return name.replace(".", "").isdigit()
