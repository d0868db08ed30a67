# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams with a fault that every reader sees."""
import struct

from good import CONFIG, LIBXL, TINY, XML
from table import bad
from xenstream import *  # noqa: F403


def make_bad_kind():
    legacy = "rec-convert --to v3 translates streams of Xen 4.5 and older"
    bad("empty", b"", "nothing", 3, 0, "empty input")
    for name, data, kind, hint in (
            ("xend", b"LinuxGuestRecord", "a save file of xend", legacy),
            ("qemu", b"LibvirtQemudSave", "a save file of libvirt's QEMU "
             "driver", "it holds a QEMU guest, not a Xen one"),
            ("age", b"age-encryption.org/v1\n", "an age file",
             "age -d opens it"),
            ("zstd", zstd_frame(TINY), "a zstd file", "zstd -d opens it"),
            ("xz", b"\xfd7zXZ\0", "an xz file", "xz -d opens it"),
            ("gzip", b"\x1f\x8b\x08", "a gzip file", "gzip -d opens it"),
            ("lz4", b"\x04\x22\x4d\x18", "an lz4 file", "lz4 -d opens it")):
        bad("kind-" + name, data + bytes(64), kind, 5, 0,
            "the input is " + kind, hint)
    no = "the input is not a Xen domain image"
    bad("kind-text", b"hello, world\n" * 9, "text", 3, 0, no)
    bad("kind-byte", b"\0", "one byte", 3, 0, no)
    bad("kind-legacy", bytes([0, 0, 16, 0]) + bytes(96),
        "a legacy stream's first bytes", 3, 0, no)
    bad("kind-marker", TINY[:8] + b"XENG" + TINY[12:],
        "image header with another id", 3, 0, no)
    bad("image-version-1", headers(version=1) + TINY[40:],
        "image version 1", 5, 0, "image version 1, known are 2 and 3")
    bad("image-version-4", headers(version=4) + TINY[40:],
        "image version 4", 5, 0, "image version 4, known are 2 and 3")
    bad("image-endian", image_header(options=1) + TINY[24:],
        "big-endian image", 5, 0, "big-endian image")
    bad("libxl-version", libxl_header(1) + LIBXL[16:], "libxl version 1", 5,
        0, "libxl stream version 1, known is 2")
    bad("libxl-endian", libxl_header(options=1) + LIBXL[16:],
        "big-endian libxl stream", 5, 0, "big-endian libxl stream")
    bad("libxl-image", libxl(b"\0" + TINY[1:]),
        "libxl stream without an image header", 3, 24,
        "no image header where one has to be")
    bad("libxl-image-version", libxl(headers(version=9)),
        "libxl stream with an unknown image", 5, 24,
        "image version 9, known are 2 and 3")
    xl = xl_header(CONFIG)
    bad("xl-magic", xl[:31] + b"\n" + xl[32:] + LIBXL,
        "xl header with carriage return translated", 3, 0,
        "damaged xl header")
    bad("xl-endian", xl_header(CONFIG, byteorder=0x04030201) + LIBXL,
        "xl header of a big-endian host", 5, 0,
        "xl file of a host with another byte order")
    bad("xl-legacy", xl_header(CONFIG, flags=1) + bytes(99),
        "xl header before a legacy stream", 5, 0,
        "xl file with a legacy stream", legacy)
    bad("xl-libxl", xl + TINY, "xl header before a bare image", 3, len(xl),
        "no libxl header where one has to be")
    bad("xl-libxl-version", xl + libxl_header(3) + LIBXL[16:],
        "xl header before libxl version 3", 5, len(xl),
        "libxl stream version 3, known is 2")
    bad("virsh-version", virsh_header(XML, 3) + LIBXL, "virsh version 3", 5,
        0, "virsh file version 3, known is 2")


