"""Which objects were read when, folded from `verify.finished` as docs/format.md tells."""
import json

END = 1 << 256
MOST = 512


class Ranges:
    """Ranges of digests, each with the time of its newest look; the last one may go to the END."""

    def __init__(self):
        self.ranges, self.next = [], 0

    def add(self, begin, end, unread, time):
        """A look that went round from `begin` to before `end`: through everything when they are equal."""
        begin, end, unread = int(begin, 16), int(end, 16), sorted(int(digest, 16) for digest in unread)
        self.next = end
        for piece in [(begin, end)] if begin < end else [(0, END)] if begin == end else [(begin, END), (0, end)]:
            self.look(*piece, unread, time)
        self.ranges = joined(self.ranges)
        while len(self.ranges) > MOST:
            self.shorten()

    def look(self, begin, end, unread, time):
        for hole in unread:
            if begin <= hole < end:
                self.cut_in(begin, hole, time)
                begin = hole + 1
        self.cut_in(begin, end, time)

    def cut_in(self, begin, end, time):
        if begin >= end:
            return
        before = [(a, min(b, begin), t) for a, b, t in self.ranges if a < begin]
        after = [(max(a, end), b, t) for a, b, t in self.ranges if b > end]
        self.ranges = sorted(before + after + [(begin, end, time)])

    def shorten(self):
        """The first two neighbours become one, with the older time; without any the first is forgotten."""
        for place, (one, two) in enumerate(zip(self.ranges, self.ranges[1:])):
            if one[1] == two[0]:
                self.ranges[place:place + 2] = [(one[0], two[1], min(one[2], two[2]))]
                return
        del self.ranges[0]

    @property
    def text(self):
        shown = [{"from": f"{a:064x}", **({} if b == END else {"to": f"{b:064x}"}), "time": t} for a, b, t in self.ranges]
        return json.dumps({"next": f"{self.next:064x}", "ranges": shown}, separators=(",", ":"))


def joined(ranges):
    """Neighbours of one time become one."""
    result = []
    for a, b, t in ranges:
        if result and result[-1][1] == a and result[-1][2] == t:
            a = result.pop()[0]
        result.append((a, b, t))
    return result
