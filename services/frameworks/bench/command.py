#!/usr/bin/python3
"""bench COMMAND...: the framework's own commands, and what an image says to those that would change its program.

    command.py BENCH FRAMEWORK WORD...
"""
import contextlib
import json
import os
import re
import runpy
import sys

# What a bench of one's own does to its program. An image is replaced instead.
REPLACED = ("update", "get-app", "get", "build", "watch", "init", "new-app", "remove-app", "rm", "switch-to-branch", "setup",
            "pip", "exclude-app", "include-app", "install", "retry-upgrade", "disable-production", "switch-to-develop", "migrate-env",
            "remote-urls", "remote-set-url", "remote-reset-url", "download-translations")
HINTS = {"setup": "the recipe sets it up"}
# What something else does here.
ELSEWHERE = {"config": "bench set-config -g does that", "backup-all-sites": "bench --site all backup does that",
             "restart": "benchctl restart does that", "start": "its programs run already: benchctl status shows them",
             "renew-lets-encrypt": "a proxy in front has the certificates", "set-ssl-certificate": "a proxy in front has the certificates",
             "set-ssl-key": "a proxy in front has the certificates", "set-nginx-port": "the recipe's nginx.port does that",
             "set-url-root": "the hosts of a site in the recipe do that", "set-mariadb-host": "the image has its own MariaDB",
             "set-redis-cache-host": "the image has its own Redis", "set-redis-queue-host": "the image has its own Redis",
             "set-redis-socketio-host": "the image has its own Redis"}
# What makes a database and its account, as root of the server, which only root of the image is.
OF_ROOT = {"new-site": "benchctl add-site", "drop-site": "benchctl drop-site"}
# What makes a site's database anew, or looks for an app at a code host: not here.
HELPED = ("restore", "reinstall", "install-app")


def style_of(words):
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in ("-f", "--format"):
            return value or "".join(words[at + 1:at + 2])
    return "legacy"


def own_version(folder):
    with contextlib.suppress(OSError), open(f"{folder}/__init__.py") as file:
        found = re.search(r"""^__version__\s*=\s*["']([^"']+)""", file.read(), re.M)
        return found[1] if found else ""
    return ""


def version(bench, words):
    """The framework's own asks git, which is not here; the image knows what each app was built from."""
    known = {}
    with contextlib.suppress(OSError, ValueError), open("/usr/lib/mkbench/bench.json") as file:
        known = {app["name"]: app for app in json.load(file).get("apps", [])}
    with open(f"{bench}/apps.txt") as file:
        names = file.read().split()
    rows = [{"app": name, "version": own_version(f"{bench}/apps/{name}/{name}") or known.get(name, {}).get("version") or "",
             "branch": known.get(name, {}).get("ref") or "", "commit": (known.get(name, {}).get("commit") or "")[:7]} for name in sorted(names)]
    style = style_of(words)
    if style == "json":
        print(json.dumps(rows, indent=4))
        return
    for row in rows:
        more = f" {row['branch']} ({row['commit']})" if style != "legacy" and row["commit"] else ""
        print(f"{row['app']} {row['version']}{more}")


def first_word(words):
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("--site",):
            skip = True
        elif not word.startswith("-"):
            return word
    return None


def mean_default_site(words):
    """A command without a site means the bench's default one. An older framework reads that from no configuration, but from its own
    file, which `use` writes, or from here."""
    if any(word == "--site" or word.startswith("--site=") for word in words) or os.environ.get("FRAPPE_SITE"):
        return
    with contextlib.suppress(OSError), open("currentsite.txt") as file:
        if file.read().strip():
            return
    with contextlib.suppress(OSError, ValueError), open("common_site_config.json") as file:
        site = json.load(file).get("default_site")
        if site and os.path.isdir(site):
            os.environ["FRAPPE_SITE"] = site


def helped(framework, words):
    """By the framework's own command, in this process."""
    site = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench-site.py"))["Site"](framework, None)
    site.without_root(anew=True)
    site.no_lookups()
    sys.argv = [sys.argv[0], framework, *words]
    runpy.run_module(f"{framework}.utils.bench_helper", run_name="__main__", alter_sys=True)


def main(bench, framework, *words):
    if words[:1] == (framework,):  # the command-line tool takes the group's name, too
        words = words[1:]
    word = first_word(words)
    if word in REPLACED:
        sys.exit(f"bench {word}: an image is not changed, it is replaced: build the next one by mkbench"
                 + (f" ({HINTS[word]})" if word in HINTS else ""))
    if word in ELSEWHERE:
        sys.exit(f"bench {word}: {ELSEWHERE[word]}")
    if word in OF_ROOT:
        sys.exit(f"bench {word}: {OF_ROOT[word]} does that, as root")
    if word == "version":
        return version(bench, list(words))
    mean_default_site(words)
    if word in HELPED:
        return helped(framework, words)
    python = f"{bench}/env/bin/python"
    os.execv(python, [python, "-m", f"{framework}.utils.bench_helper", framework, *words])


if __name__ == "__main__":
    main(*sys.argv[1:])
