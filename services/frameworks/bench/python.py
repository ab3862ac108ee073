#!/usr/bin/python3
"""The Python packages of a bench: chosen together for all apps, then installed by their digests.

    python.py choose CACHE PINS BENCH APP...   writes PINS/python from what the apps declare, or PINS/python.asked
    python.py answer CACHE PINS                answers that, without a network: it runs code of source packages
    python.py fetch CACHE PINS                 gets the files of PINS/python, and runs nothing of them
    python.py install CACHE PINS BENCH         makes BENCH/env from those, without a network

PINS/python has a line a file, `NAME==VERSION --hash=sha256:HEX # FILE`, below the headings of SECTIONS; with ` of URL` behind it where
that is not the index's, but an app's own word: https://… or git+https://…@COMMIT. PINS/python.before, when it is
there, is what a lock had that one app of many moves in: what still suits stays. CACHE keeps the files as HEX/FILE. The index and its
credentials are those of pip's settings; uv, from that index too, does the choosing.
"""
import contextlib
import glob
import os
import re
import shutil
import subprocess
import sys

import asked as requirements
from app_files import fail, project_of
from package_choice import PYTHON, Unknown, choose_uv, compile_set, pins_of, start_uv, target, undated
from package_index import Pin, digest_of, get_all, read_note, write
from pip._vendor.packaging import utils
from pip._vendor.packaging.specifiers import SpecifierSet
from source_packages import Sources, answer, build_wheels, choose_build, own_sources

SECTIONS = ["uv", "packages", "build"]
# The web server has to be there, and old packages import pkg_resources, which newer ones of setuptools lack, without saying so.
ALWAYS = ["gunicorn", "setuptools<81"]


def read_pins(pins, name="python"):
    sections, at = {}, None
    for line in (read_note(f"{pins}/{name}") or "").splitlines():
        if line.startswith("#"):
            at = sections.setdefault(line.strip("# \n").split(":")[0], [])
        elif pin := Pin.read(line):
            at.append(pin)
        else:
            fail(f"the lock's Python packages are damaged at '{line.strip()}': run 'mkbench lock'")
    return sections


def check_python(app, wanted):
    have = target()[0]
    if wanted and not SpecifierSet(wanted).contains(have):
        fail(f"the app '{app}' wants Python {wanted}, and the image has {have}: choose another 'base: suite', or another ref of the app")


def declared(bench, app, tests, sources):
    """What an app asks for; None: its code has to be asked."""
    folder, whose = f"{bench}/apps/{app}", f"the app '{app}'"
    project, asked = project_of(folder), requirements.Asked()
    own = project.get("project", {})
    check_python(app, own.get("requires-python"))
    dynamic = "dependencies" in own.get("dynamic", [])
    if own and not dynamic:
        for line in own.get("dependencies", []):
            asked.add(line, whose)
    else:
        listed = os.path.exists(f"{folder}/requirements.txt")
        if listed:
            requirements.read(folder, "requirements.txt", app, asked)
        if (asked.itself or not listed) and (dynamic or os.path.exists(f"{folder}/setup.py")):
            said = sources.says(whose, folder)
            if said is None:
                return None
            check_python(app, said["python"])
            for line in said["requires"]:
                if not re.search(r";.*\bextra\b", line):
                    asked.add(line, whose)
    if tests:
        more = project.get("tool", {}).get("bench", {}).get("dev-dependencies", {})
        for name, value in more.items():
            asked.add(f"{name}{value if value[:1] in '=<>~!' else '==' + value if value else ''}", whose)
        if os.path.exists(f"{folder}/dev-requirements.txt"):
            requirements.read(folder, "dev-requirements.txt", app, asked)
    return asked


def resolve(sources, asked, constraints, keep):
    """The packages of all apps together; None: some have to be asked what they need. Until it was asked, a source package counts as one
    that needs nothing, so that one round asks as many as it meets."""
    known = sources.known()
    while True:
        try:
            packages = compile_set(sources.uv, asked, sources.before, "all apps together", known, keep, constraints)
            return None if sources.is_asking() else packages
        except Unknown as unknown:
            name, version, folder = unknown.args
            of = f"{name}=={version}"
            if of in known:
                fail(f"{of} has said what it needs, and uv wants to run it all the same")
            sources.says_from(of, folder)
            known[of] = {"requires": []}


