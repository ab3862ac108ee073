#!/usr/bin/python3
"""The Node packages of a bench, by what each app declares.

    node.py choose CACHE PINS BENCH APP...     writes PINS/node: package managers, and a lock for each app that has none
    node.py install CACHE PINS BENCH APP       makes BENCH/apps/APP/node_modules

PINS/node.before, when it is there, is what a lock had that one app of many moves in: what still suits stays.

PINS/node has lines `manager NAME VERSION INTEGRITY APP...` and `lock APP JSON`.
"""
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

import yarn_files
from app_files import fail, package_of, read

# What a manager may write anew, and an app keeps as it has it; what a manager notes for itself, where the app has that folder.
OWN_FILES = ("package.json", "yarn.lock", ".yarnrc.yml", ".npmrc", "pnpm-lock.yaml", "pnpm-workspace.yaml")
NOTES = ("node_modules/.package-lock.json", "node_modules/.modules.yaml", "node_modules/.pnpm-workspace-state-v1.json",
         "node_modules/.pnpm-workspace-state.json", ".pnp.cjs", ".yarn/install-state.gz")
# A yarn.lock without a version is one of yarn 1, which later ones do not read.
MANAGERS = {"package-lock.json": ("npm", None), "npm-shrinkwrap.json": ("npm", None), "pnpm-lock.yaml": ("pnpm", None),
            "yarn.lock": ("yarn", "1")}
# A pnpm-lock.yaml is read by the versions of its time, and since its own 9 by all later ones.
PNPM_OF_LOCK = {"5": "7", "6": "8"}
# So is a yarn.lock of yarn 2 and later by its own number; digests in one of another time would not be compared.
BERRY_OF_LOCK = {"4": "2", "5": "3", "6": "3"}
PACKAGE_OF = {"yarn": "yarn", "berry": "@yarnpkg/cli-dist", "pnpm": "pnpm"}


def needs_packages(package):
    return bool(package and any(package.get(key) for key in ("dependencies", "devDependencies", "optionalDependencies", "workspaces")))


def manager_of(folder, package):
    """The app's package manager and the version that it asks for: by its packageManager field, else by its lock. Without a lock that it
    reads, the field says who would choose anew each time: then the choice is ours, once."""
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
    if named and any(os.path.exists(f"{folder}/{file}") for file, (name, _) in MANAGERS.items() if name == named[1]):
        name, version = named.groups()
        kind = "berry" if name == "yarn" and not version.startswith("1.") else name
    return kind, version


def fail_of(folder, line):
    """A manager has failed. Its own words name the address of a package that it could not get, and not what helps then."""
    package = package_of(folder) or {}
    named = [one for key in ("dependencies", "devDependencies", "optionalDependencies") for one in package.get(key, {}).items()]
    own = sorted(name for name, wanted in named if isinstance(wanted, str) and "/" in wanted and
                 not re.match(r"(npm|file|link|portal|workspace|patch):|[./~]", wanted))
    fail(line, *([f"{', '.join(own)}: taken from an address of its own, by package.json. If that cannot be reached, the recipe's "
                  "'overrides' takes it from elsewhere"] if own else []))


def npm(*words, cwd="/tmp", check=True, offline=False):
    # Its own files go to /tmp, which does not outlive the step; the settings of the machine's owner are in its environment.
    done = subprocess.run(["npm", *words, "--no-audit", "--no-fund", "--no-update-notifier", *(["--offline"] if offline else [])],
                          cwd=cwd, stdout=subprocess.PIPE, text=True)
    if check and done.returncode:
        fail_of(cwd, f"npm {words[0]} failed: see above")
    return done


def numbers(version):
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def suits_node(wanted, have):
    """What packages say in `engines`: ">=18.12", "^20 || >=22", "20 || 22", "14.2 - 14.9 || >14.10". What cannot be read suits."""
    def suits(op, least):
        cut = have[:len(least)]
        return {">=": have >= least, ">": cut > least, "<": have < least, "<=": cut <= least, "^": have[0] == least[0] and have >= least,
                "~": cut[:2] == least[:2] and have >= least}.get(op, cut == least)

    def met(part):
        part = re.sub(r"(\S+)\s+-\s+(\S+)", r">=\1 <=\2", part)
        return all(suits(op, numbers(version)) for op, version in re.findall(r"(>=|<=|>|<|\^|~|)\s*v?(\d+(?:\.\d+)*)", part))
    return any(met(part) for part in wanted.split("||"))


