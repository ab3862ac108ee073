# SPDX-License-Identifier: MIT
"""supervisord's half of what preload.py describes: a program that preload.py makes is a child of supervisord, as if it had forked it.

Whoever answers is the bench's user, who may be hostile. It is asked without waiting for anything but its answer, and for that not long."""
import array
import ctypes
import json
import os
import socket
import struct
import time

PATIENCE = 2  # seconds for an answer: nothing else is looked after meanwhile, and the guest's programs wait 3 for supervisord
SAVED = 20  # ... and for all answers: who is late again and again is asked no more
SHARE = 0.01  # of the time that has passed is given back to those
mute = set()  # sockets that did not answer, by their inodes
left, counted = SAVED, time.monotonic()


def order_for(process):
    """What preload.py is told. The environment is the one that Supervisor itself gives."""
    config, options = process.config, process.config.options
    env = {**os.environ, "SUPERVISOR_ENABLED": "1", "SUPERVISOR_PROCESS_NAME": config.name}
    url = config.serverurl or options.serverurl
    if url:
        env["SUPERVISOR_SERVER_URL"] = url
    if process.group:
        env["SUPERVISOR_GROUP_NAME"] = process.group.config.name
    env.update(config.environment)
    return {"name": f"{env.get('SUPERVISOR_GROUP_NAME', '')}:{config.name}", "argv": process.get_execv_args()[1], "environment": env,
            "directory": config.directory or "/", "umask": options.umask if config.umask is None else config.umask,
            "score": config.environment.get("MKBENCH_OOM_SCORE")}


def patience():
    """How many seconds the next answer may take."""
    global left, counted
    now = time.monotonic()
    left, counted = min(SAVED, left + (now - counted) * SHARE), now
    return min(PATIENCE, left)


def answer(s):
    """The pid in it. Only this waits."""
    global left
    s.settimeout(patience())
    asked = time.monotonic()
    try:
        said = s.recv(20)
    finally:
        left -= time.monotonic() - asked
    if not said:
        raise ConnectionError("no answer")
    return int(said)


def is_user(s, uid):
    """Whether that user listens there: a link may lead to anybody's socket."""
    return struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1] == uid


def is_ours(pid, process):
    """It may name nothing but a child of ours that nobody knows yet, and that user's: no thread, whose number is free once it ends."""
    try:
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
    except OSError:
        return False
    return (int(status["PPid"]) == os.getpid() and int(status["Tgid"]) == pid and int(status["Uid"].split()[0]) == process.config.uid
            and pid not in process.config.options.pidhistory)


def ask(process, path):
    """The pid of a child that preload.py made, or 0 when it does not make such a program."""
    out = process.pipes["child_stdout"]
    err = out if process.config.redirect_stderr else process.pipes["child_stderr"]
    fds = array.array("i", [process.pipes["child_stdin"], out, err])
    with socket.socket(socket.AF_UNIX) as s:
        s.setblocking(False)
        s.connect(path)
        if not is_user(s, process.config.uid):
            raise PermissionError("somebody else listens")
        line = json.dumps(order_for(process)).encode() + b"\n"
        if s.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]) < len(line):
            raise ValueError("an order that is too long")
        pid = answer(s)
        if pid and not is_ours(pid, process):
            raise ValueError(f"{pid} is not a child of its own")
        if pid:
            s.sendall(b"go\n")
        return pid


def adopt_orphans(do):
    ctypes.CDLL(None).prctl(36, int(do), 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def child(process, path):
    """Its pid, or 0 when Supervisor is to make it."""
    socket_id = None
    try:
        socket_id = os.stat(path).st_ino
        if socket_id in mute or patience() <= 0:
            return 0
        adopt_orphans(True)
        return ask(process, path)
    except (ConnectionRefusedError, FileNotFoundError):  # it is not there, or makes no children: it has said why
        return 0
    except Exception as error:
        mute.add(socket_id)
        process.config.options.logger.warn(f"{path}: {error}: {process.config.name} starts by itself")
        return 0
    finally:
        adopt_orphans(False)
