# SPDX-License-Identifier: LGPL-2.1-or-later
"""The vectors of encrypted containers, filled by seal_good.py, seal_bad.py
and their like, and what these have in common: keys and small streams.

What a writer takes at random is drawn from the vector's name.
"""
import hashlib

import age
import seal
from good import CONFIG, TINY, XENSTORE, XML
from xenstream import *  # noqa: F403

made = {}
table = []

PASSPHRASE = "correct horse battery stäple".encode()
STEPS = 6


def drawn(name, what, size=32):
    return hashlib.blake2b(f"{name} {what}".encode(), digest_size=size,
                           person=b"xenrec vectors").digest()


SECRETS = {name: drawn(name, "identity") for name in
           ("alice", "bob", "carol")}


def key_files():
    """carol is nobody's recipient."""
    for name, secret in SECRETS.items():
        made["key-" + name] = (
            f"# made by tests/gen/make-seal-vectors, not to be used\n"
            f"# public key: {age.recipient(secret)}\n"
            f"{age.identity(secret)}\n").encode()
    made["key-carol-and-bob"] = "\n".join(
        ["# two", age.identity(SECRETS["carol"]), "",
         age.identity(SECRETS["bob"]), ""]).encode()
    made["passphrase"] = PASSPHRASE + b"\n"
    made["passphrase-other"] = b"wrong horse\n"


def line(name, what, keys, status, released):
    table.append((name, what, keys, status, len(released),
                  hashlib.sha256(released).hexdigest()))


def vector(name, data, what, status, released, keys="key-alice"):
    """released: the plaintext that comes out, whatever the status."""
    assert name not in made, name
    made[name] = data
    line(name, what, keys, status, released)


def to(name, who, draw=""):
    """The stanza for alice, bob or carol."""
    return age.x25519(drawn(name, "file key", 16),
                      age.public(SECRETS[who]),
                      drawn(name, f"ephemeral {who}{draw}"))


def by_words(name, factor=4, salt=16, words=PASSPHRASE):
    return age.scrypt(drawn(name, "file key", 16), words,
                      drawn(name, "scrypt", salt), factor)


def grease(size=10, argument=b"x"):
    return age.stanza([b"grease.example/" + argument, b"1"], bytes(size))


def envelope(name, stanzas=None, content=None, **how):
    """For alice, of the stream key, unless it is said otherwise."""
    return age.envelope(
        drawn(name, "stream key") if content is None else content,
        drawn(name, "file key", 16), drawn(name, "nonce", 16),
        [to(name, "alice")] if stanzas is None else stanzas, **how)


def unfilled(name, lacks):
    """An envelope that so many bytes fill up."""
    stanzas = [to(name, "alice"), grease()]
    stanzas[1] = grease(argument=b"x" * (
        1 + (-lacks - len(envelope(name, stanzas))) % 8))
    return envelope(name, stanzas)


def sealer(name, sealed_key=None, **how):
    """sealed_key: the envelope."""
    return seal.Sealer(
        drawn(name, "stream key"),
        envelope(name) if sealed_key is None else sealed_key,
        how.pop("salt", drawn(name, "salt")), **how)


def steps(count=STEPS):
    """A stream of so many chunks, all but the last end with a checkpoint."""
    return headers() + record(CHECKPOINT).join(
        record(HVM_CONTEXT, b"step %d of the vectors" % n)
        for n in range(count - 1)) + record(CHECKPOINT) + END_RECORD


def released(count):
    """What the first chunks of steps() hold."""
    return b"".join(part for part, _ in list(
        seal.segments(steps()))[:count])


def filled(size):
    """A stream of so many bytes."""
    rest = size - 40 - 16
    body = b"".join(struct.pack("<Q", n) for n in range(rest // 8))
    return headers() + record(HVM_CONTEXT, body) + END_RECORD


def container(name, payload=None, **how):
    return seal.sealed(steps() if payload is None else payload,
                       sealer(name, **how))


LIBXL = libxl(TINY, XENSTORE)
ENVELOPED = {
    "libxl": (LIBXL, "a libxl stream"),
    "xl": (xl_header(CONFIG) + LIBXL, "a save file of xl"),
    "virsh": (virsh_header(XML) + LIBXL, "a save file of libvirt")}
