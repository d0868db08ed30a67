# SPDX-License-Identifier: LGPL-2.1-or-later
"""A chain that is tried on a stream, and what is asked of all commands."""
import os
import random
import re
import tempfile

import pipeline
import stages

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
