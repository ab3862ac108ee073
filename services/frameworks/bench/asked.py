"""What an app asks for in Python packages, in requirement files and lists, and of that what may be asked: names with versions of an
index, and what is named by its digest or its commit. Files of an app may name others of it (-r, -c), as far as its folder goes.
"""
import os
import re
import urllib.parse

from app_files import fail

# What a requirements file may say beside names: others could name another index, or have programs of packages run that need not.
OPTIONS = re.compile(r"--(pre|prefer-binary|only-binary[ =]:all:)")
# Each file is held against its digest anyway.
NEEDLESS = re.compile(r"--require-hashes")
MORE = re.compile(r"(?:(-r|--requirement)|-c|--constraint)[ =]?\s*(\S.*)")
ITSELF = re.compile(r"(?:(?:-e|--editable)[ =]?\s*)?\./?")
HASH = re.compile(r"\s+--hash[ =](\S+)")
NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[\w\s,.-]*\])?"
NAMED = re.compile(rf"({NAME})\s*((?:\(?\s*(?:===?|[<>!~]=|[<>])[^;@/]*)?\s*(?:;[^@]*)?)")
DIRECT = re.compile(rf"({NAME})\s*@\s*([^\s;]+)\s*(;.*)?")
FRAGMENTS = {False: re.compile(r"(sha256=[0-9a-f]{64}|egg=[\w.-]+)"),
             True: re.compile(r"(subdirectory=[\w-][\w.-]*(/[\w-][\w.-]*)*|egg=[\w.-]+)")}
DEEPEST = 10


class Asked:
    """names and constraints: lines that uv may read. hashes: of a name, the digests of the files that will do, a set for each line that
    has some. itself: the app's own declaration is meant, too."""
    def __init__(self):
        self.names, self.constraints, self.hashes, self.itself = [], [], {}, False

    def add(self, line, place, constraint=False):
        sums = HASH.findall(line)
        line = HASH.sub("", line).strip()
        check(line, place)
        (self.constraints if constraint else self.names).append(line)
        if sums:
            name = re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", line)[0]).lower()
            known = {value for kind, _, value in (word.partition(":") for word in sums) if kind == "sha256"}
            if not known:
                fail(f"{place}: --hash is taken as sha256:HEX: name that digest of {name}")
            self.hashes.setdefault(name, []).append(known)


def check(line, place):
    """A line is a requirement that names what it means for good."""
    if len(line.splitlines()) != 1:
        fail(f"{place} asks for {line!r}, which is no name with versions")
    if line.startswith("-"):
        fail(f"{place} asks with option {re.split('[ =]', line)[0]}, which is not taken: packages come from the index that the builder's own "
             "settings name")
    if found := DIRECT.fullmatch(line):
        return check_address(found[1].strip(), found[2], place)
    is_file = re.search(r"\.(whl|zip|tar\.\w+)$", line)
    if NAMED.fullmatch(line) and not is_file:
        return None
    if is_file or "://" in line or re.match(r"\.{0,2}/", line):
        fail(f"{place} asks for an address or a file without a name: write NAME==VERSION, NAME @ https://…, or NAME @ git+https://…@COMMIT")
    fail(f"{place} asks for '{line}', which is no name with versions")


def check_said(line, place):
    """What others than an app need: an address that only an extra wants nobody may ever ask for."""
    if not (DIRECT.fullmatch(line) and re.search(r";.*\bextra\b", line)):
        check(line, place)


def check_address(name, url, place):
    parts = urllib.parse.urlsplit(url)
    if parts.username or parts.password or parts.query:
        fail(f"{place} asks for {name} at an address with a login: put the package into an index, and write {name}==VERSION")
    if extra := [word for word in parts.fragment.split("&") if word and not FRAGMENTS[parts.scheme == "git+https"].fullmatch(word)]:
        fail(f"{place} asks for {name} at an address with '#{extra[0]}', which is not taken: write #sha256=HEX, or after a commit "
             "#subdirectory=FOLDER, or nothing")
    if parts.scheme == "git+https" and not re.search(r"@[0-9a-f]{40}$", parts.path):
        fail(f"{place} asks for {name} of git by no commit: write {name} @ git+https://{parts.hostname}{parts.path.split('@')[0]}@COMMIT, "
             "all 40 digits")
    if parts.scheme not in ("https", "git+https"):
        fail(f"{place} asks for {name} at '{parts.scheme}:', which is not taken: write {name}==VERSION, {name} @ https://…, or "
             f"{name} @ git+https://…@COMMIT")


def lines_of(path, place):
    """Whole lines with their numbers, without comments."""
    with open(path, "rb") as file:
        raw = file.read()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{place} is not a text: save it as UTF-8")
    whole, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if whole else number
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if line.endswith("\\"):
            whole += line[:-1] + " "
            continue
        if line := (whole + line).strip():
            yield first, line
        whole = ""
    if whole.strip():
        yield first, whole.strip()


def inside(folder, path, name, place):
    """Where the file is that another names: of the app, or nothing."""
    if "://" in name or os.path.isabs(name) or ".." in name.split("/"):
        fail(f"{place} names {name}, which is not below the app's folder: write what it asks for here")
    found = os.path.join(os.path.dirname(path), name)
    if not os.path.realpath(found).startswith(os.path.realpath(folder) + "/"):
        fail(f"{place} names {name}, a link out of the app's folder: write what it asks for here")
    if not os.path.isfile(found):
        fail(f"{place} names {name}, which is not there, or is called otherwise than *requirements*.txt, *constraints*.txt or "
             "requirements/…, which are read")
    return found


def read(folder, file, app, asked, constraint=False, chain=()):
    """Adds what a requirement file of the app asks for, with those that it names."""
    path = f"{folder}/{file}"
    shown = os.path.relpath(path, folder)
    if shown in chain:
        fail(f"the app '{app}': {' -> '.join([*chain[chain.index(shown):], shown])}: a requirements file names itself in the end")
    if len(chain) > DEEPEST:
        fail(f"the app '{app}': {chain[0]}: files that name files, more than {DEEPEST} deep: write what they ask for in one")
    whose = f"the app '{app}': {shown}"
    for number, line in lines_of(path, whose):
        place = f"{whose}:{number}"
        if re.search(r"\$\{\w+\}", line):
            fail(f"{place} has a variable of the environment: a build has none of yours, write the value")
        if more := MORE.fullmatch(line):
            found = inside(folder, path, more[2].strip("\"'"), place)
            read(folder, os.path.relpath(found, folder), app, asked, constraint or not more[1], (*chain, shown))
        elif NEEDLESS.fullmatch(line):
            continue
        elif OPTIONS.fullmatch(line):
            asked.names.append(line)
        elif ITSELF.fullmatch(line):
            asked.itself = True
        else:
            asked.add(line, place, constraint)
