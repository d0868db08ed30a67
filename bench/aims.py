# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the filters are to reach, and whether they did."""
import streams
from filters import CHECK, REC, VERIFY, ZSTD
from measure import WIDE
from pulse import PACK, SEAL as PULSE_SEAL, SPLIT as PULSE_SPLIT
from sealing import AGE, CHAIN, OPEN, OPEN_AGE, OURS, SEAL
from lanes import KNOWN, LANES
from ssh import CHAIN as SSH_CHAIN, PLAIN
from volumes import CAT, FILE, JOIN, SPLIT
from volumes import OURS as VOLUMES

BUSY, DB, IDLE = "hvm-busy-live-128M", "hvm-db-live-64M", "hvm-idle-64M"
UNPACKS = "rec-compress -d -T 2"
PEAK_MIB = 48 + 64      # itself, and the window of pages that both ends keep


class Aims:
    """Prints a line for each aim: of(PART, STREAM, ROW) is what was measured;
    without it no line but that it was not."""

    def __init__(self, results):
        self.results = results

    def row(self, what, part, stream, names, value, limit, least):
        """value(results of names) is to be at least, or at most, limit."""
        found = [self.results.get((part, stream, name)) for name in names]
        sign = ">=" if least else "<="
        if None in found:
            answer = "| not measured"
        else:
            got = value(*found)
            reached = got >= limit if least else got <= limit
            answer = f"{got:.3f} | " + \
                ("reached" if reached else "**NOT reached**")
        where = f"made, {stream} GiB" if part == "grow" else stream
        print(f"| {where} | {what} | {sign} {limit:g} | {answer} |")

    def speed(self, what, part, stream, names, limit):
        self.row(what, part, stream, names, lambda a, b: a.wall / b.wall,
                 limit, True)

    def packing(self, stream, speed, size):
        pair = (ZSTD, REC)
        self.speed(f"packing, times `{ZSTD}`", "pack", stream, pair, speed)
        self.row("size to that", "pack", stream, pair,
                 lambda a, b: b.size / a.size, size, False)

    def busy(self, stream):
        self.packing(stream, 2.0, 0.95)
        self.row("CPU to that", "pack", stream, (ZSTD, REC),
                 lambda a, b: b.cpu / a.cpu, 0.65, False)
        self.speed(f"packing, times `{ZSTD}{WIDE}`", "pack", stream,
                   (ZSTD + WIDE, REC), 1.6)

    def any_guest(self, stream):
        for name in CHECK, VERIFY:
            self.speed(f"`{name}`, times cat in its place", "pass", stream,
                       ("cat", name), 1.3)
        self.speed("unpacking, times `zstd -d`", "unpack", stream,
                   ("zstd -d", UNPACKS), 1.5)
        if ("live", stream, REC) in self.results:
            self.row("bytes of later rounds to zstd's", "live", stream,
                     (ZSTD, REC), lambda a, b: b / a, 0.45, False)
        for name in (PACK, PULSE_SEAL, PULSE_SPLIT):
            if ("pulse", stream, name) in self.results:
                self.row(f"ms that `{name}` adds to a checkpoint", "pulse",
                         stream, (name,), lambda ms: ms, 2.0, False)
        for what, names, limit in (
                ("sealing, times age", (AGE, SEAL), 2.0),
                ("opening, times age", (OPEN_AGE, OPEN), 2.0),
                (f"packing and sealing, times `{CHAIN}`", (CHAIN, OURS),
                 1.8)):
            self.speed(what, "seal", stream, names, limit)
        for source, tail in ("a pipe", ""), ("a file", FILE):
            self.speed(f"volumes of {source}, times split", "split", stream,
                       (SPLIT + tail, VOLUMES + tail), 1.0)
        self.speed("joining, times cat", "split", stream, (CAT, JOIN), 0.9)
        self.speed("packed through ssh, times plain", "ssh", stream,
                   (PLAIN, REC), 1.0)
        self.speed("checked, packed and sealed through ssh, times plain",
                   "ssh", stream, (PLAIN, SSH_CHAIN), 1.0)
        self.speed("the same over 1 Gbit/s", "gigabit", stream,
                   (PLAIN, SSH_CHAIN), 1.0)
        self.row("link up to which it pays, times zstd's", "link", stream,
                 (ZSTD, REC), lambda a, b: b / a, 1.3, True)

    def memory(self, least, most):
        for name in (REC, UNPACKS):
            for gib in sorted({least, most}):
                self.row(f"peak MiB of `{name}`", "grow", gib,
                         (name,), lambda r: r.peak, PEAK_MIB, False)
            peaks = [self.results["grow", gib, name].peak
                     for gib in (least, most)]
            self.row(f"peak of `{name}`, {most} GiB to {least} GiB", "grow",
                     most, (name,), lambda _, p=peaks: p[1] / p[0], 1.05,
                     False)


def aims(results, measured, gibs):
    print("\n## Aims\n\n| stream | what | aim | measured | |\n"
          "|---|---|--:|--:|---|")
    a = Aims(results)
    for one in measured:
        if one.name.startswith(BUSY):
            a.busy(one.name)
        if one.name.startswith(DB):
            a.packing(one.name, 1.6, 1.0)
        if one.name.startswith(IDLE):
            a.packing(one.name, 2.0, 0.75)
    for one in measured:
        if streams.large(one):
            a.any_guest(one.name)
    if ("lanes", "", LANES) in results:
        a.row("of what three lines carry together", "lanes", "", (LANES,),
              lambda share: share, 0.9, True)
        a.row("and of what they do when each is given its share", "lanes", "",
              (LANES, KNOWN), lambda lanes, known: lanes / known, 0.9, True)
    if gibs:
        a.memory(min(gibs), max(gibs))
