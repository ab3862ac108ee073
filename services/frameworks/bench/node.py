#!/usr/bin/python3
"""The Node packages and the assets of a bench, by what each app declares.

    node.py choose CACHE PINS BENCH APP...     writes PINS/node: package managers, and a lock for each app that has none
    node.py install CACHE PINS BENCH APP       makes BENCH/apps/APP/node_modules
    node.py assets BENCH FIRST APP             runs the app's scripts that build assets
    node.py finish BENCH KEEP APP...           one list of all assets; keeps of node_modules what a running bench refers to

PINS/node has lines `manager NAME VERSION INTEGRITY APP...` and `lock APP JSON`. KEEP: packages to keep beside, by space.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys

# A yarn.lock without a version is one of yarn 1, which later ones do not read.
MANAGERS = {"package-lock.json": ("npm", None), "npm-shrinkwrap.json": ("npm", None), "pnpm-lock.yaml": ("pnpm", None),
            "yarn.lock": ("yarn", "1")}
# A pnpm-lock.yaml is read by the versions of its time, and since its own 9 by all later ones.
PNPM_OF_LOCK = {"5": "7", "6": "8"}
# So is a yarn.lock of yarn 2 and later by its own number; digests in one of another time would not be compared.
BERRY_OF_LOCK = {"4": "2", "5": "3", "6": "3"}
PACKAGE_OF = {"yarn": "yarn", "berry": "@yarnpkg/cli-dist", "pnpm": "pnpm"}
TEXTS = (".py", ".js", ".mjs", ".cjs", ".ts", ".json", ".html", ".css", ".vue", ".txt", ".md", ".xml")


def fail(*lines):
    sys.exit("\n".join(lines))


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def package_of(folder):
    text = read(f"{folder}/package.json")
    try:
        return json.loads(text.lstrip("\ufeff")) if text else None
    except ValueError as error:
        fail(f"{folder}/package.json: {error}")


def needs_packages(package):
    return bool(package and any(package.get(key) for key in ("dependencies", "devDependencies", "optionalDependencies", "workspaces")))


def manager_of(folder, package):
    """The app's package manager and the version that it asks for: by its packageManager field, else by its lock."""
    kind, version = None, None
    for file, (name, wanted) in MANAGERS.items():
        if not kind and os.path.exists(f"{folder}/{file}"):
            kind, version = name, wanted
    if kind == "pnpm":
        found = re.search(r"^lockfileVersion:\s*'?(\d+)", read(f"{folder}/pnpm-lock.yaml"), re.M)
        version = PNPM_OF_LOCK.get(found[1]) if found else None
    found = re.search(r"^__metadata:\n +version: (\d+)", read(f"{folder}/yarn.lock"), re.M)
    if kind == "yarn" and found:
        kind, version = "berry", BERRY_OF_LOCK.get(found[1])
    named = re.match(r"(npm|yarn|pnpm)@([0-9][0-9A-Za-z.-]*)", package.get("packageManager") or "")
    if named:
        name, version = named.groups()
        kind = "berry" if name == "yarn" and not version.startswith("1.") else name
    return kind, version


def npm(*words, cwd="/tmp", check=True, offline=False):
    # Its own files go to /tmp, which does not outlive the step; the settings of the machine's owner are in its environment.
    done = subprocess.run(["npm", *words, "--no-audit", "--no-fund", "--no-update-notifier", *(["--offline"] if offline else [])],
                          cwd=cwd, stdout=subprocess.PIPE, text=True)
    if check and done.returncode:
        fail(f"npm {words[0]} failed: see above")
    return done


def numbers(version):
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def suits_node(wanted, have):
    """What packages say in `engines`: ">=18.12", "^20 || >=22", "20 || 22". What cannot be read suits."""
    def met(part):
        rows = re.findall(r"(>=|<|\^|~|)\s*v?(\d+(?:\.\d+)*)", part)
        return all({">=": have >= numbers(v), "<": have < numbers(v), "^": have[0] == numbers(v)[0] and have >= numbers(v)}
                   .get(op, have[:len(numbers(v))] == numbers(v)) for op, v in rows)
    return any(met(part) for part in wanted.split("||"))


