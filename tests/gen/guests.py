# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small guests whose images Xen's restorer would take, as far as the stream
alone tells: record order, sizes and cross references."""
import struct

from xenstream import *  # noqa: F403 - the builders are this file's words


def page(seed):
    """A page that differs from others, and compresses."""
    return b"".join(struct.pack("<II", seed, i // 16) for i in range(512))


def cpuid_policy():
    return record(CPUID_POLICY, b"".join(
        struct.pack("<6I", leaf, sub, leaf * 3, 0x756e6547, 0x6c65746e, 7)
        for leaf, sub in ((0, 0xffffffff), (1, 0xffffffff), (4, 0), (4, 1))))


def msr_policy():
    return record(MSR_POLICY, struct.pack("<IIQ", 0xce, 0, 1 << 31))


def static(version):
    """Version 2 has neither policies nor a mark after them."""
    if version == 2:
        return b""
    return cpuid_policy() + msr_policy() + record(STATIC_DATA_END)


def tsc_info():
    return record(TSC_INFO, struct.pack("<IIQII", 0, 2400000, 123456789, 1,
                                        0))


# The PV guest: 16 pfns.
START_INFO, GDT, P2M, TOP, STORE, CONSOLE, LAST = 1, 2, 3, 7, 12, 13, 15
TABLES = {4: (1, 12, 13), 5: (4,), 6: (5,), 7: (6, 10), 8: (1, 2, 3),
          9: (4, 8), 10: (9,), 11: (6, 10)}


def vcpu(kind, number, blob):
    return record(kind, struct.pack("<II", number, 0) + blob)


def vcpu_context(number):
    """struct vcpu_guest_context of a 64-bit guest; frames are pfns."""
    blob = bytearray(5168)
    struct.pack_into("<Q", blob, 0x200, 0x1)              # flags
    struct.pack_into("<Q", blob, 0x208 + 96, START_INFO)  # rdx
    struct.pack_into("<Q", blob, 0x208 + 128, 0xffffffff81000000 + number)
    struct.pack_into("<Q", blob, 0x12e0, GDT)             # gdt_frames[0]
    struct.pack_into("<Q", blob, 0x1360, 512)             # gdt_ents
    struct.pack_into("<Q", blob, 0x1390, TOP << 12)       # cr3
    return bytes(blob)


def pv_vcpu(number):
    return (vcpu(VCPU_BASIC, number, vcpu_context(number)) +
            vcpu(VCPU_EXTENDED, number, bytes(128)) +
            vcpu(VCPU_XSAVE, number, struct.pack("<QQ", 7, 7) +
                 bytes(832)) +
            vcpu(VCPU_MSRS, number, struct.pack("<IIQ", 0xc0011027, 0, 1)))


def table_page(*pfns):
    """A page table whose first entries point to these pfns."""
    return b"".join(struct.pack("<Q", pfn << 12 | 0x67) for pfn in pfns) + \
        bytes(4096 - 8 * len(pfns))


def start_info():
    """struct start_info of a 64-bit guest: xenstore's and console's pfns."""
    blob = bytearray(page(START_INFO))
    blob[:32] = b"xen-3.0-x86_64".ljust(32, b"\0")
    struct.pack_into("<Q", blob, 56, STORE)
    struct.pack_into("<Q", blob, 72, CONSOLE)
    return bytes(blob)


def pv_page(kind, pfn):
    """Each page table points to one of the level below, all to memory."""
    if kind >= BROKEN:
        return None
    if pfn == START_INFO:
        return start_info()
    return table_page(*TABLES[pfn]) if pfn in TABLES else page(pfn)


def pv_pages():
    """Every pfn once; all types of pages with and without data."""
    kinds = [XTAB, NOTAB, NOTAB, NOTAB, L1, L2, L3, PINNED + L4, PINNED + L1,
             PINNED + L2, PINNED + L3, L4, NOTAB, XALLOC, BROKEN, XTAB]
    return [(kind, pfn, pv_page(kind, pfn))
            for pfn, kind in enumerate(kinds)]


def pv_again():
    """A second round of a live migration."""
    return [(NOTAB, 12, page(112)), (XTAB, 13, None), (NOTAB, 15, page(115))]


def pv_image(version=3):
    return b"".join((
        headers(1, version),
        record(PV_INFO, bytes([8, 4]) + bytes(6)),
        static(version),
        record(P2M_FRAMES, struct.pack("<IIQ", 0, LAST, P2M)),
        page_data(pv_pages()),
        page_data(pv_again()),
        tsc_info(),
        record(SHARED_INFO, page(99)),
        pv_vcpu(0), pv_vcpu(1),
        END_RECORD))


def hvm_context():
    """Xen's own framing: u16 type, u16 instance, u32 length, body."""
    return record(HVM_CONTEXT, struct.pack(
        "<HHI IIQII HHI I HHI", 1, 0, 24, 0x54381286, 1, 0xabcdef, 0x306a9,
        2400000, 20, 0, 4, 0x11223344, 0, 0, 0))


def hvm_params(pairs=((1, 0xfeffc), (17, 0xfefff), (19, 1))):
    return record(HVM_PARAMS, struct.pack("<II", len(pairs), 0) +
                  b"".join(struct.pack("<QQ", *pair) for pair in pairs))


def hvm_pages():
    return [(NOTAB, 0, page(0)), (NOTAB, 1, bytes(4096)), (XTAB, 2, None),
            (XALLOC, 3, None), (BROKEN, 4, None),
            (NOTAB, 0xfeffc, page(5)), (NOTAB, 0xfefff, page(6))]


def hvm_tail():
    return tsc_info() + hvm_context() + hvm_params()


def hvm_image(version=3):
    return b"".join((
        headers(2, version), static(version), page_data(hvm_pages()),
        page_data([(NOTAB, 0, page(50)), (XTAB, 1, None)]),
        hvm_tail(), END_RECORD))


def tiny_image():
    """An HVM image of few bytes, to be cut and damaged at each of them."""
    return (headers() + record(STATIC_DATA_END) +
            page_data([(XTAB, 1, None), (XALLOC, 2, None)]) +
            record(HVM_CONTEXT, b"a context of odd length", 7) +
            record(VERIFY) + END_RECORD)
