# SPDX-License-Identifier: LGPL-2.1-or-later
"""A picture of the tables, as SVG: how fast each row is, ours in another
colour."""
import html

from measure import Result

TITLES = {"ssh": "through ssh, and undone there", "pack": "packing",
          "unpack": "unpacking", "seal": "sealing and opening",
          "split": "volumes", "pass": "passing on"}
BAR, GAP, LEFT, WIDTH, RIGHT = 16, 6, 330, 420, 110
OURS, THEIRS = "#2a6f97", "#b8b8b8"


def groups(results, sizes):
    """[(title, [(name, MB/s)])], in the order of what was measured."""
    found = {}
    for (part, stream, name), result in results.items():
        if part in TITLES and isinstance(result, Result) and stream in sizes:
            found.setdefault(f"{stream}: {TITLES[part]}", []).append(
                (name.replace("\\|", "|"), sizes[stream] / result.wall / 1e6))
    return found.items()


def bars(rows, top):
    most = max(speed for _, speed in rows)
    for n, (name, speed) in enumerate(rows):
        y = top + n * (BAR + GAP)
        width = WIDTH * speed / most
        colour = OURS if name.startswith("rec-") else THEIRS
        yield (f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">'
               f"{html.escape(name)}</text>"
               f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" '
               f'height="{BAR}" fill="{colour}"/>'
               f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">'
               f"{speed:.0f} MB/s</text>")


def plot(path, results, sizes):
    """Writes it; sizes: {stream: bytes}."""
    top, body = 10, []
    for title, rows in groups(results, sizes):
        top += 24
        body.append(f'<text x="10" y="{top}" font-weight="bold">'
                    f"{html.escape(title)}</text>")
        body.extend(bars(rows, top + 8))
        top += 8 + len(rows) * (BAR + GAP)
    with open(path, "w", encoding="utf-8") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" '
                f'width="{LEFT + WIDTH + RIGHT}" height="{top + 10}" '
                'font-family="sans-serif" font-size="12">\n'
                '<rect width="100%" height="100%" fill="white"/>\n' +
                "\n".join(body) + "\n</svg>\n")
