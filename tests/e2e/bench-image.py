# SPDX-License-Identifier: MIT
"""Writes a small OCI image layout of a bench: bench-image.py FOLDER, and on standard input {"bench": bench.json, "files": {PATH: TEXT}, "debs": {NAME: VERSION}}."""
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

folder, said = sys.argv[1], json.load(sys.stdin)
os.makedirs(folder + "/blobs/sha256")


def blob(data):
    name = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{name}", "wb") as file:
        file.write(data)
    return {"digest": "sha256:" + name, "size": len(data)}


status = "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n" for name, version in said["debs"].items())
files = {"usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status": status, **said["files"]}
if said.get("bench"):
    files["usr/lib/mkbench/bench.json"] = json.dumps(said["bench"])
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
    for path, text in files.items():
        info = tarfile.TarInfo(path)
        info.size = len(text.encode())
        tar.addfile(info, io.BytesIO(text.encode()))
layer = blob(gzip.compress(out.getvalue(), mtime=0))
config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "history": [{"created_by": "one"}],
                          "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(out.getvalue()).hexdigest()]}}).encode())
manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
                            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **layer}]}).encode())
with open(folder + "/oci-layout", "w", encoding="utf-8") as file:
    json.dump({"imageLayoutVersion": "1.0.0"}, file)
with open(folder + "/index.json", "w", encoding="utf-8") as file:
    json.dump({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest}]}, file)
