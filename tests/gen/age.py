# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files of age, version 1, with a content of 32 bytes: envelope() writes one,
opened() reads one.

Written from https://c2sp.org/age alone.  All that a writer takes at random is
an argument, and each part can be given as it must not be.
"""
import base64
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)

VERSION_LINE = b"age-encryption.org/v1\n"
X25519_INFO = b"age-encryption.org/v1/X25519"
SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
FILE_KEY, CONTENT, TAG, NONCE = 16, 32, 16, 16
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE64 = rb"[A-Za-z0-9+/]"


class Refused(Exception):
    """status: 3 malformed, 4 not authentic, 5 not supported."""

    def __init__(self, status, what):
        super().__init__(what)
        self.status = status


def checksum(prefix, words):
    """The polynomial of BIP 173."""
    state = 1
    expanded = [ord(c) >> 5 for c in prefix] + [0] + \
        [ord(c) & 31 for c in prefix]
    for word in expanded + words:
        top = state >> 25
        state = (state & 0x1ffffff) << 5 ^ word
        for bit, part in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                    0x3d4233dd, 0x2a1462b3)):
            state ^= part if top >> bit & 1 else 0
    return state


def bech32(prefix, data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    words = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    end = checksum(prefix, words + [0] * 6) ^ 1
    words += [end >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(BECH32[word] for word in words)


def unbech32(prefix, text):
    """The bytes; ValueError where that is not what text holds."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("upper and lower case")
    found, _, rest = text.lower().rpartition("1")
    words = [BECH32.index(c) for c in rest]
    if found != prefix or checksum(prefix, words) != 1:
        raise ValueError("no " + prefix)
    bits = "".join(f"{word:05b}" for word in words[:-6])
    size = len(bits) // 8
    if len(bits) - 8 * size > 4 or "1" in bits[8 * size:]:
        raise ValueError("not canonical")
    return bytes(int(bits[8 * i:8 * i + 8], 2) for i in range(size))


def identity(secret):
    """The line of an identity file."""
    return bech32("age-secret-key-", secret).upper()


def public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key() \
        .public_bytes(Encoding.Raw, PublicFormat.Raw)


def recipient(secret):
    return bech32("age", public(secret))


def identities(text):
    """The secrets of an identity file."""
    lines = [line.strip() for line in text.splitlines()]
    return [unbech32("age-secret-key-", line) for line in lines
            if line and not line.startswith("#")]


def encode64(data):
    return base64.b64encode(data).rstrip(b"=")


def decode64(text, size=None):
    """Canonical and without padding, or Refused."""
    if not re.fullmatch(BASE64 + b"*", text) or len(text) % 4 == 1:
        raise Refused(3, "no base64")
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if encode64(data) != text:
        raise Refused(3, "base64 that is not canonical")
    if size is not None and len(data) != size:
        raise Refused(3, f"{len(data)} bytes, not {size}")
    return data


def derived(secret, salt, info):
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def wrapped(key, file_key):
    return ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def unwrapped(key, body):
    """The file key, or None where it is another's."""
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
    except InvalidTag:
        return None


def stanza(arguments, body):
    text = encode64(body)
    lines = [text[i:i + 64] for i in range(0, len(text) + 1, 64)]
    return b"-> " + b" ".join(arguments) + b"\n" + \
        b"".join(line + b"\n" for line in lines)


def x25519_key(shared, share, to):
    return derived(shared, share + to, X25519_INFO)


def x25519(file_key, to, ephemeral):
    """The stanza for the public key to."""
    secret = X25519PrivateKey.from_private_bytes(ephemeral)
    share = public(ephemeral)
    shared = secret.exchange(X25519PublicKey.from_public_bytes(to))
    return stanza([b"X25519", encode64(share)],
                  wrapped(x25519_key(shared, share, to), file_key))


def scrypt_key(passphrase, salt, factor):
    return hashlib.scrypt(passphrase, salt=SCRYPT_LABEL + salt,
                          n=1 << factor, r=8, p=1, dklen=32,
                          maxmem=(1 << factor + 10) + (1 << 20))


def scrypt(file_key, passphrase, salt, factor=10):
    return stanza([b"scrypt", encode64(salt), b"%d" % factor],
                  wrapped(scrypt_key(passphrase, salt, factor), file_key))


