"""What an older site's tables need to become those of `store.TABLES`, in numbered steps.

A patch is a module pNNNN_WHAT with `apply(db, site)`. Each is applied once a site, in the order of the numbers. MariaDB commits
with every change of a table, so a patch that fails leaves its half: whoever runs it keeps a copy of the data."""

import importlib
import pkgutil


def known():
    """The names of all patches, in order."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith("p"))


def apply(name, db, site):
    importlib.import_module("." + name, __name__).apply(db, site)
