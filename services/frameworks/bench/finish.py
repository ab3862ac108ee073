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
STYLES = (".scss", ".sass", ".less", ".styl", ".css")
IMPORT = re.compile(rb"@(?:import|use|forward)\b([^;{}]*)")
QUOTED = re.compile(rb"""["']~?(@?[\w-][^"':\n]*)["']""")
PACKAGE = re.compile(r"(@[\w-][\w.-]*/)?[\w-][\w.-]*", re.A)
COMPILERS = {"sass", "sass-embedded", "node-sass", "less", "stylus"}


def name_in(request):
    parts = request.removeprefix("node:").split("/")
    return "/".join(parts[:2]) if request.startswith("@") else parts[0]


def imported(text):
    """Names of what a stylesheet takes from other files, the first part of each: packages, or folders beside it."""
    names = {name_in(name.decode(errors="replace").rpartition("node_modules/")[2])
             for words in IMPORT.findall(text) for name in QUOTED.findall(words)}
    return {name for name in names if PACKAGE.fullmatch(name)}


def named_by(folder):
    """What an app's texts name: packages that pages load, programs that Python code may start, and what stylesheets import. Each is read
    once, and as it is."""
    served, programs, styles = set(), set(), set()
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist", ".git", "locale", "translations", "cypress")]
        for name in files:
            path = os.path.join(top, name)
            if name.endswith(STYLES) and os.path.isfile(path):
                with open(path, "rb", buffering=0) as file:
                    styles |= imported(file.read())
            if name.endswith(TEXTS) and os.path.isfile(path):
                with open(path, "rb", buffering=0) as file:
                    text = file.read()
                if b"node_modules/" in text:
                    served.update(SERVED.findall(text))
                if name.endswith(".py") and b".js" in text:
                    programs.update(PROGRAM.findall(text))
    return {name.decode() for name in served}, {name.decode() for name in programs}, styles


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


def styled(modules, names):
    """Folders of packages whose stylesheets others import, those that these import too."""
    found, left = set(), set(names)
    while left:
        folder = f"{modules}/{left.pop()}"
        if folder in found or not os.path.isfile(f"{folder}/package.json"):
            continue
        found.add(folder)
        for top, _, files in os.walk(folder):
            for name in files:
                if name.endswith(STYLES):
                    with open(f"{top}/{name}", "rb") as file:
                        left |= imported(file.read())
    return found


def but_styles(folder):
    """What a package has beside stylesheets: paths, of a folder without any the folder alone."""
    def below(top):
        rows, has = [], False
        for entry in sorted(os.scandir(top), key=lambda entry: entry.name):
            inner, wanted = below(entry.path) if entry.is_dir(follow_symlinks=False) else ([entry.path], entry.name.endswith(STYLES))
            rows += [] if wanted and not entry.is_dir(follow_symlinks=False) else inner if wanted else [entry.path]
            has |= wanted
        return rows, has
    return [path for path in below(folder)[0] if path != f"{folder}/package.json"]


def reduce(bench, app, programs, served, styles, keep):
    """Paths below an app's node_modules that a running bench does without."""
    folder = f"{bench}/apps/{app}"
    modules = f"{folder}/node_modules"
    if not os.path.isdir(modules):
        return
    loaded = required(entries(folder, programs))
    kept = closure(modules, loaded | keep)
    kept |= {f"{modules}/{name}" for name in served if os.path.isdir(f"{modules}/{name}")}
    # A program that compiles stylesheets reads those of every app, and of the packages that they import.
    parts = styled(modules, styles) - kept if loaded & COMPILERS else set()
    stay = set()
    for path in kept | parts:
        while path != modules:
            stay.add(path)
            path = os.path.dirname(path)
    for top in glob.glob(f"{modules}/*") + glob.glob(f"{modules}/.*"):
        scope = top in stay and os.path.basename(top).startswith("@")
        yield from (path for path in (glob.glob(f"{top}/*") if scope else [top]) if path not in stay)
    for path in kept:
        yield from glob.glob(f"{path}/**/*.map", recursive=True)
    for path in parts:
        yield from but_styles(path)


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
    served, styles = (set().union(*(row[at] for row in named.values())) for at in (0, 2))
    left_out = {path for app in apps for path in reduce(bench, app, named[app][1], served, styles, set(keep.split()))}
    with open(f"{bench}/.left-out", "w") as out:
        out.write("".join(f"{os.path.relpath(path, bench)}\n" for path in sorted(left_out) if "\n" not in path))
    for app in apps:
        if os.path.isdir(f"{bench}/apps/{app}/node_modules"):
            link = f"{bench}/apps/{app}/{app}/public/node_modules"
            if os.path.isdir(os.path.dirname(link)) and not os.path.lexists(link):
                os.symlink("../../node_modules", link)


if __name__ == "__main__":
    finish(*sys.argv[1:])