def choose(cache, pins, bench, *apps):
    before = os.environ.get("MKBENCH_RESOLVE_DATE") or None
    tests = os.environ.get("MKBENCH_TESTS") == "yes"
    earlier = read_pins(pins, "python.before") if os.path.exists(f"{pins}/python.before") else {}
    own_uv = choose_uv(cache, pins, earlier.get("uv", []))
    sources = Sources(start_uv(cache, own_uv), own_uv, cache, pins, before, earlier.get("build", []))
    by_app = [declared(bench, app, tests, sources) for app in apps]
    if sources.is_asking():
        return
    # Apps of the bench come from it, never from the index.
    own = {utils.canonicalize_name(app) for app in apps}
    asked, constraints = ([line for line in lines if not (re.match(r"[A-Za-z0-9]", line) and
                                                          utils.canonicalize_name(re.split(r"[\s\[=<>~!;@]", line)[0]) in own)]
                          for lines in (sum((app.names for app in by_app), list(ALWAYS)), sum((app.constraints for app in by_app), [])))
    by_address = own_sources(sources, asked + constraints)
    packages = resolve(sources, asked, constraints, earlier.get("packages", [])) if by_address is not None else None
    if packages is None:
        sources.is_asking()
        return
    hashes = {name: sum((app.hashes.get(name, []) for app in by_app), []) for name in set().union(*(app.hashes for app in by_app))}
    chosen = pins_of(packages, hashes, by_address)
    paths = get_all(chosen, cache)
    build = choose_build(sources, {pin.of(): path for pin, path in zip(chosen, paths) if not path.endswith(".whl")})
    if sources.is_asking():
        return
    get_all(build, cache)
    sources.forget()
    newest = sorted(undated & {utils.canonicalize_name(pin.name) for pin in chosen})
    if newest:
        print("no index says when it got these packages, so the newest were chosen:", *newest, flush=True)
    heads = {"packages": f"packages: as of {before}{', but for ' if newest else ''}{' '.join(newest)}" if before else "packages"}
    write(f"{pins}/python", "".join(f"# {heads.get(section, section)}\n" + "".join(f"{pin}\n" for pin in rows)
                                    for section, rows in zip(SECTIONS, ([own_uv], chosen, build))))


def fetch(cache, pins):
    for rows in read_pins(pins).values():
        get_all(rows, cache)


def forget_cache_notes(env):
    """What uv writes of its cache, with the time of it: neither the files nor a list's lines of them are the same twice."""
    for info in glob.glob(f"{env}/lib/python3*/site-packages/*.dist-info"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(f"{info}/uv_cache.json")
        with contextlib.suppress(FileNotFoundError), open(f"{info}/RECORD", "r+", encoding="utf-8", newline="") as file:
            lines = [line for line in file if not line.startswith(f"{os.path.basename(info)}/uv_cache.json,")]
            file.seek(0)
            file.truncate()
            file.writelines(lines)


def lay_files(paths):
    """Where uv looks for them."""
    for path in paths:
        shutil.copyfile(path, f"/tmp/files/{os.path.basename(path)}")


def install(cache, pins, bench):
    sections = read_pins(pins)
    if not sections.get("uv"):
        fail("the lock names no Python packages: run 'mkbench lock'")
    os.makedirs("/tmp/files")
    chosen, build = sections.get("packages", []), sections.get("build", [])
    lay_files(get_all(build, cache))
    write("/tmp/build.txt", "".join(f"{pin.requirement()}\n" for pin in build))
    env = f"{bench}/env"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", env], check=True)
    uv = start_uv(cache, sections["uv"][0], index=False)
    paths = dict(zip(chosen, get_all(chosen, cache)))
    sources = [(number, pin, path) for number, (pin, path) in enumerate(paths.items()) if not path.endswith(".whl")]
    paths |= zip((pin for _, pin, _ in sources), build_wheels(uv, f"{env}/bin/python", sources))
    lay_files(paths.values())
    lines = []
    for pin, path in paths.items():
        lines.append(f"{pin.name}=={pin.version} --hash=sha256:{digest_of(path)}\n")
    write("/tmp/packages.txt", "".join(lines))
    done = uv("pip", "install", "-q", "--python", f"{env}/bin/python", "--offline", "--no-index", "--find-links", "/tmp/files",
              "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", "/tmp/packages.txt")
    if done.returncode:
        fail("the Python packages above cannot be installed")
    forget_cache_notes(env)


if __name__ == "__main__":
    {"choose": choose, "answer": answer, "fetch": fetch, "install": install}[sys.argv[1]](*sys.argv[2:])
