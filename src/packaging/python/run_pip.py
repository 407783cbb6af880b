"""Runs pip for another machine than this one: run_pip.py <markers as JSON, or null> <arguments of pip>.

With --platform and --python-version pip chooses wheels for the other machine, but goes on to ask this one
whether `tomli; python_version < "3.11"` is needed. The answers are put in its place here.
"""

import json
import runpy
import sys

# The folder of this file has nothing that pip could want.
del sys.path[0]


def main():
    answers = json.loads(sys.argv[1])
    if answers is not None:
        from pip._vendor.packaging import markers

        markers.default_environment = lambda: dict(answers)
    sys.argv = ["pip"] + sys.argv[2:]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


main()
