import os

import atelier
import redis
from rq import Connection, Queue, Worker


def connection():
    return redis.Redis.from_url((getattr(atelier.local, "conf", None) or atelier._dict(atelier.read_json("common_site_config.json"))).redis_queue)


def get_queue(name):
    return Queue(f"atelier:{name}", connection=connection())


def run(site, method, values):
    atelier.init(site)
    atelier.connect()
    try:
        result = atelier.get_attr(method)(**values)
        atelier.local.db.commit()
        return result
    finally:
        atelier.destroy()


def start_worker(queues):
    atelier.init("")
    with Connection(connection()):
        Worker([get_queue(name) for name in queues.split(",")], name=f"{os.uname().nodename}-{os.getpid()}").work()
