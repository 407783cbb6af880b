"""The events of test/vectors, and a count of calls with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator

from ropeway_runtime.events import detect_format
from ropeway_runtime.events.path import configure_prefix

_VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def vector_events() -> Iterator[tuple[str, Any]]:
    """Name and event of every vector that is a good HTTP event, its environment variables set."""
    for file in sorted(_VECTORS.glob("*/*.json")):
        vector = json.loads(file.read_text("utf-8"))
        event = vector.get("event")
        if "error" in vector or detect_format(event) is None:
            continue
        configure_prefix(vector.get("env", {}))
        yield f"{file.parent.name}/{file.stem}", event


class Tally:
    """Calls that went well, and what was wrong with the others."""

    def __init__(self) -> None:
        self.passed = 0
        self.messages: list[str] = []
        self._errors: list[str] = []

    def raised(self, error: BaseException) -> None:
        """`on_error` of a handler: nothing may escape these apps."""
        self.error(f"{type(error).__name__}: {error}")

    def error(self, message: str) -> None:
        self._errors.append(message)

    def call(self, name: str, main_handler: Callable[[Any, Any], Any], event: Any) -> None:
        try:
            result = main_handler(event, {})
            status = result["statusCode"]
            if status not in (200, 201, 204, 500):
                self.error(f"status {status}")
        except Exception as error:
            self.raised(error)
        if self._errors:
            self.messages.append(f"{name}: {'; '.join(self._errors)}")
        else:
            self.passed += 1
        self._errors = []

    def result(self) -> dict[str, Any]:
        messages = self.messages + self._errors
        return {"passed": self.passed, "failed": len(messages), "messages": messages}
