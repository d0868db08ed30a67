# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams with a layer of ours, and faults inside it."""
import struct

from good import CONFIG, TINY, XENSTORE
from guests import page
from table import made, table, vector
from xenstream import *  # noqa: F403


def layer(name, data, what, packs, unpacks):
    """packs, unpacks: what rec-compress and rec-compress -d make of it."""
    vector("layer-" + name, data, what, ("rec-null", 0, len(data)),
           ("rec-compress",) + packs, ("rec-compress -d",) + unpacks)


def bad_compressed(name, rec, what, status, message):
    """rec: the fault, behind one record that is right."""
    right = headers() + compressed(record(STATIC_DATA_END))
    data = right + rec + END_RECORD
    kind = "COMPRESSED" if rec[:4] == record(COMPRESSED)[:4] else "HVM_CONTEXT"
    vector("bad-compressed-" + name, data, what, (
        "rec-compress -d", status, "-",
        f"record 1 ({kind}) at byte {len(right)}: {message}"))


def pack(image, stored=False):
    """The image with each record COMPRESSED."""
    out = b""
    for name, piece in chunks(image):
        if isinstance(name, tuple) and name[1] not in (END, CHECKPOINT):
            piece = compressed(piece, stored=stored)
        out += piece
    return out


def make_layers():
    first = "record 0 (%s) at byte 40: "
    again = (5, "-", first % "COMPRESSED" +
             "the stream has this layer already",
             "rec-compress -d takes it off")
    other = "the stream's outermost layer is not COMPRESSED"
    for name in ("hvm-3", "pv-2", "odd", "zero-length", "unknown",
                 "reserved"):
        image = made["good-" + name]
        layer(f"compressed-{name}", pack(image), f"good-{name}, each record "
              "in a zstd frame", again, (0, "good-" + name))
    for name in ("odd", "unknown", "bad-pages", "checkpoint-end"):
        layer(f"stored-{name}", pack(made["good-" + name], True),
              f"good-{name}, each record stored", again,
              (0, "good-" + name))
    layer("compressed-xl", xl_header(CONFIG) + libxl(
        pack(TINY), XENSTORE), "xl file with a compressed image",
        (5, "-", f"record 0 (COMPRESSED) at byte {48 + 4 + len(CONFIG) + 64}"
         ": the stream has this layer already",
         "rec-compress -d takes it off"), (0, "-"))
    box = image_header() + domain_header(0)
    rest = record(SEAL_CHUNK, ours() + page(1)[:99]) + END_RECORD
    layer("seal", box + record(SEAL_HEADER, ours() + b"keys") + rest,
          "an encrypted container",
          (5, "-", first % "SEAL_HEADER" + "an encrypted stream does not "
           "shrink", "compress first: rec-compress | rec-encrypt"),
          (5, "-", first % "SEAL_HEADER" + other,
           "undo that layer first: rec-encrypt -d"))
    layer("part", box + record(PART_HEADER, ours() + b"part") + END_RECORD,
          "one of several parts", (0, "-"),
          (5, "-", first % "PART_HEADER" + other,
           "undo that layer first: rec-split -j"))
    layer("check", headers() + record(CHECK, ours() + b"check") +
          pack(TINY)[40:], "a compressed stream with check data", (0, "-"),
          (5, "-", first % "CHECK" + other,
           "undo that layer first: rec-checksum -d"))
    plain = "it has none; use the stream as it is"
    for name, kind in (("tiny", "STATIC_DATA_END"), ("unknown",
                                                     "type 0x00000013")):
        table.append(("good-" + name, "no layer to take off",
                      "rec-compress -d", 5, "-", first % kind + other,
                      plain))
    table.append(("good-empty", "no layer, nothing to undo",
                  "rec-compress -d", 0, "good-empty", "", ""))
    vector("bad-layer-magic", headers() + record(
        COMPRESSED, ours(magic=b"xREC") + bytes(8)) + END_RECORD,
        "our number with another magic", ("rec-compress -d", 5, "-",
                                          first % "COMPRESSED" + other,
                                          plain))


