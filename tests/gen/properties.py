# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is true of any chain on any stream."""
import json

import pipeline
import stages
from trial import Broken
from xenstream import CHECKPOINT, CHECKPOINT_END, chunks

PASSING = "rec-compress", "rec-checksum", "rec-encrypt", "rec-edit"


def there(t):
    """Each stage alone, without threads; rec-ls takes what it makes."""
    for n, command in enumerate(t.there):
        t.packed = t.good(f"stage {n}", [command], t.packed)
        t.good(f"what stage {n} made", ["rec-ls -M 1G > /dev/null"],
               t.packed, b"")


def any_threads(t):
    """The same bytes, in one pipe, with threads.  A signature has the time
    in it."""
    if not any("--sign" in command for command in t.there):
        t.good("with threads", t.there, t.data, t.packed, t.threads(),
               sizes=t.sizes())


def back(t):
    t.good("back", t.back, t.packed, t.data, t.threads(), sizes=t.sizes())


def there_and_back(t):
    """In one pipe, with random numbers that are random."""
    t.good("there and back", t.there + t.back, t.data, t.data, t.threads(),
           sizes=t.sizes(), same=False)


def tested(t):
    """The outermost layer can be verified, and nothing is written."""
    undo = t.back[0] if t.layers else ""
    if undo and undo[0] in ("rec-compress", "rec-checksum", "rec-encrypt"):
        t.good("-t", [[undo[0], "-t", *undo[2:]]], t.packed, b"")


def verdict(t, data, opens):
    got = t.run([["rec-ls", "--lint", "--json", *opens]], data)
    try:
        lines = [json.loads(line) for line in got.out.splitlines()]
    except ValueError:
        raise Broken(f"lint: no JSON: {got.out[:100]}", "rec-ls --lint --json",
                     data) from None
    return got.codes[0], sorted(
        (one["finding"]["level"], one["finding"]["rule"])
        for one in lines if "finding" in one)


def linted(t):
    """rec-ls --lint finds the same in what is packed."""
    opens = t.opens()
    if opens is None:
        return
    want, got = verdict(t, t.data, []), verdict(t, t.packed, opens)
    if want != got:
        raise Broken(f"lint: {got} of what is packed, {want} of what is not",
                     "rec-ls --lint " + " ".join(opens), t.packed)
    if t.stream.lawful and want[0] != 0:
        raise Broken(f"lint: {want} of a stream that Xen would restore",
                     "rec-ls --lint", t.data)


def summed(t):
    """rec-ls counts the same pages and records in what is packed."""
    opens = t.opens()
    if opens is None:
        return
    want, got = (json.loads(
        t.good("summed up", [["rec-ls", "--json", *words]], data)
        .splitlines()[-1])["summary"]
        for words, data in (([], t.data), (opens, t.packed)))
    for kind in "CHECK", "DIGEST", "SIGNATURE":
        got["records"].pop(kind, None)
    for what in "pages", "records", "image", "kind":
        if want[what] != got[what]:
            raise Broken(f"summary: {what}: {got[what]} of what is packed, "
                         f"{want[what]} of what is not",
                         "rec-ls --json " + " ".join(opens), t.packed)


def squashed(t):
    """Squashed, and put in order, again nothing changes."""
    if t.stream.lawful:
        for how in "--squash", "--regroup":
            command = ["rec-edit", how, "-q"]
            once = t.good(how, [command], t.data)
            t.good(f"{how} again", [command], once, once)


def failed_over(t):
    """A stream that is cut behind a checkpoint comes to it, and no END."""
    # A command that takes a part is ended with it, however far it has come.
    if not t.stream.checkpoints or not all(s.stream and s.layer != "parts"
                                           for s in t.chain):
        return
    # In a padded container no other sees them.
    sealed = [s for s in t.chain if s.layer == "sealed"]
    if any("--pad" in s.there for s in sealed[:-1]):
        return
    ends = list(checkpoints(t.data))
    if not ends:
        return      # as small as it was made, it has none left
    data = t.data[:t.r.randrange(ends[0], len(t.data))]
    last = max(end for end in ends if end <= len(data))
    commands, threads = t.there + t.back, t.threads()
    got = t.run(commands, data, threads)
    if not last <= len(got.out) <= len(data) or \
            not data.startswith(got.out) or \
            any(code != 3 for code, command in zip(got.codes, commands)
                if command[0] != stages.TRICKLE):
        raise Broken(f"cut at {len(data)}, behind the checkpoint at {last}: "
                     f"{len(got.out)} bytes came out; exit {got.codes}",
                     pipeline.shown(commands, threads), data)


