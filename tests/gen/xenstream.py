# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builders for Xen domain images and what stands around them.

Written from the specifications (docs/specs/libxc-migration-stream.pandoc and
libxl-migration-stream.pandoc in xen.git, tools/xl/xl.h, libvirt's
libxl_conf.h, man/xenrec.5, and RFC 8878 for zstd), never from the code under
test, which the vectors made with it are to judge.
"""
import struct

# Types of libxc records.
END, PAGE_DATA, PV_INFO, P2M_FRAMES = 0, 1, 2, 3
VCPU_BASIC, VCPU_EXTENDED, VCPU_XSAVE = 4, 5, 6
SHARED_INFO, TSC_INFO, HVM_CONTEXT, HVM_PARAMS = 7, 8, 9, 10
TOOLSTACK, VCPU_MSRS, VERIFY, CHECKPOINT = 11, 12, 13, 14
DIRTY_PFN_LIST, STATIC_DATA_END, CPUID_POLICY, MSR_POLICY = 15, 16, 17, 18
COMPRESSED, SEAL_HEADER, SEAL_CHUNK = 0x58520001, 0x58520002, 0x58520003
PART_HEADER, PART_CHUNK = 0x58520004, 0x58520005
GUEST_CONFIG, CHECK = 0xd8520011, 0xd8520012
DIGEST, SIGNATURE, GUEST_STAYS = 0xd8520013, 0xd8520014, 0xd8520015
OURS = {COMPRESSED, SEAL_HEADER, SEAL_CHUNK, PART_HEADER, PART_CHUNK,
        GUEST_CONFIG, CHECK, DIGEST, SIGNATURE, GUEST_STAYS}

# Types of libxl records.
(LIBXL_END, LIBXC_CONTEXT, EMULATOR_XENSTORE_DATA, EMULATOR_CONTEXT,
 CHECKPOINT_END, CHECKPOINT_STATE) = range(6)

# Types of pages.
NOTAB, L1, L2, L3, L4, PINNED = 0, 1, 2, 3, 4, 8
BROKEN, XALLOC, XTAB = 0xd, 0xe, 0xf

RECORD_MAX = 128 << 20
OUR_MAX = RECORD_MAX + (64 << 10)
XL_MAGIC = b"Xen saved domain, xl format\n \0 \r"
VIRSH_MAGIC = b"libvirt-xml\n \0 \r"


def image_header(version=3, options=0, reserved=bytes(6)):
    return bytes([255]) * 8 + b"XENF" + struct.pack(
        ">IH", version, options) + reserved


def domain_header(kind, shift=12, reserved=0, major=4, minor=17):
    return struct.pack("<IHHII", kind, shift, reserved, major, minor)


def headers(kind=2, version=3):
    return image_header(version) + domain_header(kind)


def record(kind, body=b"", fill=0):
    """A libxc or libxl record; fill is what its padding consists of."""
    return struct.pack("<II", kind, len(body)) + body + \
        bytes([fill]) * (-len(body) % 8)


END_RECORD = record(END)


def page_data(pages, fill=0, reserved=0):
    """pages: (type, pfn, 4096 bytes or None) each."""
    return record(PAGE_DATA, struct.pack("<II", len(pages), reserved) +
                  b"".join(struct.pack("<Q", t << 60 | n)
                           for t, n, _ in pages) +
                  b"".join(data for _, _, data in pages if data), fill)


def libxl_header(version=2, options=0):
    return b"LibxlFmt" + struct.pack(">II", version, options)


def libxl(image, *records):
    """A whole libxl stream around a whole image."""
    return libxl_header() + record(LIBXC_CONTEXT) + image + \
        b"".join(records) + record(LIBXL_END)


def emulator_data(kind, data):
    return record(kind, struct.pack("<II", 2, 0) + data)


def xl_header(config=None, flags=3, byteorder=0x01020304, surplus=b""):
    optional = b"" if config is None else \
        struct.pack("<I", len(config)) + config + surplus
    return XL_MAGIC + struct.pack("<IIII", byteorder, flags, 0,
                                  len(optional)) + optional


def virsh_header(xml, version=2):
    return VIRSH_MAGIC + struct.pack("<II", version, len(xml)) + \
        bytes(40) + xml


def ours(version=1, flags=0, magic=b"xRec"):
    return struct.pack("<HH", version, flags) + magic


def zstd_frame(data, size=None, blocks=None):
    """A zstd frame (RFC 8878) of raw blocks that holds data.

    size: the content size that it announces, if not the right one.
    blocks: other blocks, each (0 raw | 1 RLE, size, bytes).
    """
    size = len(data) if size is None else size
    if blocks is None:
        step = 128 << 10
        blocks = [(0, len(data[i:i + step]), data[i:i + step])
                  for i in range(0, len(data), step)] or [(0, 0, b"")]
    out = bytes.fromhex("28b52ffd") + struct.pack("<BI", 2 << 6 | 1 << 5,
                                                  size)
    for i, (kind, length, content) in enumerate(blocks):
        head = length << 3 | kind << 1 | (i == len(blocks) - 1)
        out += head.to_bytes(3, "little") + content
    return out


def compressed(rec, frame=None, stored=False, head=None, length=None,
               crc=None):
    """A COMPRESSED record that holds the record rec.

    frame, head, length, crc: its payload, first 8 bytes, the length that it
    says the record inside has, and its CRC, if they are to be other than
    right.
    """
    kind, real = struct.unpack_from("<II", rec)
    if frame is None:
        frame = rec[8:] if stored else zstd_frame(rec[8:])
    crc = crc32c(rec) if crc is None else crc
    return record(COMPRESSED, (head or ours(flags=not stored)) +
                  struct.pack("<IIII", kind,
                              real if length is None else length, crc, 0) +
                  frame)


def chunks(stream):
    """Cuts a valid stream of any kind into its pieces: (name, bytes).

    name is envelope, libxl, image, rest, or record with its type: ("record",
    7).  A libxl record is one piece.
    """
    at = 0
    if stream[:16] == XL_MAGIC[:16]:
        at = 48 + struct.unpack_from("<I", stream, 44)[0]
    elif stream[:16] == VIRSH_MAGIC:
        at = 64 + struct.unpack_from("<I", stream, 20)[0]
    if at:
        yield "envelope", stream[:at]
    nested = stream[at:at + 8] == b"LibxlFmt"
    if nested:
        yield "libxl", stream[at:at + 16]
        at += 16
    inside, outer = not nested, END if not nested else None
    if inside:
        yield "image", stream[:40]
        at = 40
    while at < len(stream):
        kind, length = struct.unpack_from("<II", stream, at)
        size = 8 + length + -length % 8
        piece = stream[at:at + size]
        at += size
        yield ("record", kind) if inside else "libxl", piece
        if inside and kind == outer or not inside and kind == LIBXL_END:
            break
        if inside and nested and kind in (END, CHECKPOINT):
            inside = False
        elif not inside and kind == LIBXC_CONTEXT:
            yield "image", stream[at:at + 40]
            at += 40
            inside = True
        elif not inside and kind == CHECKPOINT_END:
            inside = True
    if at < len(stream):
        yield "rest", stream[at:]


def _crc_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82f63b78 if byte & 1 else 0)
        yield byte


_TABLE = list(_crc_table())


def _apply(operator, state):
    out = 0
    for bit, column in enumerate(operator):
        if state >> bit & 1:
            out ^= column
    return out


def crc32c_zeros(data, size):
    """The CRC of data followed by size zero bytes, which is a linear map of
    the CRC's state, applied size times by squaring."""
    state = crc32c(data) ^ 0xffffffff
    operator = [(1 << bit) >> 8 ^ _TABLE[(1 << bit) & 0xff]
                for bit in range(32)]
    while size:
        if size & 1:
            state = _apply(operator, state)
        operator = [_apply(operator, column) for column in operator]
        size >>= 1
    return state ^ 0xffffffff


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xff]
    return crc ^ 0xffffffff
