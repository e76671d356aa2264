#!/usr/bin/python3
"""A file system in user space that shows a folder as it is, and lets nobody change it.

    passthrough.py FOLDER PLACE

needs Debian's python3-fusepy. The file can be imported without it.
"""
import contextlib
import errno
import os
import subprocess
import sys
import time


def serve(folder, place):
    import fusepy  # only the server needs it

    class Server(fusepy.Operations):
        """Reads only."""

        def access(self, path, mode):
            pass

        def getattr(self, path, _file=None):
            try:
                found = os.lstat(folder + path)
            except OSError as error:
                raise fusepy.FuseOSError(error.errno) from error
            names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime")
            return {name: getattr(found, name) for name in names}

        def readdir(self, path, _file):
            return [".", "..", *os.listdir(folder + path)]

        def open(self, path, flags):
            if flags & os.O_ACCMODE != os.O_RDONLY:
                raise fusepy.FuseOSError(errno.EROFS)
            return os.open(folder + path, os.O_RDONLY)

        def read(self, _path, size, offset, file):
            return os.pread(file, size, offset)

        def release(self, _path, file):
            os.close(file)

    fusepy.FUSE(Server(), place, foreground=True, nothreads=True, ro=True)


@contextlib.contextmanager
def shown(folder, place):
    """The folder at this place, until the end of the block."""
    os.makedirs(place, exist_ok=True)
    server = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "/usr/bin/python3", __file__, folder, place],
                              stdin=subprocess.DEVNULL)
    try:
        for _ in range(500):
            if os.path.ismount(place):
                break
            time.sleep(0.01)
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)
        server.kill()
        server.wait()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
