"""Prints for which Pythons a wheel is, when one is not among them: refuses.py <wheel> <3.10>."""

import email
import sys
import zipfile

# The folder of this file has nothing that pip could want.
del sys.path[0]


def main():
    from pip._vendor.packaging.specifiers import SpecifierSet

    wheel, version = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        name = next(one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(archive.read(name))["Requires-Python"]
    # Its newest patch: `>=3.9.2` is met by a cloud's 3.9.
    if told and not SpecifierSet(told).contains(version + ".99"):
        print(told)


main()
