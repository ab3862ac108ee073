#!/usr/bin/python3
"""What `benchctl verify` asks of a site, by the framework's own code: the framework is the module that is named first.

    check.py FRAMEWORK SITE

A line each, NAME, "ok" or "failed", and a text, with tabs between. What a framework has no interface for is not asked.
"""
import contextlib
import datetime
import importlib
import json
import os
import re
import shutil
import sys
import time

WAIT_SECONDS = 40
LATE = datetime.timedelta(hours=1)
JOBS = "Scheduled Job Type"
PUBLISHED = 48080


def module(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            return None
        raise


def some_assets():
    """A stylesheet, a web font and a picture that pages of the image's apps have, as paths below the sites folder; "" for none."""
    style = font = image = ""
    with contextlib.suppress(OSError, ValueError), open("assets/assets.json") as file:
        paths = [path.lstrip("/") for name, path in sorted(json.load(file).items()) if name.endswith(".css")]
        style = next((path for path in paths if "print" in path), paths[0] if paths else "")
    for app in sorted(os.listdir("assets")):
        for folder, folders, files in os.walk(f"assets/{app}/"):
            folders[:] = sorted(set(folders) - {"node_modules"})
            paths = [path for name in sorted(files) if re.fullmatch(r"[\w./-]+", path := os.path.join(folder, name), re.A)]
            font = font or next((path for path in paths if path.endswith((".woff", ".ttf"))), "")
            image = image or next((path for path in paths if path.endswith(".png") and 20 < width_of(path) < 600), "")
    return style, font, image


def width_of(picture):
    """In dots; what a browser shows for a picture that it cannot load has 16."""
    with open(picture, "rb") as file:
        head = file.read(24)
    return int.from_bytes(head[16:20], "big") if head[12:16] == b"IHDR" else 0


def some(names, most=5):
    return ", ".join(sorted(names)[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


class Failed(Exception):
    pass


class Check:
    def __init__(self, framework, site):
        self.first, self.site = framework, site
        self.is_loadable = True  # every other question loads all apps
        self.fw = importlib.import_module(framework)

    def open(self):
        self.fw.init(site=self.site)
        self.fw.connect()

    def apps(self):
        """The site's apps are the image's, and all that the recipe gives it are there."""
        with open("apps.txt") as file:
            here = set(file.read().split())
        with open("/usr/lib/mkbench/bench.json") as file:
            rows = [row for row in json.load(file)["sites"] if row["name"] == self.site]
        wanted = {app for row in rows for app in row["apps"]}
        has = set(self.fw.get_installed_apps())
        if has - here:
            self.is_loadable = False
            raise Failed(f"it has apps that the image has not: {some(has - here)}")
        if wanted - has:
            raise Failed(f"the recipe gives it apps that it has not: {some(wanted - has)}")
        return f"{len(has)} of the image's {len(here)}"

    def lacking(self):
        """Columns that tables have not though their document types have such fields; None: the framework knows no such types."""
        get_meta = getattr(self.fw, "get_meta", None)
        if get_meta is None:
            return None
        tables = {}
        for table, column in self.fw.db.sql("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"):
            tables.setdefault(table, set()).add(column.lower())
        lacking = []
        for name in self.fw.get_all("DocType", filters={"issingle": 0}, fields=["name"], pluck="name", limit_page_length=0):
            meta, has = get_meta(name), tables.get(f"tab{name}")
            if has is None or getattr(meta, "is_virtual", None):
                continue  # of an app that is gone, or not in this database
            unreal = {field.fieldname for field in getattr(meta, "fields", None) or [] if getattr(field, "is_virtual", None)}
            lacking += [f"{name}.{column}" for column in meta.get_valid_columns() if column.lower() not in has and column not in unreal]
        return lacking

    def schema(self):
        """The code's patches have all been run on the data, and tables have what document types ask for."""
        patches = module(f"{self.first}.modules.patch_handler")
        if not hasattr(patches, "get_all_patches") or not hasattr(patches, "executed"):
            return None
        all_patches = [patch for patch in patches.get_all_patches() if patch]
        done = set(self.fw.get_all("Patch Log", fields=["patch"], pluck="patch", limit_page_length=0))
        # One that runs last is kept without the word that says so.
        pending = [patch for patch in all_patches if patch not in done and patch.replace("finally:", "") not in done]
        if pending:
            raise Failed(f"{len(pending)} patches have not been run: {some(pending)}: bench --site {self.site} migrate")
        lacking = self.lacking()
        if lacking:
            raise Failed(f"columns that document types have are missing: {some(lacking)}: restore a backup that has them, or bench --site {self.site} migrate")
        return f"all {len(all_patches)} patches have been run" + (", and no table lacks a column" if lacking is not None else "")

    def jobs(self):
        names = self.fw.get_all(JOBS, filters={"stopped": 0}, fields=["name"], pluck="name", limit_page_length=0)
        return [self.fw.get_doc(JOBS, name) for name in names]

    def schedule(self):
        """What is due becomes a job, and a worker runs it: a turn of the framework's own scheduler, now."""
        scheduler = module(f"{self.first}.utils.scheduler")
        turn = getattr(scheduler, "enqueue_events_for_site", None)
        if turn is None:
            return None
        if getattr(scheduler, "is_scheduler_inactive", lambda **_: False)():
            return "the scheduler is off"
        now = importlib.import_module(f"{self.first}.utils").now_datetime()
        before = {job.name: job.last_execution for job in self.jobs()}
        ahead = [job.name for job in self.jobs() if job.last_execution and self.time_of(job.last_execution) > now + LATE / 60]
        if ahead:
            raise Failed(f"jobs have run in the future, by the clock of the site's time zone: {some(ahead)}")
        due = {job.name for job in self.jobs() if job.is_event_due()}
        self.fw.destroy()
        turn(site=self.site)
        until = time.monotonic() + WAIT_SECONDS
        ran = set()
        while due and not ran and time.monotonic() < until:
            self.fw.destroy()
            time.sleep(0.5)
            self.open()
            ran = {job.name for job in self.jobs() if job.last_execution != before.get(job.name)}
        if due and not ran:
            raise Failed(f"none of {len(due)} jobs that are due has run in {WAIT_SECONDS} seconds: {some(due)}")
        return f"{len(ran)} of {len(due)} jobs that were due have begun" if due else f"none of {len(before)} jobs is due"

    def time_of(self, value):
        return value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(str(value))

    def mail(self):
        """What waits to be sent moves, where there is an account that sends."""
        table = getattr(self.fw.db, "table_exists", lambda _: False)
        if not table("Email Queue") or not table("Email Account"):
            return None
        waiting = self.fw.get_all("Email Queue", filters={"status": "Not Sent"}, fields=["creation", "send_after"], limit_page_length=0)
        sends = self.fw.get_all("Email Account", filters={"enable_outgoing": 1}, limit_page_length=1)
        now = importlib.import_module(f"{self.first}.utils").now_datetime()
        late = [row for row in waiting if self.time_of(row.send_after or row.creation) < now - LATE]
        if late and sends:
            raise Failed(f"{len(late)} of {len(waiting)} mails have waited for more than an hour")
        return f"{len(waiting)} wait" + ("" if sends else ", and no account sends")

    def pdf(self):
        """A page with assets becomes a file, where the image has a program for that."""
        made = module(f"{self.first}.utils.pdf")
        if not hasattr(made, "get_pdf"):
            return None
        if not (shutil.which("wkhtmltopdf") or shutil.which("chromium")):
            return "the image has no program that makes PDF files: 'pdf' of the recipe brings one"
        asked = self.asked()
        style, font, image = some_assets() if asked else ("", "", "")  # what a proxy outside answers is not for us to say
        head = f'<link rel="stylesheet" href="{asked}/{style}">' if style else ""
        if font:  # no two braces together: to mkbench they are a variable's
            head += "<style>@font-face { font-family: tried; src: url(%s/%s) } h1 { font-family: tried }</style>" % (asked, font)
        body = "<h1>A page</h1>" + (f'<img width="64" src="{asked}/{image}">' if image else "")
        page = made.get_pdf(f"<html><head>{head}</head><body>{body}</body></html>")
        if not page or not page.startswith(b"%PDF"):
            raise Failed("what comes out is no PDF file")
        if image and not re.search(rb"/Width %d\b" % width_of(image), page):
            raise Failed(f"the page has no picture: the program cannot load {asked}/{image}")
        names = [name for name, path in (("a style", style), ("a font", font), ("a picture", image)) if path]
        return f"a page of {len(page)} bytes" + (f", with {', '.join(names)} of {asked}" if names else "")

    def asked(self):
        """The site's address as a browser may have it, at a port that something outside publishes; "" where names lead to a proxy."""
        with open("/etc/hosts") as file:
            inside = f" {self.site} # a site of this bench\n" in file.read()
        return f"http://{self.site}:{PUBLISHED}" if inside else ""

    def run(self, name):
        try:
            self.open()
            says = getattr(self, name)()
            verdict = "ok"
        except Exception as error:
            words = str(error).strip().splitlines()
            says, verdict = (words[-1] if words else type(error).__name__), "failed"
        finally:
            self.fw.destroy()
        if says:
            print(name, verdict, says.replace("\t", " "), sep="\t", flush=True)


if __name__ == "__main__":
    check = Check(*sys.argv[1:])
    for name in ("apps", "schema", "schedule", "mail", "pdf"):
        if check.is_loadable:
            check.run(name)
