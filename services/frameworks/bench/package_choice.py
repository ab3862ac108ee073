"""Which Python packages suit together: uv chooses, from the index alone, for the Python that the apps run on."""
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

from app_files import fail
from package_index import PIP, Pin, digest_of, file_of, index_urls, pip, with_login
from pip._vendor.packaging import utils

# What the apps run on; this program runs on the suite's own.
PYTHON = os.environ.get("MKBENCH_PYTHON") or sys.executable
# What a requirements file may say beside names: others could name another index, or have programs of packages run that need not.
OPTIONS = re.compile(r"--(pre|prefer-binary|require-hashes|only-binary[ =]:all:)")


@functools.cache
def target():
    """Of PYTHON: its version, and the tags of wheels that suit it, the best first."""
    ask = (f"import json, sys; sys.path.append({PIP!r})\nfrom pip._vendor.packaging import tags\n"
           "print(json.dumps(['.'.join(map(str, sys.version_info[:3])), list(map(str, tags.sys_tags()))]))")
    return json.loads(subprocess.run([PYTHON, "-c", ask], check=True, stdout=subprocess.PIPE).stdout)


def start_uv(cache, pin):
    with zipfile.ZipFile(pin.get(cache)) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".data/scripts/uv"))
        with wheel.open(name) as source, open("/tmp/uv", "wb") as program:
            shutil.copyfileobj(source, program)
    os.chmod("/tmp/uv", 0o755)
    first, more = index_urls()
    environment = dict(os.environ, UV_NO_CONFIG="1", UV_CACHE_DIR="/tmp/uv-cache", UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy",
                       UV_CONCURRENT_BUILDS="1", UV_HTTP_TIMEOUT="180")
    for name, urls in (("UV_DEFAULT_INDEX", first), ("UV_INDEX", more)):
        environment.pop(name, None)
        if urls:
            environment[name] = " ".join(urls)
    environment.pop("UV_INDEX_URL", None)
    if not PYTHON.startswith("/usr/"):  # it remembers the compiler of whoever built it
        environment |= {"CC": "cc", "CXX": "c++"}
    return lambda *words, **keys: subprocess.run(["/tmp/uv", *words], env=environment, text=True, **keys)


def choose_uv(cache):
    folder = "/tmp/uv-wheel"
    if pip("download", "-q", "--no-deps", "--only-binary", ":all:", "--dest", folder, "uv") is None:
        fail("uv, which chooses Python packages, cannot be had from the package index")
    path = glob.glob(f"{folder}/*.whl")[0]
    file, digest = os.path.basename(path), digest_of(path)
    os.makedirs(f"{cache}/{digest}", exist_ok=True)
    shutil.copyfile(path, f"{cache}/{digest}/{file}")
    return Pin("uv", file.split("-")[1], digest, file)


def taken(lines, whose):
    """The lines that uv may read: a requirement of a pyproject.toml could be several."""
    for line in lines:
        if len(line.splitlines()) != 1:
            fail(f"{whose} asks for {line!r}, which is no name with versions")
        if line.lstrip().startswith("-") and not OPTIONS.fullmatch(line):
            fail(f"{whose} asks with option {re.split('[ =]', line.lstrip())[0]}, which is not taken: packages come from the index that the "
                 "builder's own settings name")
    return lines


def compile_set(uv, asked, files, before, what):
    """uv's choice as the packages of a pylock."""
    with open("/tmp/asked.in", "w") as out:
        out.write("\n".join(asked) + "\n")
    words = ["pip", "compile", "-q", "--python", PYTHON, "--no-header", "--no-annotate", "--format", "pylock.toml",
             "-o", "/tmp/pylock.toml", "/tmp/asked.in", *files]
    if before:
        words += ["--exclude-newer", before]
    done = uv(*words, stderr=subprocess.PIPE)
    if done.returncode and before and "upload" in done.stderr and "date" in done.stderr:
        print("the index does not say when its packages came: the newest are taken", flush=True)
        return compile_set(uv, asked, files, None, what)
    if done.returncode:
        fail(f"no set of Python packages suits {what}:", done.stderr.strip())
    with open("/tmp/pylock.toml", "rb") as file:
        return tomllib.load(file).get("packages", [])


def best_file(package, order):
    """The file that pip would take, as a name and its entry: a wheel when one fits, else the source."""
    wheels = []
    for wheel in package.get("wheels", []):
        name = wheel.get("name") or file_of(wheel["url"])
        ranks = [order[str(tag)] for tag in utils.parse_wheel_filename(name)[3] if str(tag) in order]
        if ranks:
            wheels.append((min(ranks), name, wheel))
    if wheels:
        return min(wheels, key=lambda row: row[:2])[1:]
    source = package.get("sdist")
    if not source:
        fail(f"{package['name']} {package['version']} has no file for this machine")
    return source.get("name") or file_of(source["url"]), source


def pins_of(packages):
    order = {tag: rank for rank, tag in enumerate(target()[1])}
    pins = []
    for package in packages:
        if "vcs" in package or "directory" in package:
            fail(f"{package['name']}: a Python package from git or a folder has no digest: name a release of it")
        name, file = best_file(package, order)
        pins.append(Pin(package["name"], package["version"], file["hashes"]["sha256"], name, with_login(file.get("url"))))
    return pins
