# SPDX-License-Identifier: LGPL-2.1-or-later
"""Containers whose envelope is wrong; the rest is as it has to be."""
import base64

import age
from seal_table import *  # noqa: F403


def sealed_by(name, data, what, status, keys="key-alice"):
    vector(name, container(name, sealed_key=data), what, status, b"", keys)


def keyed(name, stanzas, what, status, keys="key-alice"):
    """stanzas: of the vector's name."""
    name = "bad-" + name
    sealed_by(name, envelope(name, stanzas(name)), what, status, keys)


def changed(name, change, what, status, keys="key-alice", stanzas=None):
    """change: makes another envelope of the right one."""
    name = "bad-" + name
    right = envelope(name, stanzas and stanzas(name))
    wrong = change(right)
    assert wrong != right, name
    sealed_by(name, wrong, what, status, keys)


def flipped(at):
    def change(data):
        out = bytearray(data)
        out[at] ^= 1
        return bytes(out)
    return change


def replaced(old, new):
    return lambda data: data.replace(old, new, 1)


def x25519(name, arguments=None, body=None):
    """alice's stanza; arguments: of the right share."""
    parsed = age.Parsed(envelope(name))
    right, wrapped = parsed.stanzas[0]
    return age.stanza(right if arguments is None else arguments(right[1]),
                      wrapped if body is None else body(wrapped))


