"""File systems in image files on loop devices, whose power can be cut.

FS_IOC_SHUTDOWN without a log flush makes ext4 and XFS forget at once whatever had not reached the
device: the image is left as a power cut would leave the disk.
"""
import fcntl
import gc
import os
import shutil
import struct
import subprocess
import sys
import time

SHUTDOWN = (2 << 30) | (4 << 16) | (ord("X") << 8) | 125
NO_LOG_FLUSH = 2
SIZES = {"ext4": "64M", "xfs": "304M"}
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"],
    "xfs": ["mkfs.xfs", "-q", "-f", "-K"],
}


def run(*words, check=True):
    """Runs a command of the system, silently unless it fails."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if check and done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stdout.decode(errors='replace').strip()}")
    return done.returncode


def what_is_missing():
    """What keeps file systems from being mounted here, or None."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("mkfs.ext4", "mkfs.xfs", "losetup", "unshare"):
        if shutil.which(program) is None:
            return f"no {program}"
    if not os.path.exists("/dev/loop-control"):
        return "no loop devices"
    return None


def no_fuse():
    """What keeps a disk in user space from working here, or None."""
    if not os.path.exists("/dev/fuse"):
        return "no /dev/fuse"
    if run("/usr/bin/python3", "-c", "import fusepy", check=False) != 0:
        return "no python3-fusepy"
    return None


def in_own_namespace():
    """Starts the program again where its mounts are its own and end with it."""
    if os.environ.get("LARKIVE_OWN_MOUNTS") == str(os.getpid()):
        return
    os.environ["LARKIVE_OWN_MOUNTS"] = str(os.getpid())  # exec keeps the pid
    os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])


class Disk:
    """A file system of one kind in `folder`, and where it is mounted."""

    def __init__(self, kind, folder, size=None):
        self.kind = kind
        self.image = os.path.join(folder, f"{kind}.img")
        self.root = os.path.join(folder, "disk")
        self.size = size or SIZES[kind]
        self.mounted = False
        os.makedirs(self.root, exist_ok=True)

    def make(self):
        if os.path.exists(self.image):
            os.unlink(self.image)
        run("truncate", "-s", self.size, self.image)
        run(*MAKE[self.kind], self.image)

    def mount(self, options="nodiscard"):
        """Waits its turn when all loop devices are taken."""
        for _ in range(100):
            try:
                run("mount", "-o", f"loop,{options}", self.image, self.root)
                break
            except OSError as error:
                if "loop device" not in str(error):
                    raise
                time.sleep(0.1)
        else:
            raise OSError("no free loop device in ten seconds")
        self.mounted = True

    def cut(self):
        """The power fails."""
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(folder)

    def unmount(self):
        if not self.mounted:
            return
        gc.collect()  # a database that was opened here and dropped
        for _ in range(500):
            if run("umount", self.root, check=False) == 0:
                self.mounted = False
                return
            time.sleep(0.01)
        raise OSError(f"{self.root} stays busy")

    def keep_as(self, image):
        """Copies the image of the unmounted disk."""
        run("cp", "--sparse=always", self.image, image)

    def become(self, image):
        """Goes back to a copy."""
        run("cp", "--sparse=always", image, self.image)
