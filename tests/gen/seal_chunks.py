# SPDX-License-Identifier: LGPL-2.1-or-later
"""Containers whose header is right, and what is behind it is not.

All are of steps(), six chunks, of which those in front of the fault come out.
"""
import seal
from seal_table import *  # noqa: F403
from xenstream import *  # noqa: F403


class Parts:
    """The right parts of the vector's container."""

    def __init__(self, name, **how):
        self.box = sealer(name, **how)
        self.plains = seal.texts(steps())
        self.records = self.box.records(self.plains)

    def data(self, records, end=END_RECORD):
        return self.box.start + b"".join(records) + end


def ordered(name, order, what, status, count, end=END_RECORD):
    """order: the records' numbers."""
    parts = Parts("bad-" + name)
    vector("bad-" + name, parts.data([parts.records[n] for n in order], end),
           what, status, released(count))


def instead(name, number, make, what, status=4, count=None, **how):
    """make: what stands in the place of a chunk, of the Parts."""
    parts = Parts("bad-" + name, **how)
    records = list(parts.records)
    records[number] = make(parts)
    assert records != parts.records, name
    vector("bad-" + name, parts.data(records), what, status,
           released(number if count is None else count))


def flip(number, at, bits=1):
    def make(parts):
        rec = bytearray(parts.records[number])
        rec[at] ^= bits
        return bytes(rec)
    return make


def make_order():
    for name, order, what, status, count in (
            ("swapped", (0, 2, 1, 3, 4, 5), "two are exchanged", 4, 1),
            ("swapped-first", (1, 0, 2, 3, 4, 5), "the first two are "
             "exchanged", 4, 0),
            ("swapped-last", (0, 1, 2, 3, 5, 4), "the last two are "
             "exchanged", 4, 4),
            ("reversed", (5, 4, 3, 2, 1, 0), "all in reverse", 4, 0),
            ("dropped-first", (1, 2, 3, 4, 5), "the first is missing", 4, 0),
            ("dropped-middle", (0, 1, 3, 4, 5), "one is missing", 4, 2),
            ("dropped-two", (0, 3, 4, 5), "two are missing", 4, 1),
            ("dropped-last", (0, 1, 2, 3, 4), "the last is missing", 4, 5),
            ("dropped-more", (0, 1), "all behind the second are missing", 4,
             2),
            ("dropped-all", (), "END behind SEAL_HEADER", 4, 0),
            ("repeated", (0, 1, 1, 2, 3, 4, 5), "one comes twice", 4, 2),
            ("repeated-first", (0, 0, 1, 2, 3, 4, 5), "the first comes "
             "twice", 4, 1),
            ("repeated-last", (0, 1, 2, 3, 4, 5, 5), "the last comes twice",
             4, 5),
            ("last-alone", (5,), "the last one alone", 4, 0)):
        ordered(name, order, what, status, count)
    every = range(STEPS)
    for name, end, what, status in (
            ("end-none", b"", "no END", 3),
            ("end-body", record(END, bytes(8)), "END with a body", 3),
            ("end-twice", END_RECORD * 2, "END twice", 3),
            ("end-junk", END_RECORD + b"\0", "a byte behind END", 3),
            ("end-more", END_RECORD + container("bad-end-more again"),
             "another container behind END", 3),
            ("end-checkpoint", record(CHECKPOINT) + END_RECORD,
             "CHECKPOINT before END", 4),
            ("end-optional", record(0x80000013, b"x") + END_RECORD,
             "an optional record before END", 4)):
        ordered(name, every, what, status, 5, end)
    ordered("end-early", (0, 1), "END, and then the rest", 3, 2, END_RECORD +
            b"".join(Parts("bad-end-early").records[2:]) + END_RECORD)


