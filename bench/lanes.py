# SPDX-License-Identifier: LGPL-2.1-or-later
"""One stream over three lines of 10, 50 and 100 Mbit/s, between two network
namespaces of this machine: what comes over to what the lines carry together."""
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time

import ssh
from link import Broken, RELAY, inside, namespace, run
from measure import pipe, say, start
from streams import TOP

LINES = (10, 50, 100)                           # Mbit/s
FASTEST = len(LINES) - 1
NET = "198.18.{}.{}"                            # RFC 2544: for benchmarks
PORT = "7777"
MIB_SENT = 128
RUNS_MAX = 3
DELAY = 0.05                                    # s, each way
STALLS = 1 << 20                                # bytes; then it stands still
BAD_LINE = f"{TOP}/tests/relay"
LANES = "rec-split --lane"
LATE = f"{LANES}, {DELAY * 1000:.0f} ms later each way"
KNOWN = "by hand, as long as the line is fast"
STANDS = f"{LANES}, the {LINES[0]} stands still"


def stream_in(directory):
    return f"{directory}/lanes"


@contextlib.contextmanager
def lines():
    """The namespaces, with a veth pair for each line."""
    if os.getuid() != 0:
        raise Broken("only root can")
    if not shutil.which("nc"):
        raise Broken("nc is missing")
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


def goes(near, line):
    return " ".join(inside(near, "nc", "-N", NET.format(line, 2), PORT))


def goes_late(near, line):
    return " ".join(inside(near, sys.executable, RELAY, "talk",
                           NET.format(line, 2), PORT, str(DELAY)))


def arrivals(far):
    """What takes the connections, one for each line, and their descriptors."""
    there, parts = [], []
    for n in range(len(LINES)):
        r, w = pipe(True)
        there.append(listen(far, "receive", n, stdout=w))
        parts.append(r)
    return there, parts


def reads(parts, *command):
    reader = subprocess.Popen([*command, *(f"/dev/fd/{r}" for r in parts)],
                              stdout=subprocess.DEVNULL, pass_fds=parts)
    for r in parts:
        os.close(r)
    return reader


def over_lanes(near, far, directory, way=goes, wrap="exec {}"):
    door = f"{directory}/door/socket"
    os.makedirs(os.path.dirname(door), 0o700, exist_ok=True)
    there = [listen(far, "serve", n, f"rec-split --feed {door}")
             for n in range(len(LINES))]
    r, w = pipe()
    collector = start(["rec-split", "--collect", door], subprocess.DEVNULL, w)
    reader = start(["cat"], r, subprocess.DEVNULL)
    commands = [f"exec {way(near, n)}" for n in range(len(LINES))]
    commands[0] = wrap.format(way(near, 0))
    return there, [reader, collector], \
        ["rec-split", *(x for c in commands for x in ("--lane", c))]


def over_late(near, far, directory):
    return over_lanes(near, far, directory, way=goes_late)


def over_standing(near, far, directory):
    return over_lanes(near, far, directory,
                      wrap=f"exec {BAD_LINE} stall={STALLS} '{{}}'")


def by_hand(near, far, directory):
    there, parts = arrivals(far)
    cases = " ".join(f"*{n}.rec) {goes(near, n)};;"
                     for n in range(len(LINES)))
    return there, [reads(parts, "rec-split", "-j")], \
        ["rec-split", "-n", str(len(LINES)), "--filter",
         f"case $FILE in {cases} esac", "x"]


def by_oracle(near, far, directory):
    """What the lines can do: each has its part, and is told its length."""
    there, parts = arrivals(far)
    size, at, command = os.path.getsize(stream_in(directory)), 0, ""
    for n, speed in enumerate(LINES):
        part = size * speed // sum(LINES) + 1
        command += f"tail -c +{at + 1} {stream_in(directory)} | " \
            f"head -c {part} | {goes(near, n)} & "
        at += part
    return there, [reads(parts, "sh", "-c",
                         'for f; do cat "$f" & done; wait', "sh")], \
        ["sh", "-c", command + "wait"]


