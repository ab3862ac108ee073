"""What the steps of a bench read in an app's source, and how they end when that cannot be."""
import json
import sys


def fail(*lines):
    sys.exit("\n".join(lines))


def read(path):
    """A file's text, whatever bytes are in it; "" without the file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def package_of(folder):
    """The package.json of a folder; None without one."""
    text = read(f"{folder}/package.json")
    try:
        return json.loads(text.lstrip("\ufeff")) if text else None
    except ValueError as error:
        fail(f"{folder}/package.json: {error}")
