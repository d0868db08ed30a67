#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tcp.py receive|send|talk|serve ADDRESS PORT [COMMAND] - stdin to a TCP
connection, or one to stdout, or both (talk); all pipes.  serve runs COMMAND for
each that comes.  Says "ready" on stderr when it listens, or is connected.

Splice moves pages and copies none: the link is what is to be measured.
"""
import os
import socket
import subprocess
import sys
import threading

PIECE = 1 << 20


def serve(address, port, command):
    with socket.create_server((address, int(port))) as s:
        print("ready", file=sys.stderr, flush=True)
        while True:
            end, _ = s.accept()
            with end:
                subprocess.Popen(["sh", "-c", command], stdin=end, stdout=end)


def both(end):
    """Ends with what comes back."""
    def forth():
        while piece := os.read(0, PIECE):
            end.sendall(piece)
        end.shutdown(socket.SHUT_WR)
    threading.Thread(target=forth, daemon=True).start()
    while piece := end.recv(PIECE):
        os.write(1, piece)


def main(what, address, port, *command):
    if what == "serve":
        serve(address, port, *command)
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
        return both(end)
    while os.splice(*ends, PIECE):
        pass
    return end.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
