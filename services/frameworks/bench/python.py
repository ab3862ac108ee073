#!/usr/bin/python3
"""The Python packages of a bench: chosen together for all apps, then installed by their digests.

    python.py choose CACHE PINS BENCH APP...   writes PINS/python from what the apps declare
    python.py fetch CACHE PINS                 gets the files of PINS/python, and runs nothing of them
    python.py install CACHE PINS BENCH         makes BENCH/env from those, without a network

PINS/python has a line a file, `NAME==VERSION --hash=sha256:HEX # FILE`, below the headings of SECTIONS. CACHE keeps the files
as HEX/FILE. The index and its credentials are those of pip's settings; uv, from that index too, does the choosing.
"""
import base64
import concurrent.futures
import contextlib
import functools
import glob
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile

from app_files import fail

PIP = glob.glob("/usr/share/python-wheels/pip-*.whl")[0]
sys.path.append(PIP)
from pip._vendor.packaging import utils  # noqa: E402
from pip._vendor.packaging.specifiers import SpecifierSet  # noqa: E402

# What the apps run on; this program runs on the suite's own.
PYTHON = os.environ.get("MKBENCH_PYTHON") or sys.executable
SECTIONS = ["uv", "packages", "build"]
# The web server has to be there, and old packages import pkg_resources, which newer ones of setuptools lack, without saying so.
ALWAYS = ["gunicorn", "setuptools<81"]
DEFAULT_BUILD = ["setuptools", "wheel"]
# What a requirements file may say beside names: others could name another index, or have programs of packages run that need not.
OPTIONS = re.compile(r"--(pre|prefer-binary|require-hashes|only-binary[ =]:all:)")


@functools.cache
def target():
    """Of PYTHON: its version, and the tags of wheels that suit it, the best first."""
    ask = (f"import json, sys; sys.path.append({PIP!r})\nfrom pip._vendor.packaging import tags\n"
           "print(json.dumps(['.'.join(map(str, sys.version_info[:3])), list(map(str, tags.sys_tags()))]))")
    return json.loads(subprocess.run([PYTHON, "-c", ask], check=True, stdout=subprocess.PIPE).stdout)


def pip(*words):
    done = subprocess.run([sys.executable, f"{PIP}/pip", "--disable-pip-version-check", "--no-input", *words],
                          stdout=subprocess.PIPE, text=True)
    return done.stdout if done.returncode == 0 else None


@functools.cache
def index_urls():
    settings = {}
    for line in (pip("config", "list") or "").splitlines():
        key, _, value = line.partition("=")
        settings[key.strip().rsplit(".", 1)[-1]] = value.strip().strip("'\"")
    first = os.environ.get("PIP_INDEX_URL") or settings.get("index-url")
    more = os.environ.get("PIP_EXTRA_INDEX_URL") or settings.get("extra-index-url", "")
    return ([first] if first else []), [url for url in more.replace("\\n", " ").split() if url]


def open_url(url, accept="*/*"):
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], fragment="")),
                                     headers={"Accept": accept})
    if parts.username:
        word = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(word.encode()).decode())
    return urllib.request.urlopen(request, timeout=180)


def file_of(url):
    return urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])


def with_login(url):
    """What an index wants of its visitors its files want, too, when they are on the same host."""
    parts = urllib.parse.urlsplit(url or "")
    for index in sum(index_urls(), []):
        own = urllib.parse.urlsplit(index)
        if own.username and parts.hostname == own.hostname and not parts.username:
            return urllib.parse.urlunsplit(parts._replace(netloc=own.netloc))
    return url


def links_of(name):
    """The files that the index has of a package: name of the file to its URL."""
    first, more = index_urls()
    if not first:
        from pip._internal.models.index import PyPI
        first = [PyPI.simple_url]
    links = {}
    for index in first + more:
        page = f"{index.rstrip('/')}/{utils.canonicalize_name(name)}/"
        try:
            with open_url(page, "application/vnd.pypi.simple.v1+json, text/html;q=0.5") as answer:
                kind, body = answer.headers.get("Content-Type", ""), answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                continue
            raise
        if "json" in kind:
            found = [(f["filename"], f["url"]) for f in json.loads(body)["files"]]
        else:
            found = [(None, html.unescape(url)) for url in re.findall(r'<a\s[^>]*href=["\']([^"\']+)', body.decode())]
        for file, url in found:
            whole = urllib.parse.urljoin(page, url)
            links.setdefault(file or file_of(whole), with_login(whole))
    return links


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Pin:
    def __init__(self, name, version, digest, file, url=None):
        self.name, self.version, self.digest, self.file, self.url = name, version, digest, file, url

    def __str__(self):
        return f"{self.name}=={self.version} --hash=sha256:{self.digest} # {self.file}"

    def requirement(self):
        return str(self).partition(" #")[0]

    def get(self, cache):
        """The file's path; from the index when the cache lacks it or has other bytes."""
        path = f"{cache}/{self.digest}/{self.file}"
        if os.path.exists(path) and digest_of(path) == self.digest:
            return path
        try:
            url = self.url or links_of(self.name).get(self.file)
            if not url:
                fail(f"{self.name}: the index no longer has {self.file}: run 'mkbench lock', which chooses anew")
            print("get", self.file, flush=True)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open_url(url) as answer, open(path + ".part", "wb") as part:
                shutil.copyfileobj(answer, part)
        except OSError as error:
            fail(f"{self.name}: cannot get {self.file}: {error}")
        found = digest_of(path + ".part")
        if found != self.digest:
            os.remove(path + ".part")
            fail(f"{self.file}: the index gives another file than the one that was locked",
                 f"  locked sha256:{self.digest}", f"  found  sha256:{found}", "THE HASHES DO NOT MATCH")
        os.rename(path + ".part", path)
        return path


