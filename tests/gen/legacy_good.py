# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams of Xen 3.1 to 4.5 that can be read."""
from legacy import *  # noqa: F403

HOLES = [(0, 1, page(1)), None, (XALLOC, 3, None), (XTAB, 4, None)]


def good_pv(word=8, width=8, **more):
    """A PV guest with all that one can have."""
    s = Legacy(word, width, xsave=592, **more)
    s.pages([(0, 0, page(0)), (L1, 1, page(1)), (PINNED | L4, 5, page(5)),
             (XTAB, 6, None), (BROKEN, 7, None)])
    s.vcpus(70, 0, 2, 70)
    s.tsc()
    s.chunk(-LAST)
    s.end_body()
    s.tail()
    return s.end()


def good_hvm(word=8, signature=b"DeviceModelRecord0002", first=None,
             model=True, **more):
    """An HVM guest with all chunks that one can have."""
    s = Legacy(word, 0, **more)
    s.pages(first or HOLES)
    s.vcpus(1, 0, 1)
    s.tsc()
    for n, chunk in enumerate(sorted(PARAMS)):
        s.param(chunk, 0x1000000001 * (n + 1))
    s.toolstack(PIXELS, (0xf1000000, 0x10, 0x2000, b"xen.ram"))
    s.chunk(-LAST)
    s.end_body()
    s.hvm_tail()
    if signature:
        s.model(signature)
    elif model:
        s.old += struct.pack("<QQ", 0xf00, 5) + b"QEVM!"
        s.qemu = b"QEVM!"
    return s.end()


def old_pv(word=4, **more):
    """As before Xen 4.0: no LAST_CHECKPOINT, no map of vcpus."""
    s = Legacy(word, 4, extended=False, blocks=b"old!" + struct.pack(
        "<I", 3) + b"new", **more)
    s.pages([None, None])
    s.pages(HOLES)
    s.pages([None])
    s.chunk(-VERIFY_MODE)
    s.pages([(0, 1, page(1))])
    s.end_body()
    s.pv_tail(unmapped=())
    return s.end()


def small_hvm(**more):
    s = Legacy(8, 0, **more)
    s.pages([(0, 2, page(2))])
    s.end_body()
    s.hvm_tail(length=1)
    s.model(data=b"")
    return s.end()


def with_tmem():
    s = Legacy(8, 8)
    s.tmem()
    s.pages([(0, 2, page(2))])
    s.end_body()
    s.tail()
    return s.end()


def twice():
    """A parameter and a TOOLSTACK twice: the last count."""
    s = Legacy(8, 0)
    s.param(IDENT_PT, 1)
    s.param(CONSOLE, 2)
    s.param(IDENT_PT, 3)
    s.params = [(12, 3), (17, 2)]
    s.toolstack(PIXELS)
    s.toolstack()
    s.chunk(-TOOLS, struct.pack("<I", 0))
    s.physmap = b""
    s.end_body()
    s.tail()
    s.model()
    return s.end()


def checkpoint(s, seed, signature=b"RemusDeviceModelState"):
    s.end_body()
    s.tail(seed)
    if not s.width:
        s.model(signature, b"QEVM" + bytes([seed]) * seed)
    s.checkpoint()


def remus_a(word=8, width=8, signature=b"RemusDeviceModelState", **more):
    """Checkpoints without compression."""
    s = Legacy(word, width, **more)
    for seed in 1, 2, 3:
        s.pages([(0, 1, page(seed)), (0, 8 + seed, page(7))])
        s.vcpus(seed, *range(seed))
        if not width:
            s.toolstack(PIXELS)
            s.param(CONSOLE, seed)
        checkpoint(s, seed, signature)
    return s


def begin_b(word, width, **more):
    s = Legacy(word, width, **more)
    s.pages([(0, 1, page(1)), (XTAB, 2, None), (0, 3, page(3))])
    s.chunk(-COMPRESSION)
    checkpoint(s, 1)
    s.compressing = True
    return s


def remus_b(word=8, width=8, **more):
    """Checkpoints with changes: all kinds of markers, what comes in the
    middle of others, pages over chunks' ends."""
    s = begin_b(word, width, **more)
    s.pages([(0, 1, page(11)), (XTAB, 2, None)])
    s.pages([(0, 3, page(13)), (0, 4, page(14)), (BROKEN, 5, None)])
    s.tsc()
    s.changes()
    checkpoint(s, 2)
    s.pages([(0, 1, changed(page(11), 0, 5, 1023)), (0, 3, page(13))])
    s.changes(1, step=2)
    s.pages([(L1, 6, page(16))])
    s.pages([None, (XALLOC, 9, None)])
    s.changes(cuts=(1, 2, 3, 700, 4000))
    s.vcpus(1, 1)
    checkpoint(s, 3)
    s.pages([(0, 1, changed(page(11), *range(0, 1024, 2))),
             (0, 3, changed(page(13), *range(1024))), (0, 4, page(14))])
    s.changes(step=1, cuts=(0, 0, 5))
    checkpoint(s, 4)
    s.pages([(XTAB, 1, None)])
    checkpoint(s, 5)
    checkpoint(s, 6)
    return s


