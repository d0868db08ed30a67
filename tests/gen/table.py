# SPDX-License-Identifier: LGPL-2.1-or-later
"""The vectors and the table of what is to become of them, filled by good.py,
bad.py, layers.py and their like."""

made = {}
table = []


def vector(name, data, what, *expected):
    """expected: (command, status, out, message, hint), short ones too."""
    assert name not in made
    made[name] = data
    for line in expected:
        table.append((name, what) + line + ("",) * (5 - len(line)))


def good(name, data, what):
    vector("good-" + name, data, what, ("any", 0, len(data)))


def bad(name, data, what, status, out, message, hint=""):
    """out: how many bytes of it are right and come out, or -."""
    vector("bad-" + name, data, what, ("any", status, out, message, hint))
