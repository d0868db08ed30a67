# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a filter adds to the time that a checkpoint of 1 MiB takes to go out,
and what checkpoints come to, from a stream's later rounds."""
import os
import select
import statistics
import struct
import subprocess
import time

import streams
from measure import MIB, say
from sealing import key
from streams import xenstream

PAGES = MIB // 4096         # of a checkpoint
CHECKPOINTS = 40
QUIET = 0.25                # seconds: nothing more comes
CAT, PACK, SEAL, SPLIT = "cat", "rec-compress --window 1G", "rec-encrypt", \
    "rec-split --filter cat -b 4G x"
LANES = "rec-split over two lanes"
OVER_LANES = """d=$(mktemp -d); feed="rec-split --feed $d/s"
rec-split --collect $d/s --timeout 1 &
rec-split --lane "$feed" --lane "$feed" || kill $!; wait; rm -r $d"""


def checkpoint(pages):
    """PAGE_DATA of [(pfn, content)], and CHECKPOINT."""
    body = struct.pack("<II", len(pages), 0)
    body += b"".join(struct.pack("<Q", pfn) for pfn, _ in pages)
    body += b"".join(content for _, content in pages)
    return xenstream.record(xenstream.PAGE_DATA, body) + \
        xenstream.record(xenstream.CHECKPOINT)


def pages_of(record):
    """(pfn, content) of each page of a PAGE_DATA record that has any."""
    count, = struct.unpack_from("<I", record, 8)
    at = 16 + 8 * count
    for entry, in struct.iter_unpack("<Q", record[16:at]):
        if entry >> 60 < xenstream.BROKEN:
            yield entry & (1 << 52) - 1, record[at:at + 4096]
            at += 4096


def checkpoints(one):
    """The stream as what comes up to its first checkpoint, and checkpoints of
    1 MiB of the pages that come again."""
    with open(one.path, "rb") as i:
        whole = i.read()
    start, again, last, later = [], [], -1, False
    for kind, piece in xenstream.chunks(whole):
        if kind == ("record", xenstream.END):
            break
        if kind == ("record", xenstream.PAGE_DATA):
            pfn = streams.first_pfn(piece)
            later = later or (pfn is not None and pfn <= last)
            last = pfn if pfn is not None else last
            if later:
                again.extend(pages_of(piece))
                continue
        start.append(piece)
    start.append(xenstream.record(xenstream.CHECKPOINT))
    return [b"".join(start)] + [
        checkpoint(again[n:n + PAGES]) for n in
        range(0, len(again) - PAGES + 1, PAGES)][:CHECKPOINTS]


class Fed:
    """A filter between two pipes."""

    def __init__(self, command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL)

    def give(self, piece, size=None):
        """Feeds a piece, and reads `size` bytes, or what comes until it is
        quiet.  How many, and in how many seconds."""
        begun, left, got = time.monotonic(), memoryview(piece), 0
        fd_in, fd_out = self.child.stdin.fileno(), self.child.stdout.fileno()
        os.set_blocking(fd_in, False)
        while left or size is None or got < size:
            ready_in, ready_out, _ = select.select(
                [fd_out], [fd_in] if left else [], [], QUIET)
            if ready_out:
                left = left[os.write(fd_in, left):]
            if ready_in:
                got += len(os.read(fd_out, MIB))
            if not ready_in and not ready_out and not left and size is None:
                break
        return got, time.monotonic() - begun

    def end(self):
        self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait()


def times(command, pieces):
    """Milliseconds of each checkpoint but the first."""
    first = Fed(command)
    sizes = [first.give(piece)[0] for piece in pieces]
    first.end()
    again = Fed(command)
    took = [again.give(piece, size)[1] * 1000
            for piece, size in zip(pieces, sizes)]
    again.end()
    return took[1:], sum(sizes[1:]) / (len(sizes) - 1)


def pulsing(one, runs, directory):
    """A table of the filters, and cat."""
    commands = {x: x.split() for x in (CAT, PACK, SPLIT)}
    commands[SEAL] = ["rec-encrypt", "-r", key(directory)[1]]
    commands[LANES] = ["bash", "-c", OVER_LANES]
    pieces = checkpoints(one)
    if len(pieces) < 4:
        return {}
    print(f"\n### a checkpoint of 1 MiB, {len(pieces) - 1} of them\n\n"
          "| X | ms | lowest | highest | more than cat | bytes |\n"
          "|---|--:|--:|--:|--:|--:|")
    took, sizes = {name: [] for name in commands}, {}
    for run in range(runs):
        say(f"checkpoints, run {run + 1} of {runs}")
        for name, command in commands.items():
            more, sizes[name] = times(command, pieces)
            took[name].append(statistics.median(more))
    plain, results = statistics.median(took[CAT]), {}
    for name, ms in took.items():
        middle = statistics.median(ms)
        results["pulse", one.name, name] = middle - plain
        print(f"| `{name}` | {middle:.2f} | {min(ms):.2f} | {max(ms):.2f} | "
              f"{middle - plain:.2f} | {sizes[name]:.0f} |")
    return results
