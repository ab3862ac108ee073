"""What yarn 1 would unpack first, unpacked by all processors.

yarn installs a package from its cache folder, where it unpacks the file of its offline mirror, one after another. This does the same for
what the lock has a sha1 and an integrity of, and leaves everything else to yarn: a file that is missing, damaged or unusual, a package under
another name. The form of the cache folder is that of yarn's own sources (src/config.js and src/fetchers of its versions since 1.22).
"""
import base64
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib

from app_files import read

FORM = "v6"
PACKAGE_LIMIT = 1 << 30  # bytes of one package
ENTRY = re.compile(r'^("?)((?:@[\w.-]+/)?[\w.-]+)@[^\n]*:\n((?:[ \t]+[^\n]*\n)+)', re.M)
ALIAS = re.compile(r'(?:^|[ "])((?:@[\w.-]+/)?[\w.-]+)@npm:', re.M)
RESOLVED = re.compile(r'^  resolved "(https?://[^"#?]+)#([0-9a-f]{40})"$', re.M)
IN_MIRROR = re.compile(r"/(?:(@[^/]+)/)?[^/]+/-/([^/]+)$")  # of an address, what yarn calls the file


def packages_of(lock):
    """(name, version, address, file in the mirror, sha1, integrity) of each entry of a yarn.lock that has all of them."""
    found, others = [], set(ALIAS.findall(lock))
    for _, name, lines in ENTRY.findall(lock):
        version = re.search(r'^  version "([\w.+-]+)"$', lines, re.M)
        resolved = RESOLVED.search(lines)
        integrity = re.search(r"^  integrity (sha\d+-[\w+/=]+)$", lines, re.M)
        if not (version and resolved and integrity) or name in others:
            continue
        place = IN_MIRROR.search(resolved[1])
        if place:
            found.append((name, version[1], resolved[1], "-".join(filter(None, place.groups())), resolved[2], integrity[1]))
    return found


def sums(raw):
    """Of a file: its sha1 in hexadecimal digits, and each of its digests as an integrity has it."""
    made = {kind: hashlib.new(kind, raw).digest() for kind in ("sha512", "sha1")}
    return made["sha1"].hex(), [f"{kind}-{base64.b64encode(digest).decode()}" for kind, digest in made.items()]


def unpacked(raw):
    """The tar in a gzip file; None: it is damaged, or larger than a package is."""
    inflate = zlib.decompressobj(31)
    data = inflate.decompress(raw, PACKAGE_LIMIT)
    return data if inflate.eof and not inflate.unused_data else None


def lay_files(data, folder):
    """The files of a package in that folder, with yarn's modes. False: something in it is no file, or lies elsewhere."""
    made = set()
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        for member in tar:
            name = member.name.partition("/")[2]
            if not (member.isreg() or member.isdir()) or {"", ".", ".."} & set(name.rstrip("/").split("/")) and name or "\0" in name:
                return False
            parent = folder if member.isdir() else os.path.dirname(f"{folder}/{name}")
            if parent not in made:
                os.makedirs(parent, exist_ok=True)
                made.add(parent)
            if member.isdir():
                os.makedirs(f"{folder}/{name}", exist_ok=True)
                continue
            if not name:
                return False
            with open(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644 | member.mode & 0o777), "wb") as out:
                out.write(data[member.offset_data:member.offset_data + member.size])
    return True


def programs_of(folder):
    """The files that a package's package.json names as programs; yarn makes each executable."""
    package = json.loads(read(f"{folder}/package.json").removeprefix("\ufeff"))
    named = package.get("bin", {})
    if "directories" in package and "bin" in package["directories"]:
        return None
    paths = [named] if isinstance(named, str) else list(named.values())
    return paths if all(isinstance(path, str) for path in paths) else None


def lay_package(mirror, cache, row):
    """One package in yarn's cache; False leaves it to yarn."""
    name, version, address, file, sha1, integrity = row
    slug = re.sub(r"^-+|-+$", "", re.sub(r"[^@a-z0-9]+", "-", name))
    top = f"{cache}/{FORM}/npm-{slug}-{version}-{sha1}-integrity"
    folder = f"{top}/node_modules/{name}"
    try:
        with open(f"{mirror}/{file}", "rb") as tarball:
            raw = tarball.read(PACKAGE_LIMIT)
        own, all_sums = sums(raw)
        data = unpacked(raw) if own == sha1 and integrity in all_sums else None
        os.makedirs(folder)
        programs = programs_of(folder) if data is not None and lay_files(data, folder) else None
        if programs is not None:
            for path in programs:
                path = os.path.normpath(f"{folder}/{path}")
                if path.startswith(f"{folder}/") and os.path.isfile(path):
                    os.chmod(path, 0o755)
            remote = {"resolved": f"{address}#{sha1}", "type": "tarball", "reference": address, "hash": sha1, "integrity": integrity,
                      "registry": "npm", "packageName": name, "cacheIntegrity": " ".join(all_sums)}
            # This file is what makes the package one of the cache.
            with open(f"{folder}/.yarn-metadata.json", "w") as out:
                json.dump({"artifacts": [], "remote": remote, "registry": "npm", "hash": sha1}, out)
            return True
    except (OSError, ValueError, RecursionError, TypeError, AttributeError, zlib.error, tarfile.TarError):
        pass
    shutil.rmtree(top, ignore_errors=True)
    return False


def lay(mirror, cache, lock):
    """All that a yarn.lock names, by as many processes as there are processors."""
    rows = packages_of(lock)
    rows = list({(name, version, sha1): (name, version, *more, sha1, last) for name, version, *more, sha1, last in rows}.values())
    count = len(os.sched_getaffinity(0))
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            try:
                for row in rows[number::count]:
                    lay_package(mirror, cache, row)
            finally:
                os._exit(0)  # what is not whole is yarn's to unpack
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