def over_one(near, far, directory):
    r, w = pipe(True)
    there = [listen(far, "receive", FASTEST, stdout=w)]
    return there, [start(["cat"], r, subprocess.DEVNULL)], \
        ["sh", "-c", f"cat | {goes(near, FASTEST)}"]


def over_mbuffer(near, far, directory):
    there = start(inside(far, "mbuffer", "-q", "-I", PORT, "-o", "/dev/null"),
                  subprocess.DEVNULL, subprocess.DEVNULL)
    while there.poll() is None and not subprocess.run(
            inside(far, "ss", "-Hltn", "sport", "=", PORT), check=True,
            capture_output=True).stdout:
        time.sleep(0.01)
    address = NET.format(FASTEST, 2)
    return [], [there], [*inside(near, "mbuffer", "-q", "-O",
                                 f"{address}:{PORT}")]


@contextlib.contextmanager
def ways(near, far, directory):
    """{name: (what starts the far end and says what to run here, a picture)}"""
    found = {
        LANES: (over_lanes, "--lane nc for each line, --feed, --collect"),
        KNOWN: (by_oracle, "tail, head, nc for each line: what they can do"),
        LATE: (over_late, "the same"),
        STANDS: (over_standing, f"the same; behind {STALLS} bytes it does"),
        "one TCP connection": (over_one, "cat, nc"),
        f"rec-split -n {len(LINES)}, a line each": (
            by_hand, "rec-split -n 3 --filter nc, rec-split -j"),
    }
    if shutil.which("mbuffer"):
        found["mbuffer"] = over_mbuffer, "mbuffer -O, mbuffer -I"
    with contextlib.ExitStack() as stack:
        try:
            there = stack.enter_context(ssh.daemon(
                directory, inside(near), inside(far), NET.format(FASTEST, 2)))
            found["one ssh"] = lambda *_: (
                [], [], [*there, "cat > /dev/null"]), "ssh there cat, aes128-gcm"
        except ssh.Broken as why:
            say(f"lanes: {why}")
        yield found


def once(name, way, near, far, path, directory):
    """Seconds until all of it is out at the far end, which the first of the
    ends sees."""
    there, ends, command = way(near, far, directory)
    try:
        begin = time.monotonic()
        sender = start(command, os.open(path, os.O_RDONLY),
                       subprocess.DEVNULL)
        ends.append(sender)
        codes = [ends[0].wait()]
        wall = time.monotonic() - begin
        codes += [x.wait() for x in ends[1:]]
    finally:
        for x in there:
            x.stderr.close()
            x.kill()
            x.wait()
    if any(codes):
        raise Broken(f"{name}: exit {codes}")
    return wall


def laning(_, runs, directory):
    path = stream_in(directory)
    with open(path, "wb") as out:
        subprocess.run(["make-guest", str(MIB_SENT)], stdout=out, check=True)
    try:
        with lines() as (near, far), ways(near, far, directory) as found:
            return measured(path, min(runs, RUNS_MAX), near, far, directory,
                            found)
    except Broken as why:
        print(f"\nLanes are skipped: {why}.")
        return {}
    finally:
        os.remove(path)


def measured(path, runs, near, far, directory, found):
    took = {name: [] for name in found}
    for n in range(runs):
        for name, (way, _) in found.items():
            say(f"lanes: run {n + 1} of {runs}: {name}")
            took[name].append(once(name, way, near, far, path, directory))
    size, total = os.path.getsize(path), sum(LINES)
    print(f"\n### {size} bytes over lines of " + ", ".join(map(str, LINES)) +
          f" Mbit/s, or over the fastest, {runs} runs\n\n| X | what it is | s "
          f"| spread | Mbit/s | of {total} |\n|---|---|--:|--:|--:|--:|")
    shares = {}
    for name, walls in took.items():
        wall = statistics.median(walls)
        shares[name] = size * 8 / wall / 1e6 / total
        print(f"| `{name}` | {found[name][1]} | {wall:.2f} "
              f"| {min(walls):.2f}-{max(walls):.2f} "
              f"| {shares[name] * total:.1f} | {shares[name]:.3f} |",
              flush=True)
    return {("lanes", "", name): share for name, share in shares.items()}