def make_splices():
    for name, number in (("first", 0), ("middle", 2), ("last", 5)):
        other = Parts(f"bad-splice-{name} other")
        instead("splice-" + name, number, lambda parts: other.records[number],
                f"chunk {number} of another container for alice")
    parts, other = Parts("bad-splice-tail"), Parts("bad-splice-tail other")
    vector("bad-splice-tail", parts.data(parts.records[:3] +
                                         other.records[3:]),
           "the rest of another container for alice", 4, released(3))
    for name, how in (("suite", {"suite": seal.AES}),
                      ("key", {"salt": bytes(32)})):
        full = "bad-splice-same-" + name
        parts, other = Parts(full), Parts(full, **how)
        vector(full, parts.data(parts.records[:2] + other.records[2:]),
               f"the same stream key, another {name}: its chunks", 4,
               released(2))


def make_heads():
    parts = seal.texts(steps())
    flags = {"last-early": (2, {"flags": 1}, "a last chunk in the middle"),
             "last-never": (5, {"flags": 0}, "the last one says it is not"),
             "flag-1": (2, {"flags": 2}, "flag bit 1"),
             "flag-15": (2, {"flags": 0x8000}, "flag bit 15"),
             "flags-last": (5, {"flags": 3}, "bits 0 and 1, in the last"),
             "version-2": (2, {"version": 2}, "version 2"),
             "version-0": (0, {"version": 0}, "version 0"),
             "magic": (2, {"magic": b"xREC"}, "another magic"),
             "type": (2, {"kind": PART_CHUNK}, "type PART_CHUNK"),
             "optional": (2, {"kind": SEAL_CHUNK | 1 << 31}, "bit 31 of the "
                          "type")}
    for name, (number, wrong, what) in flags.items():
        if not name.startswith("last"):
            instead("chunk-" + name, number, lambda made_: made_.box.chunk(
                number, parts[number], number == 5, **wrong),
                    what + ", authentic")
    for name, number, at, bits, what in (
            ("last-early", 2, 10, 1, "set as the last one"),
            ("last-cleared", 5, 10, 1, "no more the last one"),
            ("flag", 2, 10, 2, "flag bit 1 set"),
            ("flag-high", 0, 11, 0x80, "flag bit 15 set"),
            ("version", 2, 8, 3, "version"), ("magic", 2, 12, 1, "magic"),
            ("number", 2, 16, 1, "number"),
            ("number-high", 2, 23, 0x80, "highest bit of the number"),
            ("type", 2, 0, 1, "type, now SEAL_HEADER's"),
            ("type-high", 2, 3, 0x80, "type, now optional"),
            ("first", 0, 24, 1, "first byte encrypted"),
            ("cipher", 2, 24, 0x80, "bytes encrypted"),
            ("used", 4, 24, 8, "bytes used, encrypted"),
            ("tag", 2, -1, 0x80, "tag's last byte"),
            ("tag-first", 3, -16, 1, "tag's first byte"),
            ("tag-last", 5, -1, 1, "tag of the last one"),
            ("length", 3, 4, 16, "length, which is 16 more or less"),
            ("length-odd", 3, 4, 1, "length, which is 1 more")):
        instead("damaged-" + name, number, flip(number, at, bits),
                f"chunk {number}, damaged: {what}")
    instead("cipher-aes", 2, flip(2, 24, 1), "chunk 2, damaged: bytes "
            "encrypted, AES-256-GCM", suite=seal.AES)
    instead("tag-aes", 5, flip(5, -1), "chunk 5, damaged: tag, AES-256-GCM",
            suite=seal.AES)


