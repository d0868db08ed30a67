# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams of Xen 3.1 to 4.5, and beside each the one of image version 3 that
it means.

Written from tools/libxc/xg_save_restore.h, xc_domain_save.c, xc_tmem.c and
xc_compression.c, tools/libxl/libxl_dom.c and tools/python/xen/xend at
RELEASE-4.5.0 and 4.4.0 in xen.git, and xenopsd's suspend image framing format;
never from the code under test.
"""
import functools
import struct

from xenstream import *  # noqa: F403

VERIFY_MODE, VCPU_INFO, IDENT_PT, VM86_TSS, TMEM, TMEM_EXTRA, TSC = range(1, 8)
CONSOLE, LAST, IOPORTS, VIRIDIAN, COMPRESSED_DATA, COMPRESSION = range(8, 14)
(GENERATION, PAGING, ACCESS, SHARING, TOOLS, SERVER,
 SERVER_PAGES) = range(14, 21)

# What the chunks are called, and the HVM parameters that some of them are.
NAMES = {VERIFY_MODE: "ENABLE_VERIFY_MODE", VCPU_INFO: "VCPU_INFO",
         IDENT_PT: "HVM_IDENT_PT", VM86_TSS: "HVM_VM86_TSS", TMEM: "TMEM",
         TMEM_EXTRA: "TMEM_EXTRA", TSC: "TSC_INFO",
         CONSOLE: "HVM_CONSOLE_PFN", LAST: "LAST_CHECKPOINT",
         IOPORTS: "HVM_ACPI_IOPORTS_LOCATION", VIRIDIAN: "HVM_VIRIDIAN",
         COMPRESSED_DATA: "COMPRESSED_DATA", COMPRESSION: "ENABLE_COMPRESSION",
         GENERATION: "HVM_GENERATION_ID_ADDR", PAGING: "HVM_PAGING_RING_PFN",
         ACCESS: "HVM_ACCESS_RING_PFN", SHARING: "HVM_SHARING_RING_PFN",
         TOOLS: "TOOLSTACK", SERVER: "HVM_IOREQ_SERVER_PFN",
         SERVER_PAGES: "HVM_NR_IOREQ_SERVER_PAGES"}
PARAMS = {IDENT_PT: 12, VM86_TSS: 15, CONSOLE: 17, IOPORTS: 19, VIRIDIAN: 9,
          GENERATION: 34, PAGING: 27, ACCESS: 28, SHARING: 29, SERVER: 32,
          SERVER_PAGES: 33}

PIXELS = (0xf0000000, 0xf0000000, 0x800000, b"vga.vram")
XEND_CONFIG = b"(domain (domid 7) (name old))"
TEXT_CONFIG = b'name = "old"\nmemory = 64\n'


@functools.cache
def page(n):
    """A page that does not compress, and is the same each time."""
    return b"".join(struct.pack("<I", (n * 0x9e3779b1 + i * 0x85ebca6b) &
                                0xffffffff) for i in range(1024))


def changed(old, *places):
    """The page with the words at these places changed."""
    new = bytearray(old)
    for i in places:
        new[4 * i] ^= 0xff
    return bytes(new)


def delta(old, new, step=127):
    """new as changes to old; step: the longest run, 1 to 127 words."""
    if old is None:
        return b"\x80" + new
    if old == new:
        return b"\0"
    out, at = bytearray(), 0
    while at < 1024:
        same = old[4 * at:4 * at + 4] == new[4 * at:4 * at + 4]
        n = 1
        while n < step and at + n < 1024 and (
                old[4 * (at + n):4 * (at + n) + 4] ==
                new[4 * (at + n):4 * (at + n) + 4]) == same:
            n += 1
        out += bytes([n | 0x80]) if same else \
            bytes([n]) + new[4 * at:4 * (at + n)]
        at += n
    return bytes(out)


class Legacy:
    """A stream that is written, `old`, and what it means, `want`.  word: of
    the toolstack; width: of a PV guest, 0: it is HVM."""

    def __init__(self, word=8, width=8, frame="", xsave=0, extended=True,
                 p2m_size=2048, blocks=b"", config=None):
        self.word, self.width, self.frame = word, width, frame
        self.xsave, self.extended = xsave, extended
        self.p2m_size = p2m_size
        self.nested = frame == "xl" or width == 0
        self.old, self.want = bytearray(), bytearray()
        self.chunks, self.at = 0, 0
        self.says = []
        self.memory = {}        # pages as the receiver of changes has them
        self.compressing, self.waiting, self.batched = False, [], []
        self.physmap, self.qemu, self.params, self.online = b"", None, [], [0]
        self.envelope(config)
        self.head(blocks)

    def words(self, *values):
        return struct.pack("<%d%s" % (len(values), "Q" if self.word == 8
                                      else "I"), *values)

    def envelope(self, config):
        if self.frame == "xl":
            flags, text = config if config else (1, CONFIG_JSON)
            data = text and struct.pack("<I", len(text)) + text
            for name, add in (("old", 0), ("want", 2)):
                getattr(self, name).extend(XL_MAGIC + struct.pack(
                    "<IIII", 0x01020304, flags | add, 0, len(data)) + data)
        elif self.frame == "xend":
            self.old += b"LinuxGuestRecord" + struct.pack(
                ">i", len(XEND_CONFIG)) + XEND_CONFIG
            self.says.append("xend's configuration is left out: bytes 20 to "
                             "%d of the input" % (len(self.old) - 1))
        elif self.frame == "xapi":
            self.old += b"XenSavedDomain\n"
        elif self.frame == "xapi2":
            text = b"((time 2014)(word_size 64))"
            self.old += b"XenSavedDomv2-\n" + struct.pack(
                "<QQ", 0xf, len(text)) + text + struct.pack("<QQ", 0xf2, 0)

    def head(self, blocks):
        self.head_at = len(self.old)
        self.old += self.words(self.p2m_size)
        if self.nested:
            self.want += libxl_header(options=2) + record(LIBXC_CONTEXT)
        self.want += image_header() + domain_header(
            1 if self.width else 2, major=0, minor=1)
        if self.width:
            size = {8: 0x1430, 4: 0xaf0}[self.width]
            blocks = blocks + b"vcpu" + struct.pack("<I", size) + bytes(size)
            if self.extended:
                blocks += b"extv" + struct.pack("<I", 0)
            if self.xsave:
                blocks += b"xcnt" + struct.pack("<II", 4, 16 + self.xsave)
            self.extended_at = len(self.old) + self.word
            self.old += self.words(256 ** self.word - 1)
            self.old += struct.pack("<I", len(blocks)) + blocks
            self.want += record(PV_INFO, bytes(
                [self.width, {8: 4, 4: 3}[self.width]]) + bytes(6))
        self.want += record(STATIC_DATA_END)
        if self.width:
            fpp = 4096 // self.width
            frames = [i * 3 + 5 for i in range(-(-self.p2m_size // fpp))]
            self.frames_at = len(self.old)
            self.old += self.words(*frames)
            self.want += record(P2M_FRAMES, struct.pack(
                "<II%dQ" % len(frames), 0, self.p2m_size - 1, *frames))

    def chunk(self, number, body=b""):
        self.at = len(self.old)
        self.chunks += 1
        self.old += struct.pack("<i", number) + body

    def where(self, name):
        """How a message about the last chunk begins."""
        return "chunk %d (%s) at byte %d: " % (self.chunks - 1, name, self.at)

    # Chunks.

    def pages(self, entries):
        """entries: (type, pfn, page or None) each, or None for a pfn that was
        not mapped."""
        kept = [e for e in entries if e]
        self.chunk(len(entries), self.words(*(
            e[0] << 28 | e[1] if e else 0xf0000000 for e in entries)))
        if self.compressing:
            self.waiting += kept
            return self.move()
        self.old += b"".join(e[2] for e in kept if e[2])
        if kept:
            self.want += page_data(kept)

    def move(self, data=0):
        """Entries whose data are there, and those that have none."""
        while self.waiting and (data or not self.waiting[0][2]):
            data -= bool(self.waiting[0][2])
            self.batched.append(self.waiting.pop(0))
            if len(self.batched) == 1024:
                self.put_batch()

    def put_batch(self):
        if self.batched:
            self.want += page_data(self.batched)
        self.batched = []

    def changes(self, count=None, step=127, cuts=()):
        """What waits, or its first `count` pages, compressed; cut into chunks
        at these bytes."""
        pages = [e for e in self.waiting if e[2]][:count]
        data = bytearray()
        for _, pfn, new in pages:
            data += delta(self.memory.get(pfn), new, step)
            self.memory[pfn] = new
        ends = [c for c in cuts if c < len(data)] + [len(data)]
        for first, end in zip([0] + ends, ends):
            self.chunk(-COMPRESSED_DATA, self.words(end - first) +
                       bytes(data[first:end]))
        self.move(len(pages))

    def vcpus(self, highest, *online):
        bits = sum(1 << n for n in online)
        self.chunk(-VCPU_INFO, struct.pack("<i", highest) + bits.to_bytes(
            8 * (highest // 64 + 1), "little"))
        self.online = list(online)

    def tsc(self, mode=1, nsec=0x123456789a, khz=2400000, incarnation=3):
        self.chunk(-TSC, struct.pack("<IQII", mode, nsec, khz, incarnation))
        self.want += record(TSC_INFO, struct.pack(
            "<IIQII", mode, khz, nsec, incarnation, 0))

    def param(self, chunk, value):
        self.chunk(-chunk, struct.pack("<IQ", 0, value))
        self.params.append((PARAMS[chunk], value))

    def toolstack(self, *entries):
        body = struct.pack("<II", 1, len(entries))
        pairs = []
        for at, start, size, name in entries:
            body += struct.pack("<QQQI", at, start, size, len(name) + 1) + \
                name + b"\0" + (b"junk" if self.word == 8 else b"")
            pairs += [b"physmap/%x/start_addr" % at, b"%x" % start,
                      b"physmap/%x/size" % at, b"%x" % size,
                      b"physmap/%x/name" % at, name]
        self.chunk(-TOOLS, struct.pack("<I", len(body)) + body)
        self.physmap = b"".join(p + b"\0" for p in pairs)

    def tmem(self):
        self.chunk(-TMEM, struct.pack("<IIiIIIi", 1, 16, -1, 0, 5, 6, -1))
        for pool, shift, count, left in (0, 0, 2, 0), (3, 1, 1, 2):
            self.old += struct.pack("<IIIQQ", pool, shift << 4,
                                    count + left, 7, 8)
            for i in range(count):
                self.old += struct.pack("<QQQI", 1, 2, 3, i) + \
                    bytes([i]) * (4096 << shift)
            if left:
                self.old += b"\xff" * 24
        self.old += b"\xff" * 4
        self.chunk(-TMEM_EXTRA, struct.pack("<IQQQI", 3, 1, 2, 3, 4) +
                   b"\xff" * 4)
        self.says.append("the guest's tmem is left out: what it had swapped "
                         "to there is lost")

    # Ends.

    def end_body(self):
        self.chunk(0)
        self.put_batch()
        if self.params:
            self.want += self.hvm_params(self.params)

    @staticmethod
    def hvm_params(params):
        return record(HVM_PARAMS, struct.pack("<II", len(params), 0) +
                      b"".join(struct.pack("<QQ", *p) for p in params))

    def pv_tail(self, seed=1, unmapped=(9, 8)):
        self.tail_at = len(self.old)
        self.old += struct.pack("<I", len(unmapped)) + self.words(*unmapped)
        size = {8: 0x1430, 4: 0xaf0}[self.width]
        for n in self.online:
            blob = bytes([seed + n & 255]) * size
            self.old += blob
            self.want += record(VCPU_BASIC, struct.pack("<II", n, 0) + blob)
            if self.extended:
                self.old += blob[:128]
                self.want += record(VCPU_EXTENDED, struct.pack("<II", n, 0) +
                                    blob[:128])
            if self.xsave:
                blob = (blob + blob)[:self.xsave]
                self.old += struct.pack("<QQ", 7, self.xsave) + blob
                self.want += record(VCPU_XSAVE, struct.pack("<II", n, 0) +
                                    blob)
        self.old += page(seed)
        self.want += record(SHARED_INFO, page(seed))

    def hvm_tail(self, seed=1, length=333):
        context = bytes([seed]) * length
        self.tail_at = len(self.old)
        self.old += struct.pack("<QQQI", 0xfeffe, 0xfefff, 0xfeffc, length) + \
            context
        self.want += self.hvm_params([(5, 0xfeffe), (6, 0xfefff),
                                      (1, 0xfeffc)])
        self.want += record(HVM_CONTEXT, context)

    def tail(self, seed=1):
        self.pv_tail(seed) if self.width else self.hvm_tail(seed)

    def model(self, signature=b"DeviceModelRecord0002", data=b"QEVM" * 9):
        """QEMU's record."""
        if self.frame == "xapi":
            signature += b"\n" + struct.pack(">I", len(data))
        elif signature != b"QemuDeviceModelRecord":
            signature += struct.pack("<I", len(data))
        self.old += signature + data
        self.qemu = data

    def emulator(self):
        out = b""
        for kind, data in (EMULATOR_XENSTORE_DATA, self.physmap), \
                (EMULATOR_CONTEXT, self.qemu):
            if data or (data is not None and kind == EMULATOR_CONTEXT):
                out += record(kind, bytes(8) + data)
        self.physmap, self.qemu, self.params = b"", None, []
        return out

    def end(self):
        if self.frame == "xapi2":
            self.old += struct.pack("<QQ", 0xffff, 0)
        self.want += record(END) + self.emulator()
        if self.nested:
            self.want += record(LIBXL_END)
        return self

    def checkpoint(self):
        self.want += record(CHECKPOINT) + self.emulator()
        if self.nested:
            self.want += record(CHECKPOINT_END)


CONFIG_JSON = b'{"c_info": {"name": "old"}}\0'
