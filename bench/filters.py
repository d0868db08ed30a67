# SPDX-License-Identifier: LGPL-2.1-or-later
"""Filters and their peers on a stream: cat STREAM | X | cat > /dev/null."""
import os
import subprocess
import sys

import streams
from measure import MIB, WIDE, Job, interleave, say, table

CHECK, VERIFY = "rec-checksum", "rec-checksum -d"
PASS = ("cat", "rec-null", "rec-null 0", "rec-null --whole", CHECK,
        CHECK + " -a blake2b")
LOOK = ("cat", "rec-ls", "rec-ls -l", "rec-ls --lint")
PEERS = ("zstd -1 -T2", "zstd -3 -T2", "zstd --fast=3 -T2",
         "zstd -1 --long -T2", "lz4 -1")
OURS = ("rec-compress -1 -T 2", "rec-compress -3 -T 2",
        "rec-compress --fast -T 2")
ZSTD, REC = PEERS[0], OURS[0]
# What is unpacked, by what.
UNPACK = ((ZSTD, "zstd -d"), ("lz4 -1", "lz4 -d"),
          (REC, "rec-compress -d -T 1"), (REC, "rec-compress -d -T 2"))


def cat(path):
    return "cat", path


def undo(command):
    return command.split()[0] + " -d"


def packed(path, command, directory):
    """The path of what command makes of path, once it has been seen to give
    path back: the speed of what is wrong is of no interest."""
    out = os.path.join(directory, os.path.basename(path) +
                       command.replace(" ", ""))
    if os.path.exists(out):
        return out
    say(f"{os.path.basename(path)}: {command}, and back")
    with open(path, "rb") as i, open(out, "wb") as o:
        subprocess.run(command.split(), stdin=i, stdout=o, check=True,
                       stderr=subprocess.DEVNULL)
    with open(out, "rb") as i:
        back = subprocess.Popen(undo(command).split(), stdin=i,
                                stdout=subprocess.PIPE)
        same = subprocess.run(["cmp", "-", path], stdin=back.stdout,
                              check=False)
        back.stdout.close()
    if back.wait() != 0 or same.returncode != 0:
        sys.exit(f"bench: {path}: {undo(command)} does not give back what "
                 f"{command} was given")
    return out


def rows(part, one, runs, jobs, title, sizes=None):
    found = interleave(f"{one.name}: {part}", jobs, runs)
    for name, result in found.items():
        result.size = (sizes or {}).get(name)
    table(title, one.size, found)
    return {(part, one.name, name): r for name, r in found.items()}


def passing(one, runs, directory):
    jobs = [Job(x, cat(one.path), (x,)) for x in PASS]
    jobs += [Job(x, cat(packed(one.path, CHECK, directory)), (x,))
             for x in (VERIFY, VERIFY + " -T 1")]
    return rows("pass", one, runs, jobs, "passing, and check data")


def looking(one, runs, _):
    # 3 is a verdict: memory framed by hand is no guest that can be restored.
    return rows("look", one, runs,
                [Job(x, cat(one.path), (x,), codes=(0, 3)) for x in LOOK],
                "looking: a summary, a list, every rule")


def packing(one, runs, directory):
    jobs = [Job(x, cat(one.path), (x,)) for x in (*PEERS, *OURS)]
    jobs.insert(1, Job(ZSTD + WIDE, cat(one.path), (ZSTD,), True))
    sizes = {job.name: os.path.getsize(
        packed(one.path, job.commands[0], directory)) for job in jobs}
    return rows("pack", one, runs, jobs, "packing", sizes)


def unpacking(one, runs, directory):
    jobs = [Job(x, cat(packed(one.path, how, directory)), (x,))
            for how, x in UNPACK]
    jobs.insert(1, Job(jobs[0].name + WIDE, jobs[0].source, jobs[0].commands,
                       True))
    return rows("unpack", one, runs, jobs, "unpacking")


def live(one, _, directory):
    """What the pages of later rounds add to the output."""
    start = os.path.join(directory, "first-round")
    later = streams.first_round(one, start)
    if later < MIB:
        return {}
    print(f"\n### the pages of later rounds, {later} bytes\n\n"
          "| X | bytes | size | of zstd's |\n|---|--:|--:|--:|")
    needs = {}
    for x in (ZSTD, REC):
        whole = os.path.getsize(packed(one.path, x, directory))
        first = packed(start, x, directory)
        needs[x] = whole - os.path.getsize(first)
        os.unlink(first)
        print(f"| `{x}` | {needs[x]} | {needs[x] / later:.4f} "
              f"| {needs[x] / needs[ZSTD]:.2f} |")
    return {("live", one.name, x): n for x, n in needs.items()}
