"""Source packages: what they need, and what they are built with.

A source package says so by running its code. Whoever chooses has a network, so it runs none: it leaves its questions in
PINS/python.asked and ends, `answer` puts them, in a room without a network, and leaves PINS/python.answers for the next
round. What is in there is what code of source packages wants to have said: names with versions, nothing more is taken from it.
The sources that are asked lie in PINS/python.sources: the cache is other builds', too, between one step and the next.
"""
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from concurrent import futures

import asked as requirements
import source_files
from app_files import fail, project_of, read
from package_choice import PYTHON, compile_set, pins_of, start_uv, target
from package_index import FILE_LIMIT, Pin, digest_of, get_all, get_own, read_note, write
from pip._vendor.packaging import utils
from pip._vendor.packaging.markers import Marker

DEFAULT_BUILD = ["setuptools", "wheel"]
PATIENCE_SECONDS, SAID_LIMIT = 900, 64 << 10


def unpack(path, folder, what):
    """A source package, unpacked; its folder."""
    done = subprocess.run([sys.executable, "-B", source_files.__file__, path, folder], stderr=subprocess.PIPE, text=True)
    tops = sorted(glob.glob(f"{folder}/*/"))
    if done.returncode or not tops:
        fail(f"{what}: its source package is not unpacked: {done.stderr.strip().splitlines()[-1] if done.returncode else 'no folder is in it'}")
    return tops[0].rstrip("/")


# What the build backend itself asks for, once what is declared is there (PEP 517), and what the package needs.
HOOK = """
import email.parser, importlib, json, os, sys, zipfile
ask = json.loads(sys.argv[1])
sys.argv = ["setup.py"]
sys.path[:0] = [os.path.join(os.getcwd(), p) for p in ask["path"]] or ([os.getcwd()] if "__legacy__" in ask["backend"] else [])
module, _, name = ask["backend"].partition(":")
backend = importlib.import_module(module)
for part in filter(None, name.split(".")):
    backend = getattr(backend, part)
says = {"more": getattr(backend, "get_requires_for_build_wheel", lambda settings: [])({})}
if ask["whole"] and not set(says["more"]) - set(ask["needs"]):
    made = ask["out"] + ".made"
    os.makedirs(made)
    if hasattr(backend, "prepare_metadata_for_build_wheel"):
        with open(os.path.join(made, backend.prepare_metadata_for_build_wheel(made, {}), "METADATA"), encoding="utf-8") as file:
            text = file.read()
    else:
        with zipfile.ZipFile(os.path.join(made, backend.build_wheel(made, {}))) as wheel:
            text = next(wheel.read(n).decode() for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    head = email.parser.HeaderParser().parsestr(text)
    says |= {"requires": head.get_all("Requires-Dist") or [], "python": head["Requires-Python"], "extras": head.get_all("Provides-Extra") or [],
             "name": head["Name"], "version": head["Version"]}
with open(ask["out"], "w") as out:
    json.dump(says, out)
"""


def build_needs(folder):
    """What a source package declares that it is built with, and by which backend."""
    system = project_of(folder).get("build-system", {})
    needs = [*system.get("requires", []), *DEFAULT_BUILD]
    return needs, system.get("build-backend", "setuptools.build_meta:__legacy__"), system.get("backend-path", [])


def read_answers(pins):
    """By what they are of; a damaged file is a package's that says nothing."""
    try:
        text = read_note(f"{pins}/python.answers")
        answers = {} if text is None else json.loads(text)
        words = {of: [of, *(said.get(key) or "" for key in ("python", "name", "version")),
                      *sum((said.get(key, []) for key in ("more", "requires", "extras")), [])]
                 for of, said in answers.items()}
    except (ValueError, RecursionError, TypeError, AttributeError):
        fail("what source packages say of themselves cannot be read: one of them spoils it")
    for of, texts in words.items():
        for text in texts:
            if not isinstance(text, str) or not text.isprintable():
                fail(f"{of!r} says that it needs {text!r}, which is no name with versions")
        for line in answers[of].get("more", []) + answers[of].get("requires", []):
            requirements.check_said(line, of)
    return answers