def make_keyed():
    """Encrypted by the stream key, and not as a writer does it."""
    plains = seal.texts(steps())
    for name, number, wrong, what in (
            ("number-1", 0, {"said": 1}, "the first has number 1"),
            ("number-far", 2, {"said": 2**63 + 2}, "number 2^63 + 2"),
            ("number-nonce", 2, {"said": 7, "nonce": struct.pack("<QI", 2, 0)},
             "number 7 with the nonce of 2"),
            ("number-last", 5, {"said": 6, "nonce": struct.pack("<QI", 5, 1)},
             "number 6 with the nonce of 5, the last"),
            ("number-less", 2, {"said": 1}, "number 1 for chunk 2"),
            ("epoch", 0, {"epoch": 1}, "the key of epoch 1"),
            ("epoch-number", 2, {"epoch": 2}, "an epoch for each chunk"),
            ("nonce-zero", 2, {"nonce": bytes(12)}, "a nonce of zeroes"),
            ("nonce-flags", 5, {"nonce": struct.pack("<QI", 5, 0)},
             "a nonce without flags"),
            ("nonce-big", 2, {"nonce": struct.pack(">QI", 2, 0)},
             "a big-endian nonce"),
            ("nonce-age", 2, {"nonce": struct.pack(">3xQ?", 2, False)},
             "a nonce as age has it"),
            ("nonce-order", 2, {"nonce": struct.pack("<IQ", 0, 2)},
             "flags before the number in the nonce")):
        said = wrong.pop("said", number)
        instead("keyed-" + name, number, lambda parts: parts.box.chunk(
            said, plains[number], number == 5, **wrong), what)
    for size in (0, 1, 4, 7, 12, 20, 33):
        instead(f"n-{size}", 2, lambda parts: parts.box.chunk(
            2, (plains[2] * 2)[:size]), f"{size} bytes encrypted, authentic")
    instead("n-over", 2, lambda parts: parts.box.chunk(2, seal.text(
        b"x", n=seal.CHUNK_MIN + 8)), "8 bytes over the chunk size, "
            "authentic")
    for size in (0, 7, 8, 15, 16, 24, 31, 32, 39):
        instead(f"body-{size}", 2, lambda parts: record(
            SEAL_CHUNK, parts.records[2][8:8 + size]),
                f"a chunk's body is {size} bytes")
    instead("over-limit", 2, lambda parts: struct.pack(
        "<II", 0x80000013, RECORD_MAX + 1), "a record over the limit", 3)
    for name, rec, what in (
            ("checkpoint", record(CHECKPOINT), "CHECKPOINT"),
            ("optional", record(0x80000013, b"x"), "an optional record"),
            ("empty", record(0x80000013), "an optional record, empty"),
            ("page-data", record(PAGE_DATA, bytes(8)), "PAGE_DATA"),
            ("config", record(GUEST_CONFIG, ours() + b"{}"),
             "GUEST_CONFIG"),
            ("packed", compressed(record(STATIC_DATA_END)), "COMPRESSED"),
            ("part", record(PART_CHUNK, ours() + bytes(40)), "PART_CHUNK"),
            ("max", record(2**32 - 1, bytes(40)), "type 2^32-1")):
        instead("between-" + name, 3, lambda parts: rec + parts.records[3],
                what + " between chunks")
    instead("header-twice", 0, lambda parts: parts.box.start[40:] +
            parts.records[0], "SEAL_HEADER twice")
    instead("header-again", 3, lambda parts: parts.box.start[40:] +
            parts.records[3], "SEAL_HEADER between chunks")
    for last in (False, True):
        parts = Parts(f"bad-behind-{last:d}")
        vector(f"bad-behind-{last:d}", parts.data(parts.records + [
            parts.box.chunk(STEPS, seal.text(), last)]),
               "a chunk behind the last" + ", also a last one" * last, 4,
               released(5))


def make_chunks():
    make_order()
    make_splices()
    make_heads()
    make_keyed()


