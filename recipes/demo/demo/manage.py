"""python3 -m demo.manage COMMAND: what a person or a supervisor asks of the demo. Runs in sites/."""

import argparse
import json
import os
import sys
from contextlib import closing

from . import bench, jobs, patches, store, version

FOLDERS = ("public/files", "private/files", "private/backups", "locks", "logs")


def create_site(args):
    """Finishes whatever an earlier, interrupted run left; changes nothing the second time."""
    write_config(args)
    site = bench.Site(args.site)
    for folder in FOLDERS:
        os.makedirs(site.file(folder), exist_ok=True)
    with closing(site.connect()) as db:
        store.create_tables(db, patches.known())
        password = os.environ.get("MKBENCH_ADMIN_PASSWORD")
        if password and not store.has_user(db, "Administrator"):
            store.set_password(db, "Administrator", password)


def write_config(args):
    """Leaves a site_config.json that somebody prepared as it is."""
    path = os.path.join(bench.SITES, args.site, "site_config.json")
    if os.path.exists(path):
        return
    password = os.environ.get("MKBENCH_DB_PASSWORD")
    if not args.db_name or not password:
        sys.exit(f"{path} is missing: write it, or give --db-name and MKBENCH_DB_PASSWORD")
    config = {"db_name": args.db_name, "db_user": args.db_user or args.db_name, "db_password": password}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)


def set_admin_password(args):
    password = os.environ.get("MKBENCH_ADMIN_PASSWORD") or sys.stdin.readline().rstrip("\n")
    if not password:
        sys.exit("no password: set MKBENCH_ADMIN_PASSWORD or write it to standard input")
    with closing(bench.Site(args.site).connect()) as db:
        store.set_password(db, "Administrator", password)


def seal(args):
    """Before a site is copied into an image: without its administrator's password and anybody's session."""
    with closing(bench.Site(args.site).connect()) as db:
        store.remove_secrets(db)


def renew(_):
    """Copies of such a site get passwords of their own: MKBENCH_SITES, a list of {"site", "admin_password"}."""
    for row in json.loads(os.environ["MKBENCH_SITES"]):
        with closing(bench.Site(row["site"]).connect()) as db:
            store.set_password(db, "Administrator", row["admin_password"])
            store.date_patches(db)


def migrate(args):
    """Each patch is noted once it is through; what is noted is not done again."""
    site = bench.Site(args.site)
    with closing(site.connect()) as db:
        had = store.applied(db)
        for table in store.TABLES:
            store.create_table(db, table)
        for name in patches.known():
            if name in had:
                continue
            print("patch", name, flush=True)
            patches.apply(name, db, site)
            store.note_patch(db, name)


def probe(args):
    """What the pages and the workers need of a site, asked as they ask it; changes nothing that stays."""
    site = bench.Site(args.site)
    with closing(site.connect()) as db:
        missing = set(patches.known()) - store.applied(db)
        if missing:
            sys.exit("these patches are missing: " + ", ".join(sorted(missing)))
        if not store.has_user(db, "Administrator"):
            sys.exit("the site has no Administrator")
        print("notes:", len(store.notes(db)), "jobs:", len(store.jobs(db)))
    print("words:", jobs.words_of(site)["words"])
    bench.queue().ping()


def list_sites(_):
    for site in bench.sites():
        print(site.name)


def worker(args):
    queues = args.queue.split(",")
    unknown = set(queues) - set(jobs.QUEUES)
    if unknown:
        sys.exit("unknown queue: " + ", ".join(sorted(unknown)))
    jobs.work(queues)


def schedule(args):
    jobs.schedule(args.every)


def serve(args):
    from werkzeug.serving import run_simple

    from .wsgi import application
    run_simple("127.0.0.1", args.port, application, use_reloader=True, threaded=True)


def main():
    parser = argparse.ArgumentParser(prog="demo.manage", description=__doc__)
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run, help, *names):
        new = commands.add_parser(run.__name__.replace("_", "-"), help=help)
        new.set_defaults(run=run)
        for name in names:
            new.add_argument(name)
        return new

    create = command(create_site, "tables, folders and administrator of a site", "site")
    create.add_argument("--db-name")
    create.add_argument("--db-user")
    command(set_admin_password, "from MKBENCH_ADMIN_PASSWORD or standard input; ends every session", "site")
    command(seal, "take its secrets out of a site that is to be copied", "site")
    command(renew, "give copies of such a site secrets of their own, from MKBENCH_SITES")
    command(migrate, "bring a site's tables up to date", "site")
    command(probe, "see whether a site works, without the web server", "site")
    command(list_sites, "names of the sites")
    command(worker, "take jobs").add_argument("--queue", default=",".join(jobs.QUEUES))
    command(schedule, "ask for a tick of every site, for ever").add_argument("--every", type=int, default=15)
    command(serve, "the web server of development mode, which reloads changed code").add_argument(
        "--port", type=int, default=8000)
    args = parser.parse_args()
    try:
        args.run(args)
    except bench.UnknownSite as name:
        sys.exit(f"there is no site {name} under {bench.SITES}")


if __name__ == "__main__":
    main()
