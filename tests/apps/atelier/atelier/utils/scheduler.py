"""Every few seconds: what is due in each site becomes a job."""
import time

import atelier

TICK_SECONDS = 5


def enable_scheduler():
    atelier.local.db.set("settings", "enable_scheduler", "1")


def note_tick():
    atelier.local.db.set("settings", "last_tick", str(int(time.time())))


def tick(site):
    atelier.init(site)
    if atelier.local.conf.maintenance_mode or atelier.local.conf.pause_scheduler:
        return
    atelier.connect()
    try:
        if atelier.local.db.get("settings", "enable_scheduler") == "1":
            for method in atelier.get_hooks("scheduler_events"):
                atelier.enqueue(method, queue="short")
    finally:
        atelier.destroy()


def start_scheduler():
    while True:
        for site in atelier.get_sites():
            try:
                tick(site)
            except Exception as error:  # one site must not stop the others
                print(site, error, flush=True)
        time.sleep(TICK_SECONDS)
