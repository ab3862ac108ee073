"""Files of Python packages: where the index has them, and a cache that keeps each by its digest.

The index and its credentials are those of pip's settings.
"""
import base64
import concurrent.futures
import contextlib
import errno
import functools
import glob
import gzip
import hashlib
import html
import http.client
import json
import os
import re
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from app_files import fail, parsed

FILE_LIMIT, NOTE_LIMIT, PAGE_LIMIT = 4 << 30, 4 << 20, 256 << 20
PAUSES_SECONDS = 1, 3, 8
# Debian's pip; what imports this module may import from it, too.
PIP = glob.glob("/usr/share/python-wheels/pip-*.whl")[0]
sys.path.append(PIP)
from pip._vendor.packaging import utils  # noqa: E402

# What git may talk by.
PROTOCOLS = "https"
GIT_SETTINGS = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": PROTOCOLS, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


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


def is_momentary(error):
    """Whether a host or a proxy may do better in a moment."""
    reason = getattr(error, "reason", None)
    if isinstance(error, urllib.error.HTTPError):
        return error.code == 429 or error.code >= 500
    return not (isinstance(error, TimeoutError) or isinstance(reason, (TimeoutError, ssl.SSLCertVerificationError)) or
                error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "failed: 4" in str(reason))


def visit(url, take, accept="*/*"):
    """What take makes of the answer, which is whole. What fails for the moment is tried again, as pip and npm do."""
    for pause in *PAUSES_SECONDS, None:
        try:
            with open_url(url, accept) as answer:
                taken = take(answer)
                if answer.length:
                    raise ConnectionError(f"the answer ends {answer.length} bytes too early")
                return taken
        except http.client.HTTPException as error:
            failed = ConnectionError(str(error) or type(error).__name__)
        except OSError as error:
            failed = error
        if pause is None or not is_momentary(failed):
            raise failed
        print("again", file_of(url) or url, failed, flush=True)
        time.sleep(pause)


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


def page_of(name, answer):
    body = answer.read(PAGE_LIMIT + 1)
    if len(body) > PAGE_LIMIT:
        fail(f"{name}: the index's page of it has more than {PAGE_LIMIT} bytes")
    return body


def links_of(name):
    """The files that the index has of a package: name of the file to its URL, which ends with the digest where the index says it."""
    first, more = index_urls()
    if not first:
        from pip._internal.models.index import PyPI
        first = [PyPI.simple_url]
    links = {}
    for index in first + more:
        page = f"{index.rstrip('/')}/{utils.canonicalize_name(name)}/"
        try:
            kind, body = visit(page, lambda answer: (answer.headers.get("Content-Type", ""), page_of(name, answer)),
                               "application/vnd.pypi.simple.v1+json, text/html;q=0.5")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                continue
            raise
        if "json" in kind:
            files = parsed(json.loads, body, f"{name}: the index's page of it")["files"]
            found = [(f["filename"], f"{f['url'].partition('#')[0]}#sha256={f['hashes'].get('sha256', '')}") for f in files]
        else:
            found = [(None, html.unescape(url)) for url in re.findall(r'<a\s[^>]*href=["\']([^"\']+)', body.decode())]
        for file, url in found:
            whole = urllib.parse.urljoin(page, url)
            links.setdefault(file or file_of(whole), with_login(whole))
    return links


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path, digest):
    """Code of source packages may have put anything in the cache, such as a pipe, or a file without an end."""
    return os.path.isfile(path) and os.path.getsize(path) < FILE_LIMIT and digest_of(path) == digest


