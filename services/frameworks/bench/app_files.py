"""What the steps of a bench read in an app's source, and how they end when that cannot be."""
import json
import sys
import tomllib

TEXT_LIMIT = 64 << 20
# Of a pyproject.toml what is read here, and as what: [str] is a list of texts, {None: str} a table of them.
PROJECT = {"project": {"name": str, "version": str, "requires-python": str, "dynamic": [str], "dependencies": [str], "scripts": {None: str},
                       "entry-points": {None: {None: str}}},
           "build-system": {"requires": [str], "build-backend": str, "backend-path": [str]},
           "tool": {"bench": {"dev-dependencies": {None: str}}}}
PACKAGE = {"scripts": {None: str}, "packageManager": str, "dependencies": dict, "devDependencies": dict, "optionalDependencies": dict}
KINDS = {str: "text", list: "list", dict: "table"}


def fail(*lines):
    sys.exit("\n".join(lines))


def read(path):
    """A file's text, whatever bytes are in it; "" without the file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(TEXT_LIMIT)
    except OSError:
        return ""
    if len(text) == TEXT_LIMIT:
        fail(f"{path}: it is larger than a text that a person has written")
    return text


def parsed(parse, text, path):
    """What a foreign text means, or a line that says why nobody can tell."""
    try:
        return parse(text)
    except RecursionError:
        fail(f"{path}: it is nested too deeply")
    except ValueError as error:
        fail(f"{path}: {error}")


def misfit(value, shape, name=""):
    """Which key of it is not what it has to be, in words; None: all is well."""
    kind = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, kind):
        return f"{name[1:] or 'it'} is no {KINDS[kind]}"
    if kind is list:
        return next(filter(None, (misfit(one, shape[0], f"{name}[{i}]") for i, one in enumerate(value))), None)
    if kind is dict and shape is not dict:
        rows = [(key, shape.get(key, shape.get(None))) for key in value]
        return next(filter(None, (misfit(value[key], inner, f"{name}.{key}") for key, inner in rows if inner)), None)
    return None


def package_of(folder, shape=PACKAGE):
    """The package.json of a folder, of which what shape names is what it says there; None without one."""
    path = f"{folder}/package.json"
    text = read(path)
    package = parsed(json.loads, text.lstrip("\ufeff"), path) if text else {}
    if isinstance(package, dict):
        package = {key: value for key, value in package.items() if value is not None}
    if wrong := misfit(package, shape):
        fail(f"{path}: {wrong}")
    return package or None


def project_of(folder):
    """The pyproject.toml of a folder, of which what PROJECT names is what it says there; {} without one."""
    path = f"{folder}/pyproject.toml"
    project = parsed(tomllib.loads, read(path), path)
    if wrong := misfit(project, PROJECT):
        fail(f"{path}: {wrong}")
    return project
