"""Tells which installed distribution each file belongs to, as JSON: an array as long as the list of files.

Usage: python -I owners.py  (a JSON array of absolute paths on standard input)

null for files that belong to none; "" for those of the standard library. Python 3.8 and newer.
"""

import json
import os
import sys
import sysconfig
from importlib import metadata


def main():
    files = json.load(sys.stdin)
    packages = folders("purelib", "platlib")
    distributions = by_path(packages)
    standard = folders("stdlib", "platstdlib")
    print(json.dumps([owner(file, distributions, packages, standard) for file in files]))


def folders(*names):
    found = {os.path.realpath(sysconfig.get_path(name)) for name in names}
    if "purelib" in names:
        found |= {
            os.path.realpath(path) for path in sys.path if path.endswith(("site-packages", "dist-packages"))
        }
    return [folder + os.sep for folder in sorted(found)]


def by_path(packages):
    """What each distribution has put into the folders of packages: files, and folders of its own alone."""
    owners = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        base = os.path.realpath(str(distribution.locate_file("")))
        for file in distribution.files or ():
            path = os.path.normpath(os.path.join(base, str(file)))
            owners.setdefault(path, name)
            top = os.path.join(base, str(file).split("/")[0])
            if top != path and path.startswith(base):
                known = owners.setdefault(top, name)
                if known != name:
                    owners[top] = None
    return owners


def owner(file, distributions, packages, standard):
    if not os.path.isabs(file):
        return None
    path = os.path.realpath(file)
    if path in distributions:
        return distributions[path]
    for folder in packages:
        if path.startswith(folder):
            top = path[len(folder) :].split(os.sep)[0]
            known = distributions.get(os.path.join(folder.rstrip(os.sep), top))
            return known or top.split(".")[0]
    return "" if any(path.startswith(folder) for folder in standard) else None


main()
