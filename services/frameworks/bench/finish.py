#!/usr/bin/python3
"""What of a bench is served and run: one list of all assets, and of node_modules what a running bench refers to.

    finish.py BENCH KEEP APP...

KEEP: packages to keep beside, by space. What goes is listed in BENCH/.left-out.
"""
import glob
import json
import os
import re
import shutil
import sys

from app_files import fail, package_of, read

TEXTS = (".py", ".js", ".mjs", ".cjs", ".ts", ".json", ".html", ".css", ".vue", ".txt", ".md", ".xml")
REQUIRE = re.compile(r"""(?:\brequire\s*\(\s*|\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\.resolve\s*\(\s*)["']([^"'\n]+)["']""")
SERVED = re.compile(rb"node_modules/((?:@[\w.-]+/)?[\w.-]+)")
PROGRAM = re.compile(rb"""["'/]([\w.-]+\.js)["']""")


def name_in(request):
    parts = request.removeprefix("node:").split("/")
    return "/".join(parts[:2]) if request.startswith("@") else parts[0]


def named_by(folder):
    """What an app's texts name: packages that pages load, and programs that Python code may start. Each is read once, and as it is."""
    served, programs = set(), set()
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist", ".git", "locale", "translations", "cypress")]
        for name in files:
            path = os.path.join(top, name)
            if name.endswith(TEXTS) and os.path.isfile(path):
                with open(path, "rb", buffering=0) as file:
                    text = file.read()
                if b"node_modules/" in text:
                    served.update(SERVED.findall(text))
                if name.endswith(".py") and b".js" in text:
                    programs.update(PROGRAM.findall(text))
    return {name.decode() for name in served}, {name.decode() for name in programs}


def entries(folder, programs):
    """Programs that a running bench starts: the live-event server, and scripts beside the package that Python code names."""
    tops = {os.path.basename(path) for path in glob.glob(f"{folder}/*.js")}
    return [f"{folder}/{name}" for name in sorted(tops & (programs | {"socketio.js"}))]


def local_file(base, request):
    path = os.path.normpath(os.path.join(os.path.dirname(base), request))
    for end in ("", ".js", ".json", ".cjs", ".mjs", "/index.js"):
        if os.path.isfile(path + end):
            return path + end
    return None


def required(files):
    """Names of the packages that programs load, their own files followed."""
    names, seen, left = set(), set(), list(files)
    while left:
        file = left.pop()
        if file in seen:
            continue
        seen.add(file)
        for request in REQUIRE.findall(read(file)):
            if request.startswith("."):
                left += [path for path in [local_file(file, request)] if path]
            else:
                names.add(name_in(request))
    return names


def closure(modules, names):
    """Folders of packages and of all that they depend on, by Node's own rule of looking."""
    kept, left = set(), [(modules, name) for name in names]
    while left:
        base, name = left.pop()
        at = base
        while not os.path.isdir(f"{at}/{name}"):
            above = at.rsplit("/node_modules/", 1)
            if len(above) < 2 or not at.startswith(modules) or at == modules:
                at = None
                break
            at = above[0].rsplit("/node_modules/", 1)[0] + "/node_modules" if above[0].count("/node_modules/") else modules
        if not at or f"{at}/{name}" in kept:
            continue
        folder = f"{at}/{name}"
        kept.add(folder)
        package = package_of(folder, {}) or {}  # of a published package, which may be old
        for key in ("dependencies", "optionalDependencies", "peerDependencies"):
            left += [(f"{folder}/node_modules", need) for need in package.get(key, {})]
    return kept


def reduce(bench, app, programs, served, keep):
    """Paths below an app's node_modules that a running bench does without."""
    folder = f"{bench}/apps/{app}"
    modules = f"{folder}/node_modules"
    if not os.path.isdir(modules):
        return
    kept = closure(modules, required(entries(folder, programs)) | keep)
    kept |= {f"{modules}/{name}" for name in served if os.path.isdir(f"{modules}/{name}")}
    stay = set()
    for path in kept:
        while path != modules:
            stay.add(path)
            path = os.path.dirname(path)
    for top in glob.glob(f"{modules}/*") + glob.glob(f"{modules}/.*"):
        scope = top in stay and os.path.basename(top).startswith("@")
        yield from (path for path in (glob.glob(f"{top}/*") if scope else [top]) if path not in stay)
    for path in kept:
        yield from glob.glob(f"{path}/**/*.map", recursive=True)


def finish(bench, keep, *apps):
    for name in keep.split():
        if not any(os.path.isdir(f"{bench}/apps/{app}/node_modules/{name}") for app in apps):
            fail(f"no app has the Node package '{name}', which 'keep_node_modules' of the recipe names")
    for name in ("assets.json", "assets-rtl.json"):
        whole = {}
        for app in apps:
            whole |= json.loads(read(f"{bench}/assets/.parts/{app}.{name}") or "{}")
        if whole or name == "assets.json":
            with open(f"{bench}/assets/{name}", "w") as out:
                json.dump(whole, out, indent=4, sort_keys=True)
    shutil.rmtree(f"{bench}/assets/.parts", ignore_errors=True)
    # They are listed, for to remove them one by one takes longer than anything else here.
    named = {app: named_by(f"{bench}/apps/{app}/{app}") for app in apps}
    served = set().union(*(row[0] for row in named.values()))
    left_out = {path for app in apps for path in reduce(bench, app, named[app][1], served, set(keep.split()))}
    with open(f"{bench}/.left-out", "w") as out:
        out.write("".join(f"{os.path.relpath(path, bench)}\n" for path in sorted(left_out) if "\n" not in path))
    for app in apps:
        if os.path.isdir(f"{bench}/apps/{app}/node_modules"):
            link = f"{bench}/apps/{app}/{app}/public/node_modules"
            if os.path.isdir(os.path.dirname(link)) and not os.path.lexists(link):
                os.symlink("../../node_modules", link)


if __name__ == "__main__":
    finish(*sys.argv[1:])
