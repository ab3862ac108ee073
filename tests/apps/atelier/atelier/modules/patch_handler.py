from atelier import get_installed_apps
from atelier import local
from atelier.installer import patches_of


def get_all_patches():
    return [patch for app in get_installed_apps() for patch in patches_of(app)]


def executed(patch):
    return bool(local.db.get("patch_log", patch))
