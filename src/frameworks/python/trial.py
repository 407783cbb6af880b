"""Runs a script that starts a web server until it does, and prints which app it would have served.

Usage: python trial.py RUNTIME_FOLDER SCRIPT ROOT   (one JSON line on file descriptor 3)

The server call is caught, nothing listens, and nothing outside this machine is reached.
"""

import json
import os
import sys
import traceback


def deny_network(event, args):
    if event != "socket.connect":
        return
    address = args[1]
    if (
        isinstance(address, tuple)
        and not str(address[0]).startswith("127.")
        and address[0] not in ("::1", "localhost")
    ):
        raise PermissionError(f"no network while the app is being looked for: {address[0]}")


def report(value):
    os.write(3, json.dumps(value).encode())
    sys.stdout.flush()
    os._exit(0)


def main():
    runtime, script, root = sys.argv[1:4]
    sys.path.append(runtime)
    from ropeway_runtime.instance import loading, servers
    from ropeway_runtime.interface import interface_of

    def captured(app, interface):
        report(
            {
                "app": f"{type(app).__module__}.{type(app).__qualname__}",
                "interface": interface or interface_of(app),
            }
        )

    async def captured_async(app, interface):
        captured(app, interface)

    servers.capture_servers(captured, captured_async)
    sys.addaudithook(deny_network)
    loading.enter({"root": root, "env": {}, "from": {"script": script}})
    try:
        loading.run_script(script)
    except ModuleNotFoundError as error:
        report({"missing": (error.name or "").split(".")[0]})
    except BaseException as error:  # whatever it is, it is the answer
        report({"error": "".join(traceback.format_exception_only(type(error), error)).strip()})


main()
