# SPDX-License-Identifier: LGPL-2.1-or-later
"""Volumes beside split and cat, in memory; squashing beside copying."""
import os
import subprocess
import tempfile

from filters import cat, rows
from measure import MIB, Job

SPLIT, OURS = "split -b", "rec-split -b -T 2"
FILE = " < file"
CAT, JOIN = "cat of the parts", "rec-split -j -T 2"
MEMORY = "/dev/shm"
NOTHING = ("true",)


def splitting(one, runs, _):
    if not os.access(MEMORY, os.W_OK):
        print(f"\nNo {MEMORY}: parts are not measured.")
        return {}
    with tempfile.TemporaryDirectory(dir=MEMORY) as memory:
        return in_memory(one, runs, memory) | squashing(one, runs)


def in_memory(one, runs, memory):
    to = f"{memory}/new/v."
    size = max(one.size // 8, MIB)
    source = cat(one.path)
    found = {}
    for tail, first, feed, where in (
            ("", source, None, "cat STREAM | X"),
            (FILE, NOTHING, one.path, "X < STREAM")):
        jobs = [Job(name + tail, first, (f"{command} {to}",),
                    fresh=os.path.dirname(to), feed=feed)
                for name, command in (
                    (SPLIT, f"split -b {size} -"),
                    (OURS, f"rec-split -T 2 -b {size}"),
                    ("rec-split -b -T 1", f"rec-split -T 1 -b {size}"))]
        found |= rows("split", one, runs, jobs,
                      f"into eight volumes, in memory: {where}")
    with open(one.path, "rb") as stream:
        subprocess.run(["rec-split", "-b", str(size), f"{memory}/v."],
                       stdin=stream, check=True)
    parts = " ".join(sorted(f"{memory}/{name}" for name in os.listdir(memory)
                            if name.endswith(".rec")))
    jobs = [Job(CAT, NOTHING, (f"cat {parts}",)),
            Job(JOIN, NOTHING, (f"rec-split -T 2 -j {parts}",)),
            Job("rec-split -j -T 1", NOTHING,
                (f"rec-split -T 1 -j {parts}",))]
    return found | rows("split", one, runs, jobs,
                        "joined: X PART... | cat > /dev/null")


def squashing(one, runs):
    """Of a file, which is read twice."""
    jobs = [Job("cat, twice", NOTHING, (f"cat {one.path} {one.path}",))] + [
        Job(f"rec-edit {how}", NOTHING, (f"rec-edit -f {how}",),
            feed=one.path) for how in ("--squash", "--regroup")]
    return rows("split", one, runs, jobs, "one copy of each page: "
                "X < STREAM | cat > /dev/null")
