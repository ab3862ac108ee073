"""A framework that is small enough to read and has what a bench asks of one."""
import importlib
import json
import os
import threading

import pymysql
import redis

__version__ = "2.1.0"

local = threading.local()


class _dict(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__


class Database:
    def __init__(self, conf):
        self.connection = pymysql.connect(host=conf.db_host or "127.0.0.1", port=int(conf.db_port or 3306), charset="utf8mb4",
                                          user=conf.db_user or conf.db_name, password=conf.db_password, database=conf.db_name)

    def sql(self, query, values=()):
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def get(self, table, key):
        rows = self.sql(f"SELECT value FROM `{table}` WHERE name = %s", (key,))
        return rows[0][0] if rows else None

    def set(self, table, key, value):
        self.sql(f"REPLACE INTO `{table}` (name, value) VALUES (%s, %s)", (key, value))

    def exists(self, table, key):
        return table != "Language" or key in ("en", "fr")

    def set_value(self, table, _name, key, value):
        self.set("settings", key, str(value))

    def set_default(self, key, value):
        self.set("settings", key, str(value))

    def get_single_value(self, _table, key):
        return self.get("settings", key)

    def table_exists(self, table):
        return bool(self.sql("SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s", (table,)))

    def commit(self):
        self.connection.commit()

    def close(self):
        self.connection.close()


def __getattr__(name):
    if name in ("db", "conf", "site"):
        return getattr(local, name, None)
    raise AttributeError(name)


def read_json(path):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def init(site=""):
    local.site = site
    local.conf = _dict(read_json("common_site_config.json"), **(read_json(f"{site}/site_config.json") if site else {}))
    local.db = None


def connect(*_args, **_kw):
    local.db = Database(local.conf)


def destroy():
    if getattr(local, "db", None):
        local.db.close()
        local.db = None


def cache():
    return redis.Redis.from_url(local.conf.redis_cache)


def clear_cache():
    for key in cache().scan_iter(f"{local.site}|*"):
        cache().delete(key)


def set_user(user):
    local.user = user


def get_all_apps(*_args, **_kw):
    with open("apps.txt") as file:
        return file.read().split()


def get_installed_apps():
    return json.loads(local.db.get("settings", "installed_apps") or "[]")


def get_hooks(name, app=None):
    hooks = []
    for one in [app] if app else get_installed_apps():
        found = getattr(importlib.import_module(f"{one}.hooks"), name, None)
        hooks += found if isinstance(found, list) else [found] if found else []
    return hooks


def get_all(doctype, filters=None, fields=None, pluck=None, limit_page_length=0):
    """Of the lists that there are."""
    if doctype in ("Email Queue", "Email Account"):
        return [_dict(json.loads(value), name=name) for name, value in local.db.sql(f"SELECT name, value FROM `{doctype}`")]
    if doctype == "DocType":
        return ["Gone", "Task"]
    if doctype == "Patch Log":
        names = [row[0] for row in local.db.sql("SELECT name FROM patch_log")]
        return names if pluck else [_dict(patch=name) for name in names]
    names = get_hooks("scheduler_events")
    return names if pluck else [_dict(name=name) for name in names]


def get_doc(_doctype, name):
    from atelier.utils.scheduler import ScheduledJob

    return ScheduledJob(name)


class Meta:
    """What a type of documents is made of: "Gone" is of an app that is no longer there."""
    fields = [_dict(fieldname="title"), _dict(fieldname="age", is_virtual=1)]

    def get_valid_columns(self):
        return ["name", *(field.fieldname for field in self.fields)]


def get_meta(_doctype):
    return Meta()


def get_attr(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def get_sites():
    return sorted(name for name in os.listdir(".") if os.path.exists(f"{name}/site_config.json"))


def enqueue(method, queue="default", **values):
    from atelier.utils.background_jobs import get_queue

    return get_queue(queue).enqueue("atelier.utils.background_jobs.run", local.site, method, values)


def get_setting(name):
    return local.db.get("settings", name)


def set_setting(name, value):
    local.db.set("settings", name, value)


def ping():
    return "pong"


def publish_realtime(event, message):
    redis.Redis.from_url(local.conf.redis_queue).publish("events", json.dumps({"site": local.site, "event": event, "message": message}))
