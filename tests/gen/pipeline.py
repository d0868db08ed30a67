# SPDX-License-Identifier: LGPL-2.1-or-later
"""Commands joined by pipes of given sizes, fed with bytes."""
import dataclasses
import fcntl
import os
import shlex
import signal
import subprocess
import tempfile
import threading

LIMIT = 120     # seconds


@dataclasses.dataclass
class Ended:
    out: bytes
    codes: list     # of each command
    said: list      # by each, on stderr


def words(command, threads):
    """As exec takes them; text is for bash(1)."""
    if isinstance(command, str):
        return ["bash", "-c", f"set -euo pipefail; T='-T {threads}'; "
                f"{command}"]
    options = {"{T}": [f"-T{threads}"]}
    return [word for given in command for word in options.get(given, [given])]


def shown(commands, threads):
    """For a person to paste."""
    return " | ".join(
        f"({command.replace('$T', f'-T {threads}')})"
        if isinstance(command, str) else shlex.join(words(command, threads))
        for command in commands)


def pipe(size):
    r, w = os.pipe()
    if size:
        fcntl.fcntl(w, fcntl.F_SETPIPE_SZ, size)
    return r, w


def feed(fd, data, hold):
    """hold: at which byte, and what to do there."""
    at, act = hold
    try:
        with open(fd, "wb", buffering=0) as to:
            write_all(to, data[:at])
            act()
            write_all(to, data[at:])
    except BrokenPipeError:
        pass


def write_all(to, data):
    data = memoryview(data)
    while data:
        data = data[to.write(data):]


def run(commands, data, *, threads=1, folder, path=None, sizes=(0,),
        kill=None):
    """What comes out of the commands, in the folder.

    sizes: of the pipes, in turn; 0: the system's.  kill: (n, at): command n
    gets SIGKILL when at bytes were written to the first, the rest behind it.
    """
    env = dict(os.environ, PATH=f"{path}:{os.environ['PATH']}") if path \
        else None
    children, errs = [], []
    given, first = pipe(sizes[0])
    for n, command in enumerate(commands):
        errs.append(tempfile.TemporaryFile())
        ours, theirs = pipe(sizes[(n + 1) % len(sizes)])
        children.append(subprocess.Popen(
            words(command, threads), stdin=given, stdout=theirs,
            stderr=errs[-1], cwd=folder, env=env, start_new_session=True))
        os.close(given)
        os.close(theirs)
        given = ours

    def stop(some):
        for child in some:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)

    hold = len(data), lambda: None
    if kill:
        hold = kill[1], lambda: (stop([children[kill[0]]]),
                                 children[kill[0]].wait())
    writer = threading.Thread(target=feed, args=(first, data, hold))
    late = threading.Timer(LIMIT, stop, [children])
    writer.start()
    late.start()
    with open(given, "rb") as f:
        out = f.read()
    codes = [child.wait() for child in children]
    writer.join()
    late.cancel()
    said = []
    for f in errs:
        f.seek(0)
        said.append(f.read().decode(errors="replace"))
        f.close()
    return Ended(out, codes, said)
