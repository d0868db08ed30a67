# SPDX-License-Identifier: LGPL-2.1-or-later
"""Readers of streams, page tables and cores, by which cores are judged.

Written from the specifications that common/format_core.h names, never from
the code under test.
"""
import struct

from xenstream import *  # noqa: F403

PAGE = 4096
FRAME = 0x000ffffffffff000
ZERO = bytes(PAGE)


def u16(data, at):
    return struct.unpack_from("<H", data, at)[0]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def u64(data, at):
    return struct.unpack_from("<Q", data, at)[0]


class Guest:
    """What a plain stream has of a guest at its end."""

    def __init__(self, path):
        self.pages, self.types, self.vcpus, self.p2m = {}, {}, {}, []
        self.shared, self.width = None, 0
        for part, piece in chunks(open(path, "rb").read()):
            if part == "image":
                self.pv = u32(piece, 24) == 1
                self.xen = struct.unpack_from("<II", piece, 32)
            elif isinstance(part, tuple):
                length = u32(piece, 4)
                self.take(part[1], piece[8:8 + length])

    def take(self, kind, body):
        if kind == PAGE_DATA:
            count = u32(body, 0)
            at = 8 + 8 * count
            for i in range(count):
                word = u64(body, 8 + 8 * i)
                kind, pfn = word >> 60, word & (1 << 52) - 1
                if kind < BROKEN:
                    self.pages[pfn] = body[at:at + PAGE]
                    at += PAGE
                elif kind == XALLOC:
                    self.pages.setdefault(pfn, ZERO)
                self.types[pfn] = kind
        elif kind == PV_INFO:
            self.width = body[0]
        elif kind == P2M_FRAMES:
            self.p2m = [u64(body, at) for at in range(8, len(body), 8)]
        elif kind == SHARED_INFO:
            self.shared = body
        elif kind == VCPU_BASIC and len(body) > 8:
            self.vcpus[u32(body, 0)] = body[8:]
        elif kind == HVM_CONTEXT:
            at = 0
            while u16(body, at):
                size = u32(body, at + 4)
                if u16(body, at) == 2:
                    self.vcpus[u16(body, at + 2)] = body[at + 8:at + 8 + size]
                at += 8 + size

    def there(self):
        """{pfn: bytes} of what is not taken back."""
        return {pfn: page for pfn, page in self.pages.items()
                if self.types[pfn] not in (BROKEN, XTAB)}

    def registers(self, vcpu):
        """{name: value}, by the names of gdb, and control registers."""
        raw = self.vcpus[vcpu]
        if not self.pv:
            names = ("rax rbx rcx rdx rbp rsi rdi rsp r8 r9 r10 r11 r12 r13 "
                     "r14 r15").split()
            r = {n: u64(raw, 0x200 + 8 * i) for i, n in enumerate(names)}
            r.update(rip=u64(raw, 0x280), eflags=u64(raw, 0x288),
                     cr0=u64(raw, 0x290), cr2=u64(raw, 0x298),
                     cr3=u64(raw, 0x2a0), cr4=u64(raw, 0x2a8),
                     efer=u64(raw, 0x3e0), kernel_gs=u64(raw, 0x3b0))
            for i, n in enumerate("cs ds es fs gs ss".split()):
                r[n] = u32(raw, 0x2e0 + 4 * i)
            r["fs_base"], r["gs_base"] = u64(raw, 0x340), u64(raw, 0x348)
            r["idt"], r["gdt"] = u64(raw, 0x368), u64(raw, 0x370)
            r["cs_flags"] = u32(raw, 0x378)
            return r
        if self.width == 8:
            names = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi "
                     "rdi").split()
            r = {n: u64(raw, 0x208 + 8 * i) for i, n in enumerate(names)}
            r.update(rip=u64(raw, 0x288), cs=u16(raw, 0x290),
                     eflags=u64(raw, 0x298), rsp=u64(raw, 0x2a0),
                     ss=u16(raw, 0x2a8), es=u16(raw, 0x2b0),
                     ds=u16(raw, 0x2b8), fs=u16(raw, 0x2c0),
                     gs=u16(raw, 0x2c8), fs_base=u64(raw, 0x1418))
            bases = u64(raw, 0x1420), u64(raw, 0x1428)
            kernel = u32(raw, 0x200) & 4
            r["gs_base"] = bases[0 if kernel else 1]
            r["kernel_gs"] = bases[1 if kernel else 0]
            control, size = 0x1378, 8
        else:
            names = "rbx rcx rdx rsi rdi rbp rax".split()
            r = {n: u32(raw, 0x204 + 4 * i) for i, n in enumerate(names)}
            r.update({f"r{i}": 0 for i in range(8, 16)})
            r.update(rip=u32(raw, 0x224), cs=u16(raw, 0x228),
                     eflags=u32(raw, 0x22c), rsp=u32(raw, 0x230),
                     ss=u16(raw, 0x234), es=u16(raw, 0x238),
                     ds=u16(raw, 0x23c), fs=u16(raw, 0x240),
                     gs=u16(raw, 0x244), fs_base=0, gs_base=0, kernel_gs=0)
            control, size = 0xa9c, 4
        get = u64 if size == 8 else u32
        r.update({f"cr{i}": get(raw, control + size * i)
                  for i in (0, 2, 3, 4)})
        if size == 4:
            cr3 = r["cr3"]
            r["cr3"] = (cr3 >> 12 | (cr3 & 0xfff) << 20) << 12
        r.update(idt=0, gdt=0, cs_flags=0)
        return r

    def levels(self, r):
        if self.pv:
            return 4 if self.width == 8 else 3
        if not r["cr0"] >> 31 & 1:
            return 0
        if not r["cr4"] >> 5 & 1:
            return 2
        if not r["efer"] >> 10 & 1:
            return 3
        return 5 if r["cr4"] >> 12 & 1 else 4

    def mapped(self):
        """(virtual, physical, size) of all that vcpu 0 has mapped."""
        r = self.registers(0)
        levels = self.levels(r)
        if not levels:
            yield from ((pfn * PAGE, pfn * PAGE, PAGE) for pfn in self.pages)
            return
        yield from self.walk(r["cr3"] & FRAME, levels, levels, 0,
                             r["cr3"] & 0xfe0 if levels == 3 else 0)

    def walk(self, table, level, levels, base, first=0):
        page = self.pages.get(table >> 12, ZERO)
        wide = levels != 2
        shift = 12 + (9 if wide else 10) * (level - 1)
        count = 4 if level == levels == 3 else 512 if wide else 1024
        for i in range(count):
            entry = u64(page, first + 8 * i) if wide else u32(page, 4 * i)
            if not entry & 1:
                continue
            virtual, size = base | i << shift, 1 << shift
            if level == levels and levels > 3 and i >= 256:
                virtual |= (1 << 64) - (1 << shift + 9)
            large = entry >> 7 & 1 and (
                level == 2 or level == 3 and levels > 3)
            if level > 1 and not large:
                yield from self.walk(entry & FRAME, level - 1, levels,
                                     virtual)
                continue
            physical = entry & FRAME & -size
            if not wide and level == 2:
                physical |= (entry >> 13 & 0xff) << 32
            yield virtual, physical, size

    def mfn(self, pfn):
        """By the guest's own P2M; None for none."""
        per = PAGE // self.width
        if pfn // per >= len(self.p2m):
            return None
        page = self.pages.get(self.p2m[pfn // per])
        if page is None:
            return None
        if self.width == 8:
            value = u64(page, pfn % per * 8)
            return None if value >> 62 else value
        value = u32(page, pfn % per * 4)
        return None if value >> 30 else value


class Core:
    """An ELF file of 64 bits."""

    def __init__(self, path):
        self.data = data = open(path, "rb").read()
        assert data[:7] == b"\x7fELF\2\1\1" and u16(data, 16) == 4
        self.machine = u16(data, 18)
        offset, count = u64(data, 32), u16(data, 56)
        sections, self.names = u64(data, 40), u16(data, 62)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", data,
                                            sections + 64 * i)
                         for i in range(u16(data, 60))]
        if count == 0xffff:
            count = self.sections[0][7]
        headers = [struct.unpack_from("<IIQQQQQQ", data, offset + 56 * i)
                   for i in range(count)]
        self.notes = [note for h in headers if h[0] == 4
                      for note in notes(data[h[2]:h[2] + h[5]])]
        # (virtual, physical, offset, size)
        self.loads = [(h[3], h[4], h[2], h[5]) for h in headers if h[0] == 1]
        assert all(h[5] == h[6] for h in headers)
        self.alignments = [h[7] for h in headers]

    def section(self, name):
        """Its bytes, or None."""
        strings = self.sections[self.names]
        for s in self.sections:
            at = strings[4] + s[0]
            if self.data[at:self.data.index(b"\0", at)] == name.encode():
                return self.data[s[4]:s[4] + s[5]]
        return None

    def frames(self):
        """{pfn: (mfn or None, page)} of Xen's format."""
        pages, p2m = self.section(".xen_pages"), self.section(".xen_p2m")
        table = p2m or self.section(".xen_pfn")
        step = 16 if p2m else 8
        return {u64(table, step * i): (
            u64(table, step * i + 8) if p2m else None,
            pages[PAGE * i:PAGE * (i + 1)])
            for i in range(len(table) // step)
            if u64(table, step * i) != (1 << 64) - 1}


def notes(data):
    """(name, type, bytes) each."""
    at = 0
    while at < len(data):
        name, size, kind = struct.unpack_from("<III", data, at)
        at += 12
        start = at + (name + 3 & ~3)
        yield data[at:at + name - 1].decode(), kind, data[start:start + size]
        at = start + (size + 3 & ~3)
