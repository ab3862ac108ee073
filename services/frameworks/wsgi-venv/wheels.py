#!/usr/bin/python3
"""Wheels, and nothing that runs while it comes.

    wheels.py ask FILE...      what requirement files ask for, one a line, when all of it may be asked
    wheels.py pip WORD...      pip, which can start no program: a source package would run its own to say what it needs

A requirement file is an app's: its options could take source packages, or name another index. Those below are taken, no other.
"""
import glob
import os
import re
import runpy
import sys

OPTIONS = re.compile(r"--(pre|prefer-binary|require-hashes|only-binary[ =]:all:)")
MORE = re.compile(r"(?:-r|--requirement)[ =]?\s*(requirements[\w.-]*\.txt)")
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]*\])?\s*(\(?\s*(===?|[<>!~]=|[<>])[^;@/]*)?(;[^@]*?)?(\s+--hash[ =]sha(256|384|512):[0-9a-f]+)*")
STARTS = {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"}


def lines(path):
    """Logical lines with their numbers, without comments."""
    with open(path, encoding="utf-8-sig") as file:
        whole, first = "", 0
        for number, line in enumerate(file, 1):
            first = first if whole else number
            whole += line.rstrip("\r\n")
            if whole.endswith("\\"):
                whole = whole[:-1] + " "
                continue
            yield first, re.sub(r"(^|\s)#.*", "", whole).strip()
            whole = ""
        if whole:
            yield first, whole.strip()


def ask(path, seen):
    if path in seen:
        return
    seen.add(path)
    for number, line in lines(path):
        place = f"{os.path.relpath(path)}:{number}"
        if more := MORE.fullmatch(line):
            ask(f"{os.path.dirname(path)}/{more[1]}", seen)
        elif not line or OPTIONS.fullmatch(line) or REQUIREMENT.fullmatch(line):
            print(line)
        elif line.startswith("-"):
            sys.exit(f"{place}: option {re.split(r'[ =]', line)[0]} is not taken: packages come as wheels, from the index that the builder's own settings name")
        else:
            sys.exit(f"{place}: '{line}' is no name with versions: packages come as wheels, by name, from the index")


def refuse(event, _):
    if event in STARTS:
        raise PermissionError("no program may run here: packages come as wheels only, and a source package would run its own")


def pip(words):
    wheel = glob.glob("/usr/share/python-wheels/pip-*.whl")[0]
    sys.path.insert(0, wheel)
    sys.argv = ["pip", "--disable-pip-version-check", "--no-input", "--no-cache-dir", *words]
    sys.addaudithook(refuse)
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if sys.argv[1] == "pip":
        pip(sys.argv[2:])
    else:
        found = set()
        for name in sys.argv[2:]:
            ask(os.path.abspath(name), found)
