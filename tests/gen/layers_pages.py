# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams with records packed as pages, as they may be."""
import pagepack
from guests import page
from layers import layer
from pagepack import (CHANGED, PACKED, SAME, STORED, WORD, ZERO, Payload,
                      pfn_runs, tag_runs)
from pageunpack import WINDOW_MAX
from table import good, made, vector
from xenstream import *  # noqa: F403

HEAD, TAIL = headers(), record(HVM_CONTEXT, b"context") + END_RECORD
LIKE_WORD = b"\1\2\3\4\5\6\7\x08" * 512


def flat(byte):
    return bytes([byte]) * 4096


def changed(data, *words):
    """data with these words other than they were."""
    for i in words:
        data = data[:8 * i] + b"word%4d" % i + data[8 * i + 8:]
    return data


def data_pages(first, *pages):
    """A PAGE_DATA record of consecutive pfns."""
    return page_data([(NOTAB, first + i, data)
                      for i, data in enumerate(pages)])


# Plain streams, of which the codings below are made.

def classes_image():
    """Pages for all classes, records that add none to the window, and a page
    that comes again."""
    one, two = page(1), flat(0x5a)
    return HEAD + record(STATIC_DATA_END) + data_pages(
        5, bytes(4096), LIKE_WORD, one, one, changed(one, 0, 63, 64), two) + \
        page_data([(NOTAB, 7, changed(one, 0, 511)), (XTAB, 6, None),
                   (NOTAB, 10, two), (NOTAB, 8, bytes(4096))]) + \
        page_data([(XTAB, 9, None), (XTAB, 10, None)]) + \
        data_pages(5, flat(0x5b)) + TAIL


def entries_image():
    """Each type of page, reserved bits, and pfns in no order."""
    top = (1 << 52) - 1
    odd = [0x5a << 52 | n for n in (100, 99, 98)]
    kinds = [(NOTAB, 200), (L1, 201), (L2, 202), (L3, 0), (L4, top),
             (PINNED + L1, 0), (PINNED + L2, 1 << 51), (PINNED + L3, 3),
             (PINNED + L4, top - 1)]
    return HEAD + page_data(
        [(XTAB, odd[0], None), (XALLOC, odd[1], None), (BROKEN, odd[2], None)]
        + [(kind, pfn, bytes(4096)) for kind, pfn in kinds]
        + [(XTAB, 0xff << 52 | top, None)], reserved=0xdeadbeef) + \
        page_data([(XALLOC, 2 * n, None) for n in range(64)]) + \
        page_data([(XTAB, top, None)]) + TAIL


def window_image():
    """Pages that came three pages before, with and without changes."""
    a, b, c, d = map(flat, (1, 2, 3, 4))
    return HEAD + data_pages(0, a, b, c) + data_pages(
        0, changed(a, 0), b, d, changed(c, 1), changed(a, 0),
        changed(c, 1, 2)) + TAIL


def make_good_pages():
    good("pages-classes", classes_image(), "pages for every way to pack them")
    good("pages-entries", entries_image(),
         "all types, reserved bits, pfns in no order")
    good("pages-window", window_image(), "pages that differ by some words")


# Codings.

def framed(rec):
    return compressed(rec, pagepack.small_frame(rec[8:]))


def pack_pages(image, codings, window, frames=("index", "packed", "changes"),
               adjust=None, size=1):
    """The image with each PAGE_DATA record as pages.

    codings: for each of them the classes of its pages, or None for a frame.
    frames: the parts that are to be frames, where these are less.
    adjust: is given each Payload.  size: of the index's numbers, in bytes.
    """
    out, past, codings = [], [], iter(codings)
    for name, piece in chunks(image):
        if isinstance(name, tuple) and name[1] not in (END, CHECKPOINT):
            classes = next(codings) if name[1] == PAGE_DATA else None
            if classes is None:
                piece = framed(piece)
            else:
                payload = Payload(piece, classes, past, window, size)
                for part in frames:
                    payload.frame(part)
                if adjust:
                    adjust(payload)
                piece = payload.make()
        out.append(piece)
    return b"".join(out)


def legal(name, of, what, *coding, **options):
    vector("layer-pages-" + name, pack_pages(made[of], *coding, **options),
           f"{of}, {what}", ("rec-compress -d", 0, of))


def lone_pfns(payload):
    """Runs of one each, also where longer ones would do."""
    listed = pagepack.entries(payload.rec)[0]
    payload.index[0] = pfn_runs([(entry & (1 << 52) - 1, 1)
                                 for entry in listed])


def one_by_one(payload):
    lone_pfns(payload)
    listed = pagepack.entries(payload.rec)[0]
    payload.index[1] = tag_runs([(entry >> 52, 1) for entry in listed])


