"""What an app raised, for people: no frame of ours, the app's own first."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from traceback import TracebackException
    from typing import Iterator, TypedDict

    class _Description(TypedDict):
        type: str
        message: str
        traceback: str

    class Description(_Description, total=False):
        missing: str


_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_START = os.path.join(os.path.dirname(os.path.dirname(_OURS)), "start.py")


def describe(error: BaseException) -> Description:
    """The error's type, message and traceback, and the module that could not be found if that is why."""
    found: Description = {
        "type": _type_name(error),
        "message": _message(error),
        "traceback": "".join(_traceback(error)).rstrip("\n"),
    }
    missing = _missing_module(error)
    if missing is not None:
        found["missing"] = missing
    return found


def describe_exit(error: SystemExit) -> tuple[Description, int]:
    """The same for an app that ends its own process, and the exit code."""
    code = exit_code(error)
    argument = "" if error.code is None else repr(error.code)
    description = describe(error)
    description["message"] = f"the app called sys.exit({argument}): exit code {code}"
    return description, code


def exit_code(error: SystemExit) -> int:
    """The code with which Python would end: 0 for None, 1 for a message."""
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def write_traceback(error: BaseException) -> None:
    """To stderr, without our frames."""
    sys.stderr.write("".join(_traceback(error)))
    sys.stderr.flush()


def _traceback(error: BaseException) -> Iterator[str]:
    from traceback import TracebackException

    trace = TracebackException(type(error), error, error.__traceback__)
    seen: set[int] = set()
    _cut(trace, seen)
    return trace.format()


def _cut(trace: TracebackException | None, seen: set[int]) -> None:
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    trace.stack[:] = [frame for frame in trace.stack if not _is_ours(frame.filename)]
    _cut(trace.__cause__, seen)
    _cut(trace.__context__, seen)
    for inner in getattr(trace, "exceptions", None) or ():
        _cut(inner, seen)


def _is_ours(filename: str) -> bool:
    return filename.startswith((_OURS, "<frozen importlib")) or filename == _START


def _missing_module(error: BaseException) -> str | None:
    """The top-level name of the module behind a ModuleNotFoundError, also behind the error that it caused."""
    current: BaseException | None = error
    for _ in range(20):
        if current is None:
            return None
        if isinstance(current, ModuleNotFoundError) and current.name:
            top = current.name.partition(".")[0]
            # Of `flask.nothing` it is not `flask` that is missing.
            return None if top in sys.modules else top
        current = current.__cause__ or current.__context__
    return None


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:
        return f"<the error has no text: {type(broken).__name__}>"
