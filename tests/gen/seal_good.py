# SPDX-License-Identifier: LGPL-2.1-or-later
"""Containers that are opened: kinds of payloads, sizes, keys."""
import age
import checks
import layers
import seal
from good import TINY
from guests import static
from seal_table import *  # noqa: F403
from xenstream import *  # noqa: F403

SUITES = (("", {}, "ChaCha20-Poly1305"),
          ("-aes", {"suite": seal.AES}, "AES-256-GCM"))


def libxl_steps():
    step = record(CHECKPOINT) + record(CHECKPOINT_STATE, bytes(4)) + \
        record(CHECKPOINT_END)
    return libxl_header() + record(LIBXC_CONTEXT) + headers() + \
        record(HVM_CONTEXT, b"one") + step + record(HVM_CONTEXT, b"two") + \
        step + END_RECORD + record(LIBXL_END)


def payloads():
    """name: (payload, what it is)"""
    two = headers(version=2) + TINY[40:]
    checked = checks.checked(TINY)
    return {
        "bare": (TINY, "a bare image"),
        "version-2": (two, "a bare image of version 2"),
        "pv": (headers(1) + static(3) + END_RECORD, "a PV guest's headers"),
        "empty": (headers() + END_RECORD, "an image of END alone"),
        "odd": (headers() + record(0x80000013, b"optional", 0xff) +
                END_RECORD, "padding of the payload that is not zero"),
        "reserved": (image_header(3, 0xfffe, b"reserv") + domain_header(
            2, reserved=0xabcd) + END_RECORD, "reserved fields in it"),
        "config": (headers() + record(GUEST_CONFIG, ours() + b"{}") +
                   END_RECORD, "GUEST_CONFIG alone"),
        **ENVELOPED,
        "steps": (steps(), "5 checkpoints, so 6 chunks"),
        "libxl-steps": (libxl_steps(), "a libxl stream of 2 checkpoints"),
        "checkpoint-body": (headers() + record(CHECKPOINT, b"body") +
                            END_RECORD, "a CHECKPOINT with a body"),
        "compressed": (layers.pack(TINY), "a compressed stream"),
        "checked": (checked, "a checked stream"),
        "checked-packed": (layers.pack(checked), "checked and compressed")}


def make_good():
    for name, (payload, what) in payloads().items():
        for suffix, how, cipher in SUITES:
            full = f"good-{name}{suffix}"
            vector(full, container(full, payload, **how),
                   f"{what}, {cipher}", 0, payload)
    for size in (1 << 17, 1 << 20, 1 << 24):
        for suffix, how, cipher in SUITES:
            name = f"good-chunk-{size}{suffix}"
            vector(name, container(name, chunk=size, **how),
                   f"chunk size {size}, {cipher}", 0, steps())
    room = seal.CHUNK_MIN - 8
    vector("good-over", container("good-over", filled(room + 8)),
           "8 bytes more than fill a chunk", 0, filled(room + 8))
    box = sealer("bad-last-empty")
    last = [seal.text(filled(room)), seal.text(b"", seal.ENDS)]
    vector("bad-last-empty", box.start + b"".join(box.records(last)) +
           END_RECORD, "a full chunk, and one of no bytes that ends the "
           "payload", 3, filled(room))
    wide = sealer("odd-wide")
    vector("odd-wide", wide.start + b"".join(wide.records(
        [seal.text(TINY, seal.ENDS, 4096)])) + END_RECORD,
           "a chunk with more zeroes than it needs", 0, TINY)
    vector("good-padded-1", container("good-padded-1", TINY,
                                      flags=seal.PADDED, suite=seal.AES),
           "padded, 1 chunk", 0, TINY)
    vector("good-padded-9", container("good-padded-9", steps(9),
                                      flags=seal.PADDED),
           "padded, 9 chunks become 10", 0, steps(9))


def make_epoch():
    """Chunk 4096 has a key of its own."""
    tick = record(CHECKPOINT)
    payload = headers() + tick * seal.EPOCH + END_RECORD
    vector("good-epoch", container("good-epoch", payload),
           "4097 chunks, so 2 epochs", 0, payload)
    box = sealer("bad-epoch")
    plains = seal.texts(payload)
    records = box.records(plains[:-1] + [b""])[:-1]
    records.append(box.chunk(len(records), plains[-1], True, epoch=0))
    vector("bad-epoch", box.start + b"".join(records) + END_RECORD,
           "chunk 4096 has the key of epoch 0", 4, payload[:-8])


def make_keys():
    def keyed(name, stanzas, what, keys="key-alice", **how):
        name = "good-" + name
        vector(name, container(name, sealed_key=envelope(
            name, stanzas(name), **how)), what, 0, steps(), keys)

    keyed("two-keys", lambda name: [to(name, "alice"), to(name, "bob")],
          "to alice and bob: alice")
    line("good-two-keys", "bob", "key-bob", 0, steps())
    line("good-two-keys", "a file of two identities, the second is bob's",
         "key-carol-and-bob", 0, steps())
    line("good-two-keys", "carol", "key-carol", 4, b"")
    line("good-two-keys", "a passphrase", "passphrase", 4, b"")
    keyed("key-twice", lambda name: [to(name, "alice"), to(name, "alice",
                                                           " again")],
          "to alice, twice")
    for factor in (1, 4, 12):
        keyed(f"passphrase-{factor}", lambda name: [by_words(name, factor)],
              f"a passphrase, work factor {factor}", "passphrase")
    line("good-passphrase-4", "another passphrase", "passphrase-other", 4,
         b"")
    line("good-passphrase-4", "an identity", "key-alice", 4, b"")
    for size in (0, 1, 47, 48, 49, 96, 1000):
        keyed(f"grease-{size}", lambda name: [grease(size), to(
            name, "alice"), grease(size)],
              f"unknown stanzas of {size} bytes around alice's")
    keyed("ssh", lambda name: [
        age.stanza([b"ssh-ed25519", b"AAAAAA", age.encode64(bytes(32))],
                   bytes(32)),
        age.stanza([b"ssh-rsa", b"AAAAAA"], bytes(256)), to(name, "alice")],
          "stanzas of ssh keys beside alice's")
    keyed("lower-case", lambda name: [
        age.stanza([b"x25519", b"?"], b""),
        age.stanza([b"X25519-", b"?"], b""),
        age.stanza([b"SCRYPT", b"?"], b""), to(name, "alice")],
          "types that are nearly X25519 and scrypt")
    keyed("factor-99", lambda name: [
        age.stanza([b"grease", b"x", b"99"], b""), to(name, "alice")],
          "an unknown stanza with a number where scrypt has its factor")
    keyed("stanzas-64", lambda name: [grease()] * 63 + [to(name, "alice")],
          "64 stanzas, alice's is the last")
    for lacks in range(8):
        name = f"good-fill-{lacks}"
        vector(name, container(name, sealed_key=unfilled(name, lacks)),
               f"an envelope that {lacks} bytes fill up", 0, steps())
    size = len(envelope("good-envelope-65536", [
        to("good-envelope-65536", "alice"), grease(argument=b"")]))
    keyed("envelope-65536", lambda name: [to(name, "alice"), grease(
        argument=b"x" * (65536 - size))], "an envelope of 65536 bytes")
