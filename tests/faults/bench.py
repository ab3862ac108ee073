# SPDX-License-Identifier: MIT
"""A bench under our own runner, as the tests of faults want it: started, its processes by program, killed, asked."""
import json
import os
import re
import signal
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    def __init__(self, mkbench, image, name, data, port):
        self.mkbench, self.image, self.name, self.data, self.port = mkbench, image, name, data, port

    def run(self, *args, limit=600, check=True):
        done = subprocess.run([self.mkbench, "run", *args], capture_output=True, text=True, timeout=limit, check=False, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise RuntimeError(f"mkbench run {' '.join(args)[:200]}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def start(self):
        self.run("--engine", "own", "--name", self.name, "--detach", "--port", str(self.port), "--data", self.data, self.image)

    def stop(self):
        self.run("--stop", self.name, check=False)

    def clean(self):
        self.run("--clean", self.name, check=False)

    @staticmethod
    def copy(source, target):
        subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)

    def inside(self, *argv, limit=120):
        return self.run("--exec", self.name, *argv, limit=limit)

    def world(self):
        with open(os.path.join(HERE, "world.py"), encoding="utf-8") as file:
            return json.loads(self.inside("/usr/bin/python3", "-c", file.read()))

    def password(self, site):
        with open(os.path.join(self.data, "secrets", site, "admin_password"), encoding="utf-8") as file:
            return file.read().strip()

    def ready(self):
        try:
            return self.inside("/usr/lib/mkbench/health", "ready").startswith("ready: 2 of 2")
        except RuntimeError:
            return False

    def processes(self):
        """{program: [pid]} of this bench; `init` is process 1, `horse` the child of a worker that works at a job."""
        own, found = os.stat(self.data), {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                there = os.stat(f"/proc/{pid}/root/data")
                if (there.st_dev, there.st_ino) != (own.st_dev, own.st_ino) or pid == "self":
                    continue
                with open(f"/proc/{pid}/environ", "rb") as file:
                    environment = dict(part.split(b"=", 1) for part in file.read().split(b"\0") if b"=" in part)
                with open(f"/proc/{pid}/maps", "rb") as file:  # services/supervisor/preload.py: its environment is that of what made it
                    mark = re.search(rb"/memfd:mkbench-program:[^:]*:(\S+)", file.read())
                if mark:
                    environment[b"SUPERVISOR_PROCESS_NAME"] = mark[1]
                with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                    status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                self._sort(found, int(pid), environment, status, words)
            except (OSError, ValueError):
                continue  # it has just ended
        return found

    @staticmethod
    def _sort(found, pid, environment, status, words):
        program = environment.get(b"SUPERVISOR_PROCESS_NAME", b"").decode()
        if status.get("NSpid", "").split()[-1:] == ["1"]:
            program = "init"
        elif words and words[0] == b"keeper":
            program = "keeper"
        elif words[1:] and words[1].endswith(b"supervisord"):
            program = "supervisord"
        elif title := re.match(rb"nginx: master|\S*redis-server \S+:(1[123])000$", words[0]):  # their titles stand where the environment was
            program = {b"11": "redis-queue", b"12": "redis-socketio", b"13": "redis-cache"}.get(title[1], "nginx")
        elif program.startswith("worker") and os.getsid(pid) == pid:
            program = "horse"
        elif program.startswith("worker"):
            program = "worker"
        if program:
            found.setdefault(program, []).append(pid)

    @staticmethod
    def kill(pid):
        """What cannot be caught; false when the process has ended before. Returns when it is gone."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        try:
            while True:
                with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                    if file.read().rpartition(")")[2].split()[0] == "Z":
                        return True
                time.sleep(0.01)
        except OSError:
            return True
