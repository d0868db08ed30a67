# SPDX-License-Identifier: LGPL-2.1-or-later
"""Headers that are wrong, and streams that are no containers.

But where it says damaged, the commitment is that of the wrong header: nothing
else is wrong with the container.
"""
import checks
import layers
import seal
from good import TINY
from seal_table import *  # noqa: F403
from xenstream import *  # noqa: F403


def header(name, what, status, **how):
    name = "bad-" + name
    box = sealer(name, **how)
    vector(name, box.start + b"".join(box.records(seal.texts(steps()))) +
           END_RECORD, what, status, b"")


def make_fields():
    for version in (0, 2, 0xffff):
        header(f"version-{version}", f"version {version}", 5,
               version=version)
    for flags in (2, 3, 0x8000):
        header(f"flags-{flags}", f"flags 0x{flags:04x}", 5, flags=flags)
    for suite in (0, 3, 0x101, 65535):
        header(f"suite-{suite}", f"suite {suite}", 5, suite=suite)
    for value in (1, 0x8000):
        header(f"reserved-10-{value}", f"offset 10 is {value}", 3,
               reserved=value)
    for value in (1, 1 << 31):
        header(f"reserved-52-{value}", f"offset 52 is {value}", 3,
               reserved_e=value)
    for size in (0, 1, 8, 4096, 32768, 65535, 65537, 98304, 16777215,
                 1 << 25, 1 << 31, 2**32 - 1):
        header(f"chunk-size-{size}", f"chunk size {size}", 3, chunk=size)
    for e in (0, 1, 65536):
        header(f"envelope-says-{e}", f"the envelope's length says {e}", 3,
               e=e)
    for e in (65537, 2**31, 2**32 - 1):
        header(f"envelope-says-{e}", f"the envelope's length says {e}", 5,
               e=e)
    size = len(envelope("bad-envelope-less"))
    header("envelope-less", "the envelope's length is 8 less", 3, e=size - 8)
    header("envelope-more", "the envelope's length is 8 more", 3, e=size + 8)
    header("envelope-none", "an envelope of no bytes", 3, sealed_key=b"")
    right = unfilled("bad-envelope-fill", 4)
    header("envelope-fill", "the envelope has a byte of what fills it up", 3,
           sealed_key=right, e=len(right) + 1)
    name = "bad-envelope-65537"
    bare = [to(name, "alice"), grease(argument=b"")]
    bare[1] = grease(argument=b"x" * (65537 - len(envelope(name, bare))))
    header("envelope-65537", "an envelope of 65537 bytes", 5,
           sealed_key=envelope(name, bare))
    for fill in (b"\1", b"\x80"):
        header(f"fill-{fill[0]}", "what fills up the envelope is not 0", 3,
               sealed_key=unfilled(f"bad-fill-{fill[0]}", 4), fill=fill)
    header("header-magic", "SEAL_HEADER with another magic", 5,
           magic=b"xREC")


def make_commitment():
    header("commitment-other", "the commitment is of another stream key", 4,
           by=drawn("bad-commitment-other", "another"))
    header("commitment-cut", "a commitment of 24 bytes", 3, cut=8)
    header("commitment-none", "no commitment", 3, cut=32)
    header("commitment-odd", "a commitment of 31 bytes", 3, cut=1)
    header("commitment-long", "8 bytes behind the commitment", 3,
           after=bytes(8))
    header("commitment-longer", "a byte behind the commitment", 3,
           after=b"x")
    whole = container("bad-damaged")
    end = 48 + struct.unpack_from("<I", whole, 44)[0]
    damages = {
        "salt": (64, 0x80, "salt"), "suite": (56, 3, "suite, now AES-256"),
        "padded": (50, 1, "flag for padded"),
        "chunk-size": (62, 0x03, "chunk size, now 131072"),
        "commitment-first": (end - 32, 1, "commitment's first byte"),
        "commitment-last": (end - 1, 0x80, "commitment's last byte")}
    for name, (at, bits, what) in damages.items():
        data = bytearray(whole)
        data[at] ^= bits
        vector("bad-damaged-" + name, bytes(data), "damaged: the " + what, 4,
               b"")
    vector("bad-commitment-zero", whole[:end - 32] + bytes(32) + whole[end:],
           "damaged: a commitment of zeroes", 4, b"")
    name = "bad-envelope-exchanged"
    mine, other = sealer(name), sealer(name + " other")
    size = len(envelope(name))
    vector(name, mine.start[:104] + other.start[104:104 + size] +
           mine.start[104 + size:] + b"".join(mine.records(seal.texts(
               steps()))) + END_RECORD,
           "the envelope of another container for alice", 4, b"")
    vector("bad-header-exchanged", other.start + b"".join(mine.records(
        seal.texts(steps()))) + END_RECORD,
           "SEAL_HEADER of another container for alice", 4, b"")


