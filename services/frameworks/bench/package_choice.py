"""Which Python packages suit together: uv chooses, from the index alone, for the Python that the apps run on.

uv runs nothing of a source package: the interpreter that it is given refuses to, and what such a package needs others tell uv
(source_packages.py).
"""
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
from package_index import GIT_SETTINGS, PIP, Pin, begin, digest_of, file_of, index_urls, links_of, pip, read_note, with_login, write
from pip._vendor.packaging import utils

# What the apps run on; this program runs on the suite's own.
PYTHON = os.environ.get("MKBENCH_PYTHON") or sys.executable


@functools.cache
def target():
    """Of PYTHON: its version, and the tags of wheels that suit it, the best first."""
    ask = (f"import json, sys; sys.path.append({PIP!r})\nfrom pip._vendor.packaging import tags\n"
           "print(json.dumps(['.'.join(map(str, sys.version_info[:3])), list(map(str, tags.sys_tags()))]))")
    return json.loads(subprocess.run([PYTHON, "-c", ask], check=True, stdout=subprocess.PIPE).stdout)


# What uv takes for PYTHON: it answers where uv was started, not where a source package lies.
NO_CODE, UV_AT, REFUSED, UV_CACHE = "/tmp/no-code", "/tmp/uv-runs-here", "/tmp/refused", "/tmp/uv-cache"
# For compilers: what they write for debuggers names the folder that uv unpacks a source package in, which is another each time.
NO_NOTES = "-g0"
INTERPRETER = f"""#!{sys.executable} -I
import os, sys
if os.getcwd() != {UV_AT!r}:
    with open({REFUSED!r}, "a") as out:
        out.write(os.getcwd() + "\\n")
    sys.exit(77)
os.execv({PYTHON!r}, ["{NO_CODE}/bin/python", *sys.argv[1:]])
"""
# Where uv's cache has source packages that no index has.
ADDRESSES = ("url", "path", "editable", "git")


# What uv says of a file when it leaves newer ones out.
NO_DATE = re.compile(r"^warning: `([^`]+)` is missing an upload date.*\n?", re.M)
# Packages whose dates an index does not have: of each the newest may be chosen.
undated = set()


class Unknown(Exception):
    """A source package that uv cannot do without what it needs: its name, version, and where it is unpacked."""


def lay_interpreter():
    if os.path.exists(NO_CODE):
        return
    os.makedirs(UV_AT, exist_ok=True)
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", NO_CODE], check=True)
    for program in glob.glob(f"{NO_CODE}/bin/python*"):
        os.remove(program)
    with open(f"{NO_CODE}/bin/python", "w") as out:
        out.write(INTERPRETER)
    os.chmod(f"{NO_CODE}/bin/python", 0o755)


def refused(said):
    """Raises Unknown when uv wanted to run code of a source package."""
    if not os.path.exists(REFUSED):
        return
    with open(REFUSED) as file:
        folder = file.readline().strip("\n")
    os.remove(REFUSED)
    parts = folder.split("/")
    if folder.startswith(f"{UV_CACHE}/sdists-") and parts[-1] == "src" and len(parts) > 6 and parts[4] not in ADDRESSES:
        raise Unknown(parts[-4], parts[-3], folder)
    named = re.search(r"`([\w.-]+)[^`@]* @ (git\+)?[^`]*`", said)
    name = named[1] if named else "NAME"
    fail(f"the Python package {name} is a source package of an address, which only a package asks for: let an app ask for it, by "
         + (f"{name} @ git+https://…@COMMIT" if not named or named[2] else f"{name} @ https://…") + ", or for a release of it", said)


def start_uv(cache, pin, index=True):
    """Runs uv of that pin with words. index: it may ask the package index."""
    with zipfile.ZipFile(pin.get(cache)) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".data/scripts/uv"))
        with wheel.open(name) as source, open("/tmp/uv", "wb") as program:
            shutil.copyfileobj(source, program)
    os.chmod("/tmp/uv", 0o755)
    first, more = index_urls() if index else ([], [])
    environment = dict(os.environ, UV_NO_CONFIG="1", UV_CACHE_DIR=UV_CACHE, UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy",
                       UV_CONCURRENT_BUILDS="1", UV_HTTP_TIMEOUT="180", **GIT_SETTINGS)
    for name, urls in (("UV_DEFAULT_INDEX", first), ("UV_INDEX", more)):
        environment.pop(name, None)
        if urls:
            environment[name] = " ".join(urls)
    environment.pop("UV_INDEX_URL", None)
    environment |= {name: f"{os.environ.get(name, '')} {NO_NOTES}".strip() for name in ("CFLAGS", "CXXFLAGS")}
    if not PYTHON.startswith("/usr/"):  # it remembers the compiler of whoever built it
        environment |= {"CC": "cc", "CXX": "c++"}
    return lambda *words, **keys: subprocess.run(["/tmp/uv", *words], env=environment, text=True, **keys)


def choose_uv(cache, pins, earlier):
    """One that was chosen before, in a lock or in the round before, when the index has that file: code of a source package has seen the
    notes of it."""
    for pin in [*earlier, Pin.read(read_note(f"{pins}/python.uv") or "")]:
        if pin and pin.name == "uv" and links_of("uv").get(pin.file, "").endswith(f"#sha256={pin.digest}"):
            return pin
    folder = "/tmp/uv-wheel"
    if pip("download", "-q", "--no-deps", "--only-binary", ":all:", "--dest", folder, "uv") is None:
        fail("uv, which chooses Python packages, cannot be had from the package index")
    path = glob.glob(f"{folder}/*.whl")[0]
    file, digest = os.path.basename(path), digest_of(path)
    os.makedirs(f"{cache}/{digest}", exist_ok=True)
    with open(path, "rb") as wheel, begin(f"{cache}/{digest}/{file}") as part:
        shutil.copyfileobj(wheel, part)
    os.replace(f"{cache}/{digest}/{file}.part", f"{cache}/{digest}/{file}")
    pin = Pin("uv", file.split("-")[1], digest, file)
    write(f"{pins}/python.uv", f"{pin}\n")
    return pin


