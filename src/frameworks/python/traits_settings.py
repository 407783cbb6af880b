"""What assignments say that are settings of a framework."""

import ast

from traits_paths import READ_ONLY


def setting(traits, target, value, node):
    if isinstance(target, ast.Name):
        named_setting(traits, target.id, value, node)
    elif isinstance(target, ast.Subscript):
        # app.config["SESSION_TYPE"] = …
        key = subscript_key(target)
        if isinstance(target.value, ast.Attribute) and target.value.attr == "config" and isinstance(key, str):
            named_setting(traits, key, value, node)


def named_setting(traits, name, value, node):
    text = value.value if isinstance(value, ast.Constant) else None
    if name == "SESSION_TYPE" and text in ("filesystem", "cachelib", "null"):
        traits.add("session", node, f"sessions of the kind {text}")
    elif name == "CACHE_TYPE":
        cache_type(traits, node, text)
    elif name == "SESSION_ENGINE" and text == "django.contrib.sessions.backends.file":
        traits.add("session", node, "sessions in files")
    elif name == "MAX_CONTENT_LENGTH":
        limit = number_of(value)
        if limit is not None:
            traits.add("upload-limit", node, name, value=limit)
    elif name in ("SQLALCHEMY_DATABASE_URI", "DATABASE_URL", "DATABASE_URI") and isinstance(text, str):
        sqlite_url(traits, node, text)
    elif name == "DATABASES" and isinstance(value, ast.Dict):
        django_databases(traits, value)
    elif name == "CACHES" and isinstance(value, ast.Dict):
        for inner in ast.walk(value):
            if (
                isinstance(inner, ast.Constant)
                and inner.value == "django.core.cache.backends.locmem.LocMemCache"
            ):
                traits.add("cache", inner, "LocMemCache")
    elif name == "MIDDLEWARE" and isinstance(value, (ast.List, ast.Tuple)):
        for inner in value.elts:
            if isinstance(inner, ast.Constant) and str(inner.value).startswith("whitenoise."):
                traits.add("static", inner, "WhiteNoise", path="**/static")


def django_databases(traits, value):
    for database in value.values:
        if not isinstance(database, ast.Dict):
            continue
        settings = {
            key.value: one
            for key, one in zip(database.keys, database.values)
            if isinstance(key, ast.Constant)
        }
        engine = settings.get("ENGINE")
        if not (isinstance(engine, ast.Constant) and engine.value == "django.db.backends.sqlite3"):
            continue
        place, path = traits.place_of(settings.get("NAME"))
        if place == READ_ONLY and path != ":memory:":
            traits.add("django-sqlite", engine, "django.db.backends.sqlite3", path=path)


def sqlite_url(traits, node, text):
    if not text.startswith("sqlite") or ":///" not in text:
        return
    path = text.split(":///", 1)[1]
    if path and ":memory:" not in path and not path.startswith("/tmp"):
        traits.add("sqlite", node, "sqlite:///", path=path)


def cache_type(traits, node, text):
    if isinstance(text, str) and text.rsplit(".", 1)[-1].lower() in (
        "simple",
        "simplecache",
        "filesystem",
        "filesystemcache",
    ):
        traits.add("cache", node, f"a cache of the kind {text}")


def keyword(call, name):
    return next((one.value for one in call.keywords if one.arg == name), None)


def subscript_key(node):
    key = node.slice
    key = getattr(key, "value", key) if type(key).__name__ == "Index" else key
    return key.value if isinstance(key, ast.Constant) else None


def number_of(node):
    """A number that is written as one, or as a product or sum of such."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = number_of(node.left), number_of(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Pow) and abs(right) < 64:
            return left**right
    return None