def newest_manager(cache, kind, version):
    """The newest of that version that runs on the image's Node, with its digest."""
    name = PACKAGE_OF[kind]
    have = numbers(subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    text = npm("view", f"{name}@{version or '>=0'}", "version", "engines.node", "dist.integrity", "optionalDependencies", "--json",
               "--cache", f"{cache}/npm", check=False).stdout
    found = json.loads(text) if text.strip() else []
    if isinstance(found, dict) and "error" in found:
        fail(f"{kind} {version or ''} cannot be had from the package index: {found['error'].get('summary', '')}")
    rows = [row for row in (found if isinstance(found, list) else [found]) if version and "-" in version or "-" not in row["version"]]
    exact = len(rows) == 1
    # Newer ones of some are no programs of Node any more: their own script takes one out of a package for the machine.
    rows = [row for row in rows if not any("linux" in need for need in row.get("optionalDependencies") or {})]
    if exact and not rows:
        fail(f"{kind} {version} is a program for one kind of machine, which only its own script installs: name an earlier one as "
             "'packageManager' in the app's package.json")
    rows = [row for row in rows if exact or suits_node(row.get("engines.node") or "*", have)]
    if not rows:
        fail(f"no {' '.join(filter(None, (kind, version)))} runs on Node {'.'.join(map(str, have))}: name another as "
             "'packageManager' in the app's package.json, or another Node in the recipe's 'runtime'")
    return max(rows, key=lambda row: numbers(row["version"]))


def kept_manager(before, kind, version, users):
    """The line of before of a manager that those apps had, when it is one of the version that they ask for."""
    for line in before.splitlines():
        word, *rest = line.split(" ")
        if word == "manager" and rest[0] == kind and set(rest[3:]) & set(users) and f"{rest[1]}.".startswith(f"{version or rest[1]}."):
            return f"manager {' '.join(rest[:3])} {' '.join(users)}"
    return None


def choose(cache, pins, bench, *apps):
    lines, wanted = [], {}
    before = read(f"{pins}/node.before")
    locks = dict(line.split(" ", 2)[1:] for line in before.splitlines() if line.startswith("lock "))
    for app in apps:
        folder = f"{bench}/apps/{app}"
        package = package_of(folder)
        if not needs_packages(package):
            continue
        kind, version = manager_of(folder, package)
        if kind is None:
            lines.append(f"lock {app} {make_lock(cache, folder, app, locks.get(app))}")
        elif kind != "npm":
            wanted.setdefault((kind, version), []).append(app)
    for (kind, version), users in wanted.items():
        kept = kept_manager(before, kind, version, users)
        if kept:
            lines.append(kept)
            continue
        newest = newest_manager(cache, kind, version)
        lines.append(f"manager {kind} {newest['version']} {newest['dist.integrity']} {' '.join(users)}")
    with open(f"{pins}/node", "w") as out:
        out.write("".join(f"{line}\n" for line in sorted(lines)) or "none\n")


def make_lock(cache, folder, app, before=None):
    own = f"/tmp/lock-{app}"
    os.makedirs(own)
    shutil.copy(f"{folder}/package.json", own)
    if before:
        with open(f"{own}/package-lock.json", "w") as out:
            out.write(before)
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
    there = os.listdir(folder)
    before = {name: read(f"{folder}/{name}") for name in OWN_FILES if name in there}
    changed = override(bench, folder)
    kind, _ = manager_of(folder, package)
    if kind is None and app in locks:
        with open(f"{folder}/package-lock.json", "w") as out:
            out.write(locks[app])
        kind = "npm"
    run_manager(kind, cache, folder, managers, changed)
    for name, text in before.items():
        if read(f"{folder}/{name}") != text:
            with open(f"{folder}/{name}", "w") as out:
                out.write(text)
    clean(folder, there)


def clean(folder, there):
    """A manager leaves the packages and nothing else: notes of itself, and settings that it was new to, differ from run to run."""
    notes = [f"{folder}/{name}" for name in os.listdir(folder) if name not in [*there, "node_modules"]]
    for junk in notes + glob.glob(f"{folder}/node_modules/.yarn-*") + [f"{folder}/{name}" for name in NOTES]:
        if os.path.isdir(junk) and not os.path.islink(junk):
            shutil.rmtree(junk)
        elif os.path.lexists(junk):
            os.remove(junk)


def run_manager(kind, cache, folder, managers, changed):
    # The app's settings could name a program of its own in yarn's place.
    environment = dict(os.environ, CI="1", NODE_OPTIONS="", npm_config_cache=f"{cache}/npm", YARN_IGNORE_PATH="1",
                       UV_THREADPOOL_SIZE=str(len(os.sched_getaffinity(0))))  # more threads than processors only wait for each other
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
        yarn_files.lay(f"{cache}/yarn", "/tmp/yarn-cache", read(f"{folder}/yarn.lock"))
    elif kind == "berry":
        environment |= {"YARN_NODE_LINKER": "node-modules", "YARN_GLOBAL_FOLDER": f"{cache}/berry", "YARN_ENABLE_SCRIPTS": "false",
                        "YARN_ENABLE_TELEMETRY": "0", "YARN_ENABLE_GLOBAL_CACHE": "true", "YARN_ENABLE_IMMUTABLE_INSTALLS": "false"}
        words, offline, frozen = [*get_manager(cache, kind, managers), "install"], None, []
        kept = kept_berry_lock(cache, folder, managers)
    else:
        words = [*get_manager(cache, kind, managers), "install", "--ignore-scripts", "--ignore-pnpmfile", "--config.node-linker=hoisted",
                 "--store-dir", f"{cache}/pnpm", "--config.manage-package-manager-versions=false"]
        offline, frozen = "--offline", ["--no-frozen-lockfile" if changed else "--frozen-lockfile"]
    first = subprocess.run([*words, *frozen, offline], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL) if offline else None
    if first and first.returncode == 0:
        return
    before = berry_choice(read(f"{folder}/yarn.lock"))
    if kind == "berry":
        take_berry_lock(kept, folder)
    if subprocess.run([*words, *frozen], cwd=folder, env=environment).returncode:
        fail_of(folder, f"{os.path.basename(folder)}: its Node packages cannot be installed by {kind}: see above")
    if kind != "berry":
        return
    if not changed and berry_choice(read(f"{folder}/yarn.lock")) != before:
        fail(f"{os.path.basename(folder)}: its yarn.lock does not answer its package.json: run yarn install there and commit the lock")


    os.makedirs(os.path.dirname(kept), exist_ok=True)
    shutil.copyfile(f"{folder}/yarn.lock", kept)


def berry_choice(lock):
    """What a yarn.lock resolves to, whichever version has written it: one that is newer writes the same in another form."""
    return set(re.findall(r"^ +resolution: .*", lock, re.M))


def kept_berry_lock(cache, folder, managers):
    """Where the yarn.lock is that this yarn once made of this one."""
    asked = "\0".join([managers.get("berry", [""])[0], read(f"{folder}/package.json"), read(f"{folder}/yarn.lock")])
    return f"{cache}/berry/locks/{hashlib.sha256(asked.encode()).hexdigest()}"


def take_berry_lock(kept, folder):
    """A yarn that is newer than the lock asks the index again for all that it names, to write it in its own form: once is enough."""
    own, again = read(f"{folder}/yarn.lock"), read(kept)

    def sums(lock):
        return set(re.findall(r"^ +checksum: .*", lock, re.M))
    if again and berry_choice(own) <= berry_choice(again) and sums(own) <= sums(again):
        with open(f"{folder}/yarn.lock", "w") as out:
            out.write(again)


if __name__ == "__main__":
    {"choose": choose, "install": install}[sys.argv[1]](*sys.argv[2:])
