"""The instance process: loading, serving, failing, leaving."""

from __future__ import annotations

import os
import signal
import textwrap
import time
from pathlib import Path

import pytest
from conftest import Instance, http_event


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


WSGI = """
    import os, sys
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [(environ["PATH_INFO"] + " " + environ["ropeway.context"].function_name).encode()]
"""


def test_wsgi_app_answers_many_calls(instance: Instance) -> None:
    write(instance.folder, "app.py", WSGI)
    ready = instance.load("app:app")
    assert ready["type"] == "ready"
    assert ready["initMs"] > 0
    for number in range(3):
        answer = instance.invoke(http_event(f"/{number}"), id=f"r{number}")
        assert answer["type"] == "result"
        assert answer["id"] == f"r{number}"
        assert answer["body"] == f"/{number} demo".encode()
        assert "body" not in answer["result"]


def test_init_and_invoke_in_one_write(instance: Instance) -> None:
    write(instance.folder, "app.py", WSGI)
    entry = {
        "runtime": "python",
        "interface": "wsgi",
        "root": str(instance.folder),
        "from": {"module": "app", "attribute": "app", "factory": False},
        "env": {},
    }
    instance.send(
        {
            "type": "init",
            "entry": entry,
            "name": "demo",
            "memory": 1,
            "timeout": 1,
            "listRoutes": False,
            "sourceRoot": str(instance.folder),
        }
    )
    instance.start_call(http_event("/x"))
    assert instance.receive()["type"] == "ready"
    assert instance.receive()["body"] == b"/x demo"


def test_big_body_travels_raw(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        def app(environ, start_response):
            start_response("200 OK", [])
            return [environ["wsgi.input"].read()]
        """,
    )
    instance.load("app:app")
    body = ("日本" * 1_000_000).encode()
    answer = instance.invoke(http_event("/", method="POST"), body)
    assert answer["body"] == body


def test_the_process_looks_as_if_started_plainly(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        import os, sys, json
        import __main__
        def main_handler(event, context):
            return {
                "cwd": os.getcwd(), "path0": sys.path[0], "argv": sys.argv, "env": os.environ["FROM_ENTRY"],
                "main": sorted(n for n in vars(__main__) if not n.startswith("__")), "last": sys.path[-1],
                "inheritable": os.get_inheritable(3),
            }
        """,
    )
    instance.load("app:main_handler", "handler", env={"FROM_ENTRY": "yes"})
    result = instance.invoke({})["result"]
    root = str(instance.folder)
    assert result["cwd"] == result["path0"] == root
    assert result["argv"] == [os.path.join(root, "app.py")]
    assert result["env"] == "yes"
    assert result["main"] == []
    assert result["last"].endswith("src/runtimes/python")
    assert result["inheritable"] is False


def test_bare_handler_and_its_context(instance: Instance) -> None:
    write(
        instance.folder,
        "index.py",
        """
        def main_handler(event, context):
            assert 0 < context.get_remaining_time_in_millis() <= 5000
            return [event, context["request_id"], context.aws_request_id, context.memory_limit_in_mb,
                    context["time_limit_in_ms"], context.function_name, context.function_version]
        """,
    )
    instance.load("index:main_handler", "handler")
    answer = instance.invoke({"Type": "Timer"}, id="abc")
    assert answer["result"] == [{"Type": "Timer"}, "abc", "abc", 256, 5000, "demo", "$LATEST"]


def test_async_handler(instance: Instance) -> None:
    write(instance.folder, "index.py", "async def main_handler(event, context):\n    return event['x'] + 1\n")
    instance.load("index:main_handler", "handler")
    assert instance.invoke({"x": 1})["result"] == 2
    assert instance.invoke({"x": 2})["result"] == 3


def test_handler_that_raises_and_goes_on(instance: Instance) -> None:
    write(
        instance.folder,
        "index.py",
        """
        def main_handler(event, context):
            if event["bad"]: raise KeyError("no")
            return {1, 2} if event["set"] else "fine"
        """,
    )
    instance.load("index:main_handler", "handler")
    answer = instance.invoke({"bad": True})
    assert answer["type"] == "error"
    assert answer["error"]["type"] == "KeyError"
    first = answer["error"]["traceback"].splitlines()[1]
    assert str(instance.folder / "index.py") in first
    answer = instance.invoke({"bad": False, "set": True})
    assert answer["type"] == "error"
    assert "not JSON" in answer["error"]["message"]
    assert instance.invoke({"bad": False, "set": False})["result"] == "fine"