def make_bad_compressed():
    def header(length, kind=HVM_CONTEXT):
        return struct.pack("<II", kind, length)

    inside = record(HVM_CONTEXT, page(8)[:1000])
    known = "version %d with flags 0x%04x, known is version 1"
    bad_compressed("plain", inside, "a record that is not compressed", 3,
                   "not a COMPRESSED record, in a compressed stream")
    bad_compressed("magic", compressed(inside, head=ours(magic=b"xrec")),
                   "another magic", 3,
                   "not a COMPRESSED record, in a compressed stream")
    bad_compressed("short", record(COMPRESSED, ours()[:7]),
                   "shorter than our header", 3,
                   "not a COMPRESSED record, in a compressed stream")
    bad_compressed("version", compressed(inside, head=ours(2)), "version 2",
                   5, known % (2, 0))
    bad_compressed("flags", compressed(inside, head=ours(flags=0x8003)),
                   "flags not known", 5, known % (1, 0x8003))
    bad_compressed("header", record(COMPRESSED, ours() + bytes(15)),
                   "shorter than its header", 3,
                   "length 23, a header takes 24")
    over = "holds a record of length %d, over the limit"
    bad_compressed("bomb", compressed(inside, length=RECORD_MAX + 1),
                   "says that it holds 128 MiB + 1", 3,
                   over % (RECORD_MAX + 1))
    bad_compressed("bomb-ours", record(COMPRESSED, ours(flags=1) + header(
        OUR_MAX + 1, CHECK) + bytes(8)), "says that it holds our longest + 1", 3,
        over % (OUR_MAX + 1))
    for name, kind in (("end", END), ("checkpoint", CHECKPOINT)):
        bad_compressed(name, compressed(record(kind), stored=True),
                       f"holds {name.upper()}", 3, "holds END or "
                       "CHECKPOINT, which are never packed")
    for name, size in (("long", 1008), ("short", 992)):
        bad_compressed(f"stored-{name}", compressed(
            inside, frame=bytes(size), stored=True),
            f"stored bytes too {name}", 3, f"holds {size} bytes, not 1000")
    damaged = "damaged zstd frame"
    body = inside[8:]
    frame = zstd_frame(body)
    for name, data, what in (
            ("none", b"", "no frame"),
            ("text", b"this is no zstd frame", "text for a frame"),
            ("cut", frame[:-1], "frame without its last byte"),
            ("size-more", zstd_frame(body, 1001), "announces a byte more"),
            ("size-less", zstd_frame(body, 999), "announces a byte less"),
            ("size-zero", zstd_frame(b""), "announces nothing"),
            ("lies", zstd_frame(body[:-1], 1000), "holds a byte less"),
            ("lies-more", zstd_frame(body + b"x", 1000),
             "holds a byte more"),
            ("unsized", bytes.fromhex("28b52ffd0000") + frame[9:],
             "announces no size"),
            ("junk", frame + b"junk", "bytes behind the frame"),
            ("twice", frame + frame, "two frames"),
            ("block", frame[:9] + b"\x07" + frame[10:], "reserved block")):
        bad_compressed("frame-" + name, compressed(inside, frame=data), what,
                       3, damaged)
    bad_compressed("frame-bomb", compressed(
        record(HVM_CONTEXT), length=100 << 20,
        frame=zstd_frame(b"", 100 << 20)),
        "34 bytes that announce 100 MiB", 3, damaged)
    other = "damaged: what it holds is not what was packed"
    flipped = bytes([body[0] ^ 1]) + body[1:]
    for name, packed, what in (
            ("frame", compressed(inside, frame=zstd_frame(flipped)),
             "a frame of other bytes"),
            ("stored", compressed(inside, frame=flipped, stored=True),
             "stored bytes with a bit flipped"),
            ("type", compressed(record(HVM_PARAMS, body[:1000]),
                                crc=crc32c(inside)), "another type"),
            ("sum", compressed(inside, crc=crc32c(inside) ^ 1),
             "a bit of the CRC flipped")):
        bad_compressed("crc-" + name, packed, what, 4, other)