def mac_of(file_key, signed):
    key = derived(file_key, None, b"header")
    return hmac.digest(key, signed, "sha256")


def content_key(file_key, nonce):
    return ChaCha20Poly1305(derived(file_key, nonce, b"payload"))


def envelope(content, file_key, nonce, stanzas, mac=None,
             version=VERSION_LINE):
    """The file.  mac: the text of another one than the right one."""
    signed = version + b"".join(stanzas) + b"---"
    mac = encode64(mac_of(file_key, signed)) if mac is None else mac
    return signed + b" " + mac + b"\n" + nonce + \
        content_key(file_key, nonce).encrypt(bytes(11) + b"\1", content, None)


class Parsed:
    """An envelope by its shape: stanzas are (arguments, body)."""

    def __init__(self, data):
        self.data, self.at, self.stanzas = data, len(VERSION_LINE), []
        if not data.startswith(VERSION_LINE):
            raise Refused(3, "the envelope is no age file of version 1")
        while data.startswith(b"-> ", self.at):
            self.stanzas.append(self.stanza())
        if not self.stanzas or not data.startswith(b"--- ", self.at):
            raise Refused(3, "the envelope's header is malformed")
        self.signed = data[:self.at + 3]
        self.mac = decode64(self.line()[4:], 32)
        self.nonce = data[self.at:self.at + NONCE]
        self.content = data[self.at + NONCE:]

    def line(self):
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise Refused(3, "the envelope's header has no end")
        line = self.data[self.at:end]
        self.at = end + 1
        return line

    def stanza(self):
        line, body = self.line(), b""
        if not re.fullmatch(rb"->( [!-~]+)+", line):
            raise Refused(3, "the arguments of a stanza are malformed")
        while True:
            part = self.line()
            body += part
            if len(part) > 64:
                raise Refused(3, "a stanza's line is too long")
            if len(part) < 64:
                return line[3:].split(b" "), decode64(body)


def check(parsed):
    """What each stanza's type and the content ask for, whatever the key."""
    for arguments, body in parsed.stanzas:
        if arguments[0] not in (b"X25519", b"scrypt"):
            continue
        if arguments[0] == b"scrypt":
            if len(parsed.stanzas) > 1:
                raise Refused(3, "a scrypt stanza beside others")
            if len(arguments) != 3 or not re.fullmatch(
                    b"[1-9][0-9]*", arguments[2]):
                raise Refused(3, "the work factor is malformed")
            decode64(arguments[1], 16)
        elif len(arguments) != 2:
            raise Refused(3, "an X25519 stanza's arguments")
        else:
            decode64(arguments[1], 32)
        if len(body) != FILE_KEY + TAG:
            raise Refused(3, "a stanza's body is of another length")
    if len(parsed.nonce + parsed.content) != NONCE + CONTENT + TAG:
        raise Refused(3, "the content is of another length")


def file_keys(parsed, secrets, passphrase):
    for arguments, body in parsed.stanzas:
        if arguments[0] == b"scrypt" and passphrase is not None:
            yield unwrapped(scrypt_key(passphrase, decode64(arguments[1]),
                                       int(arguments[2])), body)
        for secret in secrets if arguments[0] == b"X25519" else ():
            share = decode64(arguments[1])
            try:
                shared = X25519PrivateKey.from_private_bytes(secret).exchange(
                    X25519PublicKey.from_public_bytes(share))
            except ValueError as zero:
                raise Refused(3, "a share of low order") from zero
            yield unwrapped(x25519_key(shared, share, public(secret)), body)


def opened(parsed, secrets=(), passphrase=None):
    """The content of a checked envelope."""
    file_key = next(filter(None, file_keys(parsed, secrets, passphrase)),
                    None)
    if file_key is None:
        raise Refused(4, "no key opens the envelope")
    if not hmac.compare_digest(mac_of(file_key, parsed.signed), parsed.mac):
        raise Refused(4, "the envelope's header is not authentic")
    try:
        return content_key(file_key, parsed.nonce).decrypt(
            bytes(11) + b"\1", parsed.content, None)
    except InvalidTag as tag:
        raise Refused(4, "the envelope's content is not authentic") from tag
