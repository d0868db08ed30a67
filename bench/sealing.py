# SPDX-License-Identifier: LGPL-2.1-or-later
"""Encryption beside age, and what the ciphers alone take."""
import os
import re
import subprocess

from filters import REC, ZSTD, cat, rows
from measure import MIB, Job

AGE, OPEN_AGE = "age -r", "age -d"
SEAL, OPEN = "rec-encrypt -T 2", "rec-encrypt -d -T 2"
CHACHA = "rec-encrypt --cipher chacha"
CHAIN, OURS = f"{ZSTD} \\| age", f"{REC} \\| rec-encrypt"


def key(directory):
    """A file with an identity, and its recipient."""
    path = os.path.join(directory, "key")
    if not os.path.exists(path):
        subprocess.run(["rec-encrypt", "--keygen", "-q", "-o", path],
                       check=True)
    with open(path, encoding="ascii") as f:
        return path, re.search("age1[a-z0-9]+", f.read()).group()


def sealed(one, directory, name, command):
    path = os.path.join(directory, os.path.basename(one.path) + name)
    if not os.path.exists(path):
        with open(one.path, "rb") as i, open(path, "wb") as o:
            subprocess.run(command.split(), stdin=i, stdout=o, check=True)
    return path


def ceiling(one):
    """CPU seconds per GiB of the ciphers alone; nothing moves."""
    mib = max(one.size // MIB, 1)
    told = subprocess.run(["ceiling", str(mib)], capture_output=True,
                          text=True, check=True).stdout
    print("\n### the ciphers alone, in memory: `ceiling`\n\n"
          "| cipher | sealing, CPU s/GiB | opening, CPU s/GiB |\n"
          "|---|--:|--:|")
    for line in told.splitlines():
        name, *took = line.split()
        print(f"| {name} | " + " | ".join(
            f"{float(x) * 1024 / mib:.3f}" for x in took) + " |")


def sealing(one, runs, directory):
    path, to = key(directory)
    source = cat(one.path)
    jobs = [Job(AGE, source, (f"age -r {to}",)),
            Job("cat", source, ("cat",)),
            Job(SEAL, source, (f"rec-encrypt -T 2 -r {to}",)),
            Job("rec-encrypt -T 1", source, (f"rec-encrypt -T 1 -r {to}",)),
            Job(CHACHA, source, (f"{CHACHA} -T 2 -r {to}",))]
    found = rows("seal", one, runs, jobs, "sealing")
    jobs = [Job(CHAIN, source, (ZSTD, f"age -r {to}")),
            Job(OURS, source, (REC, f"rec-encrypt -T 2 -r {to}"))]
    found |= rows("seal", one, runs, jobs, "packing and sealing; the CPU is "
                  "of the last")
    by_age = sealed(one, directory, ".age", f"age -r {to}")
    ours = sealed(one, directory, ".sealed", f"rec-encrypt -r {to}")
    jobs = [Job(OPEN_AGE, cat(by_age), (f"age -d -i {path}",)),
            Job(OPEN, cat(ours), (f"rec-encrypt -d -T 2 -i {path}",)),
            Job("rec-encrypt -d -T 1", cat(ours),
                (f"rec-encrypt -d -T 1 -i {path}",))]
    found |= rows("seal", one, runs, jobs, "opening")
    ceiling(one)
    return found