def make_bad_stream():
    def at(data, message, name, index=0, nested=False):
        return f"{'libxl ' * nested}record {index} ({name}) at byte " \
            f"{len(data)}: {message}"

    def cut(name, data, whole, what):
        bad(name, data, what, 3, whole,
            f"cut short at byte {len(data)}, without END")

    cut("cut-marker", TINY[:9], 0, "ends in the image header's marker")
    cut("cut-headers", TINY[:39], 0, "ends in the domain header")
    cut("cut-no-records", TINY[:40], 40, "ends behind the headers")
    cut("cut-no-end", TINY[:-8], len(TINY) - 8, "ends where END has to be")
    cut("cut-end", TINY[:-1], len(TINY) - 8, "ends in END")
    cut("cut-length", headers() + struct.pack("<II", 9, RECORD_MAX) +
        bytes(100), 40, "says that 128 MiB follow, which do not")
    cut("cut-libxl", LIBXL[:-8], len(LIBXL) - 8,
        "libxl stream that ends where END has to be")
    cut("cut-libxl-image", libxl_header() + record(LIBXC_CONTEXT) + TINY,
        24 + len(TINY), "libxl stream that ends with the image")
    cut("cut-libxl-length", libxl_header() + struct.pack(
        "<II", 3, 0xfffffff8) + bytes(8), 24,
        "libxl record that says 4 GiB follow")
    cut("cut-xl", xl_header(CONFIG)[:-1], 48, "xl file that ends in its "
        "configuration")
    cut("cut-virsh", virsh_header(XML)[:70], 64, "virsh file that ends in "
        "its XML")
    head = headers() + record(STATIC_DATA_END)
    for kind, name, limit in ((PAGE_DATA, "PAGE_DATA", RECORD_MAX),
                              (0x58520006, "type 0x58520006", RECORD_MAX),
                              (COMPRESSED, "COMPRESSED", OUR_MAX)):
        bad(f"length-{kind:x}", head + struct.pack("<II", kind, limit + 1) +
            bytes(64), "one byte over the limit", 3, len(head),
            at(head, f"length {limit + 1}, limit {limit}", name, 1))
    bad("length-max", head + b"\xff" * 64, "a length of 2^32 - 1", 3,
        len(head), at(head, f"length {2**32 - 1}, limit {RECORD_MAX}",
                      "type 0xffffffff", 1))
    bad("end-body", head + record(END, b"x") + END_RECORD,
        "END with a body", 3, len(head),
        at(head, "END with a body of 1 bytes", "END", 1))
    end = TINY[:-8]
    bad("after-end", TINY + b"\0", "a byte behind END", 3, len(end), at(
        end, f"bytes follow END, from byte {len(TINY)} on", "END", 4),
        "inside xl migrate the filters take --pass-after-end")
    bad("after-end-twice", TINY + TINY, "two images", 3, len(end), at(
        end, f"bytes follow END, from byte {len(TINY)} on", "END", 4),
        "inside xl migrate the filters take --pass-after-end")
    end = LIBXL[:-8]
    bad("after-libxl-end", LIBXL + bytes(44), "xl's answer behind END", 3,
        len(end), at(end, f"bytes follow END, from byte {len(LIBXL)} on",
                     "END", 4, True),
        "inside xl migrate the filters take --pass-after-end")
    two = libxl_header() + record(LIBXC_CONTEXT) + TINY
    bad("libxl-second-image", two + record(LIBXC_CONTEXT) + TINY +
        record(LIBXL_END), "libxl stream of two images", 3, len(two),
        at(two, "a second image in the stream", "LIBXC_CONTEXT", 1, True))
    bad("libxl-checkpoint-end", two + record(CHECKPOINT_END) +
        record(LIBXL_END), "CHECKPOINT_END behind the image", 3, len(two),
        at(two, "no CHECKPOINT stands before it", "CHECKPOINT_END", 1, True))
    bad("libxl-checkpoint-first", libxl_header() + record(CHECKPOINT_END),
        "CHECKPOINT_END before the image", 3, 16,
        at(bytes(16), "no CHECKPOINT stands before it", "CHECKPOINT_END", 0,
           True))
    bad("libxl-no-image", libxl_header() + record(LIBXL_END),
        "libxl stream without an image", 3, 16,
        at(bytes(16), "no image in the stream", "END", 0, True))
    bad("libxl-end-body", two + record(LIBXL_END, b"12345678"),
        "libxl END with a body", 3, len(two),
        at(two, "END with a body of 8 bytes", "END", 1, True))
    inside = libxl_header() + record(LIBXC_CONTEXT) + headers() + \
        record(CHECKPOINT)
    bad("libxl-checkpoint-image", inside + record(LIBXC_CONTEXT) + TINY,
        "a second image inside a checkpoint", 3, len(inside),
        at(inside, "a second image in the stream", "LIBXC_CONTEXT", 1, True))
    bad("libxl-checkpoint-open", inside + record(LIBXL_END),
        "libxl END inside a checkpoint", 3, len(inside),
        at(inside, "END inside a checkpoint", "END", 1, True))
