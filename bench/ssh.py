# SPDX-License-Identifier: LGPL-2.1-or-later
"""Through ssh: cat STREAM | X | ssh host 'X -d > /dev/null', on loopback."""
import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time

import streams
from filters import REC, ZSTD, undo
from measure import Job, interleave, pipe, say, start

CIPHER = "aes128-gcm@openssh.com"
PLAIN = "nothing"
WAYS = (PLAIN, ZSTD, REC)
PLACES = "/usr/sbin:/sbin:/usr/local/sbin"


class Broken(Exception):
    pass


def configuration(directory, port):
    """Of a daemon that only the holder of our key can use."""
    return f"""
ListenAddress 127.0.0.1:{port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/user.pub
PidFile none
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Ciphers {CIPHER}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def keys(directory):
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        f"{directory}/{name}"], check=True)
    if os.getuid() == 0:
        os.makedirs("/run/sshd", 0o755, exist_ok=True)


@contextlib.contextmanager
def host():
    """The command that runs another one over there.  All runs share one
    connection, so that none pays for the handshake."""
    sshd = shutil.which("sshd", path=PLACES)
    if not sshd or not shutil.which("ssh"):
        raise Broken("sshd or ssh is missing (openssh-server, which is not "
                     "installed for this, as it would start a daemon)")
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        keys(directory)
        port = free_port()
        with open(f"{directory}/conf", "w", encoding="ascii") as o:
            o.write(configuration(directory, port))
        ssh = ["ssh", "-F", "none", "-S", f"{directory}/mux", "-i",
               f"{directory}/user", "-o", "StrictHostKeyChecking=no", "-o",
               f"UserKnownHostsFile={directory}/known", "-o",
               "BatchMode=yes", "-c", CIPHER, "-p", str(port),
               f"{getpass.getuser()}@127.0.0.1"]
        with open(f"{directory}/log", "w+", encoding="utf-8") as log:
            daemon = subprocess.Popen([sshd, "-D", "-e", "-f",
                                       f"{directory}/conf"], stderr=log)
            try:
                connect(ssh, log)
                yield ssh
                subprocess.run([*ssh, "-O", "exit"], check=False,
                               stderr=subprocess.DEVNULL)
            finally:
                daemon.terminate()
                daemon.wait()


def connect(ssh, log):
    for _ in range(20):
        if subprocess.run([*ssh, "-M", "-N", "-f"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0:
            return
        time.sleep(0.1)
    log.seek(0)
    last = log.read().strip().splitlines()[-1:]
    raise Broken(f"no connection: {' '.join(last)}")


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