class Sources:
    def __init__(self, uv, own_uv, cache, pins, before, keep):
        self.uv, self.own_uv, self.cache, self.pins, self.before, self.keep = uv, own_uv, cache, pins, before, keep
        self.answers, self.asked, self.kept = read_answers(pins), [], f"{pins}/python.sources"
        self.forget()

    def forget(self):
        """What was asked, or may be: nobody needs it once all is chosen."""
        for folder in self.kept, f"{self.cache}/asked":
            shutil.rmtree(folder, ignore_errors=True)

    def known(self):
        """What source packages need by NAME==VERSION. One of an address is the only one of its name, as uv wants to have it."""
        said = {of: said for of, said in self.answers.items() if "requires" in said}
        own = {of.partition(" @ ")[0]: row for of, row in said.items() if " @ " in of}
        return {of: row for of, row in said.items() if " @ " not in of and "==" in of and of.partition("==")[0] not in own} | {
            f"{name}=={row['version']}": row for name, row in own.items()}

    def needs(self, of, folder):
        return sorted({*build_needs(folder)[0], *self.answers.get(of, {}).get("more", [])})

    def built_with(self, needs, what):
        what = f"the building of {what}, where wheels alone are taken"
        for line in needs:
            requirements.check(line, what)
        return pins_of(compile_set(self.uv, needs, self.before, what, keep=self.keep))

    def says(self, of, folder, whole=True):
        """What it says of itself, or None: it has to be asked. whole: also what it needs, not only what it is built with."""
        said = self.answers.get(of, {})
        if "failed" in said and whole:
            fail(f"{of} cannot say what it needs, and is asked without a network:", said["failed"])
        if "requires" in said or (not whole and said):
            return said
        _, backend, path = build_needs(folder)
        needs = self.needs(of, folder)
        wheels = self.built_with(needs, of)
        get_all(wheels, self.cache)
        self.asked.append({"of": of, "folder": folder, "backend": backend, "path": path, "needs": needs, "whole": whole,
                           "wheels": [str(pin) for pin in wheels]})
        print("ask", of, flush=True)
        return None

    def says_from(self, of, folder):
        """The same of a folder that is gone when it is asked."""
        kept = f"{self.kept}/{len(self.asked)}"
        shutil.copytree(folder, kept, symlinks=True)
        return self.says(of, kept)

    def is_asking(self):
        """Whether there are questions; then this round is over."""
        if self.asked:
            write(f"{self.pins}/python.asked", json.dumps({"uv": str(self.own_uv), "packages": self.asked}))
        return bool(self.asked)


SOURCE = re.compile(r"\.(tar\.(gz|bz2|xz)|tgz|zip)$")


def own_sources(sources, lines):
    """The source packages that apps name by an address or a commit, as pins by name; None: they have to be asked what they need. The
    cache has their files then."""
    version = target()[0]
    environment = {"python_version": ".".join(version.split(".")[:2]), "python_full_version": version, "extra": ""}
    pins = {}
    for number, line in enumerate(lines):
        found = requirements.DIRECT.fullmatch(line)
        if not found or found[3] and not Marker(found[3].strip("; ")).evaluate(environment):
            continue
        name, (own, _, more) = utils.canonicalize_name(re.split(r"[\s\[]", found[1])[0]), found[2].partition("#")
        if own.endswith(".whl"):
            continue
        below = re.search(r"(?:^|&)(subdirectory=[^&]+)", more)
        own += f"#{below[1]}" if below else ""
        kind = ".tar.gz" if own.startswith("git+") else (SOURCE.search(own) or [""])[0]
        if not kind:
            fail(f"{name}: {own} is no .whl, no .tar.gz and no .zip")
        file = f"{sources.cache}/asked/own-{number}{kind}"
        os.makedirs(os.path.dirname(file), exist_ok=True)
        get_own(name, own, file)
        os.replace(f"{file}.part", file)
        digest = digest_of(file)
        if "sha256=" in more and f"sha256={digest}" not in more.split("&"):
            fail(f"{name}: {own} is another file than the one that an app names: its digest is sha256:{digest}")
        said = sources.says(f"{name} @ {own}", unpack(file, f"{sources.kept}/own-{number}", f"{name} @ {own}"))
        if not said:
            pins[name] = None
            continue
        if utils.canonicalize_name(said["name"]) != name or not re.fullmatch(r"[\w.!+-]+", said["version"]):
            fail(f"{name} @ {own}: what is there calls itself '{said['name']}' of version '{said['version']}': ask for it by that name")
        pins[name] = Pin(name, said["version"], digest, f"{name.replace('-', '_')}-{said['version']}{kind}", own=own)
        os.makedirs(f"{sources.cache}/{digest}", exist_ok=True)
        os.replace(file, f"{sources.cache}/{digest}/{pins[name].file}")
    return None if None in pins.values() else pins


