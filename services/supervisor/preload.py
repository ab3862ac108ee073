#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Python that has imported what the bench's programs want, and becomes any of them: they share its memory, and start at once.

    preload.py SOCKET MODULE...

supervisord (beside this file) asks for a program at SOCKET, with one line of JSON and the descriptors of its standard files:

    {"name": GROUP:NAME, "argv", "environment", "directory", "umask", "score"}

A child of a child that ends at once takes the order. So its parent is supervisord, which adopts children meanwhile, and which waits
for it, signals it and starts it again as it does for any other. The child prepares to be the program, answers with its pid, and runs
the program when it reads "go". It answers with 0 for a program that is not one of this Python's, or that it cannot prepare.
Whatever goes wrong, supervisord starts the program by itself.
"""
import array
import atexit
import contextlib
import ctypes
import gc
import importlib.machinery
import json
import mmap
import os
import runpy
import socket
import sys
import threading
import time
import types

ROOM = 3000  # bytes of the command line that a program's own may take
last = []
before = dict(os.environ)


def at_last(function):
    """As atexit.register, before anything that a module registered: so it is called after all of that."""
    last.append(function)


@atexit.register
def run_last():
    while last:
        last.pop()()


def with_room(argv):
    """The command line of a process is what stands where its arguments were: for a longer one there must be room."""
    if not argv[-1].isspace():
        os.execv(sys.executable, [sys.executable, *argv, " " * ROOM])
    return argv[:-1]


def load(modules):
    for module in modules:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            if not error.name or not f"{module}.".startswith(f"{error.name}."):  # else nobody has it
                print(f"preload: not {module}: {error}", flush=True)
        except (Exception, SystemExit) as error:  # the program that wants it says it better
            print(f"preload: not {module}: {error}", flush=True)
    sys.stdout.flush()  # or each child would write what waits here
    gc.collect()
    gc.freeze()  # what is there already is never looked at, and so never copied, by a child


def python(path):
    """What makes a Python another one: its program, and the environment beside which that is found."""
    beside = os.path.dirname(os.path.abspath(path))
    environment = next((f for f in (beside, os.path.dirname(beside)) if os.path.exists(os.path.join(f, "pyvenv.cfg"))), "")
    return os.path.realpath(path), os.path.realpath(environment)


def is_python(path):
    return python(path) == python(sys.executable)


def understood(argv):
    """(module or None, script or None, arguments), or None: a command line that this Python does not follow as another would."""
    if not is_python(argv[0]):
        with open(argv[0], "rb") as file:
            start = file.readline(200)
        words = start[2:].split()
        own = start.startswith(b"#!") and len(words) == 1 and is_python(os.fsdecode(words[0]))
        return (None, argv[0], argv[1:]) if own else None
    if len(argv) > 2 and argv[1] == "-m":
        return argv[2], None, argv[3:]
    return (None, argv[1], argv[2:]) if len(argv) > 1 and not argv[1].startswith("-") else None


def receive(connection):
    """The order, and the descriptors that came with it."""
    fds, line = array.array("i"), b""
    while not line.endswith(b"\n"):
        part, rights, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(3 * fds.itemsize))
        if not part:
            raise ConnectionError("an order without an end")
        line += part
        for _, _, data in rights:
            fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
    return json.loads(line), list(fds)


def rename(argv):
    """The command line that /proc shows."""
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    line = b"\0".join(map(os.fsencode, argv))[:end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, line, len(line))
    with open("/proc/self/comm", "w") as file:
        file.write(os.path.basename(argv[0]))


def leave_mark(name):
    """A mapping that only this program and its own children have: so the guest knows them (worker_process.h)."""
    global mark
    fd = os.memfd_create(f"mkbench-program:{name}")
    os.ftruncate(fd, mmap.PAGESIZE)
    mark = mmap.mmap(fd, mmap.PAGESIZE)
    os.close(fd)


def environment(ordered):
    """The program's, with what the modules have changed: they would have changed it there."""
    changed = {name: os.environ.get(name) for name in {*before, *os.environ}}
    changed = {name: to for name, to in changed.items() if to != before.get(name) == ordered.get(name)}
    return {name: to for name, to in {**ordered, **changed}.items() if to is not None}


def become(order, fds):
    os.umask(order["umask"])
    own = environment(order["environment"])
    os.environ.clear()
    os.environ.update(own)
    if order["score"]:
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # only root may lower it
            file.write(order["score"])
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    for fd in fds:
        os.close(fd)
    os.chdir(order["directory"])
    rename(order["argv"])
    leave_mark(order["name"])


def run(argv):
    module, script, rest = understood(argv)
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd() if module else os.path.dirname(os.path.realpath(script)))
    sys.argv = [script or module, *rest]
    main = sys.modules["__main__"] = types.ModuleType("__main__")  # for good: its threads and its end want it, too
    if module:
        sys.modules.pop(module, None)  # what is run is not what was imported
        runpy._run_module_as_main(module)  # this is what -m calls
    else:
        main.__file__ = script
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", script)
        exec(main.__loader__.source_to_code(main.__loader__.get_data(script), script), vars(main))


def prepare(order, fds):
    """Whether this process can be the program that was ordered."""
    try:
        if len(fds) != 3 or not understood(order["argv"]):
            return False
        become(order, fds)
        return True
    except Exception as error:
        print(f"preload: {error}", file=sys.stderr, flush=True)
        return False


def child(connection, parent):
    """In the child of the child. The command line, when it is to be a program."""
    os.setpgid(0, 0)
    while os.getppid() == parent:
        time.sleep(0.0005)
    order, fds = receive(connection)
    able = prepare(order, fds)
    connection.sendall(b"%d\n" % (os.getpid() if able else 0))
    wanted = connection.recv(3) == b"go\n"
    connection.close()
    return order["argv"] if able and wanted else None


def serve(listener):
    """In each program's process this returns, with its command line."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(60)
        middle = os.fork()
        if middle:
            connection.close()
            os.waitpid(middle, 0)
            continue
        argv = None
        try:
            parent = os.getpid()
            if os.fork():
                os._exit(0)
            listener.close()
            argv = child(connection, parent)
        except Exception as error:
            print(f"preload: {error}", file=sys.stderr, flush=True)
        if not argv:
            os._exit(127)
        return argv


def main(path, *modules):
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # this file's folder
    rename([sys.executable, *sys.argv])
    sys.modules["mkbench_preload"] = sys.modules["__main__"]
    load(modules)
    listener = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.new")
    listener.bind(f"{path}.new")
    alone = threading.active_count() == 1
    if alone:
        listener.listen(64)
    os.rename(f"{path}.new", path)  # from now on nobody needs to wait; without a listener each program starts by itself
    if not alone:
        print("preload: a module has started a thread, which a child would not have: not used", flush=True)
        os.execvp("sleep", ["sleep", "infinity"])
    run(serve(listener))


if __name__ == "__main__":
    sys.argv = with_room(sys.argv)
    main(*sys.argv[1:])
