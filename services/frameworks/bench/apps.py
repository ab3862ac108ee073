#!/usr/bin/python3
"""The apps of a bench become packages of its Python environment, from where they are.

    apps.py BENCH APP...
"""
import glob
import os
import re
import sys

from app_files import project_of, read


def version_of(folder, app, project):
    if project.get("version"):
        return project["version"]
    found = re.search(r"""^__version__\s*=\s*["']([^"']+)""", read(f"{folder}/{app}/__init__.py"), re.M)
    return found[1] if found else "0.0.1"


def apps(bench, *names):
    """As an editable installation does it: a path, and what importlib.metadata wants to know."""
    site = glob.glob(f"{bench}/env/lib/python3*/site-packages")[0]
    with open(f"{site}/bench-apps.pth", "w") as out:
        out.write("".join(f"{bench}/apps/{app}\n" for app in names))
    for app in names:
        folder = f"{bench}/apps/{app}"
        project = project_of(folder).get("project", {})
        name, version = project.get("name", app), version_of(folder, app, project)
        info = f"{site}/{re.sub('[-_.]+', '_', name).lower()}-{version}.dist-info"
        os.makedirs(info, exist_ok=True)
        with open(f"{info}/METADATA", "w") as out:
            out.write(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        with open(f"{info}/INSTALLER", "w") as out:
            out.write("mkbench\n")
        with open(f"{info}/entry_points.txt", "w") as out:
            for group, points in {"console_scripts": project.get("scripts", {}), **project.get("entry-points", {})}.items():
                out.write(f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in points.items()))


if __name__ == "__main__":
    apps(*sys.argv[1:])
