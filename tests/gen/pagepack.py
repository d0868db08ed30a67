# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records packed as pages, made as man/xenrec.5 has them, never by the code
under test.

Payload makes any coding that the page allows, also those that rec-compress
does not write, and with its parts changed those that are not allowed.
"""
import collections
import functools
import re
import struct

from xenstream import *  # noqa: F403

PAGE = 4096
ZERO, WORD, SAME, CHANGED, STORED, PACKED = range(6)
GROUPS = 4	# of packed pages: classes PACKED to PACKED + 3
CLASSES = PACKED + GROUPS
FRAME_FLAG, PAGES_FLAG = 1, 2
COUNT_MAX, FULL_MAX = 65536, 1024
PFN_BITS, TAG_BITS = 52, 12

HEAD = struct.Struct("<Q10I")
Head = collections.namedtuple("Head", (
    "first", "added", "window", "count", "spare", "index_length",
    "index_size", "packed_length", "packed_size", "changes_length",
    "changes_size"))


def full(kind):
    """Whether a page of this type comes with data."""
    return kind < BROKEN


def number(n, size=1):
    """As in LEB128; size: bytes to fill, where fewer would do."""
    out = []
    while n or len(out) < size:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out[:-1]) + bytes([out[-1] & 127])


def signed(n, size=1):
    return number(2 * n if n >= 0 else -2 * n - 1, size)


def runs(values, step):
    """(first, how many) of values of which each is the one before and step."""
    out = []
    for value in values:
        if out and value == out[-1][0] + step * out[-1][1]:
            out[-1][1] += 1
        else:
            out.append([value, 1])
    return out


def pfn_runs(listed, size=1):
    """The index's part of runs of pfns, (first, how many) each."""
    out, expected = [], 0
    for first, many in listed:
        out += signed(first - expected, size), number(many - 1, size)
        expected = first + many
    return b"".join(out)


def tag_runs(listed, size=1):
    return b"".join(number(tag, size) + number(many - 1, size)
                    for tag, many in listed)


def references(numbers, first, size=1):
    """The index's last part: pages of the window."""
    out, expected = [], first
    for n in numbers:
        out.append(signed(n - expected, size))
        expected = n + 1
    return b"".join(out)


@functools.cache
def crc(data):
    """Quick where data ends with many zeroes, or comes again."""
    some = data.rstrip(b"\0")
    return crc32c_zeros(some, len(data) - len(some))


def small_frame(data):
    """A zstd frame that is small where a byte is repeated.  Equal bytes with
    every version of zstd, as the vectors have to be."""
    blocks = []
    for run in re.finditer(rb"(.)\1{0,65535}", data, re.S):
        run = run[0]
        if len(run) >= 8:
            blocks.append((1, len(run), run[:1]))
        elif blocks and blocks[-1][0] == 0 and blocks[-1][1] < 1 << 16:
            plain = blocks[-1][2] + run
            blocks[-1] = 0, len(plain), plain
        else:
            blocks.append((0, len(run), run))
    return zstd_frame(data, blocks=blocks or None)


def entries(rec):
    """Entries and pages of a PAGE_DATA record that can be packed as pages."""
    count, = struct.unpack_from("<I", rec, 8)
    listed = struct.unpack_from(f"<{count}Q", rec, 16)
    pages = [rec[at:at + PAGE]
             for at in range(16 + 8 * count, len(rec), PAGE)]
    assert len(pages) == sum(full(entry >> 60) for entry in listed)
    return listed, pages


class Payload:
    """A PAGE_DATA record, coded.

    classes: for each page with data its class, or (SAME or CHANGED, number of
    the page in the window).  past: all pages of the window so far, to which
    those of this record are added.
    All attributes may be changed before make().
    """

    def __init__(self, rec, classes, past, window, size=1):
        self.rec, self.window, self.first = rec, window, len(past)
        self.bits = self.words = self.stored = b""
        groups = [b""] * GROUPS
        self.frames = {}
        listed, pages = entries(rec)
        assert len(pages) == len(classes)
        kinds, numbers, same = b"", [], b""
        for page, kind in zip(pages, classes):
            if isinstance(kind, tuple):
                kind, n = kind
                numbers.append(n)
            kinds += bytes([kind])
            if kind == WORD:
                same += page[:8]
            elif kind == CHANGED:
                self.change(page, past[n] if 0 <= n < len(past)
                            else bytes(PAGE))
            elif kind == STORED:
                self.stored += page
            elif kind >= PACKED:
                groups[kind - PACKED] += page
            if kind >= CHANGED:
                past.append(page)
        self.packed = b"".join(groups)
        self.added = len(past) - self.first
        mask = (1 << PFN_BITS) - 1
        self.index = [
            pfn_runs(runs([entry & mask for entry in listed], 1), size),
            tag_runs(runs([entry >> PFN_BITS for entry in listed], 0), size),
            kinds, same, references(numbers, self.first, size)]

    def change(self, page, base):
        bits, words = bytearray(64), []
        for i in range(512):
            word = page[8 * i:8 * i + 8]
            if word != base[8 * i:8 * i + 8]:
                bits[i // 8] |= 1 << i % 8
                words.append(word)
        self.bits += bytes(bits)
        self.words += b"".join(words)

    def part(self, name):
        return {"index": b"".join(self.index), "packed": self.packed,
                "changes": self.bits + self.words}[name]

    def frame(self, name, data=None):
        """Makes a part a frame: of its own or with these bytes, or leaves it
        stored where a frame would not be less."""
        if data is None:
            data = small_frame(self.part(name))
            if len(data) >= len(self.part(name)):
                return
        self.frames[name] = data

    def payload(self, **fields):
        parts = {name: self.part(name)
                 for name in ("index", "packed", "changes")}
        bodies = {name: self.frames.get(name, parts[name]) for name in parts}
        count, spare = struct.unpack_from("<II", self.rec, 8)
        head = Head(self.first, self.added, self.window, count, spare, *(
            n for name in parts for n in (len(bodies[name]),
                                          len(parts[name]))))
        return HEAD.pack(*head._replace(**fields)) + \
            b"".join(bodies.values()) + self.stored

    def make(self, payload=None, flags=PAGES_FLAG, kind=PAGE_DATA,
             length=None, content=0, written=0, fill=0, **fields):
        """The COMPRESSED record.

        payload, flags, kind, length, fields: other than right.  content,
        written: bits to be flipped in the CRCs of content and payload.
        """
        if payload is None:
            payload = self.payload(**fields)
        real, = struct.unpack_from("<I", self.rec, 4)
        inside = struct.pack("<II", kind, real if length is None else length)
        return record(COMPRESSED, ours(flags=flags) + inside + struct.pack(
            "<II", crc(self.rec) ^ content, crc(inside + payload) ^ written) +
            payload, fill)
