#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tcp.py receive|send ADDRESS PORT - stdin to a TCP connection, or one to
stdout; both pipes.  Says "ready" on stderr when it listens, or is connected.

Splice moves pages and copies none: the link is what is to be measured.
"""
import os
import socket
import sys

PIECE = 1 << 20


def main(what, address, port):
    if what == "receive":
        with socket.create_server((address, int(port))) as s:
            print("ready", file=sys.stderr, flush=True)
            end, _ = s.accept()
        ends = end.fileno(), 1
    else:
        end = socket.create_connection((address, int(port)))
        print("ready", file=sys.stderr, flush=True)
        ends = 0, end.fileno()
    while os.splice(*ends, PIECE):
        pass
    end.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
