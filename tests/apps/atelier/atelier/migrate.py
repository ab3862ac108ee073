import importlib

import atelier
from atelier.installer import pending_patches


def migrate():
    for patch in pending_patches():
        print("patch", patch, flush=True)
        importlib.import_module(patch).execute()
        atelier.local.db.set("patch_log", patch, "done")
        atelier.local.db.commit()
    atelier.clear_cache()
