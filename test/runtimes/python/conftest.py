"""Puts the runtime on sys.path; a real instance over a socket pair for whoever asks."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
RUNTIME = ROOT / "src/runtimes/python"
sys.path.insert(0, str(RUNTIME))

#: No test waits longer for an answer than this.
PATIENCE = 20


class Instance:
    """A real start.py process, spoken to as the platform does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        self.socket = ours
        fd = theirs.fileno()
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, str(RUNTIME / "start.py")],
            # The child wants it on 3, whatever the number here is.
            preexec_fn=lambda: os.dup2(fd, 3),
            close_fds=False,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        theirs.close()

    def send(self, head: Any, body: bytes = b"") -> None:
        data = json.dumps(head).encode()
        self.socket.sendall(struct.pack(">II", len(data), len(body)) + data + body)

    def receive(self) -> dict[str, Any]:
        head_length, body_length = struct.unpack(">II", self._exactly(8))
        head: dict[str, Any] = json.loads(self._exactly(head_length))
        if body_length or head.get("hasBody"):
            head["body"] = self._exactly(body_length)
        return head

    def load(self, source: Any, interface: str = "wsgi", **entry: Any) -> dict[str, Any]:
        """Sends init and returns the answer. `source`: "module:attribute", "script.py", or a full `from`."""
        if isinstance(source, str):
            if source.endswith(".py"):
                source = {"script": str(self.folder / source)}
            else:
                module, _, attribute = source.partition(":")
                factory = attribute.endswith("()")
                source = {"module": module, "attribute": attribute.rstrip("()"), "factory": factory}
        full = {
            "runtime": "python",
            "interface": interface,
            "root": str(self.folder),
            "from": source,
            "env": {},
            **entry,
        }
        self.send(
            {
                "type": "init",
                "entry": full,
                "name": "demo",
                "memory": 256,
                "timeout": 5,
                "listRoutes": True,
                "sourceRoot": str(self.folder),
            }
        )
        return self.receive()

    def invoke(self, event: Any, body: bytes | None = None, id: str = "r1") -> dict[str, Any]:
        self.start_call(event, body, id)
        return self.receive()

    def start_call(self, event: Any, body: bytes | None = None, id: str = "r1") -> None:
        head = {"type": "invoke", "id": id, "event": event, "context": {}, "hasBody": body is not None}
        self.send(head, body or b"")

    def get(self, path: str, **more: Any) -> dict[str, Any]:
        return self.invoke(http_event(path, **more))

    def line(self) -> str:
        """The next line of stdout."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], PATIENCE)[0], "no output"
        return self.process.stdout.readline()

    def close(self) -> None:
        self.socket.close()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def output(self) -> tuple[str, str]:
        """All of stdout and stderr, once it has ended."""
        return self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        self.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self.socket.recv(size - len(data))
            if not chunk:
                raise EOFError(f"the instance is gone: {self.process.communicate()[1]}")
            data += chunk
        return data


def http_event(path: str, method: str = "GET", headers: Any = None, **more: Any) -> dict[str, Any]:
    """A tencent-url event."""
    return {
        "httpMethod": method,
        "path": path,
        "queryString": {},
        "headers": {"host": "localhost:3000", "x-forwarded-proto": "http", **(headers or {})},
        "body": "",
        **more,
    }


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path)
    yield made
    made.kill()
