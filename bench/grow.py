# SPDX-License-Identifier: LGPL-2.1-or-later
"""Time and memory as the guest grows: make-guest | X | cat > /dev/null."""
from filters import OURS, PEERS, REC, ZSTD
from measure import Job, interleave

# The largest guest once, and with the two that matter.
RUNS_MAX = {1: 3, 4: 1, 16: 1}
UNPACK = ((ZSTD, "zstd -d"), (REC, "rec-compress -d -T 2"))


def jobs(gib, packers):
    source = ("make-guest", str(gib << 10))
    return [Job(x, source, (x,)) for x in packers] + \
        [Job(x, source, (how, x)) for how, x in UNPACK]


def growing(gibs, runs):
    print("\n## Growth: time and memory as the guest grows\n\n"
          "`make-guest MIB | X | cat > /dev/null`, and with `zstd -1 -T2 | "
          "zstd -d` and `rec-compress -1 -T 2 | rec-compress -d -T 2` as X: "
          "then CPU and memory are of what unpacks.\n\n"
          "| X | GiB | s | spread | s/GiB | CPU s/GiB | peak MiB |\n"
          "|---|--:|--:|--:|--:|--:|--:|")
    results = {}
    for gib in gibs:
        packers = (ZSTD, REC) if gib > 4 else (*PEERS, *OURS)
        found = interleave(f"{gib} GiB", jobs(gib, packers),
                           min(runs, RUNS_MAX.get(gib, 1)))
        for name, r in found.items():
            print(f"| `{name}` | {gib} | {r.wall:.2f} "
                  f"| {r.low:.2f}-{r.high:.2f} | {r.wall / gib:.2f} "
                  f"| {r.cpu / gib:.2f} | {r.peak:.0f} |", flush=True)
            results["grow", gib, name] = r
    return results
