"""Where the paths lie that a syntax tree names."""

import ast

#: Paths: on the function's read-only disk, in the folder for temporary files, or not to be told.
READ_ONLY, TEMPORARY, UNKNOWN = "read-only", "temporary", "unknown"

SAME_PATH = {
    "os.path.abspath",
    "os.path.realpath",
    "os.path.normpath",
    "os.path.dirname",
    "pathlib.Path",
    "str",
}
SAME_PATH |= {"pathlib.PurePath", "os.fspath", "os.path.join"}
PATH_PARTS = {"parent", "parents", "absolute", "resolve", "joinpath", "with_suffix", "with_name"}


class Paths:
    """Reads names and paths of one module."""

    def __init__(self):
        #: What local names stand for: `Flask` is `flask.Flask`.
        self.names = {}
        #: What names at top level were last given.
        self.values = {}

    def qualify(self, node):
        """`Flask` → `flask.Flask`; a name of this module stays as it is. None for what is no dotted name."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        return ".".join([self.names.get(node.id, node.id)] + list(reversed(parts)))

    def place_of(self, node, local=None, depth=0):
        """Where a path lies, and what of it is known as text."""
        if node is None or depth > 12:
            return UNKNOWN, ""
        again = lambda one: self.place_of(one, local, depth + 1)  # noqa: E731
        if isinstance(node, ast.Constant):
            return place_of_text(node.value) if isinstance(node.value, str) else (UNKNOWN, "")
        if isinstance(node, ast.JoinedStr):
            first = node.values[0] if node.values else None
            place, text = again(first.value if isinstance(first, ast.FormattedValue) else first)
            return place, text + "…" if place == READ_ONLY else text
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            place, text = again(node.left)
            right = node.right.value if isinstance(node.right, ast.Constant) else "…"
            if isinstance(right, str) and right.startswith("/") and isinstance(node.op, ast.Div):
                return place_of_text(right)
            return place, joined(text, right)
        if isinstance(node, ast.Name):
            if node.id == "__file__":
                return READ_ONLY, ""
            if local is not None and node.id in local:
                return again(local[node.id])
            return again(self.values.get(node.id))
        if isinstance(node, ast.Subscript):
            return (
                again(node.value)
                if isinstance(node.value, ast.Attribute) and node.value.attr == "parents"
                else (
                    UNKNOWN,
                    "",
                )
            )
        if isinstance(node, ast.Attribute):
            name = self.qualify(node) or ""
            if name.endswith((".root_path", ".instance_path")) or name == "django.conf.settings.BASE_DIR":
                return READ_ONLY, ""
            return again(node.value) if node.attr in PATH_PARTS else (UNKNOWN, "")
        if isinstance(node, ast.Call):
            return self._place_of_call(node, again)
        return UNKNOWN, ""

    def _place_of_call(self, node, again):
        name = self.qualify(node.func) or ""
        if name.startswith("tempfile."):
            return TEMPORARY, ""
        if name in ("os.getcwd", "pathlib.Path.cwd"):
            return READ_ONLY, ""
        rest = node.args[1:]
        if name in SAME_PATH and node.args:
            place, text = again(node.args[0])
        elif isinstance(node.func, ast.Attribute) and node.func.attr in PATH_PARTS:
            place, text = again(node.func.value)
            rest = node.args
        else:
            return UNKNOWN, ""
        for part in rest:
            known = isinstance(part, ast.Constant) and isinstance(part.value, str)
            if known and part.value.startswith("/"):
                return place_of_text(part.value)
            text = joined(text, part.value if known else "…")
        return place, text


def place_of_text(text):
    if text.startswith(("/tmp", "/dev/", "/proc/")):
        return TEMPORARY, text
    # What is an address is no path.
    return (UNKNOWN, text) if "://" in text else (READ_ONLY, text)


def joined(text, part):
    if not isinstance(part, str):
        part = "…"
    return text + ("/" if text and not text.endswith("/") and not part.startswith(("/", ".")) else "") + part
