"""frappe_site.py create SITE DB_NAME DB_USER: a new site in a database that is already there.
frappe_site.py settle SITE TIME_ZONE LANGUAGE: its first settings, and its schedule begins.

The passwords come from the environment, so no list of processes shows them; Frappe's own command
takes them as arguments, and before version 15 insists on the database's root as well."""

import inspect
import os
import sys

import frappe


def bootstrap(force, source_sql=None, verbose=False, no_mariadb_socket=False):
    """In place of Frappe 14's set-up of the database: the part that comes after its creation."""
    from frappe.database.mariadb.setup_db import bootstrap_database

    frappe.local.session = frappe._dict(user="Administrator")
    bootstrap_database(frappe.local.conf.db_name, verbose, source_sql)


def create(site, db_name, db_user):
    from frappe.database.mariadb import setup_db
    from frappe.installer import _new_site

    options = {"db_user": db_user, "setup_db": False}
    if not options.keys() <= inspect.signature(_new_site).parameters.keys():
        setup_db.setup_database, options = bootstrap, {}
    frappe.init(site=site, new_site=True)
    # The folder and site_config.json are there already, which is what `force` allows.
    _new_site(db_name, site, db_type="mariadb", db_password=os.environ["MKBENCH_DB_PASSWORD"], force=True,
              admin_password=os.environ["MKBENCH_ADMIN_PASSWORD"], install_apps=[], **options)


def settle(site, time_zone, language):
    frappe.init(site=site)
    frappe.connect()
    for field, value in (("time_zone", time_zone), ("language", language), ("enable_scheduler", 1)):
        if value:
            frappe.db.set_single_value("System Settings", field, value)
    frappe.db.set_default("lang", language)
    frappe.db.commit()
    frappe.clear_cache()
    frappe.destroy()


if __name__ == "__main__":
    {"create": create, "settle": settle}[sys.argv[1]](*sys.argv[2:])
