# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams that no one would think of, from a seed: any stream that the filters
are to take.  Half of them are of guests that Xen would restore."""
import dataclasses
import functools
import random
import struct

from good import CONFIG, NEW_LIBXL, QEMU, XENSTORE, XML
from guests import *  # noqa: F403
from xenstream import *  # noqa: F403

PFNS = 3000     # of a guest


@dataclasses.dataclass
class Stream:
    """pieces: all bytes, in order; spare: the numbers of those that may be
    left out."""
    envelope: str           # image, libxl, xl or virsh
    version: int
    checkpoints: bool
    lawful: bool            # Xen would restore it
    pieces: list
    spare: list

    def without(self, numbers):
        return b"".join(piece for n, piece in enumerate(self.pieces)
                        if n not in numbers)


text = functools.cache(page)


class Memory:
    """What a guest has in its pages, and what it does to them."""

    def __init__(self, r):
        self.r, self.pages = r, {}
        # An image of the last ones is just less than ext4's 16 TiB.
        self.first = r.choice((0, 0, 0, 1 << 20, (1 << 32) - 2 * PFNS))

    def fresh(self):
        r = self.r
        return r.choice((
            lambda: bytes(4096), lambda: r.randbytes(8) * 512,
            lambda: text(r.randrange(40)), lambda: r.randbytes(4096),
            lambda: r.randbytes(2048) + bytes(2048),
            lambda: r.choice(list(self.pages.values()) or [bytes(4096)])))()

    def changed(self, old):
        new, r = bytearray(old), self.r
        for _ in range(r.choice((1, 1, 2, 9, 100))):
            at = r.choice((r.randrange(4096), 8 * r.randrange(512), 0, 4095))
            size = r.randrange(1, 9)
            new[at:at + size] = r.randbytes(size)
        return bytes(new[:4096])

    def page(self, pfn):
        old = self.pages.get(pfn)
        self.pages[pfn] = new = self.fresh() if old is None or \
            self.r.random() < 0.2 else self.changed(old)
        return new

    def entry(self, pfn, kinds):
        kind = self.r.choice(kinds)
        return kind, pfn, self.page(pfn) if kind < BROKEN else None

    def batch(self, low, kinds):
        """Of a PAGE_DATA record: a run of pfns, or any, or those of before."""
        r = self.r
        count = r.choice((1, 1, 2, 3, 7, 20, 40, 64, 64,
                          300 + r.randrange(800)))
        start = r.randrange(low, PFNS)
        before = sorted(self.pages) or [self.first + start]
        how = r.random()
        for n in range(count):
            pfn = self.first + low + (start + n - low) % (PFNS - low)
            if how < 0.2:
                pfn = self.first + r.randrange(low, PFNS)
            elif how < 0.5:
                pfn = r.choice(before)
            yield self.entry(pfn, kinds)


def strange(r, memory):
    """A record that a filter is to carry and not to understand."""
    size = r.choice((0, 0, 1, 7, 8, 9, r.randrange(64), r.randrange(9000),
                     r.randrange(1 << 17), r.randrange(1 << 21)
                     if r.random() < 0.1 else 4096))
    if r.random() < 0.01:
        size = r.randrange(40 << 20)
    body = r.choice((r.randbytes, bytes, lambda n: (b"some text " * n)[:n]))(
        size)
    kind = r.choice((0x80000000 | r.randrange(1 << 16), r.randrange(19, 999),
                     HVM_CONTEXT, TOOLSTACK, VERIFY, PAGE_DATA, TSC_INFO,
                     P2M_FRAMES, SHARED_INFO, GUEST_CONFIG))
    if r.random() < 0.05:       # entries that are none
        kind, body = PAGE_DATA, struct.pack("<II3Q", 3, 0, 5 << 60, 1, 2)
    return record(kind, body, r.choice((0, 0, r.randrange(256))))


def wild_records(r, memory):
    kinds = [NOTAB] * 6 + [L1, L4, PINNED + L2, XTAB, XALLOC, BROKEN]
    yield record(STATIC_DATA_END)       # of no layer's type
    for _ in range(r.choice((0, 1, 3, 10, 10, 30))):
        if r.random() < 0.3:
            yield strange(r, memory)
        else:
            yield page_data(list(memory.batch(0, r.choice((
                kinds, [NOTAB], [XTAB])))),
                reserved=r.choice((0, 0, 0, r.randrange(1 << 32))))


def lawful_image(r, memory, version):
    """Records that have to be there, and those that may be."""
    pv = r.random() < 0.4
    low, kinds = 0, [NOTAB] * 5 + [XTAB, XALLOC]
    if pv:
        low, memory.first, kinds = LAST + 1, 0, [NOTAB] * 5 + [XTAB, L1]
        frames = [P2M] * ((PFNS - 1) // 512 + 1)
        head = [record(PV_INFO, bytes([8, 4]) + bytes(6)), static(version),
                record(P2M_FRAMES, struct.pack(
                    f"<II{len(frames)}Q", 0, PFNS - 1, *frames)),
                page_data(pv_pages())]
        tail = [tsc_info(), record(SHARED_INFO, text(99)), pv_vcpu(0)]
    else:
        head, tail = [static(version), page_data(hvm_pages())], [hvm_tail()]
    if version == 2:
        head.insert(0, record(0x80000013))      # no image begins with a layer
    rounds = [page_data([(kind, pfn, table_page(START_INFO) if kind == L1
                          else data) for kind, pfn, data
                         in memory.batch(low, kinds)])
              for _ in range(r.choice((0, 1, 4, 12)))]
    for n in range(r.randrange(3)):
        rounds.insert(r.randrange(len(rounds) + 1),
                      record(0x80000100 + n, r.randbytes(r.randrange(50))))
    return 1 if pv else 2, head, rounds, tail


def around(r, envelope, devices):
    """What stands before the image, and behind it."""
    if envelope == "image":
        return [], []
    before = [libxl_header()]
    if envelope == "xl":
        before.insert(0, xl_header(
            r.choice((CONFIG, CONFIG + b"\0" * r.randrange(9), None))))
    if envelope == "virsh":
        before.insert(0, virsh_header(XML * r.choice((1, 1, 2000))))
    if devices and r.random() < 0.3:
        before.append(XENSTORE)
    return before + [record(LIBXC_CONTEXT)], \
        r.sample((XENSTORE, QEMU), r.randrange(3) if devices else 0)


def with_checkpoints(r, records, nested, end):
    """Some of them behind each of some CHECKPOINTs."""
    for _ in range(r.randrange(1, 4)):
        one = record(CHECKPOINT)
        if nested:
            one += record(CHECKPOINT_STATE, bytes(4)) + QEMU * \
                r.randrange(2) + record(CHECKPOINT_END)
        records.insert(r.randrange(1, len(records) + 1), one)
    return records + [end]


def any_stream(seed):
    r = random.Random(f"stream {seed}")
    memory = Memory(r)
    version = r.choice((2, 3, 3, 3))
    envelope = r.choice(("image", "image", "libxl", "xl", "virsh"))
    lawful = r.random() < 0.5
    checkpoints = not lawful and r.random() < 0.3
    kind = 2
    if lawful:
        kind, head, middle, tail = lawful_image(r, memory, version)
        head, tail = [headers(kind, version), *head], [*tail, END_RECORD]
    else:
        first, *middle = wild_records(r, memory)
        head = [image_header(version, r.choice((0, 0, 0xfffe)),
                             r.choice((bytes(6), b"reserv"))) +
                domain_header(r.choice((1, 2)),
                              reserved=r.choice((0, 0, 0xabcd))), first]
        tail = [END_RECORD]
        if checkpoints:
            middle = with_checkpoints(r, [first, *middle],
                                      envelope != "image", b"")[1:]
    before, behind = around(r, envelope, kind == 2)
    if envelope != "image":
        strangers = [NEW_LIBXL] * (not lawful and r.random() < 0.3)
        tail = [*tail, *behind, *strangers, record(LIBXL_END)]
    pieces = [*before, *head, *middle, *tail]
    start = len(before) + len(head)
    return Stream(envelope, version, checkpoints, lawful, pieces,
                  list(range(start, start + len(middle))))