def newest_manager(cache, kind, version):
    """The newest of that version that runs on the image's Node, with its digest."""
    name = PACKAGE_OF[kind]
    have = numbers(subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    text = npm("view", f"{name}@{version or '>=0'}", "version", "engines.node", "dist.integrity", "--json", "--cache", f"{cache}/npm",
               check=False).stdout
    found = json.loads(text) if text.strip() else []
    if isinstance(found, dict) and "error" in found:
        fail(f"{kind} {version or ''} cannot be had from the package index: {found['error'].get('summary', '')}")
    rows = [row for row in (found if isinstance(found, list) else [found]) if version and "-" in version or "-" not in row["version"]]
    rows = [row for row in rows if len(rows) == 1 or suits_node(row.get("engines.node") or "*", have)]
    if not rows:
        fail(f"no {kind} {version or ''} runs on Node {'.'.join(map(str, have))}: name another as 'packageManager' in the app's package.json, "
             "or another Node in the recipe's 'runtime'")
    return max(rows, key=lambda row: numbers(row["version"]))


def choose(cache, pins, bench, *apps):
    lines, wanted = [], {}
    for app in apps:
        folder = f"{bench}/apps/{app}"
        package = package_of(folder)
        if not needs_packages(package):
            continue
        kind, version = manager_of(folder, package)
        if kind is None:
            lines.append(f"lock {app} {make_lock(cache, folder, app)}")
        elif kind != "npm":
            wanted.setdefault((kind, version), []).append(app)
    for (kind, version), users in wanted.items():
        newest = newest_manager(cache, kind, version)
        lines.append(f"manager {kind} {newest['version']} {newest['dist.integrity']} {' '.join(users)}")
    with open(f"{pins}/node", "w") as out:
        out.write("".join(f"{line}\n" for line in sorted(lines)) or "none\n")


def make_lock(cache, folder, app):
    own = f"/tmp/lock-{app}"
    os.makedirs(own)
    shutil.copy(f"{folder}/package.json", own)
    npm("install", "--package-lock-only", "--ignore-scripts", "--cache", f"{cache}/npm", cwd=own)
    return json.dumps(json.loads(read(f"{own}/package-lock.json")), separators=(",", ":"))


def pinned(pins, user):
    """The package managers of one app, and the locks of those that have none of their own."""
    managers, locks = {}, {}
    for line in read(f"{pins}/node").splitlines():
        word, _, rest = line.partition(" ")
        if word == "manager":
            kind, version, integrity, *users = rest.split(" ")
            if user in users or not users:
                managers[kind] = version, integrity
        elif word == "lock":
            app, _, text = rest.partition(" ")
            locks[app] = text
    return managers, locks


def get_manager(cache, kind, managers):
    """The package manager's program, by the digest in the lock."""
    if kind not in managers:
        fail(f"the lock does not say which {kind} to take: run 'mkbench lock'")
    version, integrity = managers[kind]
    folder, name = f"/tmp/{kind}", PACKAGE_OF[kind]
    os.makedirs(folder)
    with open(f"{folder}/package.json", "w") as out:
        json.dump({"name": "manager", "version": "1.0.0", "dependencies": {name: version}}, out)
    with open(f"{folder}/package-lock.json", "w") as out:
        json.dump({"name": "manager", "version": "1.0.0", "lockfileVersion": 3, "packages": {
            "": {"dependencies": {name: version}}, f"node_modules/{name}": {"version": version, "integrity": integrity}}}, out)
    words = ("ci", "--ignore-scripts", "--cache", f"{cache}/npm")
    if npm(*words, cwd=folder, check=False, offline=True).returncode:
        npm(*words, cwd=folder)
    own = package_of(f"{folder}/node_modules/{name}")["bin"]
    file = own if isinstance(own, str) else own.get("yarn") or own[kind]
    return ["node", f"{folder}/node_modules/{name}/{file}"]


def override(bench, folder):
    """Packages of which the recipe has its own source: the app's package.json names that instead."""
    names = [os.path.relpath(os.path.dirname(path), f"{bench}/overrides")
             for path in glob.glob(f"{bench}/overrides/*/package.json") + glob.glob(f"{bench}/overrides/@*/*/package.json")]
    package = package_of(folder)
    hit = [(key, name) for name in names for key in ("dependencies", "devDependencies", "optionalDependencies")
           if name in package.get(key, {})]
    for key, name in hit:
        package[key][name] = f"file:{bench}/overrides/{name}"
        lock = read(f"{folder}/yarn.lock")
        if lock:
            entry = re.compile(rf'^"?{re.escape(name)}@[^\n]*:\n(?:[ \t]+[^\n]*\n)+\n?', re.M)
            with open(f"{folder}/yarn.lock", "w") as out:
                out.write(entry.sub("", lock))
    if hit:
        with open(f"{folder}/package.json", "w") as out:
            json.dump(package, out, indent=2)
    return bool(hit)


def install(cache, pins, bench, app):
    folder = f"{bench}/apps/{app}"
    package = package_of(folder)
    if not needs_packages(package):
        return
    managers, locks = pinned(pins, app)
    before = {name: read(f"{folder}/{name}") for name in ("package.json", "yarn.lock") if os.path.exists(f"{folder}/{name}")}
    changed = override(bench, folder)
    kind, _ = manager_of(folder, package)
    if kind is None and app in locks:
        with open(f"{folder}/package-lock.json", "w") as out:
            out.write(locks[app])
        kind = "npm"
    run_manager(kind, cache, folder, managers, changed)
    for name, text in before.items():
        with open(f"{folder}/{name}", "w") as out:
            out.write(text)
    if app in locks:
        os.remove(f"{folder}/package-lock.json")
    for junk in glob.glob(f"{folder}/node_modules/.yarn-*") + [f"{folder}/node_modules/.package-lock.json", f"{folder}/.pnp.cjs",
                                                             f"{folder}/node_modules/.modules.yaml"]:
        if os.path.isfile(junk):
            os.remove(junk)


def run_manager(kind, cache, folder, managers, changed):
    environment = dict(os.environ, CI="1", NODE_OPTIONS="", npm_config_cache=f"{cache}/npm")
    if kind == "npm":
        words, offline, frozen = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], "--offline", []
    elif kind == "yarn":
        with open("/tmp/.yarnrc", "w") as out:
            out.write(f'yarn-offline-mirror "{cache}/yarn"\nyarn-offline-mirror-pruning false\ndisable-self-update-check true\n'
                      'lastUpdateCheck 9999999999999\n')
            registry = environment.get("npm_config_registry")
            out.write(f'registry "{registry}"\n' if registry else "")
        words = [*get_manager(cache, kind, managers), "install", "--non-interactive", "--ignore-scripts", "--production=false",
                 "--no-progress", "--ignore-engines", "--cache-folder", "/tmp/yarn-cache", "--network-timeout", "180000"]
        offline, frozen = "--offline", [] if changed else ["--frozen-lockfile"]
    elif kind == "berry":
        environment |= {"YARN_NODE_LINKER": "node-modules", "YARN_GLOBAL_FOLDER": f"{cache}/berry", "YARN_ENABLE_SCRIPTS": "false",
                        "YARN_ENABLE_TELEMETRY": "0", "YARN_ENABLE_GLOBAL_CACHE": "true", "YARN_IGNORE_PATH": "1",
                        "YARN_ENABLE_IMMUTABLE_INSTALLS": "false"}
        words, offline, frozen = [*get_manager(cache, kind, managers), "install"], None, []
    else:
        words = [*get_manager(cache, kind, managers), "install", "--ignore-scripts", "--config.node-linker=hoisted",
                 "--store-dir", f"{cache}/pnpm", "--config.manage-package-manager-versions=false"]
        offline, frozen = "--offline", ["--no-frozen-lockfile" if changed else "--frozen-lockfile"]
    first = subprocess.run([*words, *frozen, offline], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL) if offline else None
    if first and first.returncode == 0:
        return
    before = berry_choice(folder)
    if subprocess.run([*words, *frozen], cwd=folder, env=environment).returncode:
        fail(f"{os.path.basename(folder)}: its Node packages cannot be installed by {kind}: see above")
    if kind == "berry" and not changed and berry_choice(folder) != before:
        fail(f"{os.path.basename(folder)}: its yarn.lock does not answer its package.json: run yarn install there and commit the lock")


