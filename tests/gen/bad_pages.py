# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams with records packed as pages, as they must not be."""
import itertools

import pagepack
from layers_pages import (HEAD, LIKE_WORD, changed, data_pages, flat,
                          framed)
from pagepack import (CHANGED, FRAME_FLAG, PACKED, PAGES_FLAG, SAME, STORED,
                      WORD, ZERO, Payload, number, pfn_runs, references,
                      signed, tag_runs)
from pageunpack import WINDOW_MAX
from table import vector
from xenstream import *  # noqa: F403

# What rec-compress -d says of each kind of fault.
WORDS = {
    "version": "version 1 with flags 0x{flags:04x}, known is version 1",
    "limit": "holds a record of length {length}, over the limit",
    "end": "holds END or CHECKPOINT, which are never packed",
    "both": "packed as a zstd frame and as pages at once",
    "type": "pages of a record that is not PAGE_DATA",
    "short": "pages in {length} bytes, their header takes 48",
    "payload": "damaged: its payload is not what was written",
    "window": "a window of {window} pages, it was {before} before",
    "over": "takes a window of {mib} MiB, the limit is 256 MiB",
    "over hint": "-M {mib}M lets it take as much",
    "lost": "pages {expected} to {last} of the window are missing: a record "
            "before is lost",
    "again": "pages of the window from {first} on come again, {expected} is "
             "next: a record is repeated or out of order",
    "sizes": "sizes that do not fit",
    "frame": "damaged zstd frame",
    "index": "damaged index",
    "changes": "damaged changes",
    "page": "pfn 0x{pfn:x} is like page {number}, which is not in the window",
    "content": "damaged: what it holds is not what was packed",
}

# Faults, all in the record behind FIRST, which adds pages 0 to 2 to a window
# of 2.

FIRST = data_pages(16, flat(16), flat(17), flat(18))
PLAIN = page_data([
    (NOTAB, 5, bytes(4096)), (XTAB, 9, None), (NOTAB, 6, LIKE_WORD),
    (NOTAB, 7, flat(18)), (NOTAB, 8, changed(flat(17), 5, 8)),
    (NOTAB, 20, flat(20))])
USUAL = [ZERO, WORD, (SAME, 2), (CHANGED, 1), PACKED]
FULL = len(USUAL)


def before(window=2):
    """The stream before the record with the fault, and the pages so far."""
    past = []
    payload = Payload(FIRST, [PACKED] * 3, past, window)
    payload.frame("packed")
    return HEAD + payload.make(), past


def second(rec=PLAIN, classes=USUAL, window=2, **parts):
    """The Payload behind it.  parts: index, packed, bits, ... as they are
    instead."""
    payload = Payload(rec, classes, before()[1], window)
    for name, data in parts.items():
        if name == "index":
            data = payload.index[:data[0]] + [data[1]] + \
                payload.index[data[0] + 1:]
        setattr(payload, name, data)
    payload.frame("packed")
    return payload


def fault(name, what, status, kind, rec, begun=2, **numbers):
    """rec: the record with the fault; begun: the window before it."""
    right = before(begun)[0]
    # More than -M takes is not asked for.
    hint = WORDS["over hint"].format(**numbers) \
        if numbers.get("mib", 1 << 20) <= 16384 else ""
    vector("bad-pages-" + name, right + rec + END_RECORD, what, (
        "rec-compress -d", status, "-", "record 1 (COMPRESSED) at byte "
        f"{len(right)}: " + WORDS[kind].format(**numbers), hint))