def test_wsgi_app_that_raises_gives_500_and_the_error(instance: Instance) -> None:
    write(instance.folder, "app.py", "def app(environ, start_response):\n    return 1 / 0\n")
    instance.load("app:app")
    answer = instance.get("/")
    assert answer["type"] == "result"
    assert answer["result"]["statusCode"] == 500
    assert answer["body"] == b"Internal Server Error"
    assert answer["error"]["type"] == "ZeroDivisionError"
    assert "ropeway_runtime" not in answer["error"]["traceback"]
    instance.close()
    instance.wait()
    assert "ZeroDivisionError" in instance.output()[1]


def test_other_event_names_its_keys(instance: Instance) -> None:
    write(instance.folder, "app.py", WSGI)
    instance.load("app:app")
    answer = instance.invoke({"Type": "Timer", "Time": "now"})
    assert answer["type"] == "error"
    assert "Type, Time" in answer["error"]["message"]


def test_factory_and_dotted_attribute(instance: Instance) -> None:
    write(
        instance.folder,
        "pkg/web.py",
        """
        class Holder:
            @staticmethod
            def make():
                def app(environ, start_response):
                    start_response("200 OK", [])
                    return [b"made"]
                return app
        """,
    )
    instance.load({"module": "pkg.web", "attribute": "Holder.make", "factory": True})
    assert instance.get("/")["body"] == b"made"


def test_missing_module_is_named(instance: Instance) -> None:
    write(instance.folder, "app.py", "import nowhere_to_be_found.inner\n")
    failed = instance.load("app:app")
    assert failed["type"] == "failed"
    assert failed["error"]["missing"] == "nowhere_to_be_found"
    lines = failed["error"]["traceback"].splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == f'  File "{instance.folder / "app.py"}", line 1, in <module>'
    assert "importlib" not in failed["error"]["traceback"]
    assert instance.wait() == 1


def test_missing_module_behind_another_error(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        "try:\n    import nowhere1\nexcept ImportError as e:\n    raise RuntimeError('install it') from e\n",
    )
    assert instance.load("app:app")["error"]["missing"] == "nowhere1"


def test_syntax_error_shows_the_place(instance: Instance) -> None:
    write(instance.folder, "app.py", "x = 1\ndef broken(:\n")
    error = instance.load("app:app")["error"]
    assert error["type"] == "SyntaxError"
    assert f'File "{instance.folder / "app.py"}", line 2' in error["traceback"]
    assert "^" in error["traceback"]


def test_wrong_attribute(instance: Instance) -> None:
    write(instance.folder, "app.py", "application = 1\n")
    error = instance.load("app:app")["error"]
    assert error["message"] == "module 'app' has no 'app'; it has application"


def test_sys_exit_at_load(instance: Instance) -> None:
    write(instance.folder, "app.py", "import sys\nsys.exit(7)\n")
    answer = instance.load("app:app")
    assert answer["type"] == "exit"
    assert answer["id"] is None
    assert answer["error"]["message"] == "the app called sys.exit(7): exit code 7"
    assert "app.py" in answer["error"]["traceback"]
    assert instance.wait() == 7


@pytest.mark.parametrize("interface", ["wsgi", "asgi", "handler"])
def test_sys_exit_in_a_request(instance: Instance, interface: str) -> None:
    write(
        instance.folder,
        "app.py",
        """
        import sys
        def wsgi(environ, start_response):
            print("last words"); sys.exit("enough")
        async def asgi(scope, receive, send):
            assert scope["type"] == "http"
            print("last words"); sys.exit("enough")
        def handler(event, context):
            print("last words"); sys.exit("enough")
        """,
    )
    instance.load(f"app:{interface}", interface)
    answer = instance.get("/")
    assert answer["type"] == "exit"
    assert answer["id"] == "r1"
    assert answer["error"]["message"] == "the app called sys.exit('enough'): exit code 1"
    assert instance.wait() == 1
    out, err = instance.output()
    assert out == "last words\n"
    assert err.startswith("enough")


def test_end_of_stream_ends_it(instance: Instance) -> None:
    write(instance.folder, "app.py", WSGI)
    instance.load("app:app")
    instance.close()
    assert instance.wait() == 0


def test_end_of_stream_while_blank(instance: Instance) -> None:
    instance.close()
    assert instance.wait() == 0


def test_end_of_stream_in_a_hanging_request(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        "import time\ndef app(e, s):\n    print('in', flush=True)\n    time.sleep(600)\n",
    )
    instance.load("app:app")
    instance.start_call(http_event("/"))
    assert instance.line() == "in\n"
    instance.close()
    assert instance.wait() == 0


