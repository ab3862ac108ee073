# SPDX-License-Identifier: MIT
"""Writes a small OCI image layout: report-image.py FOLDER [new]. Two layers of packages, and what hides names below."""
import gzip, hashlib, io, json, os, sys, tarfile

folder, new = sys.argv[1], "new" in sys.argv[2:]
hostile = "hostile" in sys.argv[2:]
os.makedirs(folder + "/blobs/sha256")

STATUS = """Package: alpha
Status: install ok installed
Architecture: amd64
Source: alpha-src (1:1.0-1)
Version: {alpha}
Depends: libbeta (>= 1), gamma | other
Description: first
 of two lines

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 9

Package: libbeta
Status: install ok installed
Architecture: amd64
Version: 2.0+b1
"""

COPYRIGHT = b"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: GPL-2+ or Artistic

Files: lib/*
License: permissive-odd
 What it says.
"""


def blob(data):
    name = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{name}", "wb") as f:
        f.write(data)
    return {"digest": "sha256:" + name, "size": len(data)}


def layer(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in entries:
            info = tarfile.TarInfo(path)
            if path.endswith("/"):
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(content, tuple):
                info.type, info.linkname = (tarfile.SYMTYPE if content[0] == "to" else tarfile.LNKTYPE), content[1]
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content if isinstance(content, bytes) else b""))
    plain = out.getvalue()
    return blob(gzip.compress(plain, mtime=0)), "sha256:" + hashlib.sha256(plain).hexdigest()


site = "usr/lib/python3/dist-packages/"
first = layer([
    ("./", None), ("usr/", None), ("usr/bin/", None), ("usr/lib/", None), ("bin", ("to", "usr/bin")),
    ("./usr/bin/alpha", b"a" * (300 if new else 1000)), ("usr/bin/alias", ("is", "usr/bin/alpha")),
    ("usr/lib/libbeta.so.2", b"b" * 5000), ("opt/old/", None), ("opt/old/x", b"x"), ("opt/deep/a/b", b"hidden"),
    ("var/lib/dpkg/status", STATUS.format(alpha="1:1.1-1" if new else "1:1.0-1").encode()),
    ("var/lib/dpkg/info/alpha.list", b"/.\n/bin\n/bin/alpha\n/usr/bin/alias\n/etc/alpha.conf\n"),
    ("var/lib/dpkg/info/libbeta:amd64.list", b"/.\n/usr/lib/libbeta.so.2\n"),
    ("usr/share/doc/alpha/copyright", COPYRIGHT), ("usr/share/doc/libbeta", ("to", "alpha")),
    ("usr/lib/mkbench/init", b"program"), ("usr/lib/mkbench/libraries.json", json.dumps({
        "program": "mkbench-guest", "version": "9.9", "sha256": hashlib.sha256(b"another" if hostile else b"program").hexdigest(),
        "libraries": [{"archive": "libgamma.a", "sha256": "c" * 64, "package": "libgamma-dev", "version": "1.2-3", "architecture": "amd64",
                       "source": "gamma", "source_version": "1.2-3", "distribution": "debian-12", "licenses": ["Expat", "LGPL-2.1+"]},
                      {"archive": "libown.a", "sha256": "d" * 64}]}).encode()),
    ("usr/lib/os-release", b'ID=debian\nVERSION_ID="12"\n'),
])
second = layer([
    ("opt/", None), ("opt/.wh.old", b""), ("opt/deep/", None), ("opt/deep/.wh..wh..opq", b""), ("opt/deep/kept", b"kept"),
    ("srv/line\nbreak \x1b[31m" if hostile else "srv/plain", b"z" * 9000),
    (site + "six-1.16.dist-info/METADATA", b"Metadata-Version: 2.1\nName: six\nVersion: 1.16\nLicense: MIT\n\nName: not this\n"),
    (site + "six-1.16.dist-info/RECORD", b"six.py,sha256=x,10\nsix-1.16.dist-info/METADATA,,\n../../../bin/six,,\n"),
    (site + "six.py", b"s" * 700), ("usr/bin/six", b"i" * 70),
    ("srv/app/node_modules/@a/b/package.json", b'{"name": "@a/b", "version": "3.0.0", "license": "ISC"}'),
    ("srv/app/node_modules/@a/b/lib/package.json", b'{"type": "module"}'), ("srv/app/node_modules/@a/b/lib/i.js", b"j" * 40),
    ("home/f/bench/apps/shop/code.py", b"new" if new else b"code"), ("home/f/bench/apps/", None), ("home/f/bench/apps/shop/", None),
    ("usr/lib/mkbench/bench.json", json.dumps({"bench": {"path": "/home/f/bench"}, "apps": [
        {"name": "shop", "commit": ("b" if new else "a") * 40}]}).encode()),
] + ([("etc/added", b"1")] if new else []))

config = blob(json.dumps({
    "architecture": "amd64", "os": "linux", "created": "2026-01-01T00:00:00Z",
    "config": {"Entrypoint": ["/bin/alpha", "--run"], "User": "root", "ExposedPorts": {"9000/tcp" if new else "8080/tcp": {}},
               "Volumes": {"/data": {}}, "Env": ["A=1"], "Healthcheck": {"Test": ["CMD", "/bin/ok"], "Interval": 10000000000},
               "Labels": {"org.opencontainers.image.title": "tiny"}},
    "rootfs": {"type": "layers", "diff_ids": [first[1], second[1]]},
    "history": [{"created_by": "one"}, {"created_by": "ENV A=1", "empty_layer": True}, {"created_by": "two"}]}).encode())
kind = "application/vnd.oci.image."
manifest = blob(json.dumps({
    "schemaVersion": 2, "mediaType": kind + "manifest.v1+json", "config": {"mediaType": kind + "config.v1+json", **config},
    "layers": [{"mediaType": kind + "layer.v1.tar+gzip", **l[0]} for l in (first, second)]}).encode())
with open(folder + "/oci-layout", "w") as f:
    f.write('{"imageLayoutVersion":"1.0.0"}')
with open(folder + "/index.json", "w") as f:
    json.dump({"schemaVersion": 2, "manifests": [{"mediaType": kind + "manifest.v1+json", **manifest,
               "annotations": {"org.opencontainers.image.ref.name": "tiny:" + ("2" if new else "1")}}]}, f)
