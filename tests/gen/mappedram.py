#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What QEMU writes for `migrate file:` with the capability mapped-ram, made
from its documents and sources (docs/devel/migration/mapped-ram.rst,
migration/savevm.c and ram.c in qemu.git), never by the code under test.  No
QEMU of a distribution that this is tested on writes it yet.

  mappedram.py make FILE [WHAT...]   a guest of 40 pages, or a bad one; WHAT:
      machine=NAME  pages=N  start=N (bytes in front)  and the flaws below
  mappedram.py raw FILE [pages=N]    its memory
  mappedram.py offsets FILE          where something ends in it, one a line
"""
import struct
import sys

PAGE, ALIGN = 4096, 1 << 20
MEM_SIZE, EOS, FLUSH = 4, 0x10, 0x200
START, PART, END, FULL, SUB, DESCRIBED, CONFIG, COMMAND, FOOTER = \
    1, 2, 3, 4, 5, 6, 7, 8, 0x7e


PATTERN = bytes((i * 13 + i // 256) & 0xff for i in range(PAGE))


def page(n):
    """Page n of the guest; every third is zeroes."""
    if n % 3 == 1:
        return bytes(PAGE)
    turn = bytes((i + n * 7) & 0xff for i in range(256))
    return PATTERN.translate(turn)[:-8] + struct.pack("<Q", n)


def name(text):
    return bytes([len(text)]) + text.encode()


def be(form, *numbers):
    return struct.pack(">" + form, *numbers)


class File:
    def __init__(self, start, flaws):
        self.bytes, self.flaws, self.ends = bytearray(b"x" * start), flaws, []

    def put(self, data):
        self.bytes += data
        self.ends.append(len(self.bytes))

    def has(self, flaw):
        return flaw in self.flaws

    def configuration(self, machine):
        text = machine.encode()
        self.put(b"QEVM" + be("I", 4 if self.has("version") else 3))
        self.put(bytes([CONFIG]) + be("I", 400 if self.has("machine-length")
                                      else len(text)) + text)
        if self.has("subsection"):
            self.put(bytes([SUB]) + name("configuration/other") + be("I", 1))
        caps = [] if self.has("no-capability") else ["mapped-ram"]
        if self.has("shared") or self.has("shared-ram"):
            caps.append("x-ignore-shared")
        self.put(bytes([SUB]) + name("configuration/capabilities") +
                 be("I", 1) + be("I", len(caps)) +
                 b"".join(name(cap) for cap in caps))
        if self.has("page-bits"):
            self.put(bytes([SUB]) + name("configuration/target-page-bits") +
                     be("II", 1, 14))
        self.put(bytes([SUB]) + name("configuration/uuid") + be("I", 1) +
                 bytes(range(16)))

    def block(self, title, pages, shared=False):
        """A block with its header, bitmap and pages; pages are those that
        are not zeroes."""
        flaws, length = self.flaws, PAGE * len(pages)
        head = name(title) + be("Q", {"length": length + 1,
                                      "length-max": (1 << 63) - PAGE}.get(
            next((f for f in flaws if f.startswith("length")), ""), length))
        if "shared" in flaws or "shared-ram" in flaws:
            head += be("Q", 0xc0000)
        if shared:
            self.put(head + be("IQQQ", 1, PAGE, 0, 0))
            return
        at = len(self.bytes) + len(head) + 28
        size = (len(pages) + 63) // 64 * 8
        where = -(-(at + size) // ALIGN) * ALIGN
        says = where + (PAGE // 2 if "pages-odd" in flaws else 0)
        says = at - 8 if "pages-before" in flaws else says
        says = 1 << 63 if "pages-max" in flaws else says
        bitmap = 8 if "bitmap-before" in flaws else at
        bitmap = 1 << 63 if "bitmap-max" in flaws else bitmap
        self.put(head + be("IQQQ", 2 if "ram-header" in flaws else 1,
                           65536 if "page-size" in flaws else PAGE,
                           bitmap, says))
        bits = bytearray(size)
        for i, data in enumerate(pages):
            if any(data):
                bits[i // 8] |= 1 << i % 8
        self.put(bits)
        self.put(bytes(where - len(self.bytes)))
        # What a page of zeroes had before is still in the file.
        self.put(b"".join(data if any(data) else b"stale..." * (PAGE // 8)
                          for data in pages))

    def ram(self, blocks):
        total = sum(PAGE * len(pages) for _, pages in blocks)
        if self.has("length-max"):
            total = (1 << 63) - PAGE
        self.put(bytes([START]) + be("I", 2) +
                 name("vfio" if self.has("other-section") else "ram") +
                 be("II", 0, 3 if self.has("ram-version") else 4))
        self.put(be("Q", total | (0 if self.has("no-list") else MEM_SIZE)))
        for title, pages in blocks:
            self.block(title, pages, self.has(
                "shared" if title == "vga.vram" else
                "shared-ram" if title == "pc.ram" else "-"))
        self.words(2)
        self.put(bytes([COMMAND]) + be("HH", 3, 4) + b"ping")
        if self.has("other-part"):
            self.put(bytes([PART]) + be("I", 9))
        if self.has("full-part"):
            self.put(bytes([FULL]) + be("I", 9))
        self.put(bytes([PART]) + be("I", 2))
        self.words(2)
        self.put(bytes([END]) + be("I", 2))
        self.words(7 if self.has("footer") else 2)

    def words(self, section):
        if self.has("page-among"):
            self.put(be("Q", 0x5000 | 8))
        self.put(be("Q", FLUSH) + be("Q", EOS))
        self.put(bytes([FOOTER]) + be("I", section))

    def devices(self):
        self.put(bytes([FULL]) + be("I", 3) + name("timer") +
                 be("II", 0, 2) + bytes(24) + bytes([FOOTER]) + be("I", 3))
        self.put(b"\0")
        if self.has("no-description"):
            return
        text = b'{"page_size": 4096, "devices": []}'
        self.put(bytes([DESCRIBED]) + be("I", len(text)) + text)
        if self.has("after"):
            self.put(b"!")


def make(pages=40, machine="pc-q35-9.0", start=0, flaws=()):
    f = File(start, flaws)
    f.configuration(machine)
    vga = ("vga.vram", [page(5)] * 2)
    ram = ("pc.ram", [page(n) for n in range(pages)])
    bios = ("/rom@etc/acpi/tables", [page(3)])
    blocks = [vga, ram, bios]
    if "no-ram" in flaws:
        blocks = [vga, bios]
    if "twice" in flaws:
        blocks = [ram, vga, ram]
    f.ram(blocks)
    f.devices()
    return f


def main(what, path, *rest):
    options = dict(part.split("=") for part in rest if "=" in part)
    flaws = [part for part in rest if "=" not in part]
    for key in "pages", "start":
        if key in options:
            options[key] = int(options[key])
    f = make(flaws=flaws, **options)
    if what == "offsets":
        print(*f.ends, sep="\n")
        return
    with open(path, "wb") as out:
        if what == "raw":
            out.write(b"".join(page(n)
                               for n in range(options.get("pages", 40))))
        else:
            out.write(f.bytes)


if __name__ == "__main__":
    main(*sys.argv[1:])
