#!/usr/bin/python3
"""What a bench's framework does for a site, by its own code: the framework is the module that is named first.

    site.py FRAMEWORK create SITE DB_NAME DB_USER ZONE LANGUAGE    the framework's tables in a database that is there
    site.py FRAMEWORK install SITE APP
    site.py FRAMEWORK finish SITE
    site.py FRAMEWORK seal SITE          before it is copied into an image: no passwords, keys and sessions in its database
    site.py FRAMEWORK renew              copies of such sites get their own: MKBENCH_SITES, a list of {"site", "admin_password"}
    site.py FRAMEWORK probe SITE         its apps are those that the bench has, and it answers

Passwords are MKBENCH_DB_PASSWORD and MKBENCH_ADMIN_PASSWORD. Older and newer frameworks are told apart by what they have.
"""
import contextlib
import importlib
import inspect
import json
import os
import sys


def module(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            return None
        raise


def suited(function, values):
    known = inspect.signature(function).parameters
    if any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return values
    return {key: value for key, value in values.items() if key in known}


class Site:
    def __init__(self, framework, name):
        self.name, self.first = name, framework
        self.fw = importlib.import_module(framework)
        self.installer = module(f"{framework}.installer")

    @contextlib.contextmanager
    def connected(self):
        self.fw.init(site=self.name)
        self.fw.connect()
        try:
            yield
            self.fw.db.commit()
        finally:
            self.fw.destroy()

    def zone(self, zone):
        """Until a site has settings the framework takes a zone of its own for now, and writes schedules by it."""
        for name in ("utils.data", "utils"):
            data = module(f"{self.first}.{name}")
            for function in ("get_system_timezone", "_get_system_timezone", "get_time_zone", "_get_time_zone"):
                if hasattr(data, function):
                    setattr(data, function, lambda: zone)

    def no_lookups(self):
        """An app that is required is in the bench: its name needs no look-up at a code host."""
        original = getattr(self.installer, "parse_app_name", None)
        if original is None:
            return
        with open("apps.txt") as file:
            apps = set(file.read().split())

        def plain(tag):
            return tag.rstrip("/").split("@")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1].removesuffix(".git")

        def parse(name):
            return plain(name) if plain(name) in apps else original(plain(name))

        self.installer.parse_app_name = parse
        if hasattr(self.installer, "fetch_details_from_tag"):
            self.installer.fetch_details_from_tag = lambda tag: (None, plain(tag), None)

    def empty(self):
        """A site's own account may drop its database and make it again."""
        name = self.fw.local.conf.db_name.replace("`", "``")
        self.fw.connect()
        for words in ("DROP DATABASE IF EXISTS `%s`", "CREATE DATABASE `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"):
            self.fw.db.sql(words % name)
        self.fw.db.close()

    def without_root(self, anew):
        """Database and account are there, and what would make them asks for no root; in an older framework it makes the tables, too."""
        database, setup = module(f"{self.first}.database"), module(f"{self.first}.database.mariadb.setup_db")
        if setup is None:
            return

        def by_account(original):
            known = inspect.signature(original)

            def setup_database(*words, **keys):
                given = known.bind(*words, **keys).arguments
                self.fw.local.session = self.fw._dict({"user": "Administrator"})
                if anew:
                    self.empty()
                if "source_sql" in known.parameters:
                    values = {"db_name": self.fw.local.conf.db_name, "verbose": given.get("verbose"), "source_sql": given.get("source_sql")}
                    setup.bootstrap_database(**suited(setup.bootstrap_database, values))
            return setup_database

        for place in (database, setup, self.installer):
            if hasattr(place, "setup_database"):
                place.setup_database = by_account(place.setup_database)

    def create(self, db_name, db_user, zone, language):
        new_site = getattr(self.installer, "_new_site", None) or importlib.import_module(f"{self.first}.commands.site")._new_site
        values = {
            "db_name": db_name, "site": self.name, "admin_password": os.environ["MKBENCH_ADMIN_PASSWORD"], "verbose": False,
            "install_apps": [], "force": True, "db_password": os.environ["MKBENCH_DB_PASSWORD"], "db_type": "mariadb",
            "db_user": db_user, "setup_db": False,
        }
        self.zone(zone)
        if "setup_db" not in inspect.signature(new_site).parameters:
            self.without_root(anew=False)
        new_site(**suited(new_site, values))
        self.fw.destroy()
        with self.connected():
            self.zone(zone)
            self.settings(zone, language)
            self.fw.clear_cache()

    def settings(self, zone, language):
        db, name = self.fw.db, "System Settings"
        values = {"time_zone": zone, "enable_scheduler": 1}
        if db.exists("Language", language):
            values["language"] = language
        for key, value in values.items():
            db.set_value(name, name, key, value)
        db.set_default("time_zone", zone)
        if "language" in values:
            db.set_default("lang", language)
            db.set_value("User", "Administrator", "language", language)

    def install(self, app):
        self.fw.init(site=self.name)
        self.fw.connect()
        try:
            if app in self.fw.get_installed_apps():
                return
            self.no_lookups()
            self.fw.set_user("Administrator")
            self.installer.install_app(app, **suited(self.installer.install_app, {"verbose": False, "set_as_patched": True}))
            self.fw.db.commit()
        finally:
            self.fw.destroy()

    def finish(self):
        with self.connected():
            scheduler = importlib.import_module(f"{self.first}.utils.scheduler")
            enable = getattr(scheduler, "enable_scheduler", None) or (lambda: scheduler.toggle_scheduler(True))
            enable()

    def tables(self):
        return {name for row in self.fw.db.sql("SHOW TABLES") for name in row}

    def seal(self):
        with self.connected():
            tables = self.tables()
            if "__Auth" in tables:
                kept = self.fw.db.sql("SELECT doctype, fieldname FROM `__Auth` WHERE encrypted = 1")
                if kept:
                    sys.exit(f"{self.name} has encrypted values already, which a copy could not read: {sorted(set(kept))[:3]}; set prebake: false")
                self.fw.db.sql("DELETE FROM `__Auth`")
            if "tabSessions" in tables:
                self.fw.db.sql("DELETE FROM `tabSessions`")
            forget = getattr(self.installer, "remove_secrets", None)
            if forget:
                forget()

    def renew(self, row):
        """What a site that is made now has of its own, and what is true from now on: who made it, and when its jobs were set up."""
        with self.connected():
            set_password = getattr(self.installer, "set_password", None) or importlib.import_module(f"{self.first}.utils.password").update_password
            set_password("Administrator", row["admin_password"])
            now = importlib.import_module(f"{self.first}.utils").now_datetime()
            for table in {"tabUser", "tabScheduled Job Type"} & self.tables():
                self.fw.db.sql(f"UPDATE `{table}` SET creation = %s, modified = %s", (now, now))

    def probe(self):
        with self.connected():
            self.fw.db.sql("SELECT 1")
            with open("apps.txt") as file:
                missing = set(self.fw.get_installed_apps()) - set(file.read().split())
            if missing:
                sys.exit(f"{self.name} has apps that the bench has not: {', '.join(sorted(missing))}")


if __name__ == "__main__":
    framework, command, *rest = sys.argv[1:]
    if command == "renew":
        for row in json.loads(os.environ["MKBENCH_SITES"]):
            Site(framework, row["site"]).renew(row)
    else:
        site, *rest = rest
        getattr(Site(framework, site), command)(*rest)
