# SPDX-License-Identifier: LGPL-2.1-or-later
"""Encrypted containers, from man/xenrec.5 alone: Sealer makes their parts,
right or wrong in any way, sealed() a whole one."""
import hashlib

from cryptography.hazmat.primitives.ciphers.aead import (AESGCM,
                                                         ChaCha20Poly1305)

from xenstream import *  # noqa: F403

CHACHA, AES = 1, 2
CIPHERS = {CHACHA: ChaCha20Poly1305, AES: AESGCM}
PADDED = 1
LAST = 1
ENDS, CHECKPOINTED = 1, 2
EPOCH = 4096
CHUNK_MIN, CHUNK_MAX = 65536, 16777216
CONTAINER = image_header() + domain_header(0, major=0, minor=0)


def blake(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def commitment(key, h):
    return blake(b"xenrec commitment" + h, key)


def epoch_key(key, h, epoch):
    return blake(b"xenrec chunk key" + h + struct.pack("<Q", epoch), key)


def text(data=b"", flags=0, n=None, used=None, reserved=0, fill=b"\0"):
    """A chunk before it is encrypted; n: the smallest with room for it."""
    head = struct.pack("<IHH", len(data) if used is None else used, flags,
                       reserved)
    size = len(data) + -len(data) % 8 + 8 if n is None else n
    return (head + data).ljust(size, fill)


def header_body(envelope, salt, suite=CHACHA, chunk=CHUNK_MIN, flags=0,
                version=1, reserved=0, reserved_e=0, e=None, fill=b"\0",
                magic=b"xRec"):
    """The body of SEAL_HEADER up to the commitment."""
    return ours(version, flags, magic) + struct.pack(
        "<HHI", suite, reserved, chunk) + salt + struct.pack(
        "<II", len(envelope) if e is None else e, reserved_e) + \
        envelope + fill * (-len(envelope) % 8)


class Sealer:
    """One stream's keys, and what is made with them.

    start: headers, container's and image's, up to the first chunk.
    headers, by: other headers, and another key for the commitment.
    after: bytes behind the commitment.  cut: how many bytes it lacks.
    """

    def __init__(self, key, envelope, salt, headers=CONTAINER, by=None,
                 after=b"", cut=0, **fields):
        self.key = key
        self.suite = fields.get("suite", CHACHA)
        self.size = fields.get("chunk", CHUNK_MIN)
        self.padded = bool(fields.get("flags", 0) & PADDED)
        body = header_body(envelope, salt, **fields)
        length = len(body) + 32 - cut + len(after)
        signed = headers + struct.pack("<II", SEAL_HEADER, length) + body
        self.h = blake(signed)
        self.commitment = commitment(by or key, self.h)
        self.start = signed + self.commitment[:32 - cut] + after
        self.start += bytes(-length % 8)

    def cipher(self, epoch):
        return CIPHERS.get(self.suite, ChaCha20Poly1305)(
            epoch_key(self.key, self.h, epoch))

    def chunk(self, number, plain, last=False, **wrong):
        """A SEAL_CHUNK.  wrong: kind, flags, version, magic, epoch, nonce."""
        flags = wrong.get("flags", LAST * last)
        head = struct.pack("<II", wrong.get("kind", SEAL_CHUNK),
                           16 + len(plain) + 16) + \
            ours(wrong.get("version", 1), flags,
                 wrong.get("magic", b"xRec")) + struct.pack("<Q", number)
        cipher = self.cipher(wrong.get("epoch", number // EPOCH))
        nonce = wrong.get("nonce", struct.pack("<QI", number, flags))
        body = cipher.encrypt(nonce, plain, head)
        return head + body + bytes(-len(plain) % 8)

    def records(self, plains):
        """All the chunks, the last one marked."""
        return [self.chunk(number, plain, number == len(plains) - 1)
                for number, plain in enumerate(plains)]


def padme(count):
    """Of how many chunks a padded stream is whose payload needs count."""
    if count < 3:
        return count
    e = count.bit_length() - 1
    step = 1 << e - e.bit_length()
    return (count + step - 1) // step * step


def segments(payload):
    """The payload, cut behind each of its checkpoints."""
    part, nested = b"", False
    for name, piece in chunks(payload):
        part += piece
        nested = nested or name == "libxl"
        ends = name == "libxl" and piece[:4] == struct.pack(
            "<I", CHECKPOINT_END)
        if ends or not nested and name == ("record", CHECKPOINT):
            yield part, CHECKPOINTED
            part = b""
    yield part, ENDS


def texts(payload, size=CHUNK_MIN, padded=False):
    """The chunks that a writer makes of a whole stream."""
    out = []
    for part, flags in segments(payload):
        cut = [part[i:i + size - 8]
               for i in range(0, len(part), size - 8)] or [b""]
        out += [text(data, n=size) for data in cut[:-1]]
        out.append(text(cut[-1], flags, size if padded else None))
    if padded:
        out += [text(n=size)] * (padme(len(out)) - len(out))
    return out


def sealed(payload, sealer):
    return sealer.start + b"".join(sealer.records(texts(
        payload, sealer.size, sealer.padded))) + END_RECORD
