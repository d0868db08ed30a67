# SPDX-License-Identifier: LGPL-2.1-or-later
"""Through ssh: cat STREAM | X | ssh host 'X -d > /dev/null', on loopback and over
a line of 1 Gbit/s between two network namespaces of this machine."""
import contextlib
import shlex
import shutil
import subprocess
import tempfile
import time

import link
import streams
from filters import REC, ZSTD, undo
from measure import Job, Measured, interleave, pipe, say, start, table
from sealing import key

CIPHER = "aes128-gcm@openssh.com"
PLAIN = "nothing"
AGE = f"{ZSTD} \\| age"
CHAIN = f"rec-checksum \\| {REC} \\| rec-encrypt"
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
def host(*ends):
    """As daemon; all runs share one connection, so that none pays for the
    handshake."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory, \
            daemon(directory, *ends) as ssh:
        shared = [*ssh[:-1], "-S", f"{directory}/mux", ssh[-1]]
        subprocess.run([*shared, "-M", "-N", "-f"], check=True)
        yield shared
        subprocess.run([*shared, "-O", "exit"], check=False,
                       stderr=subprocess.DEVNULL)


def ways(directory):
    """{name: (commands here, commands there)}."""
    path, to = key(directory)
    return {
        PLAIN: ((), ("cat",)),
        ZSTD: ((ZSTD,), (undo(ZSTD),)),
        REC: ((REC,), (undo(REC),)),
        AGE: ((ZSTD, f"age -r {to}"), (f"age -d -i {path}", undo(ZSTD))),
        CHAIN: (("rec-checksum", REC, f"rec-encrypt -r {to}"),
                (f"rec-encrypt -d -i {path}", undo(REC), "rec-checksum -d")),
    }


def there(commands):
    """With its whole path: over there is another PATH."""
    return "set -o pipefail; " + " | ".join(
        " ".join([shutil.which(command.split()[0]), *command.split()[1:]])
        for command in commands) + " > /dev/null"


def once(ssh, path, way):
    here, over_there = way
    r, w = pipe()
    begin = time.monotonic()
    source = start(["cat", path], subprocess.DEVNULL, w)
    chain = []
    for command in here:
        after, w = pipe()
        chain.append(Measured(command.split(), r, w))
        r = after
    chain.append(Measured(
        [*ssh, f"bash -c {shlex.quote(there(over_there))}"], r,
        subprocess.DEVNULL))
    took = [x.finish() for x in chain]
    wall = time.monotonic() - begin
    if source.wait() or any(x.child.returncode for x in chain):
        raise Broken(f"{' | '.join(here)}: it failed")
    return wall, sum(cpu for cpu, _ in took), sum(peak for _, peak in took)


@contextlib.contextmanager
def gigabit():
    with link.wire() as (near, far), \
            host(link.inside(near), link.inside(far), link.ADDRESS) as ssh:
        yield ssh


def measured(one, runs, way, ssh, line):
    found = interleave(
        f"{one.name}: ssh {line}", [Job(x, (), ()) for x in way], runs,
        lambda job: once(ssh, one.path, way[job.name]))
    print(f"\n### `cat STREAM | X | ssh host 'X -d > /dev/null'`, {CIPHER}, "
          f"{line}; CPU and memory: of X here\n")
    table("", one.size, found)
    return found


def shelling(one, runs, directory):
    if not streams.large(one):
        say(f"{one.name}: too small for ssh")
        return {}
    way, results = ways(directory), {}
    for what, line, there in (("ssh", "on loopback", host),
                              ("gigabit", "over 1 Gbit/s", gigabit)):
        try:
            with there() as ssh:
                found = measured(one, runs, way, ssh, line)
        except (Broken, link.Broken) as why:
            print(f"\nssh {line} is skipped: {why}.")
            continue
        results.update({(what, one.name, x): r for x, r in found.items()})
    return results
