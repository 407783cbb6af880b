"""Says what an interpreter is, as one line of JSON."""

import importlib.util
import json
import os
import platform
import sys


def glibc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split()[-1]
    except (AttributeError, ValueError, OSError):
        return None


print(
    json.dumps(
        {
            "version": list(sys.version_info[:3]),
            "implementation": sys.implementation.name,
            "cacheTag": sys.implementation.cache_tag,
            "machine": platform.machine().lower(),
            "glibc": glibc(),
            "pip": importlib.util.find_spec("pip") is not None,
        }
    )
)