def checkpoints(data):
    """Where those of a stream end."""
    at, last = 0, ("record", CHECKPOINT) if data[:4] == b"\xff" * 4 else \
        "libxl"
    for part, piece in chunks(data):
        at += len(piece)
        if part == last and (part != "libxl" or
                             piece[:4] == bytes([CHECKPOINT_END, 0, 0, 0])):
            yield at


def stored(t):
    """What is packed is stored as what is not; read back and stored again it
    is the same."""
    opens = t.opens()
    if opens is None or not t.stream.lawful:
        return
    store = "xc-absorb --image a {} > /dev/null && xc-emit --image a"
    plain = t.good("stored", [store.format("")], t.data)
    t.good("stored again", [store.format("")], plain, plain)
    t.good("stored, packed", [store.format(" ".join(opens))], t.packed, plain)


def cut(t):
    """At any byte, the way back is refused, and so is what there is."""
    if t.layers:
        data = t.packed[:t.r.randrange(len(t.packed))]
        t.refused("cut", t.back[0], data, 3)
        t.part_only("cut", t.back, data)
    command = t.there[0]
    if isinstance(command, list) and command[0] != stages.TRICKLE:
        t.refused("cut", command, t.data[:t.r.randrange(len(t.data))], 3)


def damaged(t):
    """Any bit of what is checked or sealed."""
    if not t.layers or t.layers[-1] not in ("checked", "sealed"):
        return
    bad = bytearray(t.packed)
    bad[t.r.randrange(len(bad))] ^= 1 << t.r.randrange(8)
    t.refused("damaged", t.back[0], bytes(bad), 3, 4, 5)
    t.part_only("damaged", t.back, bytes(bad))


def killed(t):
    """One of those in a pipe, before the end of the stream: no END."""
    commands = [stage.there for stage in t.chain if stage.stream] + t.back
    if commands:
        n, at = t.r.randrange(len(commands)), t.r.randrange(len(t.data))
        t.part_only(f"number {n} killed at byte {at}", commands, t.data,
                    kill=(n, at))


def after_end(t):
    """What follows goes through, where that is asked for."""
    commands = t.there + t.back
    if t.stream.checkpoints or not all(
            command[0] in PASSING for command in commands):
        return
    data = t.data + t.r.randbytes(t.r.choice((1, 100, 100000)))
    t.good("after END", [[*command, "--pass-after-end"]
                         for command in commands], data, data, t.threads(),
           sizes=t.sizes())


def wrong_way(t):
    """What is not to be done with such a layer."""
    last = t.layers[-1] if t.layers else None
    undo = {"compressed": ["rec-compress", "-d"],
            "checked": ["rec-checksum", "-d"],
            "sealed": ["rec-encrypt", "-d", "-i", "key0"],
            "parts": ["rec-split", "-j", "-"]}
    for layer, command in undo.items():
        if layer != last:
            t.refused(f"undone, being {last}", command, t.packed,
                      4 if layer == "checked" else 5)
    again = {"compressed": ["rec-compress"], "checked": ["rec-checksum"],
             "sealed": ["rec-encrypt", "-r", t.keys.public[0]],
             "parts": ["rec-split", "-b", "1G", "--filter", "cat", "x"]}
    if last in again:
        t.refused("the same again", again[last], t.packed, 5)
    if last == "sealed":
        t.refused("sealed", again["compressed"], t.packed, 5)
    if set(t.layers) & set(again):
        t.refused("packed", ["rec-edit", "-f"], t.packed, 5)
        t.refused("packed", ["rec-convert", "--to", "v3"], t.packed, 5)


ALWAYS = there, any_threads, back, there_and_back
OFTEN = (tested, linted, summed, stored, squashed, cut, failed_over, damaged,
         killed, after_end, wrong_way)


def check(t, some=2):
    """Those that always are asked, and some of the others."""
    for ask in ALWAYS:
        ask(t)
    for ask in t.r.sample(OFTEN, some):
        ask(t)
