#!/usr/bin/python3
"""Bytecode beside the Python files of a folder, for the Python that runs this.

    bytecode.py CACHE FOLDER     CACHE: a folder that keeps each file's bytecode by what it was made from; "-": none

Bytecode is a function of a file's path and bytes and of this Python, so a line that changes has one file compiled. What is no Python
of this version, such as a template of a file, is named and has none.
"""
import contextlib
import hashlib
import importlib.util
import os
import py_compile
import sys
import traceback
import warnings

FORM = b"3"  # another one when the same file has other bytecode than it had
MODE = py_compile.PycInvalidationMode.UNCHECKED_HASH
SUM_BYTES = hashlib.sha256().digest_size


def settle():
    """Before Python 3.11 bytecode tells of each string whether the process has it elsewhere, too, so that what was compiled before
    would show. What compiling leaves behind for good is there from the start: letters, and what errors and names beyond ASCII need."""
    letters = [sys.intern(chr(code)) for code in range(256)]
    for text in ("\u00e9 = 1", "(", "1 is 1"):
        with contextlib.suppress(SyntaxError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "settle", "exec")
    return letters


def key_of(path, source):
    whole = hashlib.sha256()
    for part in (FORM, sys.version.encode(), importlib.util.MAGIC_NUMBER, path.encode(errors="surrogateescape"), source):
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def write(path, data):
    try:
        with open(path, "wb") as file:
            file.write(data)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def recall(path):
    """A kept file begins with its digest: one that a crash has torn is made again."""
    try:
        with open(path, "rb") as file:
            known, data = file.read(SUM_BYTES), file.read()
    except OSError:
        return None
    return data if hashlib.sha256(data).digest() == known else None


def compile_one(cache, path):
    with open(path, "rb") as file:
        source = file.read()
    key = key_of(path, source)
    kept, target = f"{cache}/{key[:2]}/{key}", importlib.util.cache_from_source(path, optimization="")
    data = recall(kept) if cache != "-" else None
    if data:
        return write(target, data)
    try:
        py_compile.compile(path, cfile=target, doraise=True, invalidation_mode=MODE)
    except (py_compile.PyCompileError, ValueError, RecursionError) as error:
        print(f"no bytecode of {path}: {(str(error).strip().splitlines() or [type(error).__name__])[-1].strip()}", flush=True)
        return None
    if cache != "-":
        with open(target, "rb") as file:
            data = file.read()
        write(kept, hashlib.sha256(data).digest() + data)
    return None


def sources(folder):
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (os.path.join(top, name) for name in files if name.endswith(".py"))


def share(cache, paths):
    """In a process of its own; what it returns is its exit status."""
    try:
        for path in paths:
            compile_one(cache, path)
        return 0
    except BaseException:  # whoever forked it goes on in the parent alone
        traceback.print_exc()
        return 1


def main(cache, folder):
    paths = sorted(path for path in sources(folder) if os.path.isfile(path))
    _letters = settle()  # for as long as this runs
    count = min(len(os.sched_getaffinity(0)), len(paths))
    children = []
    for at in range(count):
        child = os.fork()
        if not child:
            code = share(cache, paths[at::count])
            sys.stdout.flush()
            os._exit(code)
        children.append(child)
    if any([os.waitpid(child, 0)[1] for child in children]):
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
