# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pages that come again: as they are, by zstd, by rec-compress's changes, and
as Xen's old Remus sent them (remus.c)."""
import os
import subprocess

import streams
from filters import REC, ZSTD, cat
from measure import MIB, Job, interleave

REMUS = "remus"


def made(path, command):
    """How many bytes a command makes of a stream; of one of checkpoints,
    which has no END, of what it got before its end."""
    with open(path, "rb") as i:
        done = subprocess.Popen(command.split(), stdin=i,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        size = 0
        while piece := done.stdout.read(MIB):
            size += len(piece)
    if done.wait() not in (0, 3):
        raise SystemExit(f"bench: {command}: exit {done.returncode}")
    return size


def again(one, runs, directory):
    start = os.path.join(directory, "first-round")
    later = streams.first_round(one, start)
    if later < MIB:
        return {}
    # Remus keeps a copy of the whole guest at both ends.
    commands = ("cat", ZSTD, REMUS, REC, f"{REC} --window 1G")
    jobs = [Job(x, cat(one.path), (x,), codes=(0, 3)) for x in commands]
    took = interleave(f"{one.name}: remus", jobs, runs)
    print(f"\n### pages that come again, {later} bytes: what is more than "
          "for the first round alone; CPU of the whole stream\n\n"
          "| X | bytes | size | CPU s/GiB |\n|---|--:|--:|--:|")
    for x in commands:
        size = made(one.path, x) - made(start, x)
        cpu = took[x].cpu / one.size * (1 << 30)
        print(f"| `{x}` | {size} | {size / later:.4f} "
              f"| {cpu:.2f} |")
    return {}