def make_classes():
    of = "good-pages-classes"
    usual = ([ZERO, WORD, PACKED, (SAME, 0), (CHANGED, 0), STORED],
             [(CHANGED, 0), (SAME, 2), ZERO], [], [PACKED])
    again = (5, "-", "record 0 (COMPRESSED) at byte 40: the stream has this "
             "layer already", "rec-compress -d takes it off")
    layer("pages-classes", pack_pages(made[of], usual, 1024),
          f"{of}, in all classes", again, (0, of))
    legal("stored-parts", of, "no part a frame", usual, 4, frames=())
    legal("limit", of, "the largest window that is taken unasked", usual,
          WINDOW_MAX)
    legal("long-numbers", of, "all numbers in 10 bytes", usual, 4, size=10)
    legal("short-runs", of, "runs of one", usual, 4, adjust=one_by_one)
    legal("window-0", of, "without a window",
          ([PACKED, WORD, PACKED, STORED, PACKED, PACKED],
           [PACKED, PACKED, ZERO], [], [PACKED]), 0)
    legal("changed", of, "all of them changed", (
        [PACKED] + [(CHANGED, n) for n in (0, 1, 2, 3, 4)],
        [(CHANGED, n) for n in (4, 5, 0)], [], [(CHANGED, 6)]), 9)
    # Frames and stored records add nothing to the window.
    legal("mixed", of, "two of them no pages",
          (usual[0], None, None, [(CHANGED, 2)]), 4)


def make_codings():
    legal("hvm-3", "good-hvm-3", "as pages", (
        [PACKED, ZERO, STORED, PACKED], [PACKED]), 8)
    legal("tiny", "good-tiny", "as pages", ([],), 65536)
    legal("checkpoint-end", "good-checkpoint-end", "the window goes on",
          ([PACKED, ZERO, PACKED, PACKED], [(SAME, 0)], []), 3)
    legal("xl", "good-xl", "as pages", ([],), 7)
    legal("entries", "good-pages-entries", "as pages",
          ([ZERO] * 9, [], []), 1)
    legal("entries-words", "good-pages-entries", "zeroes as other classes",
          ([WORD, PACKED, (SAME, 0), (CHANGED, 0), WORD, (SAME, 1), PACKED,
            ZERO, (CHANGED, 0)], [], []), 16)
    legal("entries-runs", "good-pages-entries", "an index that is a frame",
          ([ZERO] * 9, [], []), 1, size=10)
    legal("window-3", "good-pages-window", "pages of as far as it goes", (
        [PACKED] * 3, [(CHANGED, 0), (SAME, 1), PACKED, (CHANGED, 2),
                       (SAME, 3), (CHANGED, 5)]), 3)
    legal("window-1", "good-pages-window", "each of the one before", (
        [PACKED, (CHANGED, 0), (CHANGED, 1)],
        [(CHANGED, 2), (CHANGED, 3), (CHANGED, 4), (CHANGED, 5),
         (CHANGED, 6), (CHANGED, 7)]), 1)


def alone(name, what, recs, classes, window, adjust=None, **odd):
    """Too large to be kept plain; the CRC tells whether it is right."""
    past, out = [], HEAD
    for rec, coding in zip(recs, classes):
        payload = Payload(rec, coding, past, window)
        if adjust:
            adjust(payload)
        for part in ("index", "packed", "changes"):
            payload.frame(part)
        out += payload.make(**odd)
    vector("layer-pages-" + name, out + END_RECORD, what,
           ("rec-compress -d", 0, "-"))


def make_long():
    many = page_data([(XTAB, n, None) for n in range(65536)])
    alone("count", "65536 pfns", [many], [[]], 0)
    alone("count-runs", "65536 pfns in runs of one", [many], [[]], 0,
          adjust=lone_pfns)
    most = data_pages(0, *[bytes(4096)] * 1024)
    alone("packed", "1024 pages, all packed", [most], [[PACKED] * 1024], 64)
    first = data_pages(0, flat(255))
    alone("changes", "1024 pages, all changed in each word", [first, most],
          [[PACKED], [(CHANGED, 0)] * 1024], 1024)
    alone("padding", "padding that is not zero", [first], [[PACKED]], 1,
          fill=255)


def make_frames():
    two = data_pages(0, flat(5), flat(5))
    payload = Payload(two, [PACKED] * 2, [], 1)
    payload.frame("packed", pagepack.small_frame(flat(5) * 2) +
                  zstd_frame(b""))
    vector("layer-pages-frame-behind", HEAD + payload.make() + END_RECORD,
           "a frame without content behind the frame",
           ("rec-compress -d", 0, "-"))
    alike = pagepack.small_frame(bytes(4096)).ljust(4096, b"\0")
    payload = Payload(data_pages(0, alike, flat(0)), [PACKED] * 2, [], 1)
    vector("layer-pages-stored-frame", HEAD + payload.make() + END_RECORD,
           "stored pages that begin like a frame",
           ("rec-compress -d", 0, "-"))
    rec = framed(two)
    vector("layer-pages-reserved", HEAD + rec[:28] + b"else" + rec[32:] +
           END_RECORD, "a frame, where pages have a CRC of the payload",
           ("rec-compress -d", 0, "-"))


def make_layer_pages():
    make_classes()
    make_codings()
    make_long()
    make_frames()
