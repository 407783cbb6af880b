"""What single calls of a module say."""

import ast

from traits_paths import READ_ONLY
from traits_settings import cache_type, keyword, number_of, sqlite_url

DYNAMIC = {"importlib.import_module", "__import__", "pkgutil.iter_modules", "werkzeug.utils.import_string"}
DYNAMIC |= {"werkzeug.utils.find_modules", "pkgutil.walk_packages"}


class Calls:
    """What single calls say."""

    def __init__(self, walker):
        self.walker = walker
        self.traits = walker.traits

    def call(self, node):
        name = self.traits.qualify(node.func) or ""
        last = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if name in DYNAMIC:
            self.traits.dynamic = True
        self._files(node, name, last)
        self._databases(node, name)
        self._background(node, name, last)
        self._memory(node, name)
        self._fronts(node, name, last)

    def _qualified(self, node):
        return (node is not None and self.traits.qualify(node)) or ""

    def _place(self, node):
        return self.traits.place_of(node, self.walker.local)

    def _write(self, node, target, what):
        place, text = self._place(target)
        if place == READ_ONLY:
            self.traits.add("write", node, what, path=text)

    def _files(self, node, name, last):
        first = node.args[0] if node.args else None
        mode = node.args[1] if len(node.args) > 1 else keyword(node, "mode")
        writes = (
            isinstance(mode, ast.Constant)
            and isinstance(mode.value, str)
            and bool(set("wax+") & set(mode.value))
        )
        if name in ("open", "io.open", "aiofiles.open") and writes:
            self._write(node, first, "open")
        elif name in ("os.makedirs", "os.mkdir"):
            self._write(node, first, name)
        elif name in ("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "shutil.copytree"):
            self._write(node, node.args[1] if len(node.args) > 1 else None, name)
        elif name.startswith("logging.") and name.endswith("FileHandler"):
            self._write(node, first, name)
        elif isinstance(node.func, ast.Attribute):
            if last in ("write_text", "write_bytes", "touch", "mkdir"):
                self._write(node, node.func.value, last)
            elif last == "save" and first is not None and self._is_upload(node.func.value):
                self._write(node, first, "save of an upload")

    def _is_upload(self, node, depth=0):
        """Whether it comes out of `request.files`."""
        if depth > 6:
            return False
        if isinstance(node, ast.Name):
            value = (self.walker.local or {}).get(node.id)
            return value is not None and self._is_upload(value, depth + 1)
        if isinstance(node, ast.Subscript):
            return self._is_upload(node.value, depth + 1)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._is_upload(node.func.value, depth + 1)
        return self.traits.qualify(node) in ("flask.request.files", "quart.request.files")

    def _databases(self, node, name):
        first = node.args[0] if node.args else None
        text = first.value if isinstance(first, ast.Constant) else None
        if name in ("sqlite3.connect", "aiosqlite.connect"):
            place, path = self._place(first)
            memory = isinstance(path, str) and (":memory:" in path or "mode=memory" in path)
            if place == READ_ONLY and not memory:
                self.traits.add("sqlite", node, name, path=path)
        elif name in ("sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine"):
            value = first
            if isinstance(first, ast.Name):
                value = (self.walker.local or {}).get(first.id) or self.traits.values.get(first.id)
                text = value.value if isinstance(value, ast.Constant) else None
            if isinstance(text, str) and text.startswith("sqlite"):
                sqlite_url(self.traits, node, text)
            elif not self._qualified(keyword(node, "poolclass")).endswith(("NullPool", "StaticPool")):
                size = number_of(keyword(node, "pool_size"))
                overflow = number_of(keyword(node, "max_overflow"))
                most = (5 if size is None else size) + (10 if overflow is None else overflow)
                self.traits.add("pool", node, "SQLAlchemy", value=most)
        else:
            self._pools(node, name)

    def _pools(self, node, name):
        pools = {
            "psycopg2.pool.SimpleConnectionPool": ("psycopg2", "maxconn", 1, None),
            "psycopg2.pool.ThreadedConnectionPool": ("psycopg2", "maxconn", 1, None),
            "psycopg_pool.ConnectionPool": ("psycopg", "max_size", None, 4),
            "psycopg_pool.AsyncConnectionPool": ("psycopg", "max_size", None, 4),
            "asyncpg.create_pool": ("asyncpg", "max_size", None, 10),
            "aiomysql.create_pool": ("aiomysql", "maxsize", None, 10),
            "pymongo.MongoClient": ("PyMongo", "maxPoolSize", None, 100),
            "mysql.connector.pooling.MySQLConnectionPool": ("MySQL Connector", "pool_size", None, 5),
        }
        if name not in pools:
            return
        title, option, position, default = pools[name]
        given = keyword(node, option)
        if given is None and position is not None and len(node.args) > position:
            given = node.args[position]
        value = number_of(given) if given is not None else default
        if value is not None:
            self.traits.add("pool", node, title, value=value)

    def _background(self, node, name, last):
        if name in ("threading.Thread", "threading.Timer", "multiprocessing.Process"):
            if not self._waits_for_it():
                self.traits.add("background", node, name)
        elif name == "_thread.start_new_thread" or (
            name.startswith("apscheduler.") and name.endswith("Scheduler")
        ):
            if not name.endswith("BlockingScheduler"):
                self.traits.add("background", node, name)
        elif last == "add_task" and self._is_background_tasks(node.func.value):
            self.traits.add("background", node, "BackgroundTasks.add_task")

    def _waits_for_it(self):
        """Whether the function around joins what it starts."""
        if not self.walker.functions:
            return False
        return any(
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == "join"
            and not isinstance(inner.func.value, ast.Constant)
            for inner in ast.walk(self.walker.functions[-1])
        )

    def _is_background_tasks(self, node):
        if not isinstance(node, ast.Name) or not self.walker.functions:
            return False
        arguments = getattr(self.walker.functions[-1], "args", None)
        return arguments is not None and any(
            argument.arg == node.id
            and (self.traits.qualify(argument.annotation) or "").endswith(".BackgroundTasks")
            for argument in arguments.args + arguments.kwonlyargs
        )

    def _memory(self, node, name):
        if name == "flask_limiter.Limiter":
            uri = keyword(node, "storage_uri")
            if uri is None or (isinstance(uri, ast.Constant) and str(uri.value).startswith("memory://")):
                self.traits.add("cache", node, "counts of flask-limiter")
        elif name == "flask_caching.Cache":
            config = keyword(node, "config")
            if isinstance(config, ast.Dict):
                for key, value in zip(config.keys, config.values):
                    if (
                        isinstance(key, ast.Constant)
                        and key.value == "CACHE_TYPE"
                        and isinstance(value, ast.Constant)
                    ):
                        cache_type(self.traits, node, value.value)

    def _fronts(self, node, name, last):
        traits = self.traits
        if name in ("flask_sock.Sock", "flask_socketio.SocketIO", "channels.routing.ProtocolTypeRouter"):
            traits.add("websocket", node, name)
        elif last in ("websocket", "websocket_route", "WebSocketRoute") and node.args:
            if isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("/"):
                traits.add("websocket", node, str(node.args[0].value))
        elif name == "flask.Flask":
            folder = keyword(node, "static_folder")
            if not (isinstance(folder, ast.Constant) and folder.value is None):
                place, text = self._place(folder) if folder is not None else (READ_ONLY, "static")
                if place == READ_ONLY:
                    traits.add("static", node, "Flask's own static folder", path=text)
        elif name.endswith(".StaticFiles") and name.startswith(("fastapi.", "starlette.")):
            place, text = self._place(keyword(node, "directory") or (node.args[0] if node.args else None))
            if place == READ_ONLY:
                traits.add("static", node, "StaticFiles", path=text)
