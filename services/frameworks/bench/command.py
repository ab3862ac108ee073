#!/usr/bin/python3
"""bench COMMAND...: the framework's own commands, and what an image says to those that would change its program.

    command.py BENCH FRAMEWORK WORD...
"""
import json
import os
import sys

# What a bench of one's own does to its program. An image is replaced instead.
REPLACED = ("update", "get-app", "get", "build", "watch", "init", "new-app", "remove-app", "rm", "switch-to-branch", "setup",
            "restart", "start", "pip", "exclude-app", "include-app", "install", "retry-upgrade", "disable-production")
HINTS = {"restart": "benchctl restart does that", "start": "its programs run already: benchctl status", "setup": "the recipe sets it up"}


def version(bench, words):
    """The framework's own asks git, which is not here."""
    with open(f"{bench}/apps.json") as file:
        apps = json.load(file)
    style = words[words.index("-f") + 1] if "-f" in words[:-1] else next((w.split("=", 1)[1] for w in words if w.startswith("--format=")), "legacy")
    if "--format" in words[:-1]:
        style = words[words.index("--format") + 1]
    rows = [{"app": name, "version": app["version"], "branch": app["branch"], "commit": app["commit"][:7]} for name, app in sorted(apps.items())]
    if style == "json":
        print(json.dumps(rows, indent=4))
    elif style == "legacy":
        print("\n".join(f"{row['app']} {row['version']}" for row in rows))
    else:
        print("\n".join(f"{row['app']} {row['version']} {row['branch']} ({row['commit']})" for row in rows))


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


def main(bench, framework, *words):
    word = first_word(words)
    if word in REPLACED:
        sys.exit(f"bench {word}: an image is not changed, it is replaced: build the next one by mkbench"
                 + (f" ({HINTS[word]})" if word in HINTS else ""))
    if word == "version":
        return version(bench, list(words))
    os.execv(f"{bench}/env/bin/python", ["python", "-m", f"{framework}.utils.bench_helper", framework, *words])


if __name__ == "__main__":
    main(*sys.argv[1:])
