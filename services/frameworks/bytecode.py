#!/usr/bin/python3
"""Bytecode beside the Python files of a folder, for the Python that runs this.

    bytecode.py CACHE FOLDER     CACHE: a folder that keeps each file's bytecode by what it was made from; "-": none

Bytecode is a function of a file's path and bytes and of this Python, so a line that changes has one file compiled. What is no Python
of this version, such as a template of a file, is named and has none.
"""
import hashlib
import importlib.machinery
import importlib.util
import marshal
import os
import sys
import traceback
import types
import warnings

FORM = b"3"  # another one when the same file has other bytecode than it had
UNCHECKED = 1  # by its source's hash, which nobody compares
CODE_PARTS = ("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name",
              "co_linetable" if hasattr(types.CodeType, "co_linetable") else "co_lnotab")
SUM_BYTES = hashlib.sha256().digest_size


def parts_of(code):
    """All objects that bytecode is written of."""
    parts, todo = [], [code]
    while todo:
        part = todo.pop()
        parts.append(part)
        if isinstance(part, (tuple, frozenset)):
            todo.extend(part)
        elif isinstance(part, types.CodeType):
            todo.extend(getattr(part, name) for name in CODE_PARTS if hasattr(part, name))
    return parts


def bytecode_of(path, source):
    """Python up to 3.10 writes of an object whether something else refers to it, too, and a set in an order that depends on which of
    its names the process knew before. So everything is referred to, and what has sets is compiled when all its names are known."""
    loader = importlib.machinery.SourceFileLoader("bytecode", path)
    code = loader.source_to_code(source, path)
    known = parts_of(code)
    if any(isinstance(part, frozenset) for part in known):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is to be said was said
            code = loader.source_to_code(source, path)
        known += parts_of(code)
    return importlib.util.MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + importlib.util.source_hash(source) + marshal.dumps(code)


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
        data = bytecode_of(path, source)
    except Exception as error:  # whatever a compiler ends with, older ones also with MemoryError
        said = traceback.format_exception_only(type(error), error)[-1].strip()
        print(f"no bytecode of {path}: {said}", flush=True)
        return None
    if cache != "-":
        write(kept, hashlib.sha256(data).digest() + data)
    return write(target, data)


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
    _letters = [sys.intern(chr(code)) for code in range(256)]  # known for as long as this runs
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
