#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tcp.py receive|send|talk|serve ADDRESS PORT [MORE] - stdin to a TCP
connection, or one to stdout, or both (talk), each MORE seconds late; all pipes.
serve runs the command MORE for each that comes.  Says "ready" on stderr when it listens, or is connected.

Splice moves pages and copies none: the link is what is to be measured.
"""
import os
import queue
import socket
import subprocess
import sys
import threading
import time

PIECE = 1 << 20
PIECES = 64


def serve(address, port, command):
    with socket.create_server((address, int(port))) as s:
        print("ready", file=sys.stderr, flush=True)
        while True:
            end, _ = s.accept()
            with end:
                subprocess.Popen(["sh", "-c", command], stdin=end, stdout=end)


def carry(take, give, end, delay):
    """Each piece so many seconds after it came, then end; what waits for a slow
    line has a bound."""
    waiting = queue.Queue(PIECES)

    def hand_on():
        while item := waiting.get():
            due, piece = item
            time.sleep(max(0, due - time.monotonic()))
            give(piece)
        end()
    giver = threading.Thread(target=hand_on, daemon=True)
    giver.start()
    while piece := take(PIECE):
        waiting.put((time.monotonic() + delay, piece))
    waiting.put(None)
    giver.join()


def both(end, delay="0"):
    """Ends with what comes back."""
    threading.Thread(target=carry, daemon=True, args=(
        lambda size: os.read(0, size), end.sendall,
        lambda: end.shutdown(socket.SHUT_WR), float(delay))).start()
    carry(end.recv, lambda piece: os.write(1, piece), lambda: None,
          float(delay))


def main(what, address, port, *more):
    if what == "serve":
        serve(address, port, *more)
    if what == "receive":
        with socket.create_server((address, int(port))) as s:
            print("ready", file=sys.stderr, flush=True)
            end, _ = s.accept()
        ends = end.fileno(), 1
    else:
        end = socket.create_connection((address, int(port)))
        print("ready", file=sys.stderr, flush=True)
        ends = 0, end.fileno()
    if what == "talk":
        return both(end, *more)
    while os.splice(*ends, PIECE):
        pass
    return end.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
