# SPDX-License-Identifier: LGPL-2.1-or-later
"""CHECK and DIGEST records, from man/xenrec.5 alone: checked() puts them into
a stream, stripped() verifies them and takes them out."""
import hashlib

from xenstream import *  # noqa: F403

START, HASHED = 1, 2


class Bad(Exception):
    """What is wrong, and the record of the checked stream that it is of."""

    def __init__(self, what, index):
        super().__init__(what)
        self.index = index


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def with_own(kind, body, at):
    """The record, with the CRC of all of it in its place."""
    head = struct.pack("<II", kind, len(body))
    padded = body + bytes(-len(body) % 8)
    zero = padded[:at] + bytes(4) + padded[at + 4:]
    own = struct.pack("<I", crc32c(head + zero))
    return head + padded[:at] + own + padded[at + 4:]


def head_of(data):
    """Header and what tells the pfns, where there is room for it."""
    kind, length = struct.unpack_from("<II", data)
    if kind == PAGE_DATA and length >= 8:
        size = 8 + 8 * struct.unpack_from("<I", data, 8)[0]
    elif kind == COMPRESSED and length >= 72 and data[12:16] == b"xRec" and \
            data[10] & 2:
        size = 72 + struct.unpack_from("<I", data, 8 + 48)[0]
    else:
        return None
    return data[:8 + size] if size <= length else None


class Checks:
    """What all CHECKs of a stream have in common, and their digest."""

    def __init__(self, ident, hashed=False):
        self.ident, self.hashed = ident, hashed
        self.index = self.offset = 0
        self.leaves = b""

    def ours(self, flags):
        return struct.pack("<HH", 1, flags) + b"xRec" + self.ident

    def check(self, data, start=False):
        kind = 0 if start else struct.unpack_from("<I", data)[0]
        head = None if start else head_of(data)
        core = struct.pack("<QQQIII", self.index, 0 if start else self.offset,
                           len(data), kind, crc32c(data),
                           crc32c(head) if head else 0)
        self.leaves += core + (blake(data) if self.hashed else b"")
        self.offset += len(data)
        self.index += not start
        return with_own(CHECK, self.ours(START * start | HASHED * self.hashed)
                        + core + bytes(4), 60)

    def digest(self, tail, time=0, sequence=0, context=b""):
        return with_own(DIGEST, self.ours(1 * self.hashed) + struct.pack(
            "<QQQ", self.index, self.offset, len(tail)) + blake(self.leaves) +
            blake(tail) + struct.pack("<QQI", time, sequence, 0) + context,
            128)


def is_digest(rec):
    return struct.unpack_from("<I", rec)[0] == DIGEST and \
        rec[12:16] == b"xRec"


def parts(stream):
    """What stands before the records, the records with END, what follows."""
    start, records, tail = b"", [], b""
    for name, piece in chunks(stream):
        if isinstance(name, tuple):
            records.append(piece)
        elif records:
            tail += piece
        else:
            start += piece
    return start, records, tail


def checked(stream, ident=bytes(16), hashed=False, **how):
    start, records, tail = parts(stream)
    checks = Checks(ident, hashed)
    out = start + checks.check(start, True)
    for rec in records[:-1]:
        out += rec + checks.check(rec)
    return out + checks.digest(tail, **how) + records[-1] + tail


def stripped(stream):
    """The stream without its check data; Bad where that does not fit."""
    start, records, tail = parts(stream)
    if not records or struct.unpack_from("<I", records[0])[0] != CHECK:
        raise Bad("no check data", 0)
    ident = records[0][16:32]
    checks = Checks(ident, bool(records[0][10] & HASHED))
    if records[0] != checks.check(start, True):
        raise Bad("start", 0)
    out, at = start, 1
    while at + 1 < len(records) and not is_digest(records[at]):
        if records[at + 1] != checks.check(records[at]):
            raise Bad("record", at)
        out += records[at]
        at += 2
    if len(records) != at + 2 or len(records[at]) < 8 + 132:
        raise Bad("digest", at)
    length = struct.unpack_from("<I", records[at], 4)[0]
    time, sequence = struct.unpack_from("<QQ", records[at], 8 + 112)
    if records[at] != checks.digest(tail, time, sequence,
                                    records[at][8 + 132:8 + length]):
        raise Bad("digest", at)
    return out + records[-1] + tail
