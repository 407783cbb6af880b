"""Reads the syntax trees of Python files and prints what may be a web app in them, as JSON.

Usage: python -I -S scan.py FOLDER  (file names, relative to FOLDER, on standard input, one a line)

It only states facts; which app is meant is decided by whoever reads them. Nothing is imported from the
folder. Python 3.8 and newer, standard library only.
"""

import ast
import json
import os
import sys
import tokenize
import warnings


def main():
    # What a file's own code would be warned of is not our business.
    warnings.simplefilter("ignore")
    folder = sys.argv[1]
    names = [line.rstrip("\n") for line in sys.stdin]
    print(json.dumps([scan_file(folder, name) for name in names]))


def scan_file(folder, name):
    """The facts of one file; `error` alone when it cannot be parsed."""
    path = os.path.join(folder, name)
    try:
        with tokenize.open(path) as file:
            source = file.read()
        tree = ast.parse(source, name)
    except SyntaxError as error:
        return {
            "file": name,
            "error": {"line": error.lineno or 1, "message": f"{type(error).__name__}: {error.msg}"},
        }
    except (UnicodeDecodeError, ValueError, OSError, RecursionError) as error:
        return {"file": name, "error": {"line": 1, "message": f"{type(error).__name__}: {error}"}}
    return Facts(name, source.splitlines(), tree).as_dict()


