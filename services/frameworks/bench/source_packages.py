"""What source packages are built with: what they declare, and what their build backends ask for beside."""
import glob
import json
import os
import subprocess
import tarfile
import tomllib
import zipfile

from app_files import fail
from package_choice import PYTHON, compile_set, pins_of, taken

DEFAULT_BUILD = ["setuptools", "wheel"]


def unpack(path, number):
    """A source package, unpacked; its folder."""
    folder = f"/tmp/sources/{number}"
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
    return glob.glob(f"{folder}/*/")[0].rstrip("/")


# What the build backend itself asks for, once what is declared is there (PEP 517).
HOOK = """
import importlib, json, os, sys
sys.path[:0] = [os.path.join(os.getcwd(), p) for p in json.loads(sys.argv[2])] or ([os.getcwd()] if "__legacy__" in sys.argv[1] else [])
sys.argv = ["setup.py", *sys.argv[1:]]
module, _, name = sys.argv[1].partition(":")
backend = importlib.import_module(module)
for part in filter(None, name.split(".")):
    backend = getattr(backend, part)
asked = getattr(backend, "get_requires_for_build_wheel", lambda settings: [])
sys.stdout, out = sys.stderr, sys.stdout
print(json.dumps(asked({})), file=out)
"""


def build_needs(folder):
    """What a source package declares that it is built with, and by which backend."""
    system = {}
    if os.path.exists(f"{folder}/pyproject.toml"):
        with open(f"{folder}/pyproject.toml", "rb") as file:
            system = tomllib.load(file).get("build-system", {})
    needs = [*system.get("requires", []), *DEFAULT_BUILD]
    return needs, system.get("build-backend", "setuptools.build_meta:__legacy__"), system.get("backend-path", [])


def asked_by_backend(folder, backend, path):
    done = subprocess.run(["/tmp/build-env/bin/python", "-c", HOOK, backend, json.dumps(path)], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else []


def choose_build(uv, sources, before):
    """One set of packages that builds all source packages, as pins."""
    if not sources:
        return []
    what = "the building of " + ", ".join(map(os.path.basename, sources))
    folders = [unpack(path, i) for i, path in enumerate(sources)]
    declared = [build_needs(folder) for folder in folders]
    needs = taken(sorted({need for row in declared for need in row[0]}), what)
    packages = compile_set(uv, needs, [], before, what)
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", "/tmp/build-env"], check=True)
    done = uv("pip", "install", "-q", "--python", "/tmp/build-env/bin/python", "--no-deps",
              *[f"{package['name']}=={package['version']}" for package in packages])
    if done.returncode:
        fail(f"what {what} needs cannot be installed: see above")
    more = {need for folder, row in zip(folders, declared) for need in asked_by_backend(folder, *row[1:])}
    return pins_of(compile_set(uv, taken(sorted({*needs, *more}), what), [], before, what) if more - set(needs) else packages)
