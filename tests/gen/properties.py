# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is true of any chain on any stream."""
import json
import os
import random
import re
import tempfile

import pipeline
import stages

PASSING = "rec-compress", "rec-checksum", "rec-encrypt", "rec-edit"
# Layers that rec-ls and xc-absorb open, the innermost first.
OPENED = re.compile("(checked ?)?(compressed ?)?(checked ?)?(sealed ?)?"
                    "(checked)?")
SIZES = 0, 0, 4096, 8192, 65536, 1 << 20    # of pipes


class Broken(Exception):
    """A property is, by these commands, fed with that."""

    def __init__(self, text, commands, fed):
        super().__init__(text)
        self.commands, self.fed = commands, fed


def differs(want, got):
    at = next((n for n, (a, b) in enumerate(zip(want, got)) if a != b),
              min(len(want), len(got)))
    return f"{len(got)} bytes came out, not {len(want)}; they differ from " \
        f"byte {at} on"


class Trial:
    """A chain, and a stream that it is tried on."""

    def __init__(self, seed, stream, data, chain, keys, same):
        self.stream, self.data, self.chain = stream, data, chain
        self.keys, self.same = keys, same
        self.r = random.Random(f"trial {seed}")
        self.there = [stage.there for stage in chain]
        self.back = [stage.back for stage in reversed(chain) if stage.back]
        self.layers = stages.layers_of(chain)
        self.packed = data      # what comes out of the chain

    def run(self, commands, data, threads=1, same=True, **more):
        """In a folder with the keys; same: with the same random numbers each
        time."""
        with tempfile.TemporaryDirectory() as folder:
            for name in os.listdir(self.keys.folder):
                os.symlink(f"{self.keys.folder}/{name}", f"{folder}/{name}")
            return pipeline.run(commands, data, threads=threads,
                                folder=folder, path=self.same * same, **more)

    def good(self, what, commands, data, want=None, threads=1, **more):
        """What comes out; all end with 0, and nothing is said."""
        got = self.run(commands, data, threads, **more)
        for code, said in zip(got.codes, got.said):
            if code or said:
                raise Broken(f"{what}: exit {code}: {said.strip()}",
                             pipeline.shown(commands, threads), data)
        if want is not None and got.out != want:
            raise Broken(f"{what}: {differs(want, got.out)}",
                         pipeline.shown(commands, threads), data)
        return got.out

    def refused(self, what, command, data, *codes):
        """It ends with one of the codes, and says why."""
        threads = self.r.randrange(1, 9)
        got = self.run([command], data, threads)
        if got.codes[0] not in codes or not got.said[0]:
            raise Broken(f"{what}: exit {got.codes[0]}, not one of {codes}: "
                         f"{got.said[0].strip()}",
                         pipeline.shown([command], threads), data)

    def part_only(self, what, commands, fed, **more):
        """What comes out is the beginning of the stream, without its END."""
        threads = self.threads()
        out = self.run(commands, fed, threads, **more).out
        if len(out) > len(self.data) - 8 or not self.data.startswith(out):
            raise Broken(f"{what}: {differs(self.data, out)}",
                         pipeline.shown(commands, threads), fed)

    def threads(self):
        return self.r.randrange(2, 9)

    def sizes(self):
        return [self.r.choice(SIZES) for _ in range(3)]

    def opens(self):
        """Options with which rec-ls and xc-absorb see the guest in it; None:
        they do not open this many layers."""
        if not OPENED.fullmatch(" ".join(self.layers)):
            return None
        return [word for stage in self.chain for word in stage.opens]


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
OFTEN = (tested, linted, stored, cut, damaged, killed, after_end,
         wrong_way)


def check(t, some=2):
    """Those that always are asked, and some of the others."""
    for ask in ALWAYS:
        ask(t)
    for ask in t.r.sample(OFTEN, some):
        ask(t)