def write_known(known):
    """What source packages need, as uv's settings have it."""
    with open("/tmp/known.toml", "w") as out:
        for of, said in known.items():
            name, _, version = of.partition("==")
            rows = {"name": name, "version": version, "requires-dist": said["requires"], "requires-python": said.get("python"),
                    "provides-extra": said.get("extras")}
            out.write("[[dependency-metadata]]\n" + "".join(f"{key} = {json.dumps(row)}\n" for key, row in rows.items() if row))


def name_of(file):
    """Whose a wheel or a source archive is, or None."""
    parse = utils.parse_wheel_filename if file.endswith(".whl") else utils.parse_sdist_filename
    try:
        return parse(file)[0]
    except ValueError:
        return None


def compile_set(uv, asked, before, what, known=None, keep=(), constraints=()):
    """uv's choice as the packages of a pylock. known: what source packages need, by NAME==VERSION; None: wheels alone are taken. It keeps
    to the pins of keep where it can: to what is in the file that it writes. constraints bind what is chosen, and ask for nothing."""
    lay_interpreter()
    if keep:
        with open("/tmp/pylock.toml", "w") as out:
            out.write('lock-version = "1.0"\ncreated-by = "mkbench"\n')
            out.write("".join(f'[[packages]]\nname = "{pin.name}"\nversion = "{pin.version}"\n' for pin in keep))
    write_known(known or {})
    with open("/tmp/asked.in", "w") as out:
        out.write("\n".join(asked) + "\n")
    with open("/tmp/constraints.in", "w") as out:
        out.write("".join(f"{line}\n" for line in constraints))
    words = ["pip", "compile", "--config-file", "/tmp/known.toml", "--python", f"{NO_CODE}/bin/python", "--no-build-isolation",
             "--no-header", "--no-annotate", "--format", "pylock.toml", "-o", "/tmp/pylock.toml", "/tmp/asked.in"]
    if constraints:
        words += ["-c", "/tmp/constraints.in"]
    if known is None:
        words += ["--only-binary", ":all:"]
    if not before:
        words.append("-q")
    while True:
        dates = ["--exclude-newer", before, *(f"--exclude-newer-package={name}=false" for name in sorted(undated))] if before else []
        done = uv(*words, *dates, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=UV_AT)
        refused(done.stderr.strip())
        if not done.returncode:
            break
        # An index that does not say when its files came: without a date uv takes none of them, and it names some each time.
        more = {name_of(file) for file in NO_DATE.findall(done.stderr)} - undated - {None}
        if not more:
            fail(f"no set of Python packages suits {what}:" if not before else
                 f"no set of Python packages of before {before} suits {what}; 'resolve: newest' in the recipe takes later ones, too:",
                 NO_DATE.sub("", done.stderr).strip())
        undated.update(more)
    with open("/tmp/pylock.toml", "rb") as file:
        return tomllib.load(file).get("packages", [])


def best_file(package, order, sums):
    """The file that pip would take, as a name and its entry: a wheel when one fits, else the source; one of sums, which apps name."""
    def suits(file):
        return all(file["hashes"].get("sha256") in some for some in sums)
    wheels = []
    for wheel in package.get("wheels", []):
        name = wheel.get("name") or file_of(wheel["url"])
        ranks = [order[str(tag)] for tag in utils.parse_wheel_filename(name)[3] if str(tag) in order]
        if ranks and suits(wheel):
            wheels.append((min(ranks), name, wheel))
    if wheels:
        return min(wheels, key=lambda row: row[:2])[1:]
    source = package.get("sdist")
    if sums and not (source and suits(source)):
        fail(f"{package['name']} {package['version']}: the index has no file for this machine with a digest that an app names by --hash: "
             "write its digest, or another version")
    if not source:
        fail(f"{package['name']} {package['version']} has no file for this machine")
    return source.get("name") or file_of(source["url"]), source


def pin_of_address(package, own):
    """own: the source packages that apps name by an address, as pins, by name."""
    name = utils.canonicalize_name(package["name"])
    if name in own:
        return own[name]
    file = package.get("archive", {})
    if not file_of(file.get("url", "")).endswith(".whl"):
        fail(f"{name}: a package asks for it by an address: let an app ask for it, by {name} @ git+https://…@COMMIT or {name} @ https://…, "
             "or for a release of it")
    return Pin(name, package["version"], file["hashes"]["sha256"], file_of(file["url"]), own=file["url"].partition("#")[0])


def pins_of(packages, hashes=None, own=None):
    """hashes: of a name, the sets of digests that apps name, of each of which its file has to be."""
    order = {tag: rank for rank, tag in enumerate(target()[1])}
    pins = []
    for package in packages:
        sums = (hashes or {}).get(utils.canonicalize_name(package["name"]), [])
        if any(kind in package for kind in ("vcs", "directory", "archive")):
            pin = pin_of_address(package, own or {})
            if not all(pin.digest in some for some in sums):
                fail(f"{pin.name}: {pin.own} is another file than an app names by --hash: its digest is sha256:{pin.digest}")
        else:
            name, file = best_file(package, order, sums)
            pin = Pin(package["name"], package["version"], file["hashes"]["sha256"], name, with_login(file.get("url")))
        pins.append(pin)
    return pins
