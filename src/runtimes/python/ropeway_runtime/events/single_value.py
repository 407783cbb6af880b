"""Results of gateways that take one value per header."""

from __future__ import annotations

from .headers import group_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..messages import Headers


def single_values(headers: Headers) -> tuple[dict[str, str], bool]:
    """Repeated headers joined with ", ", and whether there is a Content-Encoding.

    Set-Cookie cannot be joined: each gets a spelling of its own (`set-cookie`, `Set-cookie`, `sEt-cookie`…),
    which clients do not tell apart.
    """
    single: dict[str, str] = {}
    groups = group_headers(headers)
    for lower, (name, values) in groups.items():
        if lower == "set-cookie":
            for index, cookie in enumerate(values):
                single[spelling(index)] = cookie
        else:
            single[name] = ", ".join(values)
    return single, "content-encoding" in groups


def spelling(n: int) -> str:
    """The n-th way to write `set-cookie`: the bits of n say which letters are upper-case. There are 512."""
    letters = []
    for letter in "set-cookie":
        if letter != "-":
            letter = letter.upper() if n & 1 else letter
            n >>= 1
        letters.append(letter)
    return "".join(letters)
