import atelier


def execute():
    atelier.local.db.set("settings", "first_patch", "done")