class Facts:
    """Walks one module."""

    def __init__(self, name, lines, tree):
        self.name = name
        self.lines = lines
        self.package = module_package(name)
        self.imports = {}
        self.classes = {}
        self.assigns = []
        self.functions = []
        self.reexports = []
        self.mounted = []
        self.runs = []
        self.modules = []
        self.settings = None
        self._module(tree.body)
        self._everywhere(tree)

    def as_dict(self):
        return {
            "file": self.name,
            "assigns": self.assigns,
            "functions": self.functions,
            "reexports": self.reexports,
            "mounted": self.mounted,
            "runs": self.runs,
            "modules": self.modules,
            "settings": self.settings,
        }

    def _at(self, node):
        line = node.lineno
        text = self.lines[line - 1].strip() if line <= len(self.lines) else ""
        return {"line": line, "text": text[:200]}

    def _module(self, body):
        """Statements at top level; also below `if`, `try` and `with`, but not below `__main__`."""
        for node in body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, True)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = [self.qualify(base) for base in node.bases]
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.append(self._function(node))
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                self._assign(node)
            elif isinstance(node, ast.If):
                if not is_main_check(node.test):
                    self._module(node.body)
                self._module(node.orelse)
            elif isinstance(node, ast.Try):
                self._module(node.body)
                for handler in node.handlers:
                    self._module(handler.body)
                self._module(node.orelse + node.finalbody)
            elif isinstance(node, (ast.With, ast.AsyncWith)):
                self._module(node.body)

    def _import(self, node, top):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    self.imports[alias.asname] = alias.name
                else:
                    self.imports[alias.name.split(".")[0]] = alias.name.split(".")[0]
                self.modules.append(alias.name)
            return
        module = self._absolute(node)
        self.modules.append(("." * node.level) + (node.module or ""))
        for alias in node.names:
            if alias.name == "*":
                continue
            bound = alias.asname or alias.name
            self.imports[bound] = module + "." + alias.name if module else alias.name
            if top:
                self.reexports.append(dict(self._at(node), name=bound, target=self.imports[bound]))

    def _absolute(self, node):
        if not node.level:
            return node.module or ""
        parts = self.package[: len(self.package) - node.level + 1]
        return ".".join(parts + ([node.module] if node.module else []))

    def _assign(self, node):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        value = node.value
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if not names or value is None:
            return
        fact = dict(self._at(node), callee=None, args=[], constant=None, alias=None)
        if isinstance(value, ast.Await):
            value = value.value
        if isinstance(value, ast.Call):
            fact["callee"] = self.qualify(value.func)
            fact["args"] = [found for found in map(self.qualify, all_arguments(value)) if found]
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            fact["constant"] = value.value
        else:
            fact["alias"] = self.qualify(value)
        for name in names:
            self.assigns.append(dict(fact, name=name))

    def _function(self, node):
        arguments = node.args
        positional = [one.arg for one in getattr(arguments, "posonlyargs", []) + arguments.args]
        required = len(positional) - len(arguments.defaults)
        required += sum(default is None for default in arguments.kw_defaults)
        return dict(
            self._at(node),
            name=node.name,
            isAsync=isinstance(node, ast.AsyncFunctionDef),
            params=positional,
            required=required,
            returns=self._returns(node),
        )

    def _returns(self, node):
        """What the function may return, as the qualified names of what made it."""
        made = {}
        returned = []
        scope = dict(self.imports)
        for inner in own_statements(node):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                self._import(inner, False)
            elif isinstance(inner, (ast.Assign, ast.AnnAssign)) and isinstance(inner.value, ast.Call):
                callee = self.qualify(inner.value.func)
                for target in inner.targets if isinstance(inner, ast.Assign) else [inner.target]:
                    # A wrapper (`app = ProxyFix(app)`) does not change what it is.
                    if isinstance(target, ast.Name) and not (
                        target.id in made and wraps(inner.value, target.id)
                    ):
                        made[target.id] = callee
            elif isinstance(inner, ast.Return) and inner.value is not None:
                value = inner.value
                if isinstance(value, ast.Call):
                    returned.append(self.qualify(value.func))
                elif isinstance(value, ast.Name):
                    returned.append(made.get(value.id) or self.qualify(value))
        self.imports = scope
        return sorted({one for one in returned if one})

    def _everywhere(self, tree):
        """Calls anywhere in the file: mounted apps, servers that are run, Django's settings module."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, False)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            callee = self.qualify(node.func) or ""
            last = callee.rsplit(".", 1)[-1]
            if last in ("mount", "DispatcherMiddleware", "Mount", "include_app", "add_middleware_app"):
                skip = 1 if last == "DispatcherMiddleware" else 0
                self.mounted += [one for one in map(self.qualify, all_arguments(node)[skip:]) if one]
            if last in ("run", "serve", "serve_forever", "run_simple", "make_server", "run_app", "start"):
                self.runs.append(dict(self._at(node), callee=callee))
            if (
                last == "setdefault"
                and len(node.args) == 2
                and constant(node.args[0]) == "DJANGO_SETTINGS_MODULE"
            ):
                value = constant(node.args[1])
                if value:
                    self.settings = dict(self._at(node), module=value)

    def qualify(self, node):
        """`Flask` → `flask.Flask`, `app` → `.app` for a name of this module; None for anything else."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Call):
            inner = self.qualify(node.func)
            if inner is None or not parts:
                return None
            return inner + "()." + ".".join(reversed(parts))
        if not isinstance(node, ast.Name):
            return None
        base = self.imports.get(node.id)
        if base is None:
            base = "." + node.id
            bases = self.classes.get(node.id)
            if bases and not parts:
                # A subclass made here is what it derives from.
                base = next((one for one in bases if one and not one.startswith(".")), base)
        return ".".join([base] + list(reversed(parts)))


def module_package(name):
    return name.split("/")[:-1]


def all_arguments(call):
    """Arguments of a call, those inside dict and list literals included."""
    found = []
    for value in list(call.args) + [keyword.value for keyword in call.keywords]:
        if isinstance(value, ast.Dict):
            found += value.values
        elif isinstance(value, (ast.List, ast.Tuple)):
            found += value.elts
        else:
            found.append(value)
    return found


def own_statements(function):
    """Every statement of a function without those of functions and classes inside it, in order."""
    pending = list(function.body)
    while pending:
        node = pending.pop(0)
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        nested = []
        for field in ("body", "orelse", "finalbody"):
            nested += getattr(node, field, [])
        for handler in getattr(node, "handlers", []):
            nested += handler.body
        pending = nested + pending


def wraps(call, name):
    return any(isinstance(one, ast.Name) and one.id == name for one in all_arguments(call))


def constant(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_main_check(test):
    if not isinstance(test, ast.Compare):
        return False
    return any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in [test.left] + test.comparators
    )


main()
