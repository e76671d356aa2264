"""Reads the log of `strace -f -y` as events: a call as it begins, and the same call as it ends."""
import dataclasses
import re

CALLS = ("open,openat,openat2,creat,write,writev,pwrite64,pwritev,copy_file_range,fsync,fdatasync,syncfs,sync_file_range,"
         "link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate,truncate,fallocate")
BEGUN = re.compile(r"(\d+) +(\w+)\((.*?)(?: <unfinished \.\.\.>|\) += (-?\d+)(.*))$")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)(.*)$")
FD = re.compile(r"(?:AT_FDCWD|-?\d+)<((?:[^<>]|<[^<>]*>)*)>(\(deleted\))?")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')


@dataclasses.dataclass
class Call:
    """One system call; `result` is None until it has ended."""

    name: str
    words: str
    place: int
    result: int | None = None
    opened: str | None = None

    def folders(self):
        """The paths of the descriptors among its arguments, in their order."""
        return [match[1] for match in FD.finditer(TEXT.sub('""', self.words))]

    def texts(self):
        return [match[1] for match in TEXT.finditer(self.words)]

    def file(self):
        """What a call on a descriptor concerns; of a copy it is what is written to."""
        folders = self.folders()
        place = -1 if self.name == "copy_file_range" else 0
        return folders[place] if folders else ""

    def names(self):
        """The full paths of its names, each under the descriptor before it."""
        folders, texts = self.folders(), self.texts()
        if not self.name.endswith(("at", "at2")):
            return texts
        return [text if text.startswith("/") else f"{folder}/{text}" for folder, text in zip(folders, texts)]


def events(lines):
    """Yields (call, has_ended) in the order in which strace saw them."""
    open_calls = {}
    for place, line in enumerate(lines, 1):
        match = RESUMED.match(line)
        if match:
            call = open_calls.pop(match[1], None)
            if call:
                call.words += match[3]
                yield end(call, match[4], match[5]), True
            continue
        match = BEGUN.match(line)
        if not match:
            continue
        call = Call(match[2], match[3], place)
        yield call, False
        if match[4] is None:
            open_calls[match[1]] = call
        else:
            yield end(call, match[4], match[5]), True


def end(call, result, rest):
    call.result = int(result)
    opened = FD.match(f"{result}{rest}")
    call.opened = opened[1] if opened else None
    return call
