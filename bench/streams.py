# SPDX-License-Identifier: LGPL-2.1-or-later
"""The streams that are measured, and their rounds."""
import dataclasses
import os
import struct
import subprocess
import sys

from measure import MIB, say

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{TOP}/tests/gen")
import xenstream  # noqa: E402

OWN_MIB = 256


@dataclasses.dataclass
class Stream:
    name: str
    path: str
    size: int


def stream(path):
    return Stream(os.path.basename(path), path, os.path.getsize(path))


def own(directory):
    path = f"{directory}/made-{OWN_MIB}M"
    say(f"making {path}")
    with open(path, "wb") as out:
        subprocess.run(["make-guest", str(OWN_MIB)], stdout=out, check=True)
    return path


def captures(folder, directory):
    """The paths of a folder's *.zst, unpacked."""
    paths = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".zst"):
            say(f"unpacking {name}")
            paths.append(f"{directory}/{name.removesuffix('.zst')}")
            subprocess.run(["zstd", "-dqf", f"{folder}/{name}", "-o",
                            paths[-1]], check=True)
    if not paths:
        sys.exit(f"bench: {folder}: no *.zst")
    return paths


def flaw(one):
    """Why rec-compress does not take it: cut short, or two streams' worth."""
    with open(one.path, "rb") as i:
        done = subprocess.run(["rec-compress", "-1"], stdin=i, text=True,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False)
    if done.returncode == 0:
        return None
    return done.stderr.splitlines()[0] if done.stderr else \
        f"rec-compress: exit {done.returncode}"


def first_pfn(record):
    """The first pfn with data of a PAGE_DATA record, or None."""
    count, = struct.unpack_from("<I", record, 8)
    for pfn, in struct.iter_unpack("<Q", record[16:16 + 8 * count]):
        if pfn >> 60 < xenstream.BROKEN:
            return pfn & (1 << 52) - 1
    return None


def first_round(one, path):
    """Writes the stream without the pages of later rounds; how many bytes
    there were of those.

    Pfns ascend within a round: a record that starts at or below the one
    before starts another round.
    """
    with open(one.path, "rb") as i:
        whole = i.read()
    last, later, left_out = -1, False, 0
    with open(path, "wb") as out:
        for kind, piece in xenstream.chunks(whole):
            if kind == ("record", xenstream.PAGE_DATA):
                pfn = first_pfn(piece)
                if pfn is not None:
                    later = later or pfn <= last
                    last = pfn
                if later:
                    left_out += len(piece)
                    continue
            out.write(piece)
    return left_out


def large(one):
    """Whether it takes long enough to tell links apart."""
    return one.size >= 32 * MIB