def uncanonical(text):
    """Text whose last bits, which count for nothing, are not 0."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
        b"0123456789+/"
    return text[:-1] + letters[letters.index(text[-1]) | 1:][:1]


def make_stanzas():
    keyed("stanzas-65", lambda name: [to(name, "alice")] + [grease()] * 64,
          "65 stanzas", 5)
    keyed("stanzas-none", lambda name: [], "no stanza", 3)
    keyed("stanzas-grease", lambda name: [grease()], "unknown stanzas alone",
          4)
    for name, arguments, what in (
            ("one", lambda share: [b"X25519"], "no share"),
            ("three", lambda share: [b"X25519", share, b"x"],
             "an argument too many"),
            ("short", lambda share: [b"X25519", age.encode64(
                age.decode64(share)[:31])], "a share of 31 bytes"),
            ("long", lambda share: [b"X25519", age.encode64(
                age.decode64(share) + b"\0")], "a share of 33 bytes"),
            ("uncanonical", lambda share: [b"X25519", uncanonical(share)],
             "a share in base64 that is not canonical"),
            ("equals", lambda share: [b"X25519", share + b"="],
             "a share in base64 with padding"),
            ("url", lambda share: [b"X25519", b"_" + share[1:]],
             "a share in base64 of another alphabet")):
        keyed("share-" + name, lambda full: [x25519(full, arguments)], what,
              3)
    keyed("share-other", lambda name: [x25519(name, lambda share: [
        b"X25519", age.encode64(flipped(3)(age.decode64(share)))])],
          "another share", 4)
    for value in (0, 1):
        keyed(f"share-low-{value}", lambda name: [x25519(
            name, lambda share: [b"X25519", age.encode64(bytes(
                [value]) + bytes(31))])], "a share of low order", 3)
    keyed("key-body", lambda name: [x25519(name, body=flipped(0))],
          "damaged body of a stanza", 4)
    for size in (0, 31, 33, 48):
        keyed(f"key-body-{size}", lambda name: [x25519(
            name, body=lambda right: (right + right)[:size])],
              f"a stanza's body of {size} bytes", 3)
    keyed("file-key", lambda name: [age.x25519(
        drawn(name, "another", 16), age.public(SECRETS["alice"]),
        drawn(name, "ephemeral"))], "the stanza has another file key", 4)


def make_scrypt():
    keyed("scrypt-beside", lambda name: [by_words(name), to(name, "alice")],
          "scrypt beside X25519", 3)
    line("bad-scrypt-beside", "the same, by the passphrase", "passphrase", 3,
         b"")
    keyed("scrypt-behind", lambda name: [grease(), by_words(name)],
          "scrypt behind an unknown stanza", 3, "passphrase")
    keyed("scrypt-twice", lambda name: [by_words(name), by_words(name, 5)],
          "scrypt twice", 3, "passphrase")

    def factor(name, text, status):
        keyed("factor-" + name, lambda full: [by_words(full).replace(
            b" 4\n", b" " + text + b"\n")], f"work factor {text.decode()}",
              status, "passphrase")

    for text in (b"23", b"24", b"64", b"4294967300", b"9" * 40):
        factor(text.decode()[:12], text, 5)
    line("bad-factor-23", "work factor 23, and an identity", "key-alice", 5,
         b"")
    for name, text in (("zero", b"0"), ("zero-4", b"04"), ("plus", b"+4"),
                       ("minus", b"-4"), ("hex", b"0x4"), ("half", b"4.0"),
                       ("letter", b"4a"), ("023", b"023")):
        factor(name, text, 3)
    factor("other", b"5", 4)
    for size in (15, 17):
        keyed(f"scrypt-salt-{size}", lambda name: [by_words(
            name, salt=size)], f"a salt of {size} bytes", 3, "passphrase")
    keyed("scrypt-salt-none", lambda name: [age.stanza(
        [b"scrypt", b"4"], bytes(32))], "no salt", 3, "passphrase")
    keyed("scrypt-four", lambda name: [by_words(name).replace(
        b" 4\n", b" 4 x\n")], "scrypt with an argument too many", 3,
          "passphrase")
    for size in (31, 33):
        keyed(f"scrypt-body-{size}", lambda name: [age.stanza(
            by_words(name).split(b"\n")[0][3:].split(b" "), bytes(size))],
              f"scrypt's body of {size} bytes", 3, "passphrase")
    changed("scrypt-mac", replaced(b"\n--- ", b"\n--- A"),
            "a MAC of 44 letters", 3, "passphrase",
            lambda name: [by_words(name)])
    keyed("passphrase", lambda name: [by_words(name, words=b"other")],
          "another passphrase", 4, "passphrase")


def make_text():
    for name, old, new, what in (
            ("v2", b"/v1\n", b"/v2\n", "version 2 of age"),
            ("crlf", b"/v1\n", b"/v1\r\n", "a line that ends with CR LF"),
            ("space", b"-> X25519", b"->  X25519", "two spaces"),
            ("tab", b"-> X25519 ", b"-> X25519\t", "a tab for a space"),
            ("arrow", b"-> X25519", b"->X25519", "no space"),
            ("mac", b"\n--- ", b"\n---", "no space before the MAC"),
            ("mark", b"\n--- ", b"\n---+", "no space, but a letter"),
            ("start", b"age-", b" age-", "a space before it"),
            ("blank", b"\n--- ", b"\n\n--- ", "a line too many")):
        changed("age-" + name, replaced(old, new), what, 3)
    changed("age-trailing", lambda data: data.replace(b"\n", b" \n", 2)
            .replace(b"v1 \n", b"v1\n"), "a space behind the arguments", 3)
    changed("age-control", replaced(b"-> X25519", b"-> X\x0125519"),
            "a control character", 3)
    changed("age-armor", lambda data: b"-----BEGIN AGE ENCRYPTED FILE-----\n"
            + base64.encodebytes(data) + b"-----END AGE ENCRYPTED FILE-----"
            b"\n", "an armored envelope", 3)
    keyed("age-line-65", lambda name: [to(name, "alice"), b"-> grease\n" +
                                       b"A" * 65 + b"\nAAA\n"],
          "a line of 65 letters, and a last one", 3)
    keyed("age-line-68", lambda name: [to(name, "alice"), b"-> grease\n" +
                                       b"A" * 68 + b"\n"],
          "a line of 68 letters", 3)
    keyed("age-line-64", lambda name: [to(name, "alice"), b"-> grease\n" +
                                       b"A" * 64 + b"\n"],
          "a body without a last line", 3)
    keyed("age-lines", lambda name: [to(name, "alice"), b"-> grease\n" +
                                     b"A" * 32 + b"\n" + b"A" * 32 + b"\n"],
          "a line behind a short one", 3)
    keyed("age-body", lambda name: [to(name, "alice"), b"-> grease\nA\n"],
          "a body of one letter", 3)


def make_ends():
    """MAC, nonce and content."""
    name = "bad-age-mac-other"
    sealed_by(name, envelope(name, mac=age.encode64(drawn(name, "MAC"))),
              "another MAC", 4)
    name = "bad-age-mac-short"
    sealed_by(name, envelope(name, mac=age.encode64(bytes(31))),
              "a MAC of 31 bytes", 3)
    changed("age-mac-uncanonical", lambda data: uncanonical(data[:-65]) +
            data[-65:], "a MAC in base64 that is not canonical", 3)
    changed("age-grease", replaced(b"-> grease.example/x 1",
                                   b"-> grease.example/x 2"),
            "an unknown stanza is another", 4, stanzas=lambda full: [
                to(full, "alice"), grease()])
    changed("age-nonce", flipped(-64), "damaged nonce", 4)
    changed("age-content", flipped(-48), "damaged content", 4)
    changed("age-tag", flipped(-1), "damaged tag of the content", 4)
    for size in (0, 31, 33, 64):
        name = f"bad-age-content-{size}"
        sealed_by(name, envelope(name, content=(drawn(
            name, "stream key") * 2)[:size]), f"a content of {size} bytes",
            3)
    for size in (1, 16, 48, 64):
        changed(f"age-cut-{size}", lambda data: data[:-size],
                f"the envelope lacks its last {size} bytes", 3)
    changed("age-cut-header", lambda data: data[:-65],
            "the envelope ends in its header", 3)
    changed("age-cut-mac", lambda data: data[:-80],
            "the envelope ends in its MAC", 3)
    changed("age-cut-line", lambda data: data[:9],
            "the envelope ends in its first line", 3)
    for size in (1, 8, 4096):
        changed(f"age-junk-{size}", lambda data: data + bytes(size),
                f"{size} bytes behind the envelope", 3)
    changed("age-twice", lambda data: data + data, "two envelopes", 3)


def make_envelopes():
    make_stanzas()
    make_scrypt()
    make_text()
    make_ends()
