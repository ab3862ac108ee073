#!/usr/bin/python3
"""Builds the assets of an app of a bench, by the scripts that it declares.

    assets.py LOADED BENCH FIRST APP

LOADED is a program that each Node of the build loads first. FIRST is the framework's own app, whose bundler builds all apps' bundles.
"""
import glob
import os
import re
import subprocess
import sys

from app_files import fail, package_of, read


def heap_megabytes():
    total = int(re.search(r"MemAvailable:\s*(\d+)", read("/proc/meminfo"))[1]) // 1024
    return max(512, min(8192, total * 3 // 4))


def assets(loaded, bench, first, app):
    """The framework's bundler builds each app's bundles by its script `production`; an app's own script is `build`."""
    folder = f"{bench}/apps/{app}"
    lay_sites(bench)
    node = f"--max-old-space-size={heap_megabytes()} --require={loaded}"
    environment = dict(os.environ, CI="1", NODE_ENV="production", NODE_OPTIONS=node, FRAPPE_BENCH_ROOT=bench,
                       PATH=f"{folder}/node_modules/.bin:{bench}/apps/{first}/node_modules/.bin:{os.environ['PATH']}")
    own = (package_of(f"{bench}/apps/{first}") or {}).get("scripts", {})
    script = own.get("production") or (own.get("build") if app == first else None)
    if script:
        words = f"{script} --apps {app}" if own.get("production") else script
        run_script(words, f"{bench}/apps/{first}", environment, app)
    script = (package_of(folder) or {}).get("scripts", {}).get("build")
    if script and app != first:
        run_script(script, folder, environment, app)
    for name in ("assets.json", "assets-rtl.json"):
        if os.path.exists(f"{bench}/assets/{name}"):
            os.makedirs(f"{bench}/assets/.parts", exist_ok=True)
            os.rename(f"{bench}/assets/{name}", f"{bench}/assets/.parts/{app}.{name}")
    for path in glob.glob(f"{folder}/{app}/public/**/*.map", recursive=True):
        if "/dist/" in path and not os.environ.get("MKBENCH_SOURCE_MAPS"):
            os.remove(path)


def run_script(script, folder, environment, app):
    if subprocess.run(["sh", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL).returncode:
        fail(f"{app}: its assets cannot be built by '{script}': see above")


def lay_sites(bench):
    """What bundlers look for: the list of apps, and a folder of assets with a link to each app's."""
    apps = sorted(os.listdir(f"{bench}/apps"))
    os.makedirs(f"{bench}/sites", exist_ok=True)
    os.makedirs(f"{bench}/assets", exist_ok=True)
    if not os.path.lexists(f"{bench}/sites/assets"):
        os.symlink("../assets", f"{bench}/sites/assets")
    with open(f"{bench}/sites/apps.txt", "w") as out:
        out.write("".join(f"{app}\n" for app in apps))
    with open(f"{bench}/sites/common_site_config.json", "w") as out:
        out.write("{}\n")
    for app in apps:
        if not os.path.lexists(f"{bench}/assets/{app}"):
            os.symlink(f"{bench}/apps/{app}/{app}/public", f"{bench}/assets/{app}")


if __name__ == "__main__":
    assets(*sys.argv[1:])
