import os

import atelier
import redis
from rq import Connection, Queue, Worker


QUEUES = ["short", "default", "long"]


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


def get_queue_list(names=None):
    """As older frameworks have it: a text is the name of one queue."""
    names = [names] if isinstance(names, str) else names or QUEUES
    for name in names:
        if name not in QUEUES:
            raise ValueError(f"the queue '{name}' is none of {', '.join(QUEUES)}")
    return names


def start_worker(queues):
    atelier.init("")
    with Connection(connection()):
        Worker([get_queue(name) for name in get_queue_list(queues)], name=f"{os.uname().nodename}-{os.getpid()}").work()