def make_bad_header():
    """What is looked at before the sizes, in this order."""
    usual = second()
    fault("flags", "a flag that is not known, and pages", 5, "version",
          usual.make(flags=6), flags=6)
    fault("long", "holds 128 MiB + 1", 3, "limit",
          usual.make(length=RECORD_MAX + 1), length=RECORD_MAX + 1)
    for name, kind in (("end", END), ("checkpoint", CHECKPOINT)):
        fault(name, f"pages of {name.upper()}", 3, "end",
              usual.make(kind=kind))
    fault("both", "both flags", 3, "both",
          usual.make(flags=FRAME_FLAG | PAGES_FLAG))
    fault("both-frame", "both flags, and a frame of the record", 3, "both",
          usual.make(flags=FRAME_FLAG | PAGES_FLAG,
                     payload=pagepack.small_frame(PLAIN[8:])))
    fault("type", "pages of HVM_CONTEXT", 3, "type",
          usual.make(kind=HVM_CONTEXT))
    fault("type-ours", "pages of CHECK", 3, "type", usual.make(kind=CHECK))
    for size in (0, 47):
        fault(f"short-{size}", f"payload of {size} bytes", 3, "short",
              usual.make(payload=usual.payload()[:size]), length=size)
    fault("written-sum", "a bit of the payload's CRC flipped", 4, "payload",
          usual.make(written=1))
    rec, sum_at = usual.make(), 8 + 20
    head = 8 + 24
    index = head + pagepack.HEAD.size
    packed = index + len(usual.part("index"))
    changes = packed + len(usual.frames["packed"])
    fault("written-none", "no CRC of the payload", 4, "payload",
          rec[:sum_at] + bytes(4) + rec[sum_at + 4:])
    for name, at in (("header", head), ("index", index), ("packed", packed),
                     ("changes", changes)):
        fault("written-" + name, f"{name}: a bit flipped", 4, "payload",
              rec[:at] + bytes([rec[at] ^ 1]) + rec[at + 1:])


