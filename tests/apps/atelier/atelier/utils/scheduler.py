"""Every few seconds: what is due in each site becomes a job."""
import datetime
import time

import atelier
from atelier.utils import now_datetime

TICK_SECONDS = 5


def enable_scheduler():
    atelier.local.db.set("settings", "enable_scheduler", "1")


def note_tick():
    atelier.local.db.set("settings", "last_tick", str(int(time.time())))


class ScheduledJob:
    def __init__(self, name):
        self.name = name
        ran = atelier.local.db.get("settings", f"ran {name}")
        self.last_execution = datetime.datetime.fromisoformat(ran) if ran else None

    def is_event_due(self):
        return self.last_execution is None or now_datetime() - self.last_execution > datetime.timedelta(seconds=TICK_SECONDS)


def run_scheduled(name):
    atelier.local.db.set("settings", f"ran {name}", now_datetime().isoformat())
    atelier.get_attr(name)()


def is_scheduler_inactive():
    conf = atelier.local.conf
    return bool(conf.maintenance_mode or conf.pause_scheduler) or atelier.local.db.get("settings", "enable_scheduler") != "1"


def enqueue_events_for_site(site):
    atelier.init(site)
    atelier.connect()
    try:
        if not is_scheduler_inactive():
            for name in atelier.get_hooks("scheduler_events"):
                if ScheduledJob(name).is_event_due():
                    atelier.enqueue("atelier.utils.scheduler.run_scheduled", queue="short", name=name)
    finally:
        atelier.destroy()


def start_scheduler():
    while True:
        for site in atelier.get_sites():
            try:
                enqueue_events_for_site(site)
            except Exception as error:  # one site must not stop the others
                print(site, error, flush=True)
        time.sleep(TICK_SECONDS)
