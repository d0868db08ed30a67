# SPDX-License-Identifier: LGPL-2.1-or-later
"""opened() reads an encrypted container, from man/xenrec.5 alone, and
unlike_writers() tells what a writer would have made in another way."""
import hmac
import re

from cryptography.exceptions import InvalidTag

import age
import seal
from age import Refused
from xenstream import *  # noqa: F403

STANZAS_MAX, FACTOR_MAX, ENVELOPE_MAX = 64, 22, 65536


def sealed_inside(data):
    """Whether the first record of the stream names this layer; its place."""
    at = 40
    if not data.startswith(seal.CONTAINER[:12]):
        at = data.find(seal.CONTAINER[:12]) + 40
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
        if length > (OUR_MAX if kind in OURS else RECORD_MAX):
            raise Refused(3, "a record over the limit")
        if kind == END and (length or len(data) > at + 8):
            raise Refused(3, "END with a body, or bytes behind it")
        if kind == END:
            return False, at
        if len(data) < at + 8 + length + -length % 8:
            raise Refused(3, "cut short in a record")
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
        if version != 1 or self.flags & ~seal.PADDED or \
                len(body) >= 10 and self.suite not in seal.CIPHERS or \
                e > ENVELOPE_MAX:
            raise Refused(5, "version, flags, suite or envelope's length")
        if reserved or reserved_e or self.size & self.size - 1 or \
                not seal.CHUNK_MIN <= self.size <= seal.CHUNK_MAX or \
                self.length != 56 + e + -e % 8 + 32 or \
                any(body[56 + e:-32]):
            raise Refused(3, "malformed header")
        self.envelope = body[56:56 + e]
        self.commitment = body[-32:]
        self.h = seal.blake(data[:48 + self.length - 32])
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
        if not is_sealed or at != 40:
            raise Refused(5, "the stream is not encrypted")
        if self.data[:40] != seal.CONTAINER:
            raise Refused(3, "not the headers of a container")
        self.header = Header(self.data)
        self.key = age.opened(envelope_of(self.header), secrets, passphrase)
        commitment = seal.commitment(self.key, self.header.h)
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
        body = self.data[self.at + 8:self.at + 8 + length]
        if len(self.data) < self.at + 8 + length + -length % 8:
            raise Refused(3, "cut short in a record")
        if kind != SEAL_CHUNK or length % 8 or \
                not 40 <= length <= self.header.size + 32:
            raise Refused(4, "a record that is no chunk")
        return kind, head + body

    def decrypted(self, rec, number):
        version, flags, magic, said = struct.unpack_from("<HH4sQ", rec, 8)
        if version != 1 or flags & ~seal.LAST or magic != b"xRec":
            raise Refused(4, "no chunk of ours, of version 1")
        if said != number:
            raise Refused(4, "a chunk is missing, or came twice")
        key = seal.epoch_key(self.key, self.header.h, number // seal.EPOCH)
        try:
            return flags, seal.CIPHERS[self.header.suite](key).decrypt(
                struct.pack("<QI", number, flags), rec[24:], rec[:24])
        except InvalidTag as tag:
            raise Refused(4, "a chunk is not authentic") from tag

    def take(self, plain, last):
        """A chunk's bytes, when it is as it has to be."""
        used, flags, reserved = struct.unpack_from("<IHH", plain)
        known = seal.ENDS | seal.CHECKPOINTED
        if used > len(plain) - 8 or flags & ~known or reserved or \
                any(plain[8 + used:]):
            raise Refused(3, "a malformed chunk")
        if self.held is not None and (used or flags):
            raise Refused(3, "payload behind its end")
        if flags & seal.ENDS and not used:
            raise Refused(3, "a payload that ended before it ends")
        if last and self.held is None and not flags & seal.ENDS:
            raise Refused(3, "the last chunk does not end the payload")
        self.heads.append((len(plain), used, flags))
        if flags & seal.ENDS:
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
            self.take(plain, last)
            number += 1
            self.at += len(rec)
        if self.at + 8 != len(self.data):
            raise Refused(3, "bytes behind END")
        if not last:
            raise Refused(4, "END without a last chunk")
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
            for plain in seal.texts(payload, reader.header.size,
                               bool(reader.header.flags & seal.PADDED))]
    if reader.heads == want:
        return None
    for number, (have, right) in enumerate(zip(reader.heads, want)):
        if have != right:
            return f"chunk {number}: size, used, flags are {have}, " \
                f"not {right}"
    return f"{len(reader.heads)} chunks, not {len(want)}"
