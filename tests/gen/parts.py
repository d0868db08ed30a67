# SPDX-License-Identifier: LGPL-2.1-or-later
"""Parts by man/xenrec.5, PART_HEADER AND PART_CHUNK: written and joined."""
import struct

from checks import crc32c
from xenstream import *  # noqa: F403

IN_TURN = 1
LAST, CHECKPOINT_FLAG = 1, 2
START = b"\xff" * 8 + b"XENF" + struct.pack(">IHHI", 3, 0, 0, 0) + \
    struct.pack("<IHHII", 0, 12, 0, 0, 0)


class Wrong(Exception):
    """status: what a reader ends with."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def header(ident, number, parts, first, size, turn=False, flags=None):
    body = struct.pack("<HH4s16sIIQI", 1, turn if flags is None else flags,
                       b"xRec", ident, number, parts, first, size)
    return record(PART_HEADER, body + struct.pack("<I", crc32c(body)))


def chunk(ident, number, payload, flags=0):
    head = struct.pack("<HH4sQI", 1, flags, b"xRec", number, 0)
    return record(PART_CHUNK, head + struct.pack(
        "<I", crc32c(ident + head + payload)) + payload)


def cut(stream, size):
    """(payload, flags) of each chunk: cut at checkpoints, too."""
    nested, at = b"LibxlFmt" in stream[:4096], 0
    ends, pieces = [], list(chunks(stream))
    for name, piece in pieces:
        at += len(piece)
        if name == ("record", CHECKPOINT) and not nested or nested and \
                name == "libxl" and piece == record(CHECKPOINT_END):
            ends.append(at)
    out, begin = [], 0
    for end in ends + [len(stream)]:
        while begin < end:
            till = min(begin + size, end)
            out.append((stream[begin:till],
                        CHECKPOINT_FLAG * (till == end and till in ends) |
                        LAST * (till == len(stream))))
            begin = till
    return out


def split(stream, ident, size, per_part=None, turn=0):
    """The parts: per_part chunks in each, or turn parts, in turn."""
    made = [chunk(ident, n, *c) for n, c in enumerate(cut(stream, size))]
    if turn:
        return [START + header(ident, n, turn, n, size, True) +
                b"".join(made[n::turn]) + END_RECORD for n in range(turn)]
    return [START + header(ident, n, 0, first, size) +
            b"".join(made[first:first + per_part]) + END_RECORD
            for n, first in enumerate(range(0, len(made), per_part))]


def records_of(part):
    """The records up to END, as (type, body)."""
    at, out = 40, []
    if part[:40] != START:
        raise Wrong(3, "headers")
    while True:
        if at + 8 > len(part):
            raise Wrong(3, "cut")
        kind, length = struct.unpack_from("<II", part, at)
        end = at + 8 + length + -length % 8
        if end > len(part):
            raise Wrong(3, "cut")
        if kind == END:
            if end != len(part):
                raise Wrong(3, "behind END")
            return out
        out.append((kind, part[at + 8:at + 8 + length]))
        at = end


def read(part):
    """(set, number, parts, first, size, flags), [(number, flags, payload)]"""
    (kind, body), *rest = records_of(part)
    if kind != PART_HEADER or len(body) != 48:
        raise Wrong(5, "no part")
    version, flags, magic, ident, number, parts, first, size, crc = \
        struct.unpack("<HH4s16sIIQII", body)
    if crc != crc32c(body[:44]):
        raise Wrong(4, "header")
    assert (version, magic) == (1, b"xRec") and flags in (0, 1)
    out = []
    for kind, body in rest:
        assert kind == PART_CHUNK and 24 < len(body) <= 24 + size
        version, its, magic, n, zero, crc = struct.unpack("<HH4sQII",
                                                          body[:24])
        if crc != crc32c(ident + body[:20] + body[24:]):
            raise Wrong(4, "chunk")
        assert (version, magic, zero) == (1, b"xRec", 0) and its < 4
        assert its or len(body) == 24 + size
        out.append((n, its, body[24:]))
    return (ident, number, parts, first, size, flags), out


def join(parts):
    """The stream; asserts everything that a writer has to do."""
    heads, all_chunks = [], []
    for part in parts:
        head, its = read(part)
        heads.append(head)
        all_chunks.append(its)
    order = sorted(range(len(parts)), key=lambda n: heads[n][1])
    assert [heads[n][1] for n in order] == list(range(len(parts)))
    for field in 0, 2, 4, 5:
        assert len({head[field] for head in heads}) == 1
    turn = heads[0][5]
    assert heads[0][2] == (len(parts) if turn else 0)
    for head, its in zip(heads, all_chunks):
        assert its == [] or its[0][0] == head[3]
        assert not turn or head[3] == head[1]
        assert not turn or all(n % len(parts) == head[1] for n, _, _ in its)
    if turn:
        line = sorted(c for its in all_chunks for c in its)
    else:
        line = [c for n in order for c in all_chunks[n]]
    assert [n for n, _, _ in line] == list(range(len(line)))
    assert [f & LAST for _, f, _ in line] == [0] * (len(line) - 1) + [LAST]
    return b"".join(payload for _, _, payload in line)
