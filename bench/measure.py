# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pipes, and what one command in them took."""
import dataclasses
import fcntl
import os
import select
import shutil
import statistics
import subprocess
import sys
import time

MIB = 1 << 20
WIDE = ", 1 MiB pipes"


@dataclasses.dataclass(frozen=True)
class Job:
    """A row of a table: SOURCE | commands | cat > /dev/null, of which the
    last command is measured."""
    name: str
    source: tuple
    commands: tuple
    wide: bool = False      # all pipes have 1 MiB, else what the system gives
    codes: tuple = (0,)     # that it may exit with
    fresh: str = ""         # a directory that is to be there, empty
    feed: str = ""          # a file that the first command reads itself


@dataclasses.dataclass
class Result:
    """Medians of some runs; peak is the highest of all."""
    wall: float
    low: float
    high: float
    cpu: float
    peak: float
    size: int | None = None     # of what the command writes


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def pipe(wide=False):
    """The two ends, for the calling process and whom it passes them to."""
    r, w = os.pipe()
    if wide:
        fcntl.fcntl(w, fcntl.F_SETPIPE_SZ, MIB)
    return r, w


def start(command, stdin, stdout, **more):
    """A process that takes over these ends of pipes."""
    child = subprocess.Popen(command, stdin=stdin, stdout=stdout,
                             stderr=more.pop("stderr", subprocess.DEVNULL),
                             **more)
    for end in (stdin, stdout):
        if end is not None and end >= 0:
            os.close(end)
    return child


class Measured:
    """A command in a pipe, with what it took in the end."""

    def __init__(self, command, stdin, stdout):
        self.report, told = os.pipe()
        self.child = start(["took", str(told), *command], stdin,
                           stdout, pass_fds=(told,))
        os.close(told)

    def finish(self):
        """CPU seconds and peak MiB."""
        self.child.wait()
        with open(self.report, encoding="ascii") as report:
            user, system, peak = report.read().split() or (0, 0, 0)
        return float(user) + float(system), int(peak) / 1024


def once(job):
    """Seconds of the pipe; CPU seconds and peak MiB of the last command.

    The clock starts when the source has something to give: what it needs to
    make it ready is nobody's time.
    """
    if job.fresh:
        shutil.rmtree(job.fresh, ignore_errors=True)
        os.mkdir(job.fresh)
    r, w = pipe(job.wide)
    feed = start(job.source, subprocess.DEVNULL, w)
    select.select([r], [], [])
    if job.feed:
        os.close(r)
        r = os.open(job.feed, os.O_RDONLY)
    begin = time.monotonic()
    chain = []
    for command in job.commands:
        after, w = pipe(job.wide)
        chain.append(Measured(command.split(), r, w))
        r = after
    drain = start(["cat"], r, subprocess.DEVNULL)
    took = [x.finish() for x in chain]
    drain.wait()
    wall = time.monotonic() - begin
    feed.wait()
    if feed.returncode != 0:
        sys.exit(f"bench: {' '.join(job.source)}: exit {feed.returncode}")
    for x, command in zip(chain, job.commands):
        if x.child.returncode not in job.codes:
            sys.exit(f"bench: {command}: exit {x.child.returncode}")
    return wall, *took[-1]


def interleave(label, jobs, runs, one=once, fold=None):
    """Each job in turn, over and over, so that a machine that grows slower
    does so for all; {name: Result}, or what fold makes of all runs' values."""
    took = {job.name: [] for job in jobs}
    for n in range(runs):
        for job in jobs:
            say(f"{label}: run {n + 1} of {runs}: {job.name}")
            took[job.name].append(one(job))
    return {name: (fold or summary)(rows) for name, rows in took.items()}


def summary(rows):
    wall, cpu, peak = zip(*rows)
    return Result(statistics.median(wall), min(wall), max(wall),
                  statistics.median(cpu), max(peak))


def table(title, size, results, first=None):
    """Prints results of jobs that read or write a stream of size bytes, times
    being against the first one."""
    if title:
        print(f"\n### {title}\n")
    print("| X | s | spread | MB/s | times | CPU s | CPU s/GiB | peak MiB "
          "| size |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    base = first or next(iter(results.values()))
    for name, r in results.items():
        share = "" if r.size is None else f"{r.size / size:.4f}"
        print(f"| `{name}` | {r.wall:.3f} | {r.low:.3f}-{r.high:.3f} "
              f"| {size / r.wall / 1e6:.0f} | {base.wall / r.wall:.2f} "
              f"| {r.cpu:.2f} | {r.cpu / size * (1 << 30):.2f} "
              f"| {r.peak:.0f} | {share} |", flush=True)