def choose_build(sources, paths):
    """One set of packages that builds all source packages, as pins; None: they have to be asked."""
    if not paths:
        return []
    folders = {path: unpack(path, f"{sources.kept}/chosen-{i}", of) for i, (of, path) in enumerate(paths.items())}
    if None in [sources.says(of, folders[path], whole=False) for of, path in paths.items()]:
        return None
    needs = {need for of, path in paths.items() for need in sources.needs(of, folders[path])}
    return sources.built_with(sorted(needs), ", ".join(map(os.path.basename, folders)))


def no_compiler():
    """The Debian packages that code in C is built with and that are not here."""
    headers = subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('include'))"], stdout=subprocess.PIPE, text=True,
                             check=False).stdout.strip()
    lacks = [] if shutil.which("cc") else ["build-essential"]
    if PYTHON.startswith("/usr/") and not os.path.exists(f"{headers}/Python.h"):
        lacks.append(f"{os.path.basename(PYTHON)}-dev")
    return lacks


def build_wheel(uv, python, number, pin, path):
    """The wheel that uv makes of a source package, without a network. It is unpacked here: uv gives each file the time at which it
    unpacks it, and whether a C file is made anew would be chance."""
    folder, out = unpack(path, f"/tmp/sources/{number}", pin.of()), f"/tmp/wheels/{number}"
    done = uv("build", "--wheel", "--no-sources", "--python", python, "--offline", "--no-index", "--find-links", "/tmp/files",
              "--build-constraints", "/tmp/build.txt", "--require-hashes", "--out-dir", out, folder)
    made = glob.glob(f"{out}/*.whl")
    if done.returncode or len(made) != 1:
        lacks = no_compiler()
        fail(f"{pin.of()} cannot be built: see above; what a package is built with is a Debian package to name in "
             "'base: build_packages'", *([f"for code in C there is no {' and no '.join(lacks)}"] if lacks else []))
    return made[0]


def at_once():
    """How many are built at the same time: a compiler may take a GiB."""
    free = int((re.search(r"MemAvailable:\s*(\d+)", read("/proc/meminfo")) or [0, 0])[1]) >> 20
    return max(1, min(len(os.sched_getaffinity(0)), free))


def build_wheels(uv, python, rows):
    """The wheels of (number, pin, path), in that order. What one of them prints stands together, and nothing comes behind that of the
    one that fails."""
    def build(row):
        said = []

        def heard(*words):
            done = uv(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
            said.append(done.stdout)
            return done
        try:
            return said, build_wheel(heard, python, *row), None
        except SystemExit as failure:
            return said, None, failure
    made = []
    with futures.ThreadPoolExecutor(at_once()) as pool:
        for said, path, failure in (one.result() for one in [pool.submit(build, row) for row in rows]):
            print(*said, sep="", end="", flush=True)
            if failure:
                pool.shutdown(cancel_futures=True)
                raise failure
            made.append(path)
    return made


def limit_files():
    """What code of a source package writes, and what it prints."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT))


def ask_one(uv, cache, number, ask):
    env, folder, out = f"/tmp/answers/{number}", f"/tmp/answers/{number}.source", f"/tmp/answers/{number}.json"
    shutil.copytree(ask["folder"], folder, symlinks=True)
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", env], check=True)
    files = get_all([Pin.read(line) for line in ask["wheels"]], cache)
    if uv("pip", "install", "-q", "--python", f"{env}/bin/python", "--offline", "--no-index", "--no-deps", *files).returncode:
        fail(f"what {ask['of']} is built with cannot be installed: see above")
    last = ""
    try:
        with open(f"{out}.said", "wb+") as said:
            subprocess.run([f"{env}/bin/python", "-c", HOOK, json.dumps({**ask, "out": out})], cwd=folder, stdin=subprocess.DEVNULL,
                           stdout=said, stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS, preexec_fn=limit_files)
            said.seek(max(0, said.seek(0, os.SEEK_END) - SAID_LIMIT))
            last = said.read().decode(errors="replace").strip()
        return json.loads(read_note(out) or "")
    except subprocess.TimeoutExpired:
        return {"failed": f"it took longer than {PATIENCE_SECONDS} seconds"}
    except (OSError, ValueError, RecursionError):
        return {"failed": "\n".join(last.splitlines()[-8:])}


def answer(cache, pins):
    with open(f"{pins}/python.asked") as file:
        asked = json.load(file)
    answers = read_answers(pins)
    os.makedirs("/tmp/answers")
    uv = start_uv(cache, Pin.read(asked["uv"]), index=False)
    for number, ask in enumerate(asked["packages"]):
        answers[ask["of"]] = ask_one(uv, cache, number, ask)
    write(f"{pins}/python.answers", json.dumps(answers))
