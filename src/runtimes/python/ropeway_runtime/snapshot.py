"""What an app wants done around the copying of its loaded process.

    from ropeway_runtime import register_after_restore, register_before_snapshot

    register_before_snapshot(pool.close)
    register_after_restore(pool.open)

A template process loads the app once; instances are copies of it. `before` functions run once in the
template, when the app has loaded and its warm-up requests have been served; `after` functions run in each
copy before its first request. In a process that is no copy neither runs. The names are those of AWS Lambda
SnapStart's `snapshot_restore_py`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, TypeVar

    Hook = TypeVar("Hook", bound=Callable[..., Any])

_before: list[Callable[[], Any]] = []
_after: list[Callable[[], Any]] = []


def register_before_snapshot(function: Hook, *args: Any, **keywords: Any) -> Hook:
    """Calls `function(*args, **keywords)` before the process is copied; the last registered comes first."""
    _before.insert(0, lambda: function(*args, **keywords))
    return function


def register_after_restore(function: Hook, *args: Any, **keywords: Any) -> Hook:
    """Calls `function(*args, **keywords)` in each copy; in the order of registration."""
    _after.append(lambda: function(*args, **keywords))
    return function


def run_before_snapshot() -> None:
    """Raises what a function raises: there will be no copies then."""
    for function in _before:
        function()


def run_after_restore() -> None:
    """Raises what a function raises: the copy cannot serve then."""
    for function in _after:
        function()
