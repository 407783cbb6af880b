"""Says which of the requirements on standard input this interpreter lacks, as JSON.

Input: a JSON object {"specifiers": [PEP 508, ...], "modules": [importable name, ...]}.
Output: {"missing": [name, ...], "modules": [those that cannot be imported], "version": [3, 11]}.

Python 3.8 and newer, standard library only; pip's own copy of `packaging` is used where there is one.
"""

import importlib.util
import json
import re
import sys
from importlib import metadata

try:
    from pip._vendor.packaging.requirements import Requirement
except ImportError:
    Requirement = None


def missing_name(specifier):
    """The name of what is missing, None when it is there or not meant for this interpreter."""
    if Requirement is not None:
        try:
            requirement = Requirement(specifier)
        except Exception:
            return None
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            return None
        version = installed_version(requirement.name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            return requirement.name
        return None
    match = re.match(r"[A-Za-z0-9][\w.-]*", specifier)
    if match is None or ";" in specifier:
        return None
    return None if installed_version(match.group()) else match.group()


def installed_version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def importable(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def main():
    asked = json.load(sys.stdin)
    missing = [name for name in map(missing_name, asked["specifiers"]) if name]
    modules = [name for name in asked["modules"] if not importable(name)]
    print(json.dumps({"missing": missing, "modules": modules, "version": list(sys.version_info[:2])}))


main()
