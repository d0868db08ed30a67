# SPDX-License-Identifier: LGPL-2.1-or-later
"""The link speed up to which packing pays: plain TCP between two network
namespaces of this machine, over a veth pair that tbf slows down."""
import contextlib
import math
import os
import shutil
import statistics
import subprocess
import sys
import time

import streams
from filters import REC, ZSTD, undo
from measure import pipe, say, start

SPEEDS = (0.5, 1, 2, 3, 4, 6, 8, 10, None)      # Gbit/s; None: no limit
PLAIN = "nothing"
WAYS = (PLAIN, ZSTD, REC)
ADDRESS, PORT = "198.18.0.2", "7777"            # RFC 2544: for benchmarks
RELAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tcp.py")
RUNS_MAX = 3


class Broken(Exception):
    pass


def run(*command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, text=True,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Broken(f"{' '.join(command)}: {done.stderr.strip()}")


def inside(process, *command):
    return "nsenter", "-t", str(process.pid), "-n", *command


@contextlib.contextmanager
def namespace():
    """A network namespace, which lives as long as the process that holds it,
    and that no longer than this one: nothing stays behind."""
    # setpriv and unshare become what they start: the pid stays.
    holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare",
                               "-n", "sleep", "infinity"],
                              stderr=subprocess.DEVNULL)
    try:
        mine = os.readlink("/proc/self/ns/net")
        for _ in range(200):
            if holder.poll() is not None:
                raise Broken("no network namespace to be had")
            if os.readlink(f"/proc/{holder.pid}/ns/net") != mine:
                break
            time.sleep(0.01)
        yield holder
    finally:
        holder.kill()
        holder.wait()


@contextlib.contextmanager
def wire():
    """Two namespaces and the veth pair between them."""
    for tool in ("ip", "tc", "unshare", "nsenter", "setpriv"):
        if not shutil.which(tool):
            raise Broken(f"{tool} is missing")
    if os.getuid() != 0:
        raise Broken("only root can")
    with namespace() as near, namespace() as far:
        run("ip", "link", "add", "near", "netns", str(near.pid), "type",
            "veth", "peer", "name", "far", "netns", str(far.pid))
        for end, name, address in ((near, "near", "198.18.0.1"),
                                   (far, "far", ADDRESS)):
            run(*inside(end, "ip", "address", "add", f"{address}/24", "dev",
                        name))
            run(*inside(end, "ip", "link", "set", name, "up"))
        slow(near, 1)
        yield near, far


def slow(near, speed):
    """The burst is 2 ms, as nobody wakes oftener for certain; the queue takes
    all that TCP has in flight, so that none is lost."""
    tc = inside(near, "tc", "qdisc")
    if speed is None:
        return run(*tc, "delete", "dev", "near", "root")
    burst = max(256 << 10, int(speed * 1e9 / 8 * 0.002))
    return run(*tc, "replace", "dev", "near", "root", "tbf", "rate",
               f"{int(speed * 1000)}mbit", "burst", str(burst), "limit",
               str(32 << 20))


def relay(end, what, stdin, stdout):
    child = start(inside(end, sys.executable, RELAY, what, ADDRESS, PORT),
                  stdin, stdout, stderr=subprocess.PIPE)
    answer = child.stderr.readline()
    if answer != b"ready\n":
        raise Broken(f"{what}: {answer.decode()}")
    return child


def once(near, far, path, way):
    """Seconds until the far end has unpacked all."""
    arrives, arriving = pipe()
    leaves, leaving = pipe()
    ends = []
    try:
        ends.append(relay(far, "receive", subprocess.DEVNULL, arriving))
        ends.append(relay(near, "send", leaves, subprocess.DEVNULL))
        return timed(ends, path, way, arrives, leaving)
    finally:
        for child in ends:
            child.stderr.close()
            child.kill()
            child.wait()


def timed(ends, path, way, arrives, leaving):
    begin = time.monotonic()
    children = []
    if way == PLAIN:
        last = start(["cat"], arrives, subprocess.DEVNULL)
        children.append(start(["cat", path], subprocess.DEVNULL, leaving))
    else:
        last = start(undo(way).split(), arrives, subprocess.DEVNULL)
        r, w = pipe()
        children += [start(["cat", path], subprocess.DEVNULL, w),
                     start(way.split(), r, leaving)]
    codes = [last.wait()]
    wall = time.monotonic() - begin
    codes += [child.wait() for child in [*children, *ends]]
    if any(codes):
        raise Broken(f"{way}: exit {codes}")
    return wall


def crossing(ratios):
    """The speed at which a way takes as long as plain: {speed: seconds to
    plain's}, interpolated between the logarithms.  The lowest or the highest
    speed where it never or always pays."""
    points = sorted(ratios.items())
    for (a, before), (b, after) in zip(points, points[1:]):
        if before >= 1:
            return a
        if after >= 1:
            part = -math.log(before) / (math.log(after) - math.log(before))
            return a * (b / a) ** part
    return points[-1][0]


def linking(one, runs, _):
    if not streams.large(one):
        say(f"{one.name}: too small for the link")
        return {}
    try:
        with wire() as (near, far):
            return measured(one, min(runs, RUNS_MAX), near, far)
    except Broken as why:
        print(f"\nThe link is skipped: {why}.")
        return {}


def measured(one, runs, near, far):
    print(f"\n### the link: `cat STREAM | X | TCP | X -d > /dev/null`, {runs} "
          "runs\n\n| Gbit/s | " + " | ".join(f"`{x}` s" for x in WAYS) +
          " | plain Gbit/s | " + " | ".join(f"`{x}`" for x in WAYS[1:]) +
          " |\n|--:" * 1 + "|--:" * (2 * len(WAYS)) + "|")
    ratios = {x: {} for x in WAYS[1:]}
    for speed in SPEEDS:
        slow(near, speed)
        took = {x: [] for x in WAYS}
        for n in range(runs):
            for x in WAYS:
                say(f"{one.name}: link: {speed or 'no limit'}: run {n + 1} "
                    f"of {runs}: {x}")
                took[x].append(once(near, far, one.path, x))
        wall = {x: statistics.median(took[x]) for x in WAYS}
        for x in ratios:
            if speed is not None:
                ratios[x][speed] = wall[x] / wall[PLAIN]
        print(f"| {speed or 'no limit'} | " + " | ".join(
            f"{wall[x]:.3f} ({min(took[x]):.3f}-{max(took[x]):.3f})"
            for x in WAYS) +
            f" | {one.size * 8 / wall[PLAIN] / 1e9:.2f} | " +
            " | ".join(f"{wall[x] / wall[PLAIN]:.2f}" for x in ratios) +
            " |", flush=True)
    even = {x: crossing(ratios[x]) for x in ratios}
    print("\nIt pays up to, in Gbit/s (" + f"{SPEEDS[0]}: never, "
          f"{SPEEDS[-2]}: always): " + ", ".join(
              f"`{x}` {speed:.1f}" for x, speed in even.items()) + ".")
    return {("link", one.name, x): speed for x, speed in even.items()}
