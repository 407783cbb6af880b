"""The process that the platform starts for a Python function: `python start.py`, socket on descriptor 3."""

from ropeway_runtime.instance.main import main

main()
