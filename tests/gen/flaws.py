# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams with one flaw each, named by the rule of rec-ls --lint that finds
it.  Each is made from a good image, one of our own or a real guest's, by the
specifications alone."""
import struct

from xenstream import *  # noqa: F403

PV, HVM, CHECKPOINTED = 1, 2, 3
FLAWS = {}      # name: (kind of guest, what, function, whether restored)


class Image:
    """headers: 40 bytes; records: [type, body] each."""

    def __init__(self, data):
        pieces = list(chunks(data))
        self.headers = bytearray(pieces[0][1])
        self.records = []
        for _, piece in pieces[1:]:
            kind, length = struct.unpack_from("<II", piece)
            self.records.append([kind, bytearray(piece[8:8 + length])])
        self.wide = self.kind() != PV or \
            self.body(PV_INFO)[0] == 8

    def kind(self):
        return struct.unpack_from("<I", self.headers, 24)[0]

    def all(self, kind):
        return [r for r in self.records if r[0] == kind]

    def body(self, kind):
        return self.all(kind)[0][1]

    def at(self, kind):
        return self.records.index(self.all(kind)[0])

    def drop(self, kind):
        self.records = [r for r in self.records if r[0] != kind]

    def insert(self, before, kind, body=b""):
        self.records.insert(self.at(before), [kind, bytearray(body)])

    def last_pfn(self):
        return struct.unpack_from("<I", self.body(P2M_FRAMES), 4)[0]

    def entries(self):
        """(body, offset of the entry, type, pfn, offset of its page)"""
        for _, body in self.all(PAGE_DATA):
            count = struct.unpack_from("<I", body)[0]
            data = 8 + 8 * count
            for i in range(count):
                entry = struct.unpack_from("<Q", body, 8 + 8 * i)[0]
                full = entry >> 60 < BROKEN
                yield (body, 8 + 8 * i, entry >> 60, entry & (1 << 52) - 1,
                       data if full else None)
                data += 4096 if full else 0

    def set_type(self, pfn, kind):
        for body, at, old, number, _ in self.entries():
            if number == pfn and (old < BROKEN) == (kind < BROKEN):
                struct.pack_into("<Q", body, at, kind << 60 | pfn)

    def type_of(self, pfn):
        return [kind for _, _, kind, number, _ in self.entries()
                if number == pfn][-1]

    def absent(self):
        """A pfn without a page, made so if there is none."""
        came = {pfn for _, _, kind, pfn, _ in self.entries() if kind < XTAB}
        left = set(range(self.last_pfn() + 1)) - came
        if left:
            return max(left)
        body, entry, _, pfn, at = next(
            e for e in self.entries()
            if e[2] == NOTAB and not any(e[0][e[4]:e[4] + 4096]))
        del body[at:at + 4096]
        struct.pack_into("<Q", body, entry, XTAB << 60 | pfn)
        return pfn

    def table(self, levels):
        """A pinned page table of one of these levels: body, offset."""
        for body, _, kind, _, data in self.entries():
            if kind - PINNED in levels:
                return body, data

    def context(self):
        """Of vcpu 0, behind the header of 8 bytes."""
        return self.body(VCPU_BASIC)

    def bytes(self):
        return bytes(self.headers) + b"".join(
            record(kind, bytes(body)) for kind, body in self.records)


def flaw(name, kind, what, restored=False):
    """The function changes an Image, or returns the bytes of the stream."""
    def note(function):
        assert name not in FLAWS
        FLAWS[name] = kind, what, function, restored
        return function
    return note


def make(name, data):
    """The stream with that flaw, from the bytes of a good image."""
    image = Image(data)
    made = FLAWS[name][2](image)
    return image.bytes() if made is None else made


@flaw("container", HVM, "domain type 0")
def _(image):
    struct.pack_into("<I", image.headers, 24, 0)


@flaw("domain-type", HVM, "domain type 3")
def _(image):
    struct.pack_into("<I", image.headers, 24, 3)


@flaw("page-shift", HVM, "pages of 2 MiB")
def _(image):
    struct.pack_into("<H", image.headers, 28, 21)


@flaw("xl-header", HVM, "an unknown mandatory flag")
def _(image):
    return xl_header(b"{}\0", 7) + libxl(image.bytes())


@flaw("unknown-type", HVM, "a mandatory record of a Xen to come")
def _(image):
    image.insert(TSC_INFO, 0x13)


@flaw("checkpoint", HVM, "a list of dirty pfns, which only goes back")
def _(image):
    image.insert(TSC_INFO, DIRTY_PFN_LIST, bytes(8))


@flaw("wrong-guest", HVM, "SHARED_INFO of an HVM guest")
def _(image):
    image.insert(TSC_INFO, SHARED_INFO, bytes(4096))


@flaw("length", HVM, "TSC_INFO of 20 bytes")
def _(image):
    del image.body(TSC_INFO)[20:]


@flaw("libxl-type", HVM, "an unknown record of libxl's")
def _(image):
    return libxl(image.bytes(), record(9))


@flaw("emulator", PV, "a device model's state of a PV guest")
def _(image):
    return libxl(image.bytes(), emulator_data(EMULATOR_CONTEXT, b"QEVM"))


@flaw("static-end", HVM, "no STATIC_DATA_END")
def _(image):
    image.drop(STATIC_DATA_END)


@flaw("order", PV, "pages before the P2M")
def _(image):
    frames = image.all(P2M_FRAMES)[0]
    image.drop(P2M_FRAMES)
    image.records.insert(image.at(TSC_INFO), frames)


@flaw("missing", HVM, "no HVM_CONTEXT")
def _(image):
    image.drop(HVM_CONTEXT)


@flaw("page-data", HVM, "a page of the reserved type 5")
def _(image):
    image.body(PAGE_DATA)[8 + 7] = 0x50


@flaw("max-pfn", HVM, "a page above 16 TiB")
def _(image):
    struct.pack_into("<Q", image.body(PAGE_DATA), 8, 1 << 33)


@flaw("pfn", PV, "a pfn behind the P2M's last")
def _(image):
    image.records.insert(image.at(PAGE_DATA), [PAGE_DATA, bytearray(
        struct.pack("<IIQ", 1, 0, XTAB << 60 | image.last_pfn() + 1))])


@flaw("pte", PV, "a page table that points behind the last pfn")
def _(image):
    body, at = image.table((1, 2, 3, 4))
    struct.pack_into("<Q", body, at, image.last_pfn() + 1 << 12 | 0x67)


@flaw("tables", PV, "a top page table that points to a page of data")
def _(image):
    data = next(pfn for body, _, kind, pfn, at in image.entries()
                if kind == NOTAB and any(body[at + 8 * i] & 1
                                         for i in range(512)))
    body, at = image.table((3, 4))
    struct.pack_into("<Q", body, at, data << 12 |
                     (0x67 if image.wide else 1))


@flaw("pv-info", PV, "a second X86_PV_INFO")
def _(image):
    image.insert(STATIC_DATA_END, PV_INFO, image.body(PV_INFO))


@flaw("p2m", PV, "one frame too many")
def _(image):
    image.body(P2M_FRAMES).extend(bytes(8))


@flaw("p2m-frame", PV, "a frame of the P2M that is a page table")
def _(image):
    image.set_type(struct.unpack_from("<Q", image.body(P2M_FRAMES), 8)[0],
                   L1)


@flaw("vcpu", PV, "registers of a vcpu that the domain has not")
def _(image):
    struct.pack_into("<I", image.body(VCPU_EXTENDED), 0, 9000)


@flaw("start-info", PV, "a start info that is a page table")
def _(image):
    at, word = (8 + 0x268, "<Q") if image.wide else (8 + 0x20c, "<I")
    image.set_type(struct.unpack_from(word, image.context(), at)[0], L1)


@flaw("gdt", PV, "a frame of the GDT behind the last pfn")
def _(image):
    if image.wide:
        struct.pack_into("<Q", image.context(), 8 + 0x1360, 512)
        struct.pack_into("<Q", image.context(), 8 + 0x12e0,
                         image.last_pfn() + 1)
    else:
        struct.pack_into("<I", image.context(), 8 + 0xa90, 512)
        struct.pack_into("<I", image.context(), 8 + 0xa50,
                         image.last_pfn() + 1)


@flaw("cr3", PV, "cr3 points to a page of data")
def _(image):
    data = next(pfn for _, _, kind, pfn, _ in image.entries()
                if kind == NOTAB)
    if image.wide:
        struct.pack_into("<Q", image.context(), 8 + 0x1390, data << 12)
    else:
        struct.pack_into("<I", image.context(), 8 + 0xaa8, data << 12)


@flaw("hvm-context", HVM, "a context without an end")
def _(image):
    del image.body(HVM_CONTEXT)[-8:]


@flaw("hvm-params", HVM, "one entry less than it says")
def _(image):
    body = image.body(HVM_PARAMS)
    struct.pack_into("<I", body, 0, len(body) // 16 + 1)


@flaw("msr-flags", HVM, "an MSR with flags")
def _(image):
    struct.pack_into("<I", image.body(MSR_POLICY), 4, 1)


@flaw("reserved", HVM, "reserved fields that are not zero", True)
def _(image):
    image.headers[18] = 1
    image.body(PAGE_DATA)[8 + 6] |= 0x10
    image.body(HVM_PARAMS)[4] = 1


@flaw("padding", HVM, "padding that is not zero", True)
def _(image):
    at = image.at(TSC_INFO)
    made = image.bytes()
    odd = record(0x80000099, b"odd", 7)
    end = record(*map(bytes_or_int, image.records[at]))
    return made.replace(end, odd + end, 1)


def bytes_or_int(value):
    return value if isinstance(value, int) else bytes(value)


@flaw("repeated", HVM, "TSC_INFO twice", True)
def _(image):
    image.insert(TSC_INFO, TSC_INFO, image.body(TSC_INFO))


@flaw("policy", HVM, "no CPU policy", True)
def _(image):
    image.drop(CPUID_POLICY)


@flaw("version-2", HVM, "image version 2 with policies", True)
def _(image):
    struct.pack_into(">I", image.headers, 12, 2)


@flaw("guest-config", HVM, "a GUEST_CONFIG that is no JSON", True)
def _(image):
    image.records.insert(0, [GUEST_CONFIG, bytearray(ours() + b"{")])


@flaw("superpage", HVM, "2 MiB that two records share", True)
def _(image):
    rec = image.all(PAGE_DATA)[0]
    count = struct.unpack_from("<I", rec[1])[0]
    pages = [(kind, pfn, bytes(body[at:at + 4096]) if at else None)
             for body, _, kind, pfn, at in image.entries()
             if body is rec[1]]
    cut = next(i for i in range(1, count)
               if pages[i][1] == pages[i - 1][1] + 1 and pages[i][1] % 512)
    at = image.records.index(rec)
    image.records[at:at + 1] = [
        [PAGE_DATA, bytearray(page_data(part)[8:])]
        for part in (pages[:cut], pages[cut:])]


@flaw("absent", PV, "an L1 table points to a page that did not come", True)
def _(image):
    absent = image.absent()
    # A real guest maps all its memory already, and has no entry left.
    for body, _, kind, _, at in image.entries():
        if kind in (L1, PINNED + L1):
            for i in range(512):
                if not body[at + 8 * i] & 1:
                    struct.pack_into("<Q", body, at + 8 * i,
                                     absent << 12 | 0x25)
                    return


@flaw("broken", HVM, "a page whose memory had an error", True)
def _(image):
    image.records.insert(image.at(TSC_INFO), [PAGE_DATA, bytearray(
        struct.pack("<IIQ", 1, 0, BROKEN << 60 | 9))])


@flaw("optional", CHECKPOINTED, "an optional record behind a CHECKPOINT")
def _(image):
    image.records.insert(-1, [0x80000099, bytearray(8)])


@flaw("after-end", HVM, "bytes behind END", True)
def _(image):
    return image.bytes() + b"more"
