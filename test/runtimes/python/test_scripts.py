"""Scripts that start a server: the call serves our socket instead of a port."""

from __future__ import annotations

import textwrap

import pytest
from conftest import Instance

FLASK = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef hi(): return 'hello'\n"
ASGI = """
async def app(scope, receive, send):
    if scope["type"] != "http": return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""
WSGI = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
"""

SCRIPTS = {
    "flask-run": ("flask", FLASK + "if __name__ == '__main__':\n    app.run(debug=True, port=1)\n"),
    "werkzeug": (
        "werkzeug",
        WSGI + "from werkzeug.serving import run_simple\nrun_simple('0.0.0.0', 1, app)\n",
    ),
    "uvicorn-run": ("uvicorn", ASGI + "import uvicorn\nuvicorn.run(app, host='0.0.0.0', port=1)\n"),
    "uvicorn-string": (
        "uvicorn",
        ASGI + "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run('script:app', reload=True)\n",
    ),
    "uvicorn-server": ("uvicorn", ASGI + "import uvicorn\nuvicorn.Server(uvicorn.Config(app)).run()\n"),
    "uvicorn-serve": (
        "uvicorn",
        ASGI
        + "import uvicorn, asyncio\nasync def main():\n"
        + "    await uvicorn.Server(uvicorn.Config(app)).serve()\nasyncio.run(main())\n",
    ),
    "waitress": ("waitress", WSGI + "from waitress import serve\nserve(app, listen='*:1')\n"),
    "bottle": (
        "bottle",
        "from bottle import route, run\n@route('/')\ndef hi(): return 'hello'\nrun(port=1)\n",
    ),
    "wsgiref": (
        "wsgiref",
        WSGI
        + "from wsgiref.simple_server import make_server\n"
        + "with make_server('', 80, app) as server:\n    server.serve_forever()\n",
    ),
    "hypercorn": (
        "hypercorn",
        ASGI
        + "import asyncio\nfrom hypercorn.config import Config\nfrom hypercorn.asyncio import serve\n"
        + "asyncio.run(serve(app, Config()))\n",
    ),
    "gevent": (
        "gevent",
        WSGI + "from gevent.pywsgi import WSGIServer\nWSGIServer(('', 1), app).serve_forever()\n",
    ),
    "cheroot": ("cheroot", WSGI + "from cheroot.wsgi import Server\nServer(('0.0.0.0', 1), app).start()\n"),
    "in-a-function": (
        "flask",
        FLASK + "def main():\n    try:\n        app.run()\n    except Exception:\n        pass\nmain()\n",
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_server_call_is_captured(instance: Instance, name: str) -> None:
    module, text = SCRIPTS[name]
    pytest.importorskip(module)
    (instance.folder / "script.py").write_text(text)
    ready = instance.load("script.py")
    assert ready["type"] == "ready", ready
    assert instance.get("/")["body"] == b"hello"
    assert instance.get("/")["result"]["statusCode"] == 200
    instance.close()
    assert instance.wait() == 0


def test_what_the_script_holds_open_stays_open(instance: Instance) -> None:
    (instance.folder / "script.py").write_text(
        textwrap.dedent("""
        import contextlib, sys
        from wsgiref.simple_server import make_server
        open_now = []
        @contextlib.contextmanager
        def pool():
            open_now.append(1)
            yield
            open_now.clear()
        def app(environ, start_response):
            start_response("200 OK", [])
            import __main__
            return [f"{open_now} {__name__} {__main__.open_now} {__file__ == sys.argv[0]}".encode()]
        with pool():
            make_server("", 1, app).serve_forever()
        """)
    )
    instance.load("script.py")
    assert instance.get("/")["body"] == b"[1] __main__ [1] True"


def test_script_without_a_server(instance: Instance) -> None:
    (instance.folder / "script.py").write_text("print('done')\n")
    failed = instance.load("script.py")
    assert failed["type"] == "failed"
    assert failed["error"]["message"].startswith("script.py ended without starting a server")


def test_script_that_fails(instance: Instance) -> None:
    (instance.folder / "script.py").write_text("\nraise ValueError('bad')\n")
    error = instance.load("script.py")["error"]
    assert error["traceback"].splitlines()[1] == f'  File "{instance.folder}/script.py", line 2, in <module>'


def test_nothing_is_imported_that_the_script_does_not_import(instance: Instance) -> None:
    (instance.folder / "script.py").write_text(
        WSGI.replace(
            'b"hello"',
            "repr([n for n in ('flask', 'asyncio', 'urllib.request', 'runpy') if n in sys.modules]).encode()",
        )
        + "import sys\nfrom wsgiref.simple_server import make_server\nsys.modules.pop('asyncio', None)\n"
        + "make_server('', 1, app).serve_forever()\n"
    )
    instance.load("script.py")
    assert instance.get("/")["body"] == b"[]"
