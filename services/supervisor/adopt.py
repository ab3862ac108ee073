# SPDX-License-Identifier: MIT
"""supervisord's half of what preload.py describes: a program that preload.py makes is a child of supervisord, as if it had forked it."""
import array
import ctypes
import json
import os
import socket

PATIENCE = 20  # seconds for an answer: nothing else is looked after meanwhile
mute = set()  # sockets that did not answer, by their inodes


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


def is_ours(pid, process):
    """Whoever answers is the bench's user: it may name nothing but a child of ours that nobody knows yet, and that user's."""
    with open(f"/proc/{pid}/status") as file:
        status = dict(line.split(":", 1) for line in file)
    return (int(status["PPid"]) == os.getpid() and int(status["Uid"].split()[0]) == process.config.uid
            and pid not in process.config.options.pidhistory)


def ask(process, path):
    """The pid of a child that preload.py made, or 0 when it does not make such a program."""
    out = process.pipes["child_stdout"]
    err = out if process.config.redirect_stderr else process.pipes["child_stderr"]
    fds = array.array("i", [process.pipes["child_stdin"], out, err])
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(PATIENCE)
        s.connect(path)
        line = json.dumps(order_for(process)).encode() + b"\n"
        sent = s.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        s.sendall(line[sent:])
        pid = int(s.recv(20))
        if pid and not is_ours(pid, process):
            raise ValueError(f"{pid} is not a child of its own")
        if pid:
            s.sendall(b"go\n")
        return pid


def adopt_orphans(do):
    ctypes.CDLL(None).prctl(36, int(do), 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def child(process, path):
    """Its pid, or 0 when Supervisor is to make it."""
    try:
        socket_id = os.stat(path).st_ino
        if socket_id in mute:
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
