"""The files of a source package, laid into a folder: plain files, folders, links that stay in it, and no more of them than an app may have.

    source_files.py ARCHIVE FOLDER

They keep the archive's times: what builds a package makes anew what is older than what it is made from.

Whoever unpacks has a network, and tarfile as Debian 12 has it writes wherever a name or a link of the archive leads.
"""
import calendar
import os
import resource
import shutil
import sys
import tarfile
import zipfile

BYTES_LIMIT, FILES_LIMIT, MEMORY_LIMIT = 4 << 30, 200_000, 1 << 30
# What the files of a wheel can have been changed at: from 1980 on.
FIRST_SECONDS, LAST_SECONDS = 315532800, (1 << 32) - 1


class Refused(Exception):
    """Why an archive is not unpacked."""


class Folder:
    """Where it goes. Links are made last, so that nothing is written through one."""
    def __init__(self, folder):
        self.folder, self.links, self.files, self.bytes = os.path.realpath(folder), [], 0, 0
        os.makedirs(self.folder, exist_ok=True)

    def place(self, name):
        """Where a name of the archive lies, with the folders above it."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts:
            raise Refused(f"{name!r} leads out of it")
        self.files += 1
        if self.files > FILES_LIMIT:
            raise Refused(f"it holds more than {FILES_LIMIT} files")
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def count(self, size):
        self.bytes += size
        if self.bytes > BYTES_LIMIT:
            raise Refused(f"it unpacks to more than {BYTES_LIMIT} bytes")

    def lay(self, name, file, size, mode, seconds):
        self.count(size)
        path = self.place(name)
        with open(path, "wb") as out:
            while chunk := file.read(min(size, 1 << 20)):
                out.write(chunk)
                size -= len(chunk)
        if size:
            raise Refused(f"it is damaged: {name!r} ends early")
        os.chmod(path, 0o755 if mode & 0o111 else 0o644)
        seconds = min(max(seconds, FIRST_SECONDS), LAST_SECONDS)
        os.utime(path, (seconds, seconds))

    def lay_links(self):
        """One that leads elsewhere is none."""
        for path, target in self.links:
            if not os.path.lexists(path):
                os.symlink(target, path)
        for path, _ in self.links:
            if not os.path.realpath(path).startswith(self.folder + "/") and os.path.islink(path):
                os.remove(path)


def lay_tar(path, to):
    with tarfile.open(path) as archive:
        for member in archive:
            archive.members = []  # else it keeps them all
            if member.isdir():
                os.makedirs(to.place(member.name), exist_ok=True)
            elif member.issym():
                to.links.append((to.place(member.name), member.linkname))
            elif member.islnk():
                first = to.place(member.linkname)
                to.count(os.path.getsize(first))
                shutil.copy2(first, to.place(member.name))
            elif member.isreg():
                with archive.extractfile(member) as file:
                    to.lay(member.name, file, member.size, member.mode, member.mtime)


def lay_zip(path, to):
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir():
                os.makedirs(to.place(member.filename), exist_ok=True)
                continue
            with archive.open(member) as file:
                to.lay(member.filename, file, member.file_size, member.external_attr >> 16, calendar.timegm(member.date_time))


def main(path, folder):
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    to = Folder(folder)
    try:
        (lay_zip if path.endswith(".zip") else lay_tar)(path, to)
        to.lay_links()
    except Refused as why:
        sys.exit(str(why))
    except MemoryError:
        sys.exit(f"it wants more than {MEMORY_LIMIT} bytes of memory")
    except Exception as error:  # of four modules, each with its own
        sys.exit(f"it is damaged: {error!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
