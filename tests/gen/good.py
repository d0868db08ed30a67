# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams that filters take, and checkpointed ones that end without END."""
from guests import *  # noqa: F403
from table import good, vector
from xenstream import *  # noqa: F403


def checkpoints(count, tail=b""):
    """A bare image with so many checkpoints."""
    first = headers() + static(3) + page_data(hvm_pages())
    return first + (hvm_tail() + record(CHECKPOINT)).join(
        [b""] + [page_data([(NOTAB, n, page(n))])
                 for n in range(count - 1)] + [b""]) + tail


def libxl_checkpoints(count, tail=b""):
    head = libxl_header() + record(LIBXC_CONTEXT) + headers() + static(3)
    for n in range(count):
        head += page_data([(NOTAB, n, page(n))]) + hvm_tail() + \
            record(CHECKPOINT) + record(CHECKPOINT_STATE, bytes(4)) + \
            emulator_data(EMULATOR_CONTEXT, b"QEVM state %d" % n) + \
            record(CHECKPOINT_END)
    return head + tail


CONFIG = b'{"c_info":{"type":"hvm","name":"vectors"}}\0'
XML = b"<domain type='xen'><name>vector</name></domain>\n"
TINY = tiny_image()
XENSTORE = emulator_data(EMULATOR_XENSTORE_DATA,
                         b"physmap/f0000000/name\0vga.vram\0")
QEMU = emulator_data(EMULATOR_CONTEXT, b"QEVM" + page(3)[:1021])
NEW_LIBXL = record(0x77, b"a libxl record of a Xen to come", 9)
LIBXL = libxl(TINY, XENSTORE, QEMU, NEW_LIBXL)


def make_good():
    good("empty", headers() + END_RECORD, "END alone")
    good("pv-3", pv_image(), "PV guest of 2 vcpus, with all PV records")
    good("pv-2", pv_image(2), "the same as image version 2")
    good("hvm-3", hvm_image(), "HVM guest, all types of pages")
    good("hvm-2", hvm_image(2), "the same as image version 2")
    good("tiny", TINY, "a few bytes of an HVM guest")
    good("config", headers() + record(GUEST_CONFIG, ours() + b'{"x":1}') +
         static(3) + page_data(hvm_pages()) + hvm_tail() + END_RECORD,
         "HVM guest behind a GUEST_CONFIG record")
    good("reserved", image_header(3, 0xfffe, b"reserv") +
         domain_header(2, reserved=0xabcd) +
         page_data([(XTAB, 1, None)], reserved=0xdeadbeef) +
         record(HVM_CONTEXT, b"x", 0xff) + END_RECORD,
         "reserved fields and padding that are not zero")
    good("odd", headers() + b"".join(
        record(HVM_CONTEXT, page(n)[:n], n) for n in range(1, 18)) +
         END_RECORD, "bodies of 1 to 17 bytes")
    good("zero-length", headers() + b"".join(
        record(kind) for kind in (VERIFY, HVM_CONTEXT, PAGE_DATA, 0x12345,
                                  0x80012345, STATIC_DATA_END)) +
         END_RECORD, "bodies of no bytes")
    good("unknown", headers() + record(0x13, b"mandatory") + page_data(
        hvm_pages()[:1]) + record(0x80000013, b"optional") +
         record(0x58520001, b"one of our numbers") +
         record(0xd8520013, b"another") + END_RECORD,
         "types of a Xen to come; our numbers without our magic")
    good("bad-pages", headers() + record(PAGE_DATA, b"\xff" * 24) +
         record(PAGE_DATA, struct.pack("<IIQ", 0x20000000, 0, 5 << 60)) +
         END_RECORD, "PAGE_DATA that does not parse")
    good("container-type", image_header() + domain_header(0, shift=1) +
         record(HVM_CONTEXT, b"?") + END_RECORD,
         "domain type and page shift that no guest has")
    good("end-padding", headers() + record(CHECKPOINT, b"body", 3) +
         END_RECORD, "a CHECKPOINT with a body, before END")
    good("libxl", LIBXL, "libxl stream, with QEMU's state and an unknown "
         "record")
    good("libxl-plain", libxl(hvm_image()), "libxl stream of a PVH guest")
    good("libxl-body", libxl_header(options=2) + record(
        LIBXC_CONTEXT, b"body", 1) + TINY + record(LIBXL_END),
         "libxl stream, LIBXC_CONTEXT with a body")
    good("libxl-early", libxl_header() + XENSTORE + record(LIBXC_CONTEXT) +
         TINY + record(LIBXL_END), "libxl record before the image")
    good("xl", xl_header(CONFIG) + LIBXL,
         "xl save file; its configuration has an odd length")
    good("xl-none", xl_header() + libxl(TINY),
         "xl save file without a configuration")
    good("xl-surplus", xl_header(CONFIG, surplus=b"more") + libxl(TINY),
         "xl save file with more optional data")
    good("virsh", virsh_header(XML) + libxl(TINY), "virsh save file")
    good("checkpoint-end", checkpoints(2, TINY[40:]),
         "2 checkpoints, and then END")
    good("checkpoint-stays", checkpoints(
        2, record(GUEST_STAYS, ours() + bytes(16)) + record(END)),
        "2 checkpoints, and the guest stays where it is")
    good("libxl-checkpoint-end", libxl_checkpoints(
        2, page_data([(NOTAB, 9, page(9))]) + END_RECORD +
        record(LIBXL_END)), "libxl stream with 2 checkpoints, and then END")


def make_cut():
    def cut(name, whole, tail, what, count):
        data = whole + tail
        vector("cut-" + name, data, what, (
            "any", 3, len(whole), f"ends at byte {len(data)} without END, "
            f"after {count} complete checkpoints"))

    begun = page_data([(NOTAB, 1, page(1)), (NOTAB, 2, page(2))])
    cut("checkpoint", checkpoints(2), b"", "ends with a CHECKPOINT", 2)
    cut("checkpoint-record", checkpoints(1, begun), b"",
        "ends with a record behind a CHECKPOINT", 1)
    cut("checkpoint-body", checkpoints(3, begun), begun[:4000],
        "ends in a record's body behind 3 checkpoints", 3)
    cut("checkpoint-longer", checkpoints(1, begun), page_data(
        [(NOTAB, pfn, page(pfn)) for pfn in range(5)])[:4000], "ends in a "
        "record's body, longer than the one before it", 1)
    cut("checkpoint-header", checkpoints(1), begun[:5],
        "ends in a record's header behind a CHECKPOINT", 1)
    cut("libxl-checkpoint", libxl_checkpoints(2), b"",
        "libxl stream that ends with CHECKPOINT_END", 2)
    cut("libxl-checkpoint-open", libxl_checkpoints(
        1, page_data([(NOTAB, 1, page(1))]) + record(CHECKPOINT) +
        XENSTORE), b"", "libxl stream that ends in its second checkpoint", 1)
    cut("xl-checkpoint", xl_header(CONFIG) + libxl_checkpoints(1, begun),
        begun[:100], "xl file that ends in a record's body", 1)
