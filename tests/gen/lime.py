#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""LiME's format, from src/lime.h and doc/README.md of
github.com/504ensicsLabs/LiME, never by the code under test.

  lime.py make FILE ADDRESS+SIZE... [FLAW...]   ranges with bytes of their own
  lime.py flat FILE        to stdout: the same, each byte at its address
  lime.py ranges FILE      a line for each range: first and last address
  lime.py holds FILE STREAM   whether FILE has the memory that is in
      the plain stream: all that has content or was allocated only
"""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from xenstream import BROKEN, PAGE_DATA, XALLOC, XTAB, chunks  # noqa: E402

HEADER = "<IIQQQ"
MAGIC, VERSION = 0x4c694d45, 1


def content(at, size):
    return bytes((i * 31 + (i >> 8) * 7) & 0xff for i in range(at, at + size))


def make(path, *words):
    flaws = [w for w in words if "+" not in w]
    with open(path, "wb") as f:
        for word in words:
            if word in flaws:
                continue
            at, size = (int(n, 0) for n in word.split("+"))
            f.write(struct.pack(
                HEADER, MAGIC + ("magic" in flaws),
                2 if "version" in flaws else VERSION, at,
                at - 1 if "backwards" in flaws else
                2 ** 64 - 1 if "endless" in flaws else at + size - 1, 0))
            f.write(content(at, size))


def ranges(path):
    with open(path, "rb") as f:
        while header := f.read(struct.calcsize(HEADER)):
            magic, version, first, last, zero = struct.unpack(HEADER, header)
            assert (magic, version, zero) == (MAGIC, VERSION, 0)
            data = f.read(last - first + 1)
            assert len(data) == last - first + 1
            yield first, data


def flat(path):
    memory = bytearray()
    for first, data in ranges(path):
        memory += bytes(first - len(memory)) + data
    sys.stdout.buffer.write(memory + bytes(-len(memory) % 4096))


def guest(path):
    """The memory that is in a plain stream: a page for each pfn that was not
    taken back."""
    memory, gone = {}, set()
    with open(path, "rb") as f:
        stream = f.read()
    for part, piece in chunks(stream):
        if part != ("record", PAGE_DATA):
            continue
        count, = struct.unpack_from("<I", piece, 8)
        at = 16 + 8 * count
        for word in struct.unpack_from(f"<{count}Q", piece, 16):
            kind, pfn = word >> 60, word & (1 << 52) - 1
            if kind < BROKEN:
                memory[pfn] = piece[at:at + 4096]
                at += 4096
            elif kind == XALLOC:
                memory.setdefault(pfn, bytes(4096))
            if kind in (XTAB, BROKEN):
                gone.add(pfn)
            else:
                gone.discard(pfn)
    return {pfn: page for pfn, page in memory.items() if pfn not in gone}


def holds(path, stream):
    want, got, end = guest(stream), {}, -1
    for first, data in ranges(path):
        assert first > end + 1 or end == -1, "ranges that touch each other"
        end = first + len(data) - 1
        for i in range(0, len(data), 4096):
            got[(first + i) // 4096] = data[i:i + 4096]
    if got != want:
        sys.exit(f"pages {sorted(got)}, not {sorted(want)}"[:2000]
                 if got.keys() != want.keys() else "other content")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(*sys.argv[2:])
    elif sys.argv[1] == "flat":
        flat(sys.argv[2])
    elif sys.argv[1] == "ranges":
        for low, some in ranges(sys.argv[2]):
            print(hex(low), hex(low + len(some) - 1))
    else:
        holds(*sys.argv[2:4])
