# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams of Xen 3.1 to 4.5 with a fault."""
from legacy_good import *  # noqa: F403

BAD = {}


def bad(name, s, message, status=3, old=None):
    BAD[name] = (s.old if old is None else old, status, message)


def put(data, at, *change):
    return data[:at] + b"".join(change) + data[at + len(b"".join(change)):]


def le(n):
    return struct.pack("<I", n & 0xffffffff)


def bad_heads():
    s = good_pv()
    for name, n in ("none", 0), ("large", (1 << 28) + 1):
        bad("head-" + name, s, "head at byte 0: a guest of %d pages, 1 to "
            "268435456 can be" % n, old=struct.pack("<Q", n) + s.old[8:])
    where = "extended information at byte 16: "
    blocks = s.extended_at + 4
    bad("head-vcpu", s, where + "a vcpu of 5160 bytes, 5168 and 2800 are "
        "known", old=put(s.old, blocks + 4, le(5160)))
    bad("head-no-vcpu", s, where + "no block vcpu, so whether the guest has "
        "32 or 64 bits is not known", old=put(s.old, blocks, b"upcv"))
    bad("head-block", s, where + "a block of 4294967295 bytes, 5188 are left",
        old=put(s.old, blocks + 4, b"\xff" * 4))
    bad("head-over", s, where + "3 bytes behind its last block",
        old=put(s.old, blocks - 4, le(3)))
    xcnt = s.old.index(b"xcnt")
    bad("head-xcnt", s, where + "15 bytes of xsave, 16 to 1048576 can be",
        old=put(s.old, xcnt + 8, le(15)))
    bad("head-xcnt-size", s, where + "xcnt of 3 bytes, 4 are needed",
        old=put(s.old, xcnt + 4, le(3)))
    bad("head-xl-flags", s, "xl header at byte 0: flags 0x5, known are 1 and "
        "2", 5, put(good_pv(frame="xl").old, 36, le(5)))
    bad("head-xl-order", s, "xl header at byte 0: of a host with another byte "
        "order", 5, put(good_pv(frame="xl").old, 32, b"\1\2\3\4"))
    bad("head-xl-magic", s, "xl header at byte 0: damaged",
        old=put(good_pv(frame="xl").old, 29, b"x"))
    bad("head-xend", s, "xend header at byte 0: configuration of 2147483648 "
        "bytes", old=put(good_pv(frame="xend").old, 16, b"\x80\0\0\0"))
    old = good_pv(frame="xapi2").old
    bad("head-xapi2-type", s, "XAPI record at byte 15: type 0x10 before the "
        "stream, known is 0xf", 5, put(old, 15, b"\x10"))
    s = Legacy(8, 0)
    s.chunk(1025, bytes(4))
    bad("very-old", s, s.where("id") + "missing extended information: a PV "
        "guest of before Xen 3.1, very old, or a batch of 1025 pages, the "
        "limit is 1024", 5)


def bad_newer():
    s = Newer(model=b"QEVM!")
    at = s.image_at
    where = "image at byte %d: " % at
    bad("new-magic", s, where + "no image of Xen 4.6 or later begins there",
        old=put(s.old, at + 8, b"XENG"))
    bad("new-version", s, where + "version 4, known are 2 and 3", 5,
        put(s.old, at + 15, b"\4"))
    bad("new-type", s, where + "domain type 3 is not known", 5,
        put(s.old, at + 24, b"\3"))
    where = "image's record at byte %d: " % (at + 40)
    bad("new-length", s, where + "length 134217729, the limit is 134217728",
        old=put(s.old, at + 44, le((128 << 20) + 1)))
    bad("new-checkpoint", s, where + "a checkpoint, which XAPI has none of", 5,
        put(s.old, at + 40, b"\x0e"))
    bad("new-end-body", s, "image's record at byte %d: END with a body of 8 "
        "bytes" % (s.end_at - 8), old=put(s.old, s.end_at - 4, b"\x08"))
    bad("new-gpu", s, "XAPI record at byte %d: type 0xf10 behind the stream: "
        "not known here, or nothing that libxl's stream can hold" % s.end_at,
        5, put(s.old, s.end_at, b"\x10"))
    bad("new-more", s, "bytes follow XAPI's last record, from byte %d on" %
        len(s.old), old=s.old + b"\0")
    s = Newer(1)
    bad("new-pv-model", s, "XAPI record at byte %d: QEMU's state of a PV "
        "guest" % s.end_at, old=s.old[:-16] + struct.pack("<QQ", 0xf01, 4) +
        b"QEVM" + s.old[-16:])