def begin(path):
    """A new file that becomes path once it is renamed, whatever lies there."""
    with contextlib.suppress(FileNotFoundError):
        os.remove(path + ".part")
    return os.fdopen(os.open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb")


def write(path, text):
    with begin(path) as part:
        part.write(text.encode())
    os.replace(path + ".part", path)


def read_note(path):
    """A text that code of source packages may have changed; None: there is none, "": it is no file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    with open(fd, encoding="utf-8", errors="replace") as file:
        return file.read(NOTE_LIMIT) if stat.S_ISREG(os.fstat(fd).st_mode) else ""


class Pin:
    """url is where the index has the file, own where an app says that it is."""
    def __init__(self, name, version, digest, file, url=None, own=None):
        self.name, self.version, self.digest, self.file, self.url, self.own = name, version, digest, file, url, own

    def __str__(self):
        return f"{self.name}=={self.version} --hash=sha256:{self.digest} # {self.file}" + (f" of {self.own}" if self.own else "")

    def of(self):
        """What it is asked as."""
        return f"{self.name} @ {self.own}" if self.own else f"{self.name}=={self.version}"

    @classmethod
    def read(cls, line):
        """None: it is no line of pins."""
        found = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:([0-9a-f]{64}) # ([^/\s]+)(?: of (\S+))?\n?", line)
        return found and cls(*found.groups()[:4], own=found[5])

    def requirement(self):
        return str(self).partition(" #")[0]

    def get(self, cache):
        """The file's path; from the index when the cache lacks it or has other bytes."""
        path = f"{cache}/{self.digest}/{self.file}"
        if is_whole(path, self.digest):
            return path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if self.own:
            get_own(self.name, self.own, path)
        else:
            try:
                url = self.url or links_of(self.name).get(self.file)
                if not url:
                    fail(f"{self.name}: the index no longer has {self.file}: run 'mkbench lock', which chooses anew")
                print("get", self.file, flush=True)
                download(url, path)
            except OSError as error:
                fail(f"{self.name}: cannot get {self.file}: {error}")
        found = digest_of(path + ".part")
        if found != self.digest:
            os.remove(path + ".part")
            fail(f"{self.file}: {self.own or 'the index'} gives another file than the one that was locked",
                 f"  locked sha256:{self.digest}", f"  found  sha256:{found}", "THE HASHES DO NOT MATCH")
        os.rename(path + ".part", path)
        return path


def pour(source, out):
    """All of it, up to the size of a file."""
    left = FILE_LIMIT
    while chunk := source.read(1 << 20):
        left -= len(chunk)
        if left < 0:
            raise OSError(errno.EFBIG, f"it is larger than {FILE_LIMIT} bytes")
        out.write(chunk)


def download(url, path):
    def keep(answer):
        with begin(path) as part:
            pour(answer, part)
    visit(url, keep)


def get_own(name, own, path):
    """PATH.part becomes the file of an address, or a commit's files as a source package, the same bytes each time."""
    print("get", name, "of", own, flush=True)
    if not own.startswith("git+"):
        try:
            return download(own, path)
        except OSError as error:
            fail(f"{name}: cannot get {own}: {error}")
    address, _, commit = own.removeprefix("git+").partition("#")[0].rpartition("@")
    below = own.partition("#subdirectory=")[2]
    with tempfile.TemporaryDirectory() as folder:
        git = functools.partial(subprocess.run, check=True, env={**os.environ, **GIT_SETTINGS})
        try:
            git(["git", "init", "-q", folder])
            git(["git", "-C", folder, "fetch", "-q", "--depth", "1", address, commit])
            tree = f"{commit}:{below}" if below else commit
            words = ["git", "-C", folder, "archive", "--format=tar", f"--prefix={name}-{commit}/", tree]
            with subprocess.Popen(words, env={**os.environ, **GIT_SETTINGS}, stdout=subprocess.PIPE) as tar, begin(path) as part, \
                    gzip.GzipFile("", "wb", fileobj=part, mtime=0) as out:
                pour(tar.stdout, out)
            if tar.returncode:
                raise subprocess.CalledProcessError(tar.returncode, words)
        except subprocess.CalledProcessError:
            fail(f"{name}: cannot get {own}: see above")
        except OSError as error:
            fail(f"{name}: cannot get {own}: {error}")


def get_all(pins, cache):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda pin: pin.get(cache), pins))
