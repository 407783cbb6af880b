"""The app's own files are always compiled afresh.

A .pyc is checked against whole seconds: two edits within one second that keep the size would go on
running the old code. So the app's own files neither read nor write one; installed packages do as ever.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

_INSTALLED = frozenset(("site-packages", "dist-packages", "node_modules", ".ropeway", ".venv", "venv"))


def compile_afresh(root: str) -> None:
    """From now on, for the files under `root` that are not installed packages."""
    root = os.path.realpath(root)
    original = SourceFileLoader.path_stats

    def path_stats(self: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if is_own_source(path, root):
            # The import system takes this for a file system without times, and leaves the cache alone.
            raise OSError("the app's own source is not cached")
        return original(self, path)

    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]


def is_own_source(path: str, root: str) -> bool:
    """Whether a file is the app's own. `root` is a real path."""
    path = os.path.realpath(path)
    base = root.rstrip(os.sep) + os.sep
    if not path.startswith(base):
        return False
    prefix = os.path.realpath(sys.prefix) + os.sep
    if path.startswith(prefix) and prefix.startswith(base):
        return False
    return _INSTALLED.isdisjoint(path[len(base) :].split(os.sep))
