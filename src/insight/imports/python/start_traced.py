"""Starts the instance process of a Python function as start.py does, and writes down what it imports.

Usage: python -u start_traced.py RUNTIME_FOLDER RECORD_FILE MODE, with the platform's socket on descriptor 3.

MODE: `time` notes milliseconds, `memory` resident memory, too (asking for it takes time of its own), `use`
which files' code runs between one SIGWINCH and the next. The record file gets one JSON array a line:

    ["i", name, file, start, end, rss before, rss after, depth]   an import, once it is complete
    ["u", [files]]                                                the answer to a SIGWINCH

Times in milliseconds of one clock, memory in bytes (0: not asked for). Standard library only, Python 3.8 and
newer.
"""

import os
import sys
from _thread import get_ident
from time import perf_counter

SIGNAL = "SIGWINCH"


def main():
    runtime, record, mode = sys.argv[1:4]
    out = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.set_inheritable(out, False)
    trace(out, memory_reader() if mode == "memory" else lambda: 0)
    if mode == "use":
        note_use(out)
    sys.argv[:] = [os.path.join(runtime, "start.py")]
    sys.path[0] = runtime
    from ropeway_runtime.instance.main import main as run

    run()


def trace(out, memory):
    """Puts itself around the one function through which every module comes that is not loaded yet."""
    machinery = sys.modules["_frozen_importlib"]
    find_and_load = machinery._find_and_load
    modules = sys.modules
    depths = {}
    # Lines wait while an import goes on: writing them is no part of what a module takes.
    waiting = []

    def traced(name, import_):
        if name in modules:
            return find_and_load(name, import_)
        thread = get_ident()
        depth = depths.get(thread, 0)
        depths[thread] = depth + 1
        before = memory()
        start = perf_counter()
        try:
            return find_and_load(name, import_)
        finally:
            end = perf_counter()
            depths[thread] = depth
            module = modules.get(name)
            if module is not None:
                waiting.append((name, file_of(module), start, end, before, memory(), depth))
            if depth == 0 and waiting:
                lines = "".join(map(line, waiting))
                waiting.clear()
                os.write(out, lines.encode("utf-8", "backslashreplace"))

    machinery._find_and_load = traced


def file_of(module):
    """A path, `built-in`, `frozen`, or '' for what is none of these."""
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    if isinstance(origin, str):
        return origin
    # A package without __init__ has only its folders.
    folders = getattr(spec, "submodule_search_locations", None)
    try:
        return next(iter(folders)) if folders else ""
    except Exception:
        return ""


def line(record):
    name, file, start, end, before, after, depth = record
    times = f"{start * 1000:.4f},{end * 1000:.4f}"
    return f'["i",{quoted(name)},{quoted(file)},{times},{before},{after},{depth}]\n'


def quoted(text):
    """As JSON; the `json` module is one of those that an app may be the first to import."""
    found = ['"']
    for char in text:
        if char in '"\\':
            found.append("\\" + char)
        elif " " <= char <= "~":
            found.append(char)
        else:
            code = ord(char)
            if code > 0xFFFF:
                code -= 0x10000
                found.append(f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}")
            else:
                found.append(f"\\u{code:04x}")
    found.append('"')
    return "".join(found)


def memory_reader():
    """Resident memory in bytes; 0 where the system does not tell."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return lambda: 0
    os.set_inheritable(statm, False)
    page = os.sysconf("SC_PAGE_SIZE")
    return lambda: int(os.pread(statm, 100, 0).split()[1]) * page


def note_use(out):
    """Collects the files whose code runs, in every thread, until it is asked for them."""
    import signal
    import threading

    number = getattr(signal, SIGNAL, None)
    if number is None:
        return
    used = set()

    def called(frame, event, _):
        if event == "call":
            used.add(frame.f_code.co_filename)

    def tell(_signal, _frame):
        files = ",".join(quoted(file) for file in sorted(used))
        used.clear()
        os.write(out, f'["u",[{files}]]\n'.encode())

    signal.signal(number, tell)
    threading.setprofile(called)
    sys.setprofile(called)


main()
