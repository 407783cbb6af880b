"""Says which of the requirements on standard input this interpreter lacks, as JSON.

Input: {"specifiers": [PEP 508, ...], "places": [{"shown", "url", "name"?}, ...],
"modules": [importable name, ...], "root": folder of the app}. A place is a folder, an archive or a
repository that pip installs from.
Output: {"missing": [name, ...], "modules": [those that cannot be imported], "version": [3, 11],
"pip": is it there, "virtual": is this a virtual environment}.

Python 3.8 and newer, standard library only; pip's own copy of `packaging` is used where there is one.
An older Python gets as far as saying its version.
"""

import os
import sys

# Run with the user's own packages, but not with the files beside this one.
if sys.path and os.path.abspath(sys.path[0]) == os.path.dirname(os.path.abspath(__file__)):
    del sys.path[0]

import json
import re

NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?")


def parser():
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        return None
    return Requirement


def missing_name(specifier, requirement_class):
    """The name of what is missing, None when it is there or not meant for this interpreter."""
    match = NAME.match(specifier)
    if match is None:
        return None
    if requirement_class is None:
        marker = specifier.partition(";")[2].strip()
        if marker and not simple_marker(marker):
            return None
        return None if installed_version(match.group()) else match.group()
    try:
        requirement = requirement_class(specifier)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            return None
        version = installed_version(requirement.name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            return requirement.name
    except Exception:
        # What pip cannot read either is pip's to explain, if it comes to that.
        return None
    return None


def installed_version(name):
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
    # Before Python 3.10 a name was not looked for in its other spellings.
    plain = re.sub(r"[-_.]+", "-", name).lower()
    for spelling in {plain, plain.replace("-", "_"), plain.replace("-", ".")} - {name}:
        try:
            return metadata.version(spelling)
        except metadata.PackageNotFoundError:
            continue
    return None


def simple_marker(marker):
    """Comparisons joined by `and`; whatever else is said is taken as not meant for this interpreter."""
    return all(simple_comparison(part.strip()) for part in marker.split(" and "))


def simple_comparison(text):
    match = re.match(r"^(\w+)\s*(==|!=|<=|>=|<|>)\s*['\"]([^'\"]*)['\"]$", text)
    if match is None:
        return False
    name, operator, wanted = match.groups()
    if name in ("python_version", "python_full_version"):
        if re.match(r"^\d+(\.\d+)*$", wanted) is None:
            return False
        parts = 2 if name == "python_version" else 3
        have = list(sys.version_info[:parts])
        want = [int(part) for part in wanted.split(".")]
        want += [0] * (parts - len(want))
        return compare(have, operator, want)
    import platform

    values = {
        "sys_platform": sys.platform,
        "os_name": os.name,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "implementation_name": sys.implementation.name,
    }
    return name in values and operator in ("==", "!=") and compare(values[name], operator, wanted)


def compare(have, operator, want):
    return {
        "==": have == want,
        "!=": have != want,
        "<": have < want,
        "<=": have <= want,
        ">": have > want,
        ">=": have >= want,
    }[operator]


def missing_places(places):
    if not places:
        return []
    origins = installed_origins()
    return [
        place.get("name") or place["shown"]
        for place in places
        if plain_url(place["url"]) not in origins and not named_installed(place)
    ]


def installed_origins():
    """Where the installed packages came from, as pip wrote it down (PEP 610)."""
    from importlib import metadata

    found = set()
    for distribution in metadata.distributions():
        text = distribution.read_text("direct_url.json")
        try:
            found.add(plain_url(json.loads(text)["url"]) if text else "")
        except (ValueError, KeyError, TypeError):
            continue
    return found


def plain_url(url):
    from urllib.parse import unquote

    url = unquote(url).rstrip("/")
    return url[:-4] if url.endswith(".git") else url


def named_installed(place):
    """By its name; `setup.py develop` left only a name, beside the sources."""
    names = [place["name"]] if place.get("name") else []
    if place["url"].startswith("file:"):
        import glob
        from urllib.parse import unquote, urlparse

        folder = glob.escape(unquote(urlparse(place["url"]).path))
        for pattern in ("*.egg-info", "src/*.egg-info"):
            paths = glob.glob(os.path.join(folder, pattern))
            names += [os.path.basename(path)[: -len(".egg-info")] for path in paths]
    return any(installed_version(name) for name in names)


def importable(name):
    import importlib.util

    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    # A mere folder of that name has no origin.
    return spec is not None and spec.origin is not None


def main():
    version = list(sys.version_info[:2])
    if version < [3, 8]:
        print(json.dumps({"version": version}))
        return
    asked = json.load(sys.stdin)
    sys.path.insert(0, asked["root"])
    specifiers = asked["specifiers"]
    # Most of the time goes into this import, and plain names do without.
    plain = all(NAME.fullmatch(one.strip()) for one in specifiers)
    requirement_class = None if plain else parser()
    missing = [name for one in specifiers for name in [missing_name(one, requirement_class)] if name]
    answer = {
        "missing": missing + missing_places(asked["places"]),
        "modules": [name for name in asked["modules"] if not importable(name)],
        "version": version,
        "pip": importable("pip"),
        "virtual": sys.prefix != sys.base_prefix,
    }
    print(json.dumps(answer))


main()
