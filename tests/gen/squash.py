#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of a stream of which only the last copy of each page is kept,
by the specification of the stream and what Xen's restorer does, never by the
code under test.

  squash.py make SEED            a stream with pages again and again
  squash.py verdict STREAM       the exit status that it has to get
  squash.py thin STREAM          the stream without the other copies
  squash.py counts STREAM        what is kept of it, and what is not
  squash.py grouped STREAM OUT   whether OUT is STREAM with its pages in order
  squash.py superpages STREAM    how many large pages Xen makes of it
  squash.py images IMAGE OUT     whether stored images of a stream and of what
                                 was left of it have the same pages
"""
import random
import struct
import sys

import stored
from guests import *  # noqa: F403
from xenstream import *  # noqa: F403

PFN = (1 << 52) - 1
LAYERS = {COMPRESSED, SEAL_HEADER, SEAL_CHUNK, PART_HEADER, PART_CHUNK,
          CHECK}


def load(path):
    with open(path, "rb") as f:
        return f.read()


def has_data(word):
    return word >> 60 < BROKEN


def entries(piece):
    """[(word, page or None)] of a PAGE_DATA; None where it makes no sense."""
    length, = struct.unpack_from("<I", piece, 4)
    body = piece[8:8 + length]
    count = struct.unpack_from("<I", body)[0] if length >= 8 else 0
    if count == 0 or length < 8 + 8 * count:
        return None
    words = struct.unpack_from(f"<{count}Q", body, 8)
    if any(5 <= word >> 60 <= 8 for word in words) or \
            length != 8 + 8 * count + 4096 * sum(map(has_data, words)):
        return None
    out, at = [], 8 + 8 * count
    for word in words:
        out.append((word, body[at:at + 4096] if has_data(word) else None))
        at += 4096 if has_data(word) else 0
    return out


def verdict(stream):
    for part, piece in chunks(stream):
        if part in (("record", VERIFY), ("record", CHECKPOINT)):
            return 5
        if part[0] == "record" and part[1] in LAYERS and \
                piece[12:16] == b"xRec":
            return 5
        if part == ("record", PAGE_DATA) and entries(piece) is None:
            return 3
    return 0


def holding(history):
    """Which of a pfn's entries, in order, says what is there in the end.  One
    that only allocates does so where there is nothing."""
    told = [i for i, word in enumerate(history) if word >> 60 != XALLOC]
    last = told[-1] if told else -1
    if last >= 0 and has_data(history[last]) or last == len(history) - 1:
        return last
    return len(history) - 1


def thinned(stream):
    """Its pieces, with the list of entries that stay for each PAGE_DATA."""
    pieces, histories = [], {}
    for part, piece in chunks(stream):
        pages = None
        if part == ("record", PAGE_DATA):
            pages = entries(piece)
            for i, (word, _) in enumerate(pages):
                histories.setdefault(word & PFN, []).append(
                    (word, len(pieces), i))
        pieces.append((part, piece, pages))
    stay = set()
    for history in histories.values():
        stay.add(history[holding([word for word, _, _ in history])][1:])
    for n, (part, piece, pages) in enumerate(pieces):
        yield piece, pages, None if pages is None else [
            entry for i, entry in enumerate(pages) if (n, i) in stay]


def thin(stream):
    for piece, pages, kept in thinned(stream):
        if kept == pages:
            yield piece
        elif kept:
            yield record(PAGE_DATA, struct.pack("<I", len(kept)) +
                         piece[12:16] +
                         b"".join(struct.pack("<Q", word)
                                  for word, _ in kept) +
                         b"".join(page for _, page in kept if page))


def counts(stream):
    """(entries, of them with pages) that stay, and that do not."""
    came, stay = [0, 0], [0, 0]
    for _, pages, kept in thinned(stream):
        for count, some in (came, pages), (stay, kept):
            count[0] += len(some or ())
            count[1] += sum(page is not None for _, page in some or ())
    return *stay, came[0] - stay[0], came[1] - stay[1]


def superpages(stream):
    """As populate_pfns looks for them: 512 entries of a record in a row that
    get memory and had none, up to a pfn that ends with 511."""
    found, there = 0, set()
    for part, piece in chunks(stream):
        run, last = 0, None
        for word, _ in entries(piece) if part == ("record", PAGE_DATA) else ():
            pfn = word & PFN
            if word >> 60 in (BROKEN, XTAB) or pfn in there:
                run = 0
                continue
            there.add(pfn)
            run = run + 1 if last is not None and pfn == last + 1 else 1
            last = pfn
            found += pfn % 512 == 511 and run >= 512
    return found


def grouped(stream, out):
    others, want = [], []
    for piece, pages, kept in thinned(stream):
        want += kept or ()
        if pages is None:
            others.append(piece)
        elif None not in others:
            others.append(None)
    got, got_others = [], []
    for part, piece in chunks(out):
        if part != ("record", PAGE_DATA):
            got_others.append(piece)
            continue
        batch = entries(piece)
        pfns = [word & PFN for word, _ in batch]
        assert piece[12:16] == bytes(4) and len(batch) <= 1024, "a batch"
        assert not got or got[-1][0] // 512 < pfns[0] // 512, "torn apart"
        got += ((pfn, *entry) for pfn, entry in zip(pfns, batch))
        if got_others[-1] is not None:
            got_others.append(None)
    assert got_others == others, "other records, or another place"
    assert got == sorted(((word & PFN, word, page) for word, page in want),
                         key=lambda e: e[0]), "other pages, or their order"
    present = {pfn for pfn, word, _ in got if word >> 60 not in (BROKEN, XTAB)}
    assert superpages(out) == sum(
        all(pfn + i in present for i in range(512))
        for pfn in present if pfn % 512 == 0), "large pages are lost"
    return True


def images(one, other):
    """Pages that came with data last are there in both, and what has data
    in the other has it in the first."""
    one, other = stored.read(one), stored.read(other)
    for pfn, (_, last, page) in one.pfns.items():
        if has_data(last << 60):
            assert other.pfns[pfn] == (last, last, page), hex(pfn)
    for pfn, (_, last, page) in other.pfns.items():
        if page is not None:
            assert one.pfns[pfn][2] == page, hex(pfn)
            assert one.pfns[pfn][1] in (last, XALLOC), hex(pfn)
    return (one.head, one.tail) == (other.head, other.tail)


def make(seed):
    """Few pfns, so that most come again, also in the same record; reserved
    bits that are not zero; records that lose all, and nothing."""
    r = random.Random(seed)
    first = r.choice((0, 500, 1000, 0xffffe, 1 << 40))
    yield headers(r.choice((1, 2)))
    for n in range(r.randrange(1, 40)):
        pages = []
        for _ in range(r.choice((1, 2, 5, 40, 200))):
            kind = r.choice((NOTAB, NOTAB, NOTAB, L1, L4, PINNED + L2, XTAB,
                             XTAB, XALLOC, XALLOC, BROKEN))
            bits = r.choice((0, 0, 0, 1, 0xff)) << 52
            pages.append((kind, first + r.randrange(r.choice((30, 1200))) |
                          bits, page(r.randrange(99)) if kind < BROKEN
                          else None))
        yield page_data(pages, reserved=r.choice((0, 0, 0x12345678)))
        if r.random() < 0.3:
            yield record(0x80000000 | n, bytes(n), 7)
    yield record(HVM_CONTEXT, b"odd", 9) + END_RECORD


def main(what, one, other=None):
    if what == "images":
        return images(one, other)
    if what == "grouped":
        return grouped(load(one), load(other))
    if what in ("make", "thin"):
        for piece in make(int(one)) if what == "make" else thin(load(one)):
            sys.stdout.buffer.write(piece)
        return True
    said = {"verdict": verdict, "counts": counts,
            "superpages": superpages}[what](load(one))
    print(*(said if what == "counts" else (said,)))
    return True


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