def test_end_of_stream_while_loading(instance: Instance) -> None:
    write(instance.folder, "app.py", "import time\nprint('in', flush=True)\nwhile True: time.sleep(600)\n")
    instance.send(
        {
            "type": "init",
            "entry": {
                "root": str(instance.folder),
                "interface": "wsgi",
                "env": {},
                "from": {"module": "app", "attribute": "app", "factory": False},
            },
            "name": "demo",
            "memory": 1,
            "timeout": 1,
            "listRoutes": False,
            "sourceRoot": str(instance.folder),
        }
    )
    assert instance.line() == "in\n"
    instance.close()
    assert instance.wait() == 0


def test_signals(instance: Instance) -> None:
    write(instance.folder, "app.py", WSGI)
    instance.load("app:app")
    instance.process.send_signal(signal.SIGINT)
    assert instance.get("/still")["body"] == b"/still demo"
    instance.process.send_signal(signal.SIGUSR2)
    assert instance.get("/there")["body"] == b"/there demo"
    instance.process.send_signal(signal.SIGTERM)
    assert instance.wait() == 0
    assert "most recent call first" in instance.output()[1]


def test_lifespan_shutdown_at_the_end(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        async def app(scope, receive, send):
            assert scope["type"] == "lifespan"
            assert (await receive())["type"] == "lifespan.startup"
            print("up")
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            print("down")
            await send({"type": "lifespan.shutdown.complete"})
        """,
    )
    assert instance.load("app:app", "asgi")["type"] == "ready"
    instance.process.send_signal(signal.SIGTERM)
    assert instance.wait() == 0
    assert instance.output()[0] == "up\ndown\n"


def test_lifespan_failure_fails_the_start(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        async def app(scope, receive, send):
            await receive()
            try:
                raise ValueError("no database")
            except ValueError:
                await send({"type": "lifespan.startup.failed", "message": "text"})
                raise
        """,
    )
    failed = instance.load("app:app", "asgi")
    assert failed["type"] == "failed"
    assert failed["error"]["message"] == "no database"
    assert instance.wait() == 1


def test_asgi_background_work_does_not_hold_the_answer(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        import asyncio
        done = asyncio.Event()
        async def app(scope, receive, send):
            if scope["type"] != "http":
                raise RuntimeError("no lifespan")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            if scope["path"] == "/release":
                done.set()
            await send({"type": "http.response.body", "body": b"ok"})
            if scope["path"] == "/wait":
                await done.wait()
                print("worked", flush=True)
        """,
    )
    instance.load("app:app", "asgi")
    assert instance.get("/wait")["body"] == b"ok"
    assert instance.get("/release")["body"] == b"ok"
    assert instance.line() == "worked\n"


def test_starlette_style_500_carries_the_error(instance: Instance) -> None:
    write(
        instance.folder,
        "app.py",
        """
        async def app(scope, receive, send):
            if scope["type"] != "http": return
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"own page"})
            raise ValueError("inside")
        """,
    )
    instance.load("app:app", "asgi")
    answer = instance.get("/")
    assert answer["body"] == b"own page"
    assert answer["error"]["message"] == "inside"


def test_own_sources_are_never_stale(tmp_path: Path) -> None:
    write(tmp_path, "lib.py", "VALUE = 'one'\n")
    write(
        tmp_path,
        "app.py",
        "import lib, dep\ndef main_handler(event, context):\n    return [lib.VALUE, dep.VALUE]\n",
    )
    write(tmp_path, "venv/lib/site-packages/dep.py", "VALUE = 'dep'\n")
    moment = time.time()
    # A stale .pyc as a plain run leaves it: same second, same size.
    os.utime(tmp_path / "lib.py", (moment, moment))
    import py_compile

    py_compile.compile(str(tmp_path / "lib.py"))
    write(tmp_path, "lib.py", "VALUE = 'two'\n")
    os.utime(tmp_path / "lib.py", (moment, moment))
    packages = str(tmp_path / "venv/lib/site-packages")
    write(
        tmp_path,
        "start_here.py",
        f"import sys\nsys.path.append({packages!r})\nfrom app import main_handler\n",
    )
    made = Instance(tmp_path)
    try:
        assert made.load("start_here:main_handler", "handler")["type"] == "ready"
        assert made.invoke({})["result"] == ["two", "dep"]
    finally:
        made.kill()
    assert not list((tmp_path / "__pycache__").glob("app.*"))
    assert list(Path(packages).glob("__pycache__/dep.*.pyc"))
