"""Sites and the apps in them."""
import importlib
import os
import sys

import atelier


def _new_site(db_name, site, admin_password=None, verbose=False, install_apps=None, force=False, db_password=None, db_type=None, db_user=None,
              setup_db=True):
    if setup_db:
        sys.exit("this framework does not make databases: setup_db")
    if os.path.exists(site) and not force:
        sys.exit(f"{site} is there already")
    atelier.init(site)
    atelier.connect()
    for table in ("settings", "account", "patch_log", "Email Queue", "Email Account"):
        atelier.local.db.sql(f"CREATE TABLE IF NOT EXISTS `{table}` (name VARCHAR(140) PRIMARY KEY, value TEXT)")
    atelier.local.db.sql("CREATE TABLE IF NOT EXISTS `tabTask` (name VARCHAR(140) PRIMARY KEY, title TEXT)")
    set_password("Administrator", admin_password)
    for app in ["atelier", *(install_apps or [])]:
        install_app(app)
    atelier.local.db.commit()


def set_password(user, password):
    from werkzeug.security import generate_password_hash

    atelier.local.db.set("account", user, generate_password_hash(password))


def remove_secrets():
    atelier.local.db.sql("DELETE FROM `account`")


def find_org(name):
    raise RuntimeError(f"{name}: a code host is asked for what is in the bench already")


def parse_app_name(name):
    org, _, app = name.rpartition("/")
    return app if org else find_org(app)


def install_app(name, verbose=False, set_as_patched=True):
    import json

    installed = atelier.get_installed_apps()
    for required in atelier.get_hooks("required_apps", name):
        install_app(parse_app_name(required))
        installed = atelier.get_installed_apps()
    if name in installed:
        return
    if name not in atelier.get_all_apps():
        raise RuntimeError(f"{name} is not in apps.txt")
    for hook in atelier.get_hooks("before_install", name):
        atelier.get_attr(hook)()
    atelier.local.db.set("settings", "installed_apps", json.dumps([*installed, name]))
    for patch in patches_of(name):
        atelier.local.db.set("patch_log", patch, "installed")
    for hook in atelier.get_hooks("after_install", name):
        atelier.get_attr(hook)()
    atelier.local.db.commit()


def patches_of(app):
    folder = os.path.dirname(importlib.import_module(app).__file__)
    with open(f"{folder}/patches.txt") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def pending_patches():
    return [patch for app in atelier.get_installed_apps() for patch in patches_of(app) if not atelier.local.db.get("patch_log", patch)]