def bad_chunks():
    def chunk(name, number, body, message, part=None, status=3, word=8,
              width=0):
        s = Legacy(word, width)
        s.tsc()
        s.chunk(number, body)
        bad("chunk-" + name, s, s.where(part or NAMES.get(-number, "id")) +
            message, status)

    chunk("1025", 1025, b"", "a batch of 1025 pages, the limit is 1024")
    chunk("21", -21, b"", "id -21, known are down to -20")
    chunk("min", -1 << 31, b"", "id -2147483648, known are down to -20")
    for n in range(5, 9):
        chunk("type-%d" % n, 1, struct.pack("<Q", n << 28 | 2), "entry 0x%x "
              "has no type that is known" % (n << 28 | 2), "pages")
    chunk("wide", 1, struct.pack("<Q", 1 << 32), "entry 0x100000000 has no "
          "type that is known", "pages")
    chunk("vcpu", -VCPU_INFO, le(4096), "vcpu 4096 as the highest, the limit "
          "is 4095")
    chunk("vcpu-negative", -VCPU_INFO, le(-1), "vcpu -1 as the highest, the "
          "limit is 4095")
    for number in sorted(PARAMS):
        chunk("pv-%d" % number, -number, struct.pack("<IQ", 0, 1),
              "of an HVM guest, in a PV guest's stream", width=8)
    chunk("compressed", -COMPRESSED_DATA, struct.pack("<Q", 1) + b"\0",
          "no body before it ended with ENABLE_COMPRESSION")
    for name, body, message, status in (
            ("short", bytes(7), "7 bytes, 8 are needed", 3),
            ("version", le(2) + le(0), "version 2, known is 1", 5),
            ("count", le(1) + le(1), "ends in an entry's numbers", 3),
            ("name", le(1) + le(1) + bytes(24) + le(0xffffffff) + bytes(9),
             "ends in a name of 4294967295 bytes", 3),
            ("nul", le(1) + le(1) + bytes(24) + le(2) + b"ab" + bytes(4),
             "a name that does not end with its NUL", 3),
            ("early", le(1) + le(1) + bytes(24) + le(3) + b"a\0\0" + bytes(4),
             "a name that does not end with its NUL", 3),
            ("none", le(1) + le(1) + bytes(24) + le(0) + bytes(4),
             "a name that does not end with its NUL", 3),
            ("gap", le(1) + le(1) + bytes(24) + le(2) + b"a\0",
             "ends in a name of 2 bytes", 3),
            ("more", le(1) + le(0) + bytes(5), "5 bytes behind its last entry",
             3)):
        chunk("toolstack-" + name, -TOOLS, le(len(body)) + body, message,
              status=status)
    chunk("toolstack-large", -TOOLS, le((1 << 20) + 1),
          "1048577 bytes, the limit is 1048576", status=5)


def bad_ends():
    s = good_pv()
    bad("end-more", s, "bytes follow the stream, from byte %d on" %
        len(s.old), old=s.old + b"\0")
    s = good_hvm()
    bad("end-hvm-more", s, "bytes follow the stream, from byte %d on" %
        len(s.old), old=s.old + b"\0\0\0\0")
    s = good_pv(frame="xapi")
    bad("end-xapi-more", s, "bytes follow the stream, from byte %d on" %
        len(s.old), old=s.old + b"\0")
    s = good_hvm(4, None, frame="xapi2")
    bad("end-xapi2-more", s, "bytes follow XAPI's last record, from byte %d "
        "on" % len(s.old), old=s.old + b"\0")
    at = len(s.old) - 16 - 16 - 5
    bad("end-xapi2-gpu", s, "XAPI record at byte %d: type 0xf10 behind the "
        "stream: not known here, or nothing that libxl's stream can hold" %
        at, 5, put(s.old, at, b"\x10"))
    bad("end-xapi2-twice", s, "XAPI record at byte %d: a second one" %
        (at + 21), old=s.old[:at + 21] + s.old[at:])
    s = good_hvm()
    at = s.old.index(b"DeviceModelRecord0002")
    bad("end-no-model", s, "QEMU record at byte %d: cut short at byte %d" %
        (at, at), old=s.old[:at])
    bad("end-signature", s, "QEMU record at byte %d: signature "
        "'DeviceModelRecord0003' is not known" % at,
        old=s.old.replace(b"0002", b"0003"))
    for n, text in (0, "0"), (0xffffffff, "4294967295"):
        bad("end-context-" + text, s, "HVM context at byte %d: %s bytes, 1 "
            "to 134217728 can be" % (s.tail_at + 28, text),
            old=put(s.old, s.tail_at + 24, le(n)))
    s = good_hvm(4, b"QemuDeviceModelRecord", frame="xapi")
    at = s.old.index(b"QemuDeviceModelRecord")
    bad("end-newline", s, "QEMU record at byte %d: no newline behind its "
        "signature" % at, old=put(s.old, at + 21, b" "))
    s = good_pv()
    at = s.tail_at + 4 + 2 * 8
    bad("end-xsave", s, "vcpu at byte %d: 593 bytes of xsave of vcpu 0, the "
        "head says 592" % at, old=put(s.old, at + 0x1430 + 128 + 8, le(593)))


def bad_remus():
    def body(name, message, *chunks):
        s = begin_b(8, 8)
        for number, data in chunks:
            if isinstance(data, list):
                data = struct.pack("<%dQ" % len(data), *data)
            elif number == -COMPRESSED_DATA:
                data = struct.pack("<Q", len(data)) + data
            s.chunk(number, data)
        last = NAMES.get(-chunks[-1][0], "end of body")
        bad("remus-" + name, s, s.where(last) + message)

    data = -COMPRESSED_DATA
    full = b"\x80" + page(1)
    body("no-pfn", "data of more pages than pfns came", (data, full))
    body("more", "data of more pages than pfns came", (1, [4]),
         (data, full + b"\0"))
    body("less", "no data came for 2 pfns, from pfn 0x5 on", (3, [4, 5, 6]),
         (data, full), (0, b""))
    body("part", "the compressed data end in a page", (1, [4]),
         (data, full[:-1]), (0, b""))
    body("unknown-same", "changes of pfn 0x1, which never came whole",
         (1, [1]), (data, b"\0"))
    body("unknown", "changes of pfn 0x4, which never came whole", (1, [4]),
         (data, b"\xff" * 8 + b"\x88"))
    for name, run in (("zero-literal", b"\x81\0"), ("zero-skip", b"\x81\x80"),
                      ("over", b"\xff" * 8 + b"\x89"),
                      ("over-literal", b"\xff" * 8 + b"\x09" + bytes(36))):
        body(name, "damaged changes of pfn 0x4", (1, [4]),
             (data, full), (1, [4]), (data, run))


def make_bad():
    bad_heads()
    bad_newer()
    bad_chunks()
    bad_ends()
    bad_remus()
