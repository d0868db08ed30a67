# SPDX-License-Identifier: LGPL-2.1-or-later
"""Through ssh: cat STREAM | X | ssh host 'X -d > /dev/null', on loopback."""
import contextlib
import shutil
import subprocess
import tempfile
import time

import streams
from filters import REC, ZSTD, undo
from measure import Job, interleave, pipe, say, start

CIPHER = "aes128-gcm@openssh.com"
PLAIN = "nothing"
WAYS = (PLAIN, ZSTD, REC)
SSHD = f"{streams.TOP}/tests/sshd"


class Broken(Exception):
    pass


@contextlib.contextmanager
def daemon(directory, near=(), far=(), address="127.0.0.1"):
    """The command that runs another one over there; near and far stand in front
    of what is to run at either end."""
    child = subprocess.Popen([*far, SSHD, f"{directory}/ssh", address],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
    try:
        if child.stdout.readline() != "ready\n":
            raise Broken(child.stderr.readline().strip() or "no sshd")
        yield [*near, "ssh", "-F", f"{directory}/ssh/config", "-c", CIPHER,
               "there"]
    finally:
        child.terminate()
        child.communicate()


@contextlib.contextmanager
def host():
    """All runs share one connection, so that none pays for the handshake."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory, \
            daemon(directory) as ssh:
        shared = [*ssh[:-1], "-S", f"{directory}/mux", ssh[-1]]
        subprocess.run([*shared, "-M", "-N", "-f"], check=True)
        yield shared
        subprocess.run([*shared, "-O", "exit"], check=False,
                       stderr=subprocess.DEVNULL)


def there(way):
    """With its whole path: over there is another PATH."""
    tool, *options = ("cat" if way == PLAIN else undo(way)).split()
    return " ".join([shutil.which(tool), *options, "> /dev/null"])


def once(ssh, path, way):
    r, w = pipe()
    begin = time.monotonic()
    chain = [start(["cat", path], subprocess.DEVNULL, w)]
    if way != PLAIN:
        after, w = pipe()
        chain.append(start(way.split(), r, w))
        r = after
    chain.append(start([*ssh, there(way)], r, subprocess.DEVNULL))
    codes = [child.wait() for child in chain]
    wall = time.monotonic() - begin
    if any(codes):
        raise Broken(f"{way}: exit {codes}")
    return wall, 0, 0


def shelling(one, runs, _):
    if not streams.large(one):
        say(f"{one.name}: too small for ssh")
        return {}
    try:
        with host() as ssh:
            found = interleave(
                f"{one.name}: ssh", [Job(x, (), ()) for x in WAYS], runs,
                lambda job: once(ssh, one.path, job.name))
    except Broken as why:
        print(f"\nssh is skipped: {why}.")
        return {}
    print(f"\n### `cat STREAM | X | ssh host 'X -d > /dev/null'`, {CIPHER}, "
          "on loopback\n\n| X | s | spread | MB/s | times |\n"
          "|---|--:|--:|--:|--:|")
    for name, r in found.items():
        print(f"| `{name}` | {r.wall:.3f} | {r.low:.3f}-{r.high:.3f} "
              f"| {one.size / r.wall / 1e6:.0f} "
              f"| {found[PLAIN].wall / r.wall:.2f} |", flush=True)
    return {("ssh", one.name, name): r for name, r in found.items()}