def get_all(pins, cache):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda pin: pin.get(cache), pins))


def read_pins(pins):
    sections, at = {}, None
    for line in open(f"{pins}/python"):
        if line.startswith("#"):
            at = sections.setdefault(line.strip("# \n").split(":")[0], [])
        elif found := re.fullmatch(r"(\S+)==(\S+) --hash=sha256:([0-9a-f]{64}) # ([^/\s]+)\n?", line):
            at.append(Pin(*found.groups()))
        else:
            fail(f"the lock's Python packages are damaged at '{line.strip()}': run 'mkbench lock'")
    return sections


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


def check_python(app, wanted):
    have = target()[0]
    if wanted and not SpecifierSet(wanted).contains(have):
        fail(f"the app '{app}' wants Python {wanted}, and the image has {have}: choose another 'base: suite', or another ref of the app")


def lines_of(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8-sig") as file:
        text = file.read().replace("\\\n", " ")
    return [line for line in (re.sub(r"(^|\s)#.*", "", raw).strip() for raw in text.splitlines()) if line]


def taken(lines, whose):
    """The lines that uv may read: a requirement of a pyproject.toml could be several."""
    for line in lines:
        if len(line.splitlines()) != 1:
            fail(f"{whose} asks for {line!r}, which is no name with versions")
        if line.lstrip().startswith("-") and not OPTIONS.fullmatch(line):
            fail(f"{whose} asks with option {re.split('[ =]', line.lstrip())[0]}, which is not taken: packages come from the index that the "
                 "builder's own settings name")
    return lines


def declared(bench, app, tests):
    """What an app asks for: requirements, and files that uv must read them from."""
    folder = f"{bench}/apps/{app}"
    project, asked = {}, []
    if os.path.exists(f"{folder}/pyproject.toml"):
        with open(f"{folder}/pyproject.toml", "rb") as file:
            project = tomllib.load(file)
    own = project.get("project", {})
    check_python(app, own.get("requires-python"))
    dynamic = "dependencies" in own.get("dynamic", [])
    if own and not dynamic:
        asked += own.get("dependencies", [])
    elif os.path.exists(f"{folder}/requirements.txt"):
        asked += lines_of(f"{folder}/requirements.txt")
    elif os.path.exists(f"{folder}/setup.py") or dynamic:
        return [], [f"{folder}/{'pyproject.toml' if dynamic else 'setup.py'}"]
    if tests:
        more = project.get("tool", {}).get("bench", {}).get("dev-dependencies", {})
        asked += [f"{name}{value if value[:1] in '=<>~!' else '==' + value if value else ''}" for name, value in more.items()]
        asked += lines_of(f"{folder}/dev-requirements.txt")
    return taken(asked, f"the app '{app}'"), []


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


def choose(cache, pins, bench, *apps):
    before = os.environ.get("MKBENCH_RESOLVE_DATE") or None
    tests = os.environ.get("MKBENCH_TESTS") == "yes"
    own_uv = choose_uv(cache)
    uv = start_uv(cache, own_uv)
    asked, files = list(ALWAYS), []
    for app in apps:
        more, from_files = declared(bench, app, tests)
        asked += more
        files += from_files
    # Apps of the bench come from it, never from the index.
    own = {utils.canonicalize_name(app) for app in apps}
    asked = [line for line in asked if not (re.match(r"[A-Za-z0-9]", line) and "://" not in line.split(";")[0] and
                                            utils.canonicalize_name(re.split(r"[\s\[=<>~!;@]", line)[0]) in own)]
    chosen = pins_of(compile_set(uv, asked, files, before, "all apps together"))
    paths = get_all(chosen, cache)
    build = choose_build(uv, [path for path in paths if not path.endswith(".whl")], before)
    get_all(build, cache)
    heads = {"packages": f"packages: as of {before}" if before else "packages"}
    with open(f"{pins}/python", "w") as out:
        for section, rows in zip(SECTIONS, ([own_uv], chosen, build)):
            out.write(f"# {heads.get(section, section)}\n" + "".join(f"{pin}\n" for pin in rows))


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


def install(cache, pins, bench):
    sections = read_pins(pins)
    if not sections.get("uv"):
        fail("the lock names no Python packages: run 'mkbench lock'")
    os.makedirs("/tmp/files")
    for name in ("packages", "build"):
        for path in get_all(sections.get(name, []), cache):
            shutil.copyfile(path, f"/tmp/files/{os.path.basename(path)}")
        with open(f"/tmp/{name}.txt", "w") as out:
            out.write("".join(f"{pin.requirement()}\n" for pin in sections.get(name, [])))
    env = f"{bench}/env"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", env], check=True)
    uv = start_uv(cache, sections["uv"][0])
    done = uv("pip", "install", "-q", "--python", f"{env}/bin/python", "--offline", "--no-index", "--find-links", "/tmp/files",
              "--no-deps", "--require-hashes", "-r", "/tmp/packages.txt", "--build-constraints", "/tmp/build.txt")
    if done.returncode:
        fail("the Python packages above cannot be installed: what a package is built with is a Debian package to name in "
             "'base: build_packages'")
    forget_cache_notes(env)


if __name__ == "__main__":
    {"choose": choose, "fetch": fetch, "install": install}[sys.argv[1]](*sys.argv[2:])