def make_authentic():
    """Chunks that are malformed once they are decrypted."""
    data = seal.texts(steps())
    inner = {n: plain[8:8 + struct.unpack_from("<I", plain)[0]]
             for n, plain in enumerate(data)}
    for name, wrong, what in (
            ("used", {"used": -7}, "used is 1 too much"),
            ("used-max", {"used": 2**32 - 1}, "used is 2^32-1"),
            ("flag-2", {"flags": 4}, "flag bit 2"),
            ("flag-15", {"flags": 0x8000}, "flag bit 15"),
            ("reserved", {"reserved": 1}, "offset 6 is 1"),
            ("reserved-high", {"reserved": 0x8000}, "offset 6 is 0x8000"),
            ("fill", {"fill": b"\1"}, "bytes behind those used are not 0"),
            ("fill-last", {"tail": b"\1"}, "the last byte is not 0")):
        for number in (0, 2, 5):
            size = len(data[number]) + 8
            how = {"n": size, "flags": seal.ENDS if number == 5 else
                   seal.CHECKPOINTED}
            how.update(wrong)
            if number == 5 and "flags" in wrong:
                how["flags"] |= seal.ENDS
            tail = how.pop("tail", b"")
            if how.get("used") == -7:
                how["used"] = size - 7
            plain = seal.text(inner[number], **how)
            plain = plain[:len(plain) - len(tail)] + tail
            instead(f"text-{name}-{number}", number, lambda parts:
                    parts.box.chunk(number, plain, number == 5),
                    f"chunk {number}, authentic: {what}", 3)
    instead("text-end-early", 2, lambda parts: parts.box.chunk(
        2, seal.text(inner[2], seal.ENDS)),
            "chunk 2 ends the payload, and 3 has more", 3)
    instead("text-end-none", 5, lambda parts: parts.box.chunk(
        5, seal.text(inner[5]), True), "the last does not end the payload",
            3)
    parts = Parts("bad-text-end-twice")
    plains = data[:5] + [data[5], seal.text(b"", seal.ENDS)]
    vector("bad-text-end-twice", parts.data(parts.box.records(plains)),
           "the payload ends twice", 3, released(5))
    box = sealer("bad-padded", flags=seal.PADDED)
    vector("bad-padded", box.start + b"".join(box.records([
        seal.text(headers() + END_RECORD, seal.ENDS, seal.CHUNK_MIN),
        seal.text(b"more", n=seal.CHUNK_MIN)])) + END_RECORD,
           "payload in a chunk that was added", 3, b"")


def make_cuts():
    """The container, cut; it says between which bytes."""
    parts = Parts("bad-cut")
    whole = parts.data(parts.records)
    starts = [len(parts.box.start)]
    for rec in parts.records:
        starts.append(starts[-1] + len(rec))
    second = starts[2]
    for at, count, what in (
            (1, 0, "in the marker"), (23, 0, "in the image header"),
            (24, 0, "behind the image header"),
            (39, 0, "in the domain header"),
            (40, 0, "behind the domain header"),
            (44, 0, "in SEAL_HEADER's header"),
            (48, 0, "behind SEAL_HEADER's header"),
            (56, 0, "behind the common header"),
            (80, 0, "in the salt"), (104, 0, "before the envelope"),
            (150, 0, "in the envelope"),
            (starts[0] - 32, 0, "before the commitment"),
            (starts[0] - 1, 0, "in the commitment"),
            (starts[0], 0, "behind SEAL_HEADER"),
            (starts[0] + 1, 0, "in the first chunk's header"),
            (starts[0] + 8, 0, "behind the first chunk's header"),
            (starts[1] - 1, 0, "in the first chunk's tag"),
            (starts[1], 1, "behind the first chunk"),
            (second + 4, 2, "in a chunk's header"),
            (second + 16, 2, "before a chunk's number"),
            (second + 24, 2, "behind a chunk's number"),
            (second + 40, 2, "in a chunk's bytes"),
            (starts[3] - 16, 2, "before a chunk's tag"),
            (starts[3] - 1, 2, "in a chunk's tag"),
            (starts[5], 5, "before the last chunk"),
            (starts[6] - 1, 5, "in the last chunk's tag"),
            (starts[6], 5, "behind the last chunk"),
            (starts[6] + 4, 5, "in END"), (starts[6] + 7, 5, "in END")):
        vector(f"bad-cut-{at}", whole[:at], f"cut {what}", 3,
               released(count))
