"""The bench and its sites, as the configuration files under sites/ describe them."""

import json
import os
import re
from functools import lru_cache

import pymysql
import redis

SITES = os.path.abspath(os.environ.get("SITES_PATH", "."))
NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class UnknownSite(Exception):
    pass


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def common_config():
    return read_json(os.path.join(SITES, "common_site_config.json"))


class Site:
    """One tenant. Nothing here is shared with another site but the three Redis servers,
    where every key and every message carries the site's name."""

    def __init__(self, name):
        if not NAME.fullmatch(name):
            raise UnknownSite(name)
        self.name = name
        self.path = os.path.join(SITES, name)
        try:
            own = read_json(os.path.join(self.path, "site_config.json"))
        except (FileNotFoundError, NotADirectoryError):
            raise UnknownSite(name) from None
        self.config = {**common_config(), **own}
        if "db_name" not in own:
            raise UnknownSite(name)

    def connect(self):
        """A new connection: one a request or job, so a restarted server is no event."""
        c = self.config
        where = {"unix_socket": c["db_socket"]} if c.get("db_socket") else {
            "host": c.get("db_host", "127.0.0.1"), "port": int(c.get("db_port", 3306))}
        return pymysql.connect(
            **where, user=c.get("db_user", c["db_name"]), password=c["db_password"],
            database=c["db_name"], charset="utf8mb4", autocommit=True,
            connect_timeout=3, read_timeout=20, write_timeout=20,
            cursorclass=pymysql.cursors.DictCursor)

    def file(self, *names):
        return os.path.join(self.path, *names)


def sites():
    """Every site that can be served, by name."""
    for name in sorted(os.listdir(SITES)):
        try:
            yield Site(name)
        except UnknownSite:
            continue


@lru_cache(maxsize=None)
def _redis(role, **options):
    config = common_config()
    path = config.get(f"redis_{role}_socket")
    if path:
        options.pop("socket_connect_timeout", None)  # a path is there or it is not
    return redis.Redis.from_url(f"unix://{path}" if path else config[f"redis_{role}"], **options)


def cache():
    return _redis("cache", socket_timeout=2, socket_connect_timeout=2)


def queue():
    return _redis("queue", socket_timeout=5, socket_connect_timeout=2)


def worker_connection():
    """Waits for jobs without a time limit of its own, unlike queue()."""
    return _redis("queue", socket_connect_timeout=5)


def publish(site, event, data, private=False):
    """Sends a live event to the browsers that look at this site; socketio.js passes it on.
    private: only to those that are logged in. Nobody waits for it, so a failure is not one."""
    message = json.dumps({"site": site.name, "private": private, "event": event, "data": data})
    try:
        _redis("socketio", socket_timeout=2, socket_connect_timeout=2).publish("events", message)
    except redis.RedisError:
        pass
