# SPDX-License-Identifier: LGPL-2.1-or-later
"""One stream over three lines of 10, 50 and 100 Mbit/s, between two network
namespaces of this machine: what comes over to what the lines carry together."""
import contextlib
import os
import statistics
import subprocess
import sys
import time

from link import Broken, RELAY, inside, namespace, run
from measure import pipe, say, start

LINES = (10, 50, 100)                           # Mbit/s
NET = "198.18.{}.{}"                            # RFC 2544: for benchmarks
PORT = "7777"
MIB_SENT = 192
RUNS_MAX = 2
LANES, ONE, HAND = "rec-split --lane", "one connection, the fastest line", \
    "rec-split -n 3, a line each"


@contextlib.contextmanager
def lines():
    """The namespaces, with a veth pair for each line."""
    if os.getuid() != 0:
        raise Broken("only root can")
    with namespace() as near, namespace() as far:
        for n, speed in enumerate(LINES):
            run("ip", "link", "add", f"near{n}", "netns", str(near.pid),
                "type", "veth", "peer", "name", f"far{n}", "netns",
                str(far.pid))
            for end, name, host in ((near, f"near{n}", 1), (far, f"far{n}", 2)):
                run(*inside(end, "ip", "address", "add",
                            NET.format(n, host) + "/24", "dev", name))
                run(*inside(end, "ip", "link", "set", name, "up"))
            run(*inside(near, "tc", "qdisc", "replace", "dev", f"near{n}",
                        "root", "tbf", "rate", f"{speed}mbit", "burst", "64k",
                        "latency", "100ms"))
        yield near, far


def listen(end, what, line, *command, stdout=subprocess.DEVNULL):
    child = start(inside(end, sys.executable, RELAY, what, NET.format(line, 2),
                         PORT, *command), subprocess.DEVNULL, stdout,
                  stderr=subprocess.PIPE)
    if child.stderr.readline() != b"ready\n":
        raise Broken(f"{what}: no answer")
    return child


def goes(near, what, line):
    return " ".join(inside(near, sys.executable, RELAY, what,
                           NET.format(line, 2), PORT))


def over_lanes(near, far, path, directory):
    door = f"{directory}/door/socket"
    os.makedirs(os.path.dirname(door), 0o700, exist_ok=True)
    there = [listen(far, "serve", n, f"rec-split --feed {door}")
             for n in range(len(LINES))]
    r, w = pipe()
    collector = start(["rec-split", "--collect", door], subprocess.DEVNULL, w)
    reader = start(["cat"], r, subprocess.DEVNULL)
    words = [x for n in range(len(LINES))
             for x in ("--lane", "exec " + goes(near, "talk", n))]
    return there, [reader, collector], ["rec-split", *words]


def by_hand(near, far, path, directory):
    there, parts = [], []
    for n in range(len(LINES)):
        r, w = pipe(True)
        there.append(listen(far, "receive", n, stdout=w))
        parts.append(r)
    joiner = subprocess.Popen(
        ["rec-split", "-j", *(f"/dev/fd/{r}" for r in parts)],
        stdout=subprocess.DEVNULL, pass_fds=parts)
    for r in parts:
        os.close(r)
    goes_by = " ".join(f"*{n}.rec) {goes(near, 'send', n)};;"
                       for n in range(len(LINES)))
    return there, [joiner], ["rec-split", "-n", str(len(LINES)), "--filter",
                             f"case $FILE in {goes_by} esac", "x"]


def over_one(near, far, path, directory):
    r, w = pipe(True)
    line = len(LINES) - 1
    there = [listen(far, "receive", line, stdout=w)]
    return there, [start(["cat"], r, subprocess.DEVNULL)], \
        ["sh", "-c", f"cat | {goes(near, 'send', line)}"]


WAYS = {LANES: over_lanes, ONE: over_one, HAND: by_hand}


def once(way, near, far, path, directory):
    """Seconds until all of it is out at the far end, which the first of the
    ends sees."""
    there, ends, command = WAYS[way](near, far, path, directory)
    try:
        begin = time.monotonic()
        sender = start(command, os.open(path, os.O_RDONLY),
                       subprocess.DEVNULL)
        codes = [ends[0].wait()]
        wall = time.monotonic() - begin
        codes += [x.wait() for x in (*ends[1:], sender)]
    finally:
        for x in there:
            x.stderr.close()
            x.kill()
            x.wait()
    if any(codes):
        raise Broken(f"{way}: exit {codes}")
    return wall


def laning(_, runs, directory):
    path = f"{directory}/lanes"
    with open(path, "wb") as out:
        subprocess.run(["make-guest", str(MIB_SENT)], stdout=out, check=True)
    try:
        with lines() as (near, far):
            return measured(path, min(runs, RUNS_MAX), near, far, directory)
    except Broken as why:
        print(f"\nLanes are skipped: {why}.")
        return {}
    finally:
        os.remove(path)


def measured(path, runs, near, far, directory):
    took = {way: [] for way in WAYS}
    for n in range(runs):
        for way in WAYS:
            say(f"lanes: run {n + 1} of {runs}: {way}")
            took[way].append(once(way, near, far, path, directory))
    size, total = os.path.getsize(path), sum(LINES)
    print(f"\n### {size} bytes over lines of " + ", ".join(map(str, LINES)) +
          f" Mbit/s, {runs} runs\n\n| X | s | spread | Mbit/s | of {total} "
          "|\n|---|--:|--:|--:|--:|")
    shares = {}
    for way, walls in took.items():
        wall = statistics.median(walls)
        shares[way] = size * 8 / wall / 1e6 / total
        print(f"| `{way}` | {wall:.2f} | {min(walls):.2f}-{max(walls):.2f} "
              f"| {shares[way] * total:.1f} | {shares[way]:.3f} |", flush=True)
    return {("lanes", "", way): share for way, share in shares.items()}