def make_short():
    """SEAL_HEADERs that end early, with chunks and END behind them."""
    whole = container("bad-short")
    length = struct.unpack_from("<I", whole, 44)[0]
    rest = whole[48 + length:]
    for size in (0, 7, 8, 9, 16, 47, 55, 56, 87):
        body = whole[48:48 + size]
        vector(f"bad-short-{size}", whole[:40] + record(SEAL_HEADER, body) +
               rest, f"the body of SEAL_HEADER is {size} bytes",
               5 if size < 8 else 3, b"")
    vector("bad-short-fill", whole[:40] + record(
        SEAL_HEADER, whole[48:55], ord("c")) + rest,
           "SEAL_HEADER of 7 bytes, whose padding ends the magic", 5, b"")


def make_images():
    def image(name, what, status, image_=None, domain=None):
        header(name, what, status, headers=(image_ or image_header()) +
               (domain or domain_header(0, major=0, minor=0)))

    image("image-version-2", "image version 2", 3, image_header(2))
    for version in (0, 1, 4):
        image(f"image-version-{version}", f"image version {version}", 5,
              image_header(version))
    image("image-endian", "a big-endian image", 5, image_header(options=1))
    image("image-options", "an option of the image is set", 3,
          image_header(options=2))
    image("image-reserved", "a reserved byte of the image header", 3,
          image_header(reserved=b"\0\0\0\0\0\1"))
    image("image-marker", "no image header's marker", 3,
          b"\xfe" + image_header()[1:])
    image("image-id", "no image header's id", 3,
          image_header()[:8] + b"XENG" + image_header()[12:])
    for name, what, fields in (
            ("type-1", "domain type 1", {"kind": 1}),
            ("type-2", "domain type 2", {"kind": 2}),
            ("type-max", "domain type 2^32-1", {"kind": 2**32 - 1}),
            ("shift-0", "page shift 0", {"shift": 0}),
            ("shift-13", "page shift 13", {"shift": 13}),
            ("reserved", "reserved bytes of the domain header",
             {"reserved": 1}),
            ("xen-major", "a version of Xen", {"major": 4}),
            ("xen-minor", "a minor version of Xen", {"minor": 17})):
        image("domain-" + name, what, 3, domain=domain_header(
            **{"kind": 0, "major": 0, "minor": 0, **fields}))


def make_headers():
    make_fields()
    make_commitment()
    make_short()
    make_images()
    for name, what, keys in (
            ("key", "a wrong key", "key-carol"),
            ("key-passphrase", "a passphrase instead of a key",
             "passphrase")):
        name = "bad-" + name
        box = sealer(name)
        vector(name, container(name), what, 4, b"", keys)
        vector(name + "-cut", box.start,
               what + ", and nothing behind SEAL_HEADER", 4, b"", keys)
        vector(name + "-chunk", box.start + bytes(64),
               what + ", and zeroes behind SEAL_HEADER", 4, b"", keys)


def make_streams():
    """What is not encrypted, or not by a container alone."""
    plain = {"empty": headers() + END_RECORD, "bare": TINY,
             "checkpoint": steps(), "compressed": layers.pack(TINY),
             "checked": checks.checked(TINY)}
    for name, data in plain.items():
        vector("bad-plain-" + name, data, f"{name}, and not encrypted", 5,
               b"")
    for name, (data, what) in ENVELOPED.items():
        vector("bad-plain-" + name, data, what + ", not encrypted", 5, b"")
    box = sealer("bad-inside")
    part = seal.CONTAINER + record(PART_HEADER, ours() + b"part")
    vector("bad-part", part + END_RECORD, "one of several parts", 5, b"")
    vector("bad-container-empty", seal.CONTAINER + END_RECORD,
           "a container without records", 5, b"")
    chunks_ = b"".join(box.records(seal.texts(steps()))) + END_RECORD
    vector("bad-no-header", seal.CONTAINER + chunks_, "no SEAL_HEADER", 5,
           b"")
    for name, first, what in (
            ("config", record(GUEST_CONFIG, ours() + b"{}"), "GUEST_CONFIG"),
            ("optional", record(0x80000013, b"x"), "an optional record"),
            ("compressed", compressed(record(STATIC_DATA_END)),
             "COMPRESSED")):
        vector("bad-first-" + name, seal.CONTAINER + first + box.start[40:] +
               chunks_, what + " before SEAL_HEADER", 5, b"")
    vector("bad-first-checkpoint", seal.CONTAINER + record(CHECKPOINT) +
           box.start[40:] + chunks_, "CHECKPOINT before SEAL_HEADER", 5, b"")
    whole = box.start + chunks_
    vector("bad-inside-libxl", libxl(whole),
           "a container as the image of a libxl stream", 5, b"")
    vector("bad-inside-xl", xl_header() + libxl(whole),
           "a container as the image in a save file of xl", 5, b"")
    vector("bad-shifted", b"\0" + whole, "a byte before the container", 3,
           b"")
    vector("bad-nothing", b"", "nothing", 3, b"")
    vector("bad-text", b"hello, world\n" * 9, "text", 3, b"")
