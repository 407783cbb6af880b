"""A pytest plugin: the requests of werkzeug's test clients go through events.

ROPEWAY_CONFORMANCE_REPORT is the file for the outcomes. ROPEWAY_CONFORMANCE_FORMAT names the event
format; when it is empty the tests run as they are, and only the outcomes are written.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from event_client import EventClient

_outcomes: dict[str, str] = {}
_messages: dict[str, str] = {}
_client: EventClient | None = None
_report_file = os.environ["ROPEWAY_CONFORMANCE_REPORT"]


def pytest_configure(config: pytest.Config) -> None:
    global _client
    event_format = os.environ.get("ROPEWAY_CONFORMANCE_FORMAT", "")
    if not event_format:
        return
    from werkzeug.test import Client

    client = _client = EventClient(event_format)
    original = Client.run_wsgi_app

    def run_wsgi_app(self: Any, environ: dict[str, Any], buffered: bool = False) -> Any:
        # Only the app is another one: cookies and buffering stay the client's own business.
        app = self.application
        self.application = client.wrap(app)
        try:
            return original(self, environ, buffered)
        finally:
            self.application = app

    Client.run_wsgi_app = run_wsgi_app  # type: ignore[method-assign]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.outcome == "failed":
        _outcomes[report.nodeid] = "failed"
        _messages[report.nodeid] = report.longreprtext
    elif report.nodeid not in _outcomes and (report.when == "call" or report.skipped):
        _outcomes[report.nodeid] = report.outcome


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _outcomes[report.nodeid] = "failed"
        _messages[report.nodeid] = report.longreprtext


def pytest_unconfigure(config: pytest.Config) -> None:
    requests = 0
    if _client is not None:
        requests = _client.requests
        _client.close()
    with open(_report_file, "w", encoding="utf-8") as file:
        json.dump({"outcomes": _outcomes, "messages": _messages, "requests": requests}, file)
