# SPDX-License-Identifier: MIT
"""The journal client: writes notes, files and jobs of the demo bench, keeps what was acknowledged, and asks for each afterwards."""
import hashlib
import http.client
import json
import random
import threading
import time
import urllib.parse

SITES = ("one.localhost", "two.localhost")


class Journal:
    """Of what the bench at 127.0.0.1:PORT has acknowledged. at() tells when: a number that grows, 0 unless somebody counts."""

    def __init__(self, port, password, seed, at=lambda: 0):
        self.port, self.password, self.seed, self.at = port, password, seed, at
        self.acknowledged = []  # (kind, site, name, value, at)
        self.refused = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = []

    def request(self, site, method, path, body=None, headers=(), limit=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit)
        try:
            connection.request(method, path, body, {"Host": site, **dict(headers)})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def log_in(self, site):
        form = urllib.parse.urlencode({"usr": "Administrator", "pwd": self.password(site)})
        status, _, headers = self.request(site, "POST", "/api/method/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if status != 200:
            raise OSError(f"login: {status}")
        session = headers["Set-Cookie"].split(";")[0]
        self.keep("session", site, session, None)
        return session

    def keep(self, kind, site, name, value):
        with self._lock:
            self.acknowledged.append((kind, site, name, value, self.at()))

    def start(self):
        self._stop.clear()
        self._threads = [threading.Thread(target=self._write, args=(site, kind), daemon=True)
                         for site in SITES for kind in ("note", "file", "job")]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, site, kind):
        chance, session, number = random.Random(f"{self.seed} {site} {kind}"), None, 0
        while not self._stop.is_set():
            try:
                session = session or self.log_in(site)
                number += 1
                getattr(self, "_" + kind)(site, session, f"{self.seed}-{len(self.acknowledged)}-{number}", chance)
            except (OSError, http.client.HTTPException, ValueError):
                self.refused += 1  # not acknowledged: it may be there or not
                session = None
                self._stop.wait(0.2)
            self._stop.wait(0.05 + chance.random() * 0.15)

    def _post(self, site, session, path, body, kind="application/json"):
        status, text, _ = self.request(site, "POST", path, body, {"Cookie": session, "Content-Type": kind})
        if status not in (201, 202):
            raise OSError(f"{path}: {status}")
        return json.loads(text)

    def _note(self, site, session, name, _):
        self._post(site, session, "/api/notes", json.dumps({"text": "note " + name}))
        self.keep("note", site, "note " + name, None)

    def _file(self, site, session, name, chance):
        data = chance.randbytes(chance.choice((10, 3000, 60000)))
        body = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() +
                b'"\r\nContent-Type: application/octet-stream\r\n\r\n' + data + b"\r\n--x--\r\n")
        kept = self._post(site, session, "/api/files", body, "multipart/form-data; boundary=x")
        self.keep("file", site, kept["name"], hashlib.sha256(data).hexdigest())

    def _job(self, site, session, _, chance):
        queue = chance.choice(("short", "default", "long"))
        kept = self._post(site, session, "/api/jobs", json.dumps({"queue": queue, "seconds": chance.choice((0, 0, 0, 1))}))
        self.keep("job", site, kept["id"], None)

    def sessions_lost(self):
        """Sessions that are not valid any more: the last ones of each site, for a login is slow on purpose."""
        lost = []
        for site in SITES:
            for _, _, name, _, _ in [kept for kept in self.acknowledged if kept[:2] == ("session", site)][-20:]:
                _, body, _ = self.request(site, "GET", "/api/session", headers={"Cookie": name})
                if json.loads(body)["user"] != "Administrator":
                    lost.append(name)
        return lost


def lost(acknowledged, world, good=("done",)):
    """What of it is not in the world: {site: {"notes": [...], "files": {name: digest}, "jobs": {id: state}}}. good: states of a job."""
    found = {"note": [], "file": [], "job": [], "failed": []}
    for kind, site, name, value, _ in acknowledged:
        there = world[site]
        if kind == "session":
            continue
        if kind == "note" and name not in there["notes"]:
            found["note"].append(name)
        if kind == "file" and there["files"].get(name) != value:
            found["file"].append(f"{name}: {'is another' if name in there['files'] else 'is not there'}")
        if kind == "job" and there["jobs"].get(name) not in good:
            found["failed" if there["jobs"].get(name) == "failed" else "job"].append(f"{name}: {there['jobs'].get(name, 'is not there')}")
    return found


def until(limit, what, pause=0.5):
    """Whether it comes true within so many seconds."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            if what():
                return True
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(pause)
    return False