def berry_choice(folder):
    """What a yarn.lock resolves to, whichever version has written it: one that is newer writes the same in another form."""
    return set(re.findall(r"^ +resolution: .*", read(f"{folder}/yarn.lock"), re.M))


def heap_megabytes():
    total = int(re.search(r"MemAvailable:\s*(\d+)", read("/proc/meminfo"))[1]) // 1024
    return max(512, min(8192, total * 3 // 4))


def assets(bench, first, app):
    """The framework's bundler builds each app's bundles by its script `production`; an app's own script is `build`."""
    folder = f"{bench}/apps/{app}"
    lay_sites(bench)
    here = os.path.dirname(os.path.abspath(__file__))
    node = f"--max-old-space-size={heap_megabytes()} --require={here}/assets.js"
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


def sources(folder):
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist", ".git", "locale", "translations", "cypress")]
        for name in files:
            if name.endswith(TEXTS):
                yield os.path.join(top, name)


REQUIRE = re.compile(r"""(?:\brequire\s*\(\s*|\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\.resolve\s*\(\s*)["']([^"'\n]+)["']""")
SERVED = re.compile(r"""node_modules/((?:@[\w.-]+/)?[\w.-]+)""")


def name_in(request):
    parts = request.removeprefix("node:").split("/")
    return "/".join(parts[:2]) if request.startswith("@") else parts[0]


def entries(folder, app):
    """Programs that a running bench starts: the live-event server, and scripts beside the package that Python code names."""
    named = set()
    for path in glob.glob(f"{folder}/{app}/**/*.py", recursive=True):
        named |= set(re.findall(r"""["'/]([\w.-]+\.js)["']""", read(path)))
    tops = {os.path.basename(path) for path in glob.glob(f"{folder}/*.js")}
    return [f"{folder}/{name}" for name in sorted(tops & (named | {"socketio.js"}))]


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
        package = package_of(folder) or {}
        for key in ("dependencies", "optionalDependencies", "peerDependencies"):
            left += [(f"{folder}/node_modules", need) for need in package.get(key, {})]
    return kept


def reduce(bench, app, served, keep):
    """Paths below an app's node_modules that a running bench does without."""
    folder = f"{bench}/apps/{app}"
    modules = f"{folder}/node_modules"
    if not os.path.isdir(modules):
        return
    kept = closure(modules, required(entries(folder, app)) | keep)
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
    served = {name for app in apps for path in sources(f"{bench}/apps/{app}/{app}") for name in SERVED.findall(read(path))}
    left_out = {path for app in apps for path in reduce(bench, app, served, set(keep.split()))}
    with open(f"{bench}/.left-out", "w") as out:
        out.write("".join(f"{os.path.relpath(path, bench)}\n" for path in sorted(left_out) if "\n" not in path))
    for app in apps:
        if os.path.isdir(f"{bench}/apps/{app}/node_modules"):
            link = f"{bench}/apps/{app}/{app}/public/node_modules"
            if os.path.isdir(os.path.dirname(link)) and not os.path.lexists(link):
                os.symlink("../../node_modules", link)


if __name__ == "__main__":
    {"choose": choose, "install": install, "assets": assets, "finish": finish}[sys.argv[1]](*sys.argv[2:])
