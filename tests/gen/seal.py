# SPDX-License-Identifier: LGPL-2.1-or-later
"""Encrypted containers, from man/xenrec.5 alone: Sealer makes their parts,
right or wrong in any way, sealed() a whole one, opened() reads one."""
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import (AESGCM,
                                                         ChaCha20Poly1305)

import age
from age import Refused
from xenstream import *  # noqa: F403

CHACHA, AES = 1, 2
CIPHERS = {CHACHA: ChaCha20Poly1305, AES: AESGCM}
PADDED = 1
LAST = 1
ENDS, CHECKPOINTED = 1, 2
EPOCH = 4096
STANZAS_MAX, FACTOR_MAX, ENVELOPE_MAX = 64, 22, 65536
CHUNK_MIN, CHUNK_MAX = 65536, 16777216
CONTAINER = image_header() + domain_header(0, major=0, minor=0)


def blake(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


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
        self.commitment = blake(b"xenrec commitment" + self.h, by or key)
        self.start = signed + self.commitment[:32 - cut] + after
        self.start += bytes(-length % 8)

    def cipher(self, epoch):
        key = blake(b"xenrec chunk key" + self.h + struct.pack("<Q", epoch),
                    self.key)
        return CIPHERS.get(self.suite, ChaCha20Poly1305)(key)

    def chunk(self, number, plain, last=False, **wrong):
        """A SEAL_CHUNK.  wrong: flags, version, magic, epoch, nonce."""
        flags = wrong.get("flags", LAST * last)
        head = struct.pack("<II", SEAL_CHUNK, 16 + len(plain) + 16) + ours(
            wrong.get("version", 1), flags, wrong.get("magic", b"xRec")) + \
            struct.pack("<Q", number)
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


def sealed_inside(data):
    """Whether the first record of the stream names this layer; its place."""
    at = 40
    if not data.startswith(CONTAINER[:12]):
        at = data.find(CONTAINER[:12]) + 40
        if at < 40 or not data.startswith((XL_MAGIC, VIRSH_MAGIC,
                                           b"LibxlFmt")):
            raise Refused(3, "no Xen domain image")
    version, options = struct.unpack_from(">IH", data[at - 28:] + bytes(8))
    if len(data) >= at and (version not in (2, 3) or options & 1):
        raise Refused(5, "another version, or big-endian")
    while True:
        if len(data) < at + 8:
            raise Refused(3, "cut short")
        kind, length = struct.unpack_from("<II", data, at)
        if kind == END:
            return False, at
        if kind != CHECKPOINT:
            return kind == SEAL_HEADER and length >= 8 and \
                data[at + 12:at + 16] == b"xRec", at
        at += 8 + length + -length % 8


class Header:
    """SEAL_HEADER as it is read, before any key."""

    def __init__(self, data):
        self.length = struct.unpack_from("<I", data, 44)[0]
        self.body = body = data[48:48 + self.length]
        fields = body[:56].ljust(56, b"\0")
        version, self.flags, self.suite, reserved, self.size = \
            struct.unpack_from("<HH4xHHI", fields)
        e, reserved_e = struct.unpack_from("<II", fields, 48)
        if version != 1 or self.flags & ~PADDED or \
                len(body) >= 10 and self.suite not in CIPHERS or \
                e > ENVELOPE_MAX:
            raise Refused(5, "version, flags, suite or envelope's length")
        if len(body) < self.length:
            raise Refused(3, "cut short in the header")
        if reserved or reserved_e or self.size & self.size - 1 or \
                not CHUNK_MIN <= self.size <= CHUNK_MAX or \
                self.length != 56 + e + -e % 8 + 32 or \
                any(body[56 + e:-32]):
            raise Refused(3, "malformed header")
        self.envelope = body[56:56 + e]
        self.commitment = body[-32:]
        self.h = blake(data[:48 + self.length - 32])
        self.end = 48 + self.length


def envelope_of(header):
    """The envelope, as far as it can be told without a key."""
    parsed = age.Parsed(header.envelope)
    factors = [arguments[2] for arguments, _ in parsed.stanzas
               if arguments[0] == b"scrypt" and len(arguments) == 3]
    if len(parsed.stanzas) > STANZAS_MAX or any(
            re.fullmatch(b"[1-9][0-9]*", f) and int(f) > FACTOR_MAX
            for f in factors):
        raise Refused(5, "too many stanzas, or too much work")
    age.check(parsed)
    return parsed


class Reader:
    """A container that is read: released is what may be handed on so far,
    heads are the chunks' sizes, used bytes and flags."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.released, self.held = [], None
        self.heads = []
        self.header = self.key = None

    def read_header(self, secrets, passphrase):
        is_sealed, at = sealed_inside(self.data)
        if not is_sealed:
            raise Refused(5, "the stream is not encrypted")
        if at != 40 or self.data[:40] != CONTAINER:
            raise Refused(3, "not the headers of a container")
        self.header = Header(self.data)
        self.key = age.opened(envelope_of(self.header), secrets, passphrase)
        commitment = blake(b"xenrec commitment" + self.header.h, self.key)
        if not hmac.compare_digest(commitment, self.header.commitment):
            raise Refused(4, "the header is not authentic")
        self.at = self.header.end

    def record(self):
        """Type and body of the next one; what is no chunk at its place is
        refused as soon as that is seen."""
        head = self.data[self.at:self.at + 8]
        if len(head) < 8:
            raise Refused(3, "cut short, without END")
        kind, length = struct.unpack("<II", head)
        if length > (OUR_MAX if kind in OURS else RECORD_MAX):
            raise Refused(3, "a record over the limit")
        if kind == END:
            if length:
                raise Refused(3, "END with a body")
            return kind, head
        if kind != SEAL_CHUNK or length % 8 or \
                not 40 <= length <= self.header.size + 32:
            raise Refused(4, "a record that is no chunk")
        body = self.data[self.at + 8:self.at + 8 + length]
        if len(body) < length:
            raise Refused(3, "cut short in a chunk")
        return kind, head + body

    def decrypted(self, rec, number):
        version, flags, magic, said = struct.unpack_from("<HH4sQ", rec, 8)
        if version != 1 or flags & ~LAST or magic != b"xRec":
            raise Refused(4, "no chunk of ours, of version 1")
        if said != number:
            raise Refused(4, "a chunk is missing, or came twice")
        key = blake(b"xenrec chunk key" + self.header.h +
                    struct.pack("<Q", number // EPOCH), self.key)
        try:
            return flags, CIPHERS[self.header.suite](key).decrypt(
                struct.pack("<QI", number, flags), rec[24:], rec[:24])
        except InvalidTag as tag:
            raise Refused(4, "a chunk is not authentic") from tag

    def take(self, plain):
        """A chunk's bytes, when it is as it has to be."""
        used, flags, reserved = struct.unpack_from("<IHH", plain)
        if used > len(plain) - 8 or flags & ~(ENDS | CHECKPOINTED) or \
                reserved or any(plain[8 + used:]):
            raise Refused(3, "a malformed chunk")
        if self.held is not None and (used or flags & ENDS):
            raise Refused(3, "payload behind its end")
        self.heads.append((len(plain), used, flags))
        if flags & ENDS:
            self.held = plain[8:8 + used]
        elif self.held is None:
            self.released.append(plain[8:8 + used])

    def read_chunks(self):
        last, number = 0, 0
        while True:
            kind, rec = self.record()
            if kind == END:
                break
            if last:
                raise Refused(4, "a chunk behind the last")
            last, plain = self.decrypted(rec, number)
            self.take(plain)
            if last and self.held is None:
                raise Refused(3, "the last chunk does not end the payload")
            number += 1
            self.at += len(rec)
        if not last:
            raise Refused(4, "END without a last chunk")
        if self.at + 8 != len(self.data):
            raise Refused(3, "bytes behind END")
        self.released.append(self.held)


def opened(data, secrets=(), passphrase=None):
    """(payload that may be released, status, what is wrong, the reader)"""
    reader, status, what = Reader(data), 0, ""
    try:
        reader.read_header(secrets, passphrase)
        reader.read_chunks()
    except Refused as refused:
        status, what = refused.status, str(refused)
    return b"".join(reader.released), status, what, reader


def unlike_writers(reader, payload):
    """What is not as a writer has to make it, of a container that is good."""
    want = [(len(plain),) + struct.unpack_from("<IH", plain)
            for plain in texts(payload, reader.header.size,
                               bool(reader.header.flags & PADDED))]
    if reader.heads == want:
        return None
    for number, (have, right) in enumerate(zip(reader.heads, want)):
        if have != right:
            return f"chunk {number}: size, used, flags are {have}, " \
                f"not {right}"
    return f"{len(reader.heads)} chunks, not {len(want)}"
