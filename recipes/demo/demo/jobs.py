"""What the workers do, and how the web asks them to."""

import re
import secrets
import time
from collections import Counter
from contextlib import closing

import redis
from rq import Queue, Retry, Worker

from . import bench, store

QUEUES = ("short", "default", "long")


class SiteWorker(Worker):
    """RQ's worker without its remote commands: their listener keeps a worker whose Redis
    was restarted from ever stopping."""

    def subscribe(self):
        pass

    def unsubscribe(self):
        pass


def work(queues):
    connection = bench.worker_connection()
    SiteWorker([Queue(name, connection=connection) for name in queues], connection=connection).work()


def ask_words(site, db, queue, seconds):
    """Asks for count_words; raises redis.RedisError, and leaves no trace, when the queue is away."""
    job = secrets.token_hex(16)
    store.add_job(db, job, queue)
    try:
        Queue(queue, connection=bench.queue()).enqueue(
            count_words, site.name, job, seconds, job_timeout=store.JOB_SECONDS, retry=Retry(max=2))
    except redis.RedisError:
        store.remove_job(db, job)
        raise
    return job


def count_words(site_name, job, seconds):
    """Counts the words of the site's notes; takes longer when told to, to see a busy worker."""
    site = bench.Site(site_name)
    with closing(site.connect()) as db:
        store.start_job(db, job)
        bench.publish(site, "job", {"id": job, "state": "running"})
    result = words_of(site)
    time.sleep(seconds)
    with closing(site.connect()) as db:
        store.end_job(db, job, result)
    bench.publish(site, "job", {"id": job, "state": "done", "result": result})


def words_of(site):
    with closing(site.connect()) as db:
        texts = [note["text"] for note in store.notes(db)]
    words = Counter(re.findall(r"\w+", " ".join(texts).lower()))
    return {"notes": len(texts), "words": words.total(), "often": [word for word, _ in words.most_common(3)]}


def ask_tick(site, seconds):
    """A tick that no worker takes before the next one is due is dropped."""
    Queue("short", connection=bench.queue()).enqueue(tick, site.name, ttl=seconds, result_ttl=60)


def tick(site_name):
    site = bench.Site(site_name)
    with closing(site.connect()) as db:
        ticks = store.count(db, "tick")
        store.forget_old(db)
    bench.publish(site, "tick", {"count": ticks["value"]})


def schedule(seconds):
    """One tick a site every so many seconds, for ever."""
    while True:
        for site in bench.sites():
            if site.config.get("pause_scheduler") or site.config.get("maintenance_mode"):
                continue
            try:
                ask_tick(site, seconds)
            except redis.RedisError as error:
                print(f"{site.name}: no tick, the queue does not answer: {error}", flush=True)
        time.sleep(seconds)


def waiting():
    """How many jobs wait in each queue, and how many workers there are for them."""
    connection = bench.queue()
    return {"queues": {name: Queue(name, connection=connection).count for name in QUEUES},
            "workers": Worker.count(connection=connection)}
