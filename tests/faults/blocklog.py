#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""blocklog.py FOLDER DISK LOG: shows DISK as FOLDER/disk, for a loop device over it, and logs what is written to it and each flush.

The kernel's own log of block writes (dm-log-writes) needs a module that few machines have; this needs /dev/fuse. LOG.index has a record of
24 bytes an event (kind, offset, length), LOG.data the bytes. One request is answered after the other: what stands before a flush was
complete when the flush was asked for. Ends when FOLDER is unmounted."""
import ctypes
import errno
import os
import stat
import struct
import sys

EVENT = struct.Struct("<QQQ")
WRITE, FLUSH = 1, 2
HEAD, ANSWER = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<QQQQQQIIIIIIIIII")
ROOT, DISK = 1, 2
MAX_WRITE = 1 << 20


def events(log):
    """How many there are."""
    return os.stat(log + ".index").st_size // EVENT.size


class Server:
    def __init__(self, folder, disk, log):
        self.disk = os.open(disk, os.O_RDWR)
        self.size = os.fstat(self.disk).st_size
        self.index = os.open(log + ".index", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.data = os.open(log + ".data", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.fuse = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.fuse},rootmode=40000,user_id=0,group_id=0,max_read={MAX_WRITE}".encode()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"blocklog", folder.encode(), b"fuse", 6, options):  # nosuid, nodev
            raise OSError(ctypes.get_errno(), "mount", folder)

    def serve(self):
        while True:
            try:
                request = os.read(self.fuse, MAX_WRITE + 65536)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return  # unmounted
                if error.errno in (errno.ENOENT, errno.EINTR):
                    continue
                raise
            _, code, unique, node, *_ = HEAD.unpack_from(request)
            if code in (2, 36, 42):  # forget, interrupt, batch forget: nobody waits
                continue
            try:
                self.answer(unique, 0, self.do(code, node, memoryview(request)[HEAD.size:]))
            except OSError as error:
                self.answer(unique, -error.errno, b"")

    def answer(self, unique, error, body):
        try:
            os.write(self.fuse, ANSWER.pack(ANSWER.size + len(body), error, unique) + body)
        except OSError as failed:
            if failed.errno not in (errno.ENOENT, errno.ENODEV):
                raise

    def attributes(self, node):
        mode, size = (stat.S_IFDIR | 0o700, 0) if node == ROOT else (stat.S_IFREG | 0o600, self.size)
        return ATTRIBUTES.pack(node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def do(self, code, node, body):
        if code == 26:  # init
            major, _, ahead, _ = struct.unpack_from("<IIII", body)
            return struct.pack("<IIIIHHIIHHI28x", major, 31, ahead, 1 << 5 | 1 << 22, 16, 12, MAX_WRITE, 1, MAX_WRITE // 4096, 0, 0)
        if code == 1:  # lookup
            if bytes(body).rstrip(b"\0") != b"disk":
                raise OSError(errno.ENOENT, "")
            return struct.pack("<QQQQII", DISK, 0, 3600, 3600, 0, 0) + self.attributes(DISK)
        if code in (3, 4):  # attributes; what is set of them is not kept
            return struct.pack("<QII", 3600, 0, 0) + self.attributes(node)
        if code in (14, 27):  # open: nothing of it is cached
            return struct.pack("<QII", 0, 1 if code == 14 else 0, 0)
        if code == 15:  # read
            _, offset, size = struct.unpack_from("<QQI", body)
            return os.pread(self.disk, size, offset)
        if code == 16:
            return self.write(body)
        if code == 20:  # fsync
            os.write(self.index, EVENT.pack(FLUSH, 0, 0))
            return b""
        if code in (18, 25, 29, 34, 38):  # release, flush (a close), access, destroy
            return b""
        raise OSError(errno.ENOSYS, "")

    def write(self, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        data = body[40:40 + size]
        os.pwrite(self.disk, data, offset)
        os.write(self.data, data)
        os.write(self.index, EVENT.pack(WRITE, offset, size))
        return struct.pack("<II", size, 0)


if __name__ == "__main__":
    Server(*sys.argv[1:]).serve()
