"""Compiles source files to .pyc files that are never checked against their source.

Reads one JSON array per line: [source, target, name]. `name` is what the code says it is from; when it is
imported it gets its real path. What cannot be compiled has none: its source says why, when it is imported.
"""

import contextlib
import json
import py_compile
import sys
import warnings


def main():
    # A file with an odd escape is the business of its author.
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        source, target, name = json.loads(line)
        with contextlib.suppress(py_compile.PyCompileError, ValueError, RecursionError, MemoryError):
            py_compile.compile(
                source,
                cfile=target,
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


main()
