import functools
import gzip
import json
import os
import subprocess
import time

import atelier
import click
from atelier import installer
from atelier.database import database_words

commands = []


def command(name, *options):
    def make(function):
        for option in reversed(options):
            function = option(function)
        commands.append(click.command(name)(function))
        return function
    return make


def for_sites(function):
    @functools.wraps(function)
    @click.pass_context
    def run(context, **values):
        for site in context.obj:
            atelier.init(site)
            atelier.connect()
            try:
                function(**values)
                atelier.local.db.commit()
            finally:
                atelier.destroy()
    return run


@command("worker", click.option("--queue", default="default"))
def worker(queue):
    from atelier.utils.background_jobs import start_worker
    start_worker(queue)


@command("schedule")
def schedule():
    from atelier.utils.scheduler import start_scheduler
    start_scheduler()


@command("serve", click.option("--port", type=int, default=8000))
def serve(port):
    from werkzeug.serving import run_simple

    from atelier.app import application
    run_simple("0.0.0.0", port, application, use_reloader=True)


@command("list-apps")
@for_sites
def list_apps():
    print("\n".join(atelier.get_installed_apps()))


@command("install-app", click.argument("app"))
@for_sites
def install_app(app):
    installer.install_app(app)


@command("migrate")
@for_sites
def migrate():
    from atelier.migrate import migrate as run
    run()


@command("ready-for-migration")
@for_sites
def ready():
    raise SystemExit(1 if installer.pending_patches() else 0)


@command("execute", click.argument("method"), click.option("--kwargs", default="{}"))
@for_sites
def execute(method, kwargs):
    print(json.dumps(atelier.get_attr(method)(**json.loads(kwargs))))


@command("clear-cache")
@for_sites
def clear_cache():
    atelier.clear_cache()


@command("scheduler", click.argument("word", type=click.Choice(["status", "enable", "disable"])))
@for_sites
def scheduler(word):
    if word == "status":
        print("Scheduler is", "enabled" if atelier.local.db.get("settings", "enable_scheduler") == "1" else "disabled")
    else:
        atelier.local.db.set("settings", "enable_scheduler", "1" if word == "enable" else "0")


@command("doctor")
@for_sites
def doctor():
    from atelier.utils.background_jobs import connection
    from rq import Worker
    print("Workers online:", len(Worker.all(connection())))


@command("set-config", click.option("-g", "--global", "everywhere", is_flag=True), click.argument("key"), click.argument("value"))
@for_sites
def set_config(everywhere, key, value):
    path = "common_site_config.json" if everywhere else f"{atelier.local.site}/site_config.json"
    # An update by several at once is kept out by a lock of the whole bench.
    lock = f"../config/{key}.lock"
    with open(lock, "x"):
        values = atelier.read_json(path) | {key: int(value) if value.isdigit() else value}
        with open(f"{path}.new", "w") as out:
            json.dump(values, out, indent=1)
        os.chmod(f"{path}.new", 0o600 if not everywhere else 0o644)
        os.rename(f"{path}.new", path)
    os.remove(lock)


@command("set-maintenance-mode", click.argument("word", type=click.Choice(["on", "off"])))
@click.pass_context
def set_maintenance_mode(context, word):
    for site in context.obj:
        values = atelier.read_json(f"{site}/site_config.json") | {"maintenance_mode": int(word == "on")}
        with open(f"{site}/site_config.json", "w") as out:
            json.dump(values, out, indent=1)


@command("add-user", click.argument("user"), click.option("--password", prompt=True))
@for_sites
def add_user(user, password):
    installer.set_password(user, password)


@command("backup", click.option("--with-files", is_flag=True))
@for_sites
def backup(with_files):
    words, environment = database_words("mariadb-dump")
    path = f"{atelier.local.site}/private/backups/{time.strftime('%Y%m%d_%H%M%S')}-{atelier.local.site.replace('.', '_')}-database.sql.gz"
    dump = subprocess.run([*words[:-1], "--single-transaction", words[-1]], env=environment, stdout=subprocess.PIPE, check=True).stdout
    with gzip.open(path, "wb") as out:
        out.write(dump)
    print(path)


@command("restore", click.argument("path"))
@for_sites
def restore(path):
    from atelier import database

    database.setup_database(True, path, False)


@command("run-tests", click.option("--app", default="atelier"))
@for_sites
def run_tests(app):
    import unittest

    import faker  # a development dependency
    print("tests with", faker.VERSION)
    result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromName(f"{app}.tests"))
    raise SystemExit(not result.wasSuccessful())
