#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stored images, written and read as man/xenrec.5 has them, never by the code
under test.

  stored.py keeps IMAGE STREAM   whether IMAGE is what STREAM has to become
  stored.py same STREAM STREAM   whether a restore of both gives one guest
  stored.py alike FILE FILE      whether they are equal; skips holes
  stored.py make STREAM IMAGE    writes IMAGE
"""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from xenstream import *  # noqa: E402,F403

PAGE = 4096
NAMES = ("size", "places", "pages", "leaves", "head", "tail",
         "span")


def has_data(kind):
    return kind < BROKEN


class Guest:
    """What a restore makes of a stream: head, tail, and for each pfn the type
    its memory came with, the last type, and the content, if any."""

    def __init__(self, head=b"", tail=b""):
        self.head, self.tail, self.pfns, self.span = head, tail, {}, 0

    def entry(self, kind, pfn, page):
        self.span += pfn == self.span
        first, _, old = self.pfns.get(pfn, (XTAB, XTAB, None))
        if has_data(kind):
            first, old = kind, page
        elif not has_data(first) and first != XALLOC:
            first = kind
        if first == kind == XTAB:
            self.pfns.pop(pfn, None)
        else:
            self.pfns[pfn] = first, kind, old

    def __eq__(self, other):
        return vars(self) == vars(other)


def of_stream(stream):
    """A whole plain stream of any kind."""
    guest, paged, verify = Guest(), False, False
    for part, piece in chunks(stream):
        if part == ("record", PAGE_DATA):
            paged = True
            count, = struct.unpack_from("<I", piece, 8)
            at = 16 + 8 * count
            for word in struct.unpack_from(f"<{count}Q", piece, 16):
                kind, page = word >> 60, None
                if has_data(kind):
                    page = piece[at:at + PAGE]
                    at += PAGE
                if not verify:
                    guest.entry(kind, word & (1 << 52) - 1, page)
        elif part == ("record", VERIFY):
            verify = True
        elif paged:
            guest.tail += piece
        else:
            guest.head += piece
    while guest.span in guest.pfns:
        guest.span += 1
    if not guest.pfns:
        guest.span = max(guest.span, 1)
    return guest


_crcs = {}


def page_crc(data):
    if data not in _crcs:
        _crcs[data] = crc32c(data)
    return _crcs[data]


def pad(data):
    return data + bytes(-len(data) % PAGE)


def write(f, guest):
    """The image into an empty file, with holes for pages of zeroes."""
    full = [pfn for pfn, entry in guest.pfns.items() if entry[2]]
    places = max(full, default=-1) + 1
    runs = sorted({pfn // 512 for pfn in guest.pfns})
    leaves, directory = b"", b""
    for run in runs:
        leaf = bytearray(PAGE)
        for n in range(512):
            if run * 512 + n not in guest.pfns:
                continue
            first, last, page = guest.pfns[run * 512 + n]
            struct.pack_into("<IBBH", leaf, 8 * n, page_crc(page) if page
                             else 0, first | last << 4, 1, 0)
        leaves += leaf
        directory += struct.pack("<QII", run, crc32c(leaf), 0)
    directory, head, tail = map(pad, (directory, guest.head, guest.tail))
    rest = leaves + directory + head + tail
    header = b"xRecIMG\n" + struct.pack(
        "<HHI7Q3I", 1, 0, PAGE,
        PAGE * (1 + places) + len(rest), places, len(full), len(runs),
        len(guest.head), len(guest.tail), guest.span, crc32c(directory), crc32c(head),
        crc32c(tail))
    header += bytes(PAGE - 4 - len(header))
    f.write(header + struct.pack("<I", crc32c(header)))
    for pfn in full:
        if any(guest.pfns[pfn][2]):
            f.seek(PAGE * (1 + pfn))
            f.write(guest.pfns[pfn][2])
    f.seek(PAGE * (1 + places))
    f.write(rest)


def read(path):
    """The guest in an image; fails on whatever xenrec.5 does not allow."""
    with open(path, "rb") as f:
        def at(offset, size, crc=None):
            f.seek(offset)
            data = f.read(size)
            assert len(data) == size, "cut"
            assert crc is None or page_crc(data) == crc, f"CRC at {offset}"
            return data
        header = at(0, PAGE)
        assert header[:8] == b"xRecIMG\n", "magic"
        assert struct.unpack("<I", header[-4:])[0] == crc32c(header[:-4])
        values = struct.unpack_from("<HHI7Q3I", header, 8)
        assert values[:3] == (1, 0, PAGE) and not any(header[84:-4])
        h = dict(zip(NAMES, values[3:10]))
        assert h["size"] == os.fstat(f.fileno()).st_size, "size"

        offset = PAGE * (1 + h["places"])
        leaves = [at(offset + PAGE * i, PAGE) for i in range(h["leaves"])]
        offset += PAGE * h["leaves"]
        parts = []
        for length, crc in zip((16 * h["leaves"], h["head"], h["tail"]),
                               values[10:]):
            data = at(offset, length + -length % PAGE, crc)
            assert not any(data[length:]), "padding"
            parts.append(data[:length])
            offset += len(data)
        assert offset == h["size"], "layout"

        guest = Guest(parts[1], parts[2])
        guest.span = h["span"]
        before = -1
        for leaf, (run, crc, zero) in zip(leaves, struct.iter_unpack(
                "<QII", parts[0])):
            assert run > before and zero == 0 and any(leaf), "directory"
            assert crc32c(leaf) == crc, f"leaf of {run}"
            before = run
            for n, (crc, kind, there, zero) in enumerate(
                    struct.iter_unpack("<IBBH", leaf)):
                first, last = kind & 15, kind >> 4
                assert there in (0, 1) and zero == 0
                if not there:
                    assert crc == kind == 0
                    continue
                page = None
                if has_data(first):
                    assert run * 512 + n < h["places"]
                    page = at(PAGE * (1 + run * 512 + n), PAGE, crc)
                else:
                    assert crc == 0
                guest.pfns[run * 512 + n] = first, last, page
        full = [pfn for pfn, entry in guest.pfns.items() if entry[2]]
        assert len(full) == h["pages"], "pages"
        assert max(full, default=-1) + 1 == h["places"], "places"
        for pfn in range(min(h["places"], 1024)):
            if not guest.pfns.get(pfn, (0, 0, None))[2]:
                assert not any(at(PAGE * (1 + pfn), PAGE)), "left over"
        return guest


def load(path):
    with open(path, "rb") as f:
        return f.read()


def extents(f):
    """Where the file has bytes that may not be zero."""
    at, size = 0, os.fstat(f.fileno()).st_size
    while at < size:
        try:
            at = os.lseek(f.fileno(), at, os.SEEK_DATA)
        except OSError:
            return      # a hole up to the end
        end = os.lseek(f.fileno(), at, os.SEEK_HOLE)
        yield from ((n, min(end - n, 1 << 20))
                    for n in range(at, end, 1 << 20))
        at = end


def alike(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        return os.fstat(a.fileno()).st_size == os.fstat(
            b.fileno()).st_size and all(
                os.pread(a.fileno(), size, at) ==
                os.pread(b.fileno(), size, at)
                for f in (a, b) for at, size in extents(f))


def main(what, one, other):
    if what == "alike":
        return alike(one, other)
    if what == "keeps":
        return read(one) == of_stream(load(other))
    if what == "same":
        return of_stream(load(one)) == of_stream(load(other))
    with open(other, "wb") as f:
        write(f, of_stream(load(one)))
    return True


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
