"""Reads the syntax trees of Python files and prints what in them is otherwise on functions, as JSON.

Usage: python -I -S traits.py FOLDER  (file names, relative to FOLDER, on standard input, one a line)

It states facts only where the tree leaves no doubt: what cannot be told is left out. Nothing is imported
from the folder.
Python 3.8 and newer, standard library only.
"""

import ast
import json
import os
import sys
import tokenize
import warnings

# Isolated, Python does not look beside the script.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from traits_calls import Calls
from traits_paths import Paths
from traits_settings import named_setting, setting

HANDLER_DECORATORS = {"route", "get", "post", "put", "patch", "delete", "api_route"}
CONTAINERS = {"dict", "list", "set", "collections.defaultdict", "collections.Counter", "collections.deque"}
CONTAINERS |= {"collections.OrderedDict"}
MUTATORS = {"append", "add", "update", "insert", "extend", "setdefault", "pop", "remove", "discard", "clear"}
MUTATORS |= {"appendleft", "popleft", "popitem"}


def main():
    warnings.simplefilter("ignore")
    folder = sys.argv[1]
    names = [line.rstrip("\n") for line in sys.stdin]
    print(json.dumps([one for one in (read_file(folder, name) for name in names) if one is not None]))


def read_file(folder, name):
    try:
        with tokenize.open(os.path.join(folder, name)) as file:
            source = file.read()
        tree = ast.parse(source, name)
    except (SyntaxError, UnicodeDecodeError, ValueError, OSError, RecursionError):
        return None
    traits = Traits(name, source.splitlines())
    traits.read(tree)
    return {"file": name, "traits": traits.found, "imports": traits.modules, "dynamic": traits.dynamic}