def make_bad_window():
    usual = second()
    for window in (WINDOW_MAX + 1, 0xffffffff):
        fault(f"over-{window}", f"window of {window} pages", 5, "over",
              usual.make(window=window), mib=(window + 255) // 256)
    for window in (0, 1, 3):
        fault(f"window-{window}", f"a window of {window} pages, after one of "
              "2", 3, "window", usual.make(window=window), window=window,
              before=2)
    fault("window-grows", "another window behind a window of none", 3,
          "window", usual.make(), 0, window=2, before=0)
    for first in (4, (1 << 32) + 3, (1 << 64) - 1):
        fault(f"lost-{first}", f"page {first} where 3 has to be", 4, "lost",
              usual.make(first=first), expected=3, last=first - 1)
    for first in (0, 2):
        fault(f"again-{first}", f"page {first} where 3 has to be", 4,
              "again", usual.make(first=first), first=first, expected=3)
    none = Payload(page_data([(XTAB, 1, None)]), [], before()[1], 2)
    fault("lost-none", "a record that adds none, and is not next", 4, "lost",
          none.make(first=4), expected=3, last=3)
    none = Payload(page_data([(XTAB, 1, None)]), [], [], 2)
    vector("bad-pages-lost-first", HEAD + none.make(first=9) + END_RECORD,
           "the first record is lost", (
               "rec-compress -d", 4, "-", "record 0 (COMPRESSED) at byte "
               "40: " + WORDS["lost"].format(expected=0, last=8)))
    # Frames do not count, so the window is that of the record before.
    vector("bad-pages-window-frame", before()[0] + framed(PLAIN) +
           usual.make(window=4) + END_RECORD, "another window behind a frame",
           ("rec-compress -d", 3, "-", "record 2 (COMPRESSED) at byte "
            f"{len(before()[0] + framed(PLAIN))}: " +
            WORDS["window"].format(window=4, before=2)))


def make_bad_order():
    """Two faults, of which the first counts."""
    usual = second()
    fault("order-written", "the payload's CRC, and a window over the limit",
          4, "payload", usual.make(written=1, window=1 << 30))
    fault("order-over", "a window over the limit, and a lost record", 5,
          "over", usual.make(window=1 << 30, first=9), mib=1 << 22)
    fault("order-window", "a window that changed, and a lost record", 3,
          "window", usual.make(window=4, first=9), window=4, before=2)
    fault("order-lost", "a lost record, and no count", 4, "lost",
          usual.make(first=4, count=0), expected=3, last=3)
    fault("order-sizes", "no count, and another CRC", 3, "sizes",
          usual.make(count=0, content=1))
    fault("order-index", "an unknown class, and another CRC", 3, "index",
          second(index=(2, bytes([0, 1, 2, 3, 9]))).make(content=1))
    fault("order-page", "a page that is not there, and another CRC", 3,
          "page", second(index=(4, references([0, 1], 3))).make(content=1),
          number=0, pfn=7)


def make_bad_counts():
    usual = second()
    real = len(PLAIN) - 8
    for name, what, fields in (
            ("count-0", "no pfns", {"count": 0}),
            ("count-less", "a pfn less", {"count": 5}),
            ("count-more", "a pfn more", {"count": 7}),
            ("count-max", "2^32 - 1 pfns", {"count": 0xffffffff}),
            ("length-0", "a body of no bytes", {"length": 0}),
            ("length-55", "a body of less than its pfns", {"length": 55}),
            ("length-odd", "a body with a byte less", {"length": real - 1}),
            ("length-less", "a body with 8 bytes less", {"length": real - 8}),
            ("length-max", "a body of 128 MiB", {"length": RECORD_MAX}),
            ("added-less", "adds one less", {"added": 1}),
            ("added-more", "adds one more", {"added": 3}),
            ("added-0", "adds none", {"added": 0}),
            ("added-full", "adds more than there are", {"added": FULL + 1}),
            ("added-max", "adds 2^32 - 1", {"added": 0xffffffff})):
        fault(name, what, 3, "sizes", usual.make(**fields))
    for name, length in (("less", real - 4096), ("more", real + 4096)):
        fault("length-page-" + name, f"a body with a page {name}", 3,
              "index", usual.make(length=length))
    fault("count-518", "512 pfns for a page", 3, "index",
          usual.make(count=518))
    # The changes could also be those of two pages without any.
    rec = data_pages(5, changed(flat(17), *range(8)), bytes(4096))
    fault("added-hidden", "adds one more, and the sizes fit", 3, "index",
          second(rec, [(CHANGED, 1), ZERO]).make(added=2))
    over = page_data([(XTAB, n, None) for n in range(65537)])
    fault("count-65537", "65537 pfns", 3, "sizes", second(over, []).make())
    over = data_pages(0, *[bytes(4096)] * 1025)
    payload = second(over, [ZERO] * 1025)
    payload.frame("index")
    fault("pages-1025", "1025 pages", 3, "sizes", payload.make())


def make_bad_parts():
    usual = second()
    index, packed, changes = (len(usual.part(name))
                              for name in ("index", "packed", "changes"))
    for name, what, fields in (
            ("index-less", "an index longer than its size",
             {"index_size": index - 1}),
            ("index-none", "no index", {"index_length": 0, "index_size": 0}),
            ("index-long", "an index longer than the payload",
             {"index_length": 1 << 20, "index_size": 1 << 20}),
            ("index-over", "an index over the limit",
             {"index_size": 64 * 6 + 1}),
            ("index-max", "an index of 2^32 - 1", {"index_size": 0xffffffff}),
            ("packed-none", "no packed pages", {"packed_size": 0}),
            ("packed-odd", "a packed page and a byte",
             {"packed_size": packed + 1}),
            ("packed-less", "a packed page without a byte",
             {"packed_size": packed - 1}),
            ("packed-more", "two packed pages", {"packed_size": 2 * packed}),
            ("packed-long", "packed pages longer than the payload",
             {"packed_length": packed}),
            ("packed-max", "almost 2^32 of packed pages",
             {"packed_size": (1 << 32) - 4096}),
            ("changes-longer", "changes longer than their size",
             {"changes_size": changes - 8}),
            ("changes-none", "no changes", {"changes_size": 0}),
            ("changes-odd", "changes and a byte",
             {"changes_size": changes + 1}),
            ("changes-over", "changes of more than all words",
             {"changes_size": 64 + 4096 + 8}),
            ("changes-max", "changes of 2^32 - 8",
             {"changes_size": (1 << 32) - 8}),
            ("lengths-max", "lengths that wrap around together",
             {"index_length": 1 << 31, "index_size": 1 << 31,
              "packed_length": 1 << 31, "packed_size": 1 << 31})):
        fault(name, what, 3, "sizes", usual.make(**fields))
    fault("stored-byte", "a byte behind the changes", 3, "sizes",
          second(stored=b"x").make())
    fault("stored-page", "a stored page that no class tells of", 3, "sizes",
          second(stored=flat(1)).make())
    # Enough of each, but others than the index tells of.
    alike = data_pages(5, flat(18), changed(flat(17), 5))
    fault("stored-none", "a stored page that is missing", 3, "sizes",
          second(alike, [PACKED, STORED], stored=b"").make())
    fault("stored-less", "a stored page without a byte", 3, "sizes",
          second(alike, [PACKED, STORED], stored=flat(1)[1:]).make())
    fault("classes-packed", "a packed page that is to be stored", 3, "index",
          second(index=(2, bytes([0, 1, 2, 3, 4]))).make())
    fault("classes-zero", "a class less that adds a page", 3, "index",
          second(index=(2, bytes([0, 1, 2, 3, 0]))).make())
    fault("changes-zero", "changes, and no page with any", 3, "sizes",
          second(FIRST, [ZERO, ZERO, ZERO], words=bytes(8)).make())
    fault("types-less", "a page less than the body is long", 3, "index",
          second(index=(1, tag_runs([(0, 1), (0xf00, 2), (0, 3)]))).make())


def cut_index(data):
    payload = second()
    payload.index = [data]
    return payload.make()


def make_bad_index():
    usual = second()
    index = usual.part("index")
    ends = list(itertools.accumulate(map(len, usual.index)))
    for name, size in (("none", 0), ("pfns", ends[0] - 1),
                       ("tags", ends[1] - 2), ("classes", ends[2] - 1),
                       ("words", ends[3] - 1), ("back", ends[3]),
                       ("end", ends[4] - 1)):
        fault("index-cut-" + name, f"index of {size} bytes, not {ends[4]}",
              3, "index", cut_index(index[:size]))
    fault("index-more", "a byte behind the index", 3, "index",
          cut_index(index + b"\0"))
    wide = (1 << 64) - 1
    for name, what, at, data in (
            ("number-11", "a number of 11 bytes", 0,
             signed(5, 11) + usual.index[0][1:]),
            ("number-65", "a number of 65 bits", 0,
             number(1 << 64 | 10) + usual.index[0][1:]),
            ("number-70", "a number of 70 bits", 1, number((1 << 70) - 1) +
             usual.index[1][1:]),
            ("number-tag-11", "a tag of 11 bytes", 1,
             number(0, 11) + usual.index[1][1:]),
            ("pfns-more", "a run of pfns beyond the count", 0,
             pfn_runs([(5, 1), (9, 6)])),
            ("pfns-all", "a first run of one pfn too many", 0,
             pfn_runs([(5, 7)])),
            ("pfns-wrap", "a run of 2^64 pfns", 0, signed(5) + number(wide)),
            ("tags-more", "a run of tags beyond the count", 1,
             tag_runs([(0, 1), (0xf00, 1), (0, 5)])),
            ("tags-wrap", "a run of 2^64 tags", 1, number(0) + number(wide)),
            ("pfn-53", "a pfn of 53 bits", 0,
             pfn_runs([(1 << 52, 1), (9, 1), (6, 3), (20, 1)])),
            ("pfn-run-53", "a run up to a pfn of 53 bits", 0,
             pfn_runs([((1 << 52) - 1, 2), (6, 3), (20, 1)])),
            ("pfn-64", "a pfn of 2^63 - 1", 0,
             pfn_runs([((1 << 63) - 1, 1), (9, 1), (6, 3), (20, 1)])),
            ("pfn-negative", "a pfn of -1", 0,
             pfn_runs([(-1, 1), (9, 1), (6, 3), (20, 1)])),
            ("pfn-lowest", "a pfn of -2^63", 0,
             pfn_runs([(-1 << 63, 1)]) + pfn_runs([(9, 5)])),
            ("pfn-behind", "a pfn of -1 behind another", 0,
             pfn_runs([(5, 1), (-1, 1), (6, 3), (20, 1)])),
            ("tag-13", "a tag of 13 bits", 1,
             tag_runs([(0x1000, 1), (0xf00, 1), (0, 4)])),
            ("tag-64", "a tag of 64 bits", 1,
             tag_runs([(1 << 63, 1), (0xf00, 1), (0, 4)])),
            ("type-5", "a page of type 5", 1,
             tag_runs([(0x500, 1), (0xf00, 1), (0, 4)])),
            ("type-8", "a page of type 8", 1,
             tag_runs([(0x8ff, 1), (0xf00, 1), (0, 4)])),
            ("class-9", "class 9", 2, bytes([0, 1, 2, 3, 9])),
            ("class-255", "class 255", 2, bytes([255, 1, 2, 3, 5])),
            ("class-word", "a page of class 1 more", 2,
             bytes([1, 1, 2, 3, 5])),
            ("class-same", "a page of class 2 more", 2,
             bytes([2, 1, 2, 3, 5])),
            ("class-no-word", "a page of class 1 less", 2,
             bytes([0, 0, 2, 3, 5])),
            ("back-11", "a page of the window by 11 bytes", 4,
             signed(-1, 11) + signed(-2)),
            ("back-65", "a page of the window by 65 bits", 4,
             number(1 << 64 | 1) + signed(-2))):
        fault(name, what, 3, "index", second(index=(at, data)).make())


def make_bad_back():
    """Pages that are not in the window: it has 1 and 2 when a page of class
    2 comes there, and when the page is added that is of class 3."""
    for name, what, numbers, page_at in (
            ("same-next", "equal to the one that comes next", (3, 1), 2),
            ("same-ahead", "equal to a later one", (4, 1), 2),
            ("same-far", "equal to one that has left", (0, 1), 2),
            ("same-negative", "equal to one before all", (-1, 1), 2),
            ("same-first", "equal to one of 2^63 - 1",
             ((1 << 63) - 1, 1), 2),
            ("same-lowest", "equal to one of 3 - 2^63",
             (3 - (1 << 63), 1), 2),
            ("changed-itself", "itself, with changes", (2, 3), 3),
            ("changed-ahead", "the next one, with changes", (2, 4), 3),
            ("changed-far", "one that has left, with changes", (2, 0), 3),
            ("changed-negative", "one before all, with changes", (2, -1),
             3)):
        bad = numbers[0] if page_at == 2 else numbers[1]
        fault("back-" + name, what, 3, "page",
              second(index=(4, references(numbers, 3))).make(),
              number=bad, pfn=5 + page_at)
    rec = second(window=0).make()
    fault("back-none", "equal to one before, where no window is", 3, "page",
          rec, 0, number=2, pfn=7)
    early = Payload(data_pages(1, flat(7)), [(SAME, 0)], [], 9)
    vector("bad-pages-back-empty", HEAD + early.make() + END_RECORD,
           "equal to one before, in the first record", (
               "rec-compress -d", 3, "-", "record 0 (COMPRESSED) at byte "
               "40: " + WORDS["page"].format(number=0, pfn=1)))
    # It was in the window until the page before was added.
    three = data_pages(1, flat(1), flat(17))
    fault("back-left", "equal to one that left within the record", 3, "page",
          second(three, [PACKED, (SAME, 1)]).make(), number=1, pfn=2)


def make_bad_changes():
    usual = second()
    bits = usual.bits
    for name, what, parts in (
            ("bits-more", "a bit without a word",
             {"bits": bytes([bits[0] | 1]) + bits[1:]}),
            ("bits-less", "a word without a bit", {"bits": bytes(64)}),
            ("bits-last", "a last bit without a word",
             {"bits": bits[:63] + b"\x80"}),
            ("words-more", "a word too many",
             {"words": usual.words + bytes(8)}),
            ("words-less", "a word too few", {"words": usual.words[:-8]}),
            ("words-none", "no words", {"words": b""})):
        fault("changes-" + name, what, 3, "changes", second(**parts).make())


def make_bad_frames():
    def other(part, data):
        payload = second()
        payload.frame(part, data)
        return payload.make()

    body = flat(20)
    frame = pagepack.small_frame(body)
    rle = [(1, 4096, b"\x14")]
    for name, data, what in (
            ("none", b"", "no frame"),
            ("text", b"this is no zstd frame", "text for a frame"),
            ("cut", frame[:-1], "frame without its last byte"),
            ("size-more", zstd_frame(body, 4097, rle),
             "announces a byte more"),
            ("size-less", zstd_frame(body, 4095, rle),
             "announces a byte less"),
            ("size-zero", zstd_frame(b""), "announces nothing"),
            ("lies", zstd_frame(body, 4096, [(1, 4095, b"\x14")]),
             "holds a byte less"),
            ("lies-more", zstd_frame(body, 4096, [(1, 4097, b"\x14")]),
             "holds a byte more"),
            ("unsized", bytes.fromhex("28b52ffd0048") + frame[9:],
             "announces no size"),
            ("dictionary", frame[:4] + bytes([frame[4] | 1, 7]) + frame[5:],
             "needs a dictionary"),
            ("junk", frame + b"junk", "bytes behind the frame"),
            ("twice", frame + frame, "two frames"),
            ("block", frame[:9] + b"\x07" + frame[10:], "reserved block")):
        fault("frame-" + name, "packed: " + what, 3, "frame",
              other("packed", data))
    for part in ("index", "changes"):
        data = second().part(part)
        fault("frame-" + part, f"{part}: text for a frame", 3, part,
              other(part, b"text"))
        fault(f"frame-{part}-size", f"{part}: announces a byte less", 3,
              part, other(part, zstd_frame(
                  data, len(data) - 1, [(1, len(data), b"\0")])))
    bomb = second()
    bomb.frame("packed", zstd_frame(b"", 100 << 20, [(1, 4096, b"\x14")]))
    fault("frame-bomb", "announces 100 MiB for a page", 3, "frame",
          bomb.make())


def make_bad_content():
    usual = second()
    fault("content-sum", "a bit of the content's CRC flipped", 4, "content",
          usual.make(content=1))
    for name, what, payload in (
            ("pfn", "another pfn", second(
                index=(0, pfn_runs([(4, 1), (9, 1), (6, 3), (20, 1)])))),
            ("tag", "another type", second(
                index=(1, tag_runs([(0x100, 1), (0xf00, 1), (0, 4)])))),
            ("word", "another word", second(index=(3, b"8 bytes."))),
            ("same", "another page of the window", second(
                index=(4, references((1, 1), 3)))),
            ("packed", "another packed page", second(packed=flat(21))),
            ("changes", "other changed words", second(words=bytes(16))),
            ("bits", "other places of changed words", second(
                bits=b"\3" + bytes(63)))):
        fault("content-" + name, what, 4, "content", payload.make())
    fault("content-spare", "other bytes 4 to 7", 4, "content",
          usual.make(spare=1))
    two = data_pages(5, flat(30), flat(31))
    fault("content-order", "two classes the other way round", 4, "content",
          second(two, [PACKED, ZERO], index=(
              2, bytes([ZERO, PACKED]))).make())


def make_bad_pages():
    make_bad_header()
    make_bad_window()
    make_bad_order()
    make_bad_counts()
    make_bad_parts()
    make_bad_index()
    make_bad_back()
    make_bad_changes()
    make_bad_frames()
    make_bad_content()
