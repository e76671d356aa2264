#!/usr/bin/python3
"""A disk in user space: one file on a FUSE file system, with a log of what reached it, and poison.

A loop device over `disk` sends its writes and flushes here. Each is written to the log in order,
together with what is written to `acks`, so that it is known which acknowledgements came before
which flush. What is written to `poison` says which of them fail, as JSON:
{"write": [from, to], "read": [from, to], "flush": true}, in bytes of the disk; {} heals it.

    blocklog.py IMAGE LOG FOLDER

needs Debian's python3-fusepy. The file can be imported without it, to read a log.
"""
import errno
import json
import os
import stat
import struct
import subprocess
import sys
import time
from pathlib import Path

HEAD = struct.Struct("<cQI")
WRITE, FLUSH, ACKS = b"W", b"F", b"A"
NAMES = {"/disk", "/acks", "/poison"}


def serve(image, log, folder):
    import fusepy  # only the server needs it

    class Server(fusepy.Operations):
        """One thread: what is logged first has happened first."""

        def __init__(self):
            self.disk, self.poison = os.open(image, os.O_RDWR), {}
            self.size = os.fstat(self.disk).st_size
            self.log = open(log, "ab", buffering=0)

        def getattr(self, path, _file=None):
            if path == "/":
                return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2}
            if path not in NAMES:
                raise fusepy.FuseOSError(errno.ENOENT)
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1,
                    "st_size": self.size if path == "/disk" else 0}

        def open(self, path, _flags):
            return sorted(NAMES).index(path)

        def write(self, path, data, offset, _file):
            if path == "/poison":
                self.poison = json.loads(data)
            elif path == "/acks":
                self.keep(ACKS, 0, data)
            else:
                self.refuse("write", offset, len(data))
                os.pwrite(self.disk, data, offset)
                self.keep(WRITE, offset, data)
            return len(data)

        def read(self, path, size, offset, _file):
            if path != "/disk":
                return b""
            self.refuse("read", offset, size)
            return os.pread(self.disk, size, offset)

        def fsync(self, path, _only_data, _file):
            if path == "/disk":
                if self.poison.get("flush"):
                    raise fusepy.FuseOSError(errno.EIO)
                self.keep(FLUSH, 0, b"")
            return 0

        def truncate(self, _path, _length, _file=None):
            return 0

        def refuse(self, what, offset, size):
            first, last = self.poison.get(what, (0, 0))
            if offset < last and offset + size > first:
                raise fusepy.FuseOSError(errno.EIO)

        def keep(self, kind, offset, data):
            self.log.write(HEAD.pack(kind, offset, len(data)) + data)

    fusepy.FUSE(Server(), folder, foreground=True, nothreads=True, direct_io=False, big_writes=True,
                max_write=131072, entry_timeout=0, attr_timeout=0, negative_timeout=0)


class LoggedDisk:
    """The image of a `disks.Disk` behind the server; while it lasts, the disk is mounted from there."""

    def __init__(self, disk, folder):
        self.disk, self.image = disk, disk.image
        self.folder, self.log = Path(folder) / "served", Path(folder) / "block.log"
        self.folder.mkdir(exist_ok=True)

    def __enter__(self):
        self.log.write_bytes(b"")
        self.server = subprocess.Popen(
            ["/usr/bin/python3", __file__, self.image, self.log, self.folder],
            stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 20
        while not (self.folder / "disk").exists():
            if self.server.poll() is not None or time.monotonic() > end:
                raise OSError("the disk in user space does not start")
            time.sleep(0.02)
        self.disk.image = str(self.folder / "disk")
        return self

    def __exit__(self, *_):
        self.disk.unmount()
        self.disk.image = self.image
        for _ in range(100):
            if subprocess.run(["fusermount3", "-u", self.folder], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                break
            time.sleep(0.05)  # the loop device lets go a little later
        try:
            self.server.wait(5)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()

    def open_acks(self):
        return os.open(self.folder / "acks", os.O_WRONLY | os.O_APPEND)

    def poison(self, **what):
        file = os.open(self.folder / "poison", os.O_WRONLY)
        try:
            os.write(file, json.dumps(what).encode())
        finally:
            os.close(file)

    def entries(self):
        """What reached the disk, in order: (kind, offset, data)."""
        return list(read(self.log.read_bytes()))


def read(data):
    place = 0
    while place < len(data):
        kind, offset, length = HEAD.unpack_from(data, place)
        place += HEAD.size
        yield kind, offset, data[place:place + length]
        place += length


if __name__ == "__main__":
    serve(*sys.argv[1:])