def remus_5000():
    """5000 dirty pages, of which the sender can keep 4096 (the example of
    xg_save_restore.h); then all of them again."""
    s = begin_b(8, 8, p2m_size=8192)
    batches = [range(n, min(n + 1024, 5000)) for n in range(0, 5000, 1024)]
    common = page(5)
    pages = [struct.pack("<I", n) + common[4:] for n in range(5000)]
    for n in range(2):
        for batch in batches[:4]:
            s.pages([(0, pfn, pages[pfn]) for pfn in batch])
        s.changes(cuts=range(1 << 20, 1 << 25, 1 << 20))
        s.pages([(0, pfn, pages[pfn]) for pfn in batches[4]])
        s.changes()
        checkpoint(s, n)
        pages = [changed(data, 100, 900) for data in pages]
    return s


class Newer:
    """XAPI's with a stream of Xen 4.6 or later, with QEMU's state or without;
    odd has padding, which stays."""

    def __init__(self, kind=2, version=3, model=None):
        said = Legacy(frame="xapi2")
        self.says = []
        front = said.old[:said.head_at - 16] + struct.pack("<QQ", 0xf0, 0)
        static = record(STATIC_DATA_END)
        odd = record(0x80000001, b"odd", fill=7)
        rest = odd + page_data([(0, 1, page(1)), (0, 7, page(7))])
        if kind == 1:
            rest = record(PV_INFO, b"\x08\x04" + bytes(6)) + odd + \
                static * (version == 3) + record(
                    P2M_FRAMES, struct.pack("<IIQ", 0, 511, 9)) + rest
        elif version == 3:
            rest = static + rest
        self.image_at = len(front)
        self.old = front + headers(kind, version) + rest + record(END)
        self.end_at = len(self.old)
        if version == 2:    # it comes out as version 3
            before = P2M_FRAMES if kind == 1 else PAGE_DATA
            at = rest.index(struct.pack("<I", before) + (
                struct.pack("<I", 16) if kind == 1 else b""))
            rest = rest[:at] + static + rest[at:]
        self.want = headers(kind, 3) + rest + record(END)
        if model is not None:
            self.old += struct.pack("<QQ", 0xf01, len(model)) + model
        self.old += struct.pack("<QQ", 0xffff, 0)
        if kind == 2:
            self.want = libxl_header() + record(LIBXC_CONTEXT) + self.want + (
                record(EMULATOR_CONTEXT, bytes(8) + model)
                if model is not None else b"") + record(LIBXL_END)


GOOD = {
    "new-hvm": Newer(model=b"QEVM" * 5), "new-hvm-none": Newer(),
    "new-hvm-2": Newer(version=2, model=b"QEVM!"), "new-pv": Newer(1),
    "new-pv-2": Newer(1, 2),
    "pv-64-8": good_pv(8, 8), "pv-32-8": good_pv(8, 4),
    "pv-64-4": good_pv(4, 8), "pv-32-4": good_pv(4, 4),
    "pv-no-xsave": with_tmem(), "pv-old": old_pv(), "pv-old-8": old_pv(8),
    "pv-xl": good_pv(frame="xl"), "pv-xend": good_pv(4, 4, frame="xend"),
    "pv-xapi": good_pv(4, 4, frame="xapi"),
    "pv-xapi2": good_pv(4, frame="xapi2"),
    "pv-xl-text": good_pv(frame="xl", config=(0, TEXT_CONFIG)),
    "hvm-8": good_hvm(8), "hvm-4": good_hvm(4),
    "hvm-xl": good_hvm(frame="xl"), "hvm-xl-4": good_hvm(4, frame="xl"),
    "hvm-xl-text": good_hvm(frame="xl", config=(0, TEXT_CONFIG)),
    "hvm-xl-none": good_hvm(frame="xl", config=(0, b"")),
    "hvm-remus": good_hvm(signature=b"RemusDeviceModelState"),
    "hvm-xend": good_hvm(4, b"QemuDeviceModelRecord", frame="xend"),
    "hvm-bare-xend": good_hvm(8, b"QemuDeviceModelRecord"),
    "hvm-xapi": good_hvm(4, b"QemuDeviceModelRecord", frame="xapi"),
    "hvm-xapi2": good_hvm(4, None, frame="xapi2"),
    "hvm-xapi2-none": good_hvm(4, None, model=False, frame="xapi2"),
    "hvm-xapi2-model": good_hvm(4, frame="xapi2"),
    "hvm-small": small_hvm(), "hvm-twice": twice(),
    "hvm-first-pfn": good_hvm(first=[(0, 0, page(0)), (0, 1, page(1))]),
}
CHECKPOINTS = {
    "remus-a-pv": remus_a(), "remus-a-pv-4": remus_a(4, 4),
    "remus-a-hvm": remus_a(width=0), "remus-a-xl": remus_a(frame="xl"),
    "remus-a-xend": remus_a(4, 0, frame="xend"),
    "remus-b-pv": remus_b(), "remus-b-pv-4": remus_b(4, 4),
    "remus-b-hvm": remus_b(width=0), "remus-b-hvm-4": remus_b(4, 0),
    "remus-b-xl": remus_b(width=0, frame="xl"), "remus-5000": remus_5000(),
}
XENS = {"pv-64-8": "64 pv", "pv-32-8": "64 pv", "pv-64-4": "32 pv",
        "pv-32-4": "32 pv", "hvm-8": "64 hvm", "hvm-4": "32 hvm"}