class Traits(Paths):
    def __init__(self, name, lines):
        super().__init__()
        self.lines = lines
        self.package = name.split("/")[:-1]
        self.found = []
        self.modules = []
        self.dynamic = False
        self.containers = set()
        self.counters = set()

    def read(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._names_of(node)
        for node in top_level(tree.body):
            self._top_level(node)
        Walker(self).visit_body(tree.body)

    def add(self, kind, node, what, **more):
        line = node.lineno
        text = self.lines[line - 1].strip()[:200] if line <= len(self.lines) else ""
        self.found.append(dict(more, kind=kind, line=line, text=text, what=what))

    def _names_of(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                self.names[alias.asname or first] = alias.name if alias.asname else first
                self.modules.append(alias.name)
            return
        module = self._absolute(node)
        self.modules.append(module)
        for alias in node.names:
            if alias.name != "*":
                self.names[alias.asname or alias.name] = module + "." + alias.name if module else alias.name
                self.modules.append(module + "." + alias.name if module else alias.name)

    def _absolute(self, node):
        if not node.level:
            return node.module or ""
        parts = self.package[: len(self.package) - node.level + 1]
        return ".".join(parts + ([node.module] if node.module else []))

    def _top_level(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [self._absolute(node)]
            )
            for name in names:
                self.add("import", node, name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None) if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if value is None:
            return
        for target in targets:
            if isinstance(target, ast.Name):
                self.values[target.id] = value
                if is_container(value, self):
                    self.containers.add(target.id)
                if isinstance(value, ast.Constant) and type(value.value) in (int, float):
                    self.counters.add(target.id)


class Walker:
    """Goes through a module with the functions around each statement in mind."""

    def __init__(self, traits):
        self.traits = traits
        #: Of the functions around: their nodes, and the values of their local names.
        self.functions = []
        self.locals = []

    def visit_body(self, body):
        for node in body:
            self.visit(node)

    def visit(self, node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            self._function(node)
            return
        if isinstance(node, ast.If) and is_main_check(node.test):
            self.visit_body(node.orelse)
            return
        self._statement(node)
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _function(self, node):
        if not isinstance(node, ast.Lambda):
            for decorator in node.decorator_list:
                self.visit(decorator)
            self._parameters(node)
        local = {}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign):
                for target in inner.targets:
                    if isinstance(target, ast.Name):
                        local[target.id] = inner.value
            elif isinstance(inner, ast.arg):
                local[inner.arg] = None
            elif isinstance(inner, (ast.For, ast.AsyncFor)) and isinstance(inner.target, ast.Name):
                local.setdefault(inner.target.id, inner.iter)
        self.functions.append(node)
        self.locals.append({**(self.locals[-1] if self.locals else {}), **local})
        body = node.body if isinstance(node.body, list) else [node.body]
        self.visit_body(body)
        self.functions.pop()
        self.locals.pop()

    @property
    def local(self):
        return self.locals[-1] if self.locals else None

    def _parameters(self, node):
        arguments = node.args
        for argument in arguments.args + arguments.kwonlyargs + getattr(arguments, "posonlyargs", []):
            if argument.annotation is None:
                continue
            names = {self.traits.qualify(one) for one in ast.walk(argument.annotation)}
            if names & {"fastapi.UploadFile", "starlette.datastructures.UploadFile"}:
                self.traits.add("upload", argument, "UploadFile")

    def _statement(self, node):
        traits = self.traits
        if isinstance(node, ast.Call):
            Calls(self).call(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._unawaited(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if not (self.functions and isinstance(target, ast.Name)):
                    setting(traits, target, node.value, node)
        elif isinstance(node, ast.Attribute):
            name = traits.qualify(node) or ""
            if name in ("flask.request.files", "quart.request.files", "request.FILES"):
                traits.add("upload", node, name)
            if name == "django.contrib.admin.site.urls":
                traits.add("uses-database", node, name)
        elif isinstance(node, ast.ClassDef):
            bases = [traits.qualify(base) or "" for base in node.bases]
            if "django.db.models.Model" in bases:
                traits.add("uses-database", node, node.name)
            for inner in node.body:
                if isinstance(inner, ast.Assign):
                    for target in inner.targets:
                        if isinstance(target, ast.Name):
                            named_setting(traits, target.id, inner.value, inner)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        if self._in_handler():
            self._state(node)

    def _unawaited(self, call):
        name = self.traits.qualify(call.func) or ""
        if self.functions and name in ("asyncio.create_task", "asyncio.ensure_future"):
            self.traits.add("background", call, name)

    def _in_handler(self):
        return any(is_handler(one) for one in self.functions if not isinstance(one, ast.Lambda))

    def _state(self, node):
        """What a request leaves in the memory of the process."""
        traits = self.traits
        name = None
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)):
            targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
            for target in targets:
                if isinstance(target, ast.Subscript):
                    name = self._container(target.value)
                elif isinstance(target, ast.Name) and self._is_global(target.id):
                    name = target.id
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS
        ):
            name = self._container(node.func.value)
        if name is not None:
            traits.add("cache" if "cache" in name.lower() else "state", node, name)

    def _container(self, node):
        while isinstance(node, ast.Subscript):
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.traits.containers:
            return None
        return None if node.id in (self.local or {}) else node.id

    def _is_global(self, name):
        return name in self.traits.counters | self.traits.containers and any(
            isinstance(inner, ast.Global) and name in inner.names
            for function in self.functions
            for inner in ast.walk(function)
        )


def top_level(body):
    """Statements that run when the module is loaded; not those below `__main__` or `TYPE_CHECKING`."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            if not is_main_check(node.test) and "TYPE_CHECKING" not in ast.dump(node.test):
                yield from top_level(node.body)
            yield from top_level(node.orelse)
        elif isinstance(node, ast.Try):
            yield from top_level(node.body)
            for handler in node.handlers:
                yield from top_level(handler.body)
            yield from top_level(node.orelse + node.finalbody)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            yield from top_level(node.body)


def is_handler(function):
    """A view: decorated with a route, or a Django view, whose first parameter is the request."""
    for decorator in getattr(function, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in HANDLER_DECORATORS:
            return True
    names = [one.arg for one in function.args.args]
    return bool(names) and (names[0] == "request" or names[:2] == ["self", "request"])


def is_container(value, traits):
    if isinstance(value, (ast.Dict, ast.List, ast.Set)):
        return True
    return isinstance(value, ast.Call) and (traits.qualify(value.func) or "") in CONTAINERS


def is_main_check(test):
    return isinstance(test, ast.Compare) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in [test.left] + test.comparators
    )


main()
