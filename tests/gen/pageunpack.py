# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records packed as pages, undone as man/xenrec.5 has it, never by the code
under test: unpack() takes all that the page allows, and refuses the rest.
"""
import struct
import subprocess

from pagepack import *  # noqa: F403
from xenstream import *  # noqa: F403

WINDOW_MAX = 65536


class Fault(Exception):
    """The exit status, what kind of fault it is, and its numbers."""

    def __init__(self, status, kind, **numbers):
        super().__init__(kind)
        self.status, self.kind, self.numbers = status, kind, numbers

    def __str__(self):
        return self.kind + "".join(f", {name} {n}"
                                   for name, n in self.numbers.items())


def check(fits, kind, status=3, **numbers):
    if not fits:
        raise Fault(status, kind, **numbers)


def content_size(frame):
    """What a zstd frame says that it holds, or None; RFC 8878, 3.1.1."""
    if frame[:4] != bytes.fromhex("28b52ffd") or len(frame) < 6:
        return None
    descriptor = frame[4]
    single = descriptor >> 5 & 1
    size = (single, 2, 4, 8)[descriptor >> 6]
    at = 6 - single + (0, 1, 2, 4)[descriptor & 3]
    if size == 0 or descriptor & 8 or len(frame) < at + size:
        return None
    return int.from_bytes(frame[at:at + size], "little") + 256 * (size == 2)


def unzstd(frame, size):
    """zstd refuses a frame that needs a dictionary, and bytes behind it that
    are no frame."""
    check(content_size(frame) == size, "frame")
    done = subprocess.run(["zstd", "-dcq", "--long=31"], input=frame,
                          capture_output=True)
    check(done.returncode == 0 and len(done.stdout) == size, "frame")
    return done.stdout


class Index:
    """The index, read from front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        check(len(self.data) - self.at >= size, "index")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self):
        value = 0
        for i in range(10):
            byte, = self.take(1)
            value |= (byte & 127) << 7 * i
            if byte < 128:
                check(value < 1 << 64, "index")
                return value
        raise Fault(3, "index")

    def signed(self):
        n = self.number()
        return -(n + 1) // 2 if n & 1 else n // 2

    def many(self, most):
        many = self.number() + 1
        check(many <= most, "index")
        return many

    def pfns(self, count):
        out = []
        expected = 0
        while len(out) < count:
            first = expected + self.signed()
            expected = first + self.many(count - len(out))
            check(0 <= first and expected <= 1 << PFN_BITS, "index")
            out += range(first, expected)
        return out

    def tags(self, count):
        out = []
        while len(out) < count:
            tag = self.number()
            check(tag < 1 << TAG_BITS and not 5 <= tag >> 8 <= 8, "index")
            out += [tag] * self.many(count - len(out))
        return out

    def references(self, count, first):
        out = []
        expected = first
        for _ in range(count):
            out.append(expected + self.signed())
            expected = out[-1] + 1
        return out


def check_sizes(head, length, rest):
    """What does not need the index.  rest: of the payload, behind head."""
    pages, odd = divmod(length - 8 - 8 * head.count, PAGE)
    packed, uneven = divmod(head.packed_size, PAGE)
    stored, torn = divmod(rest - head.index_length - head.packed_length -
                          head.changes_length, PAGE)
    changed = head.added - packed - stored
    words = head.changes_size - 64 * changed
    check(1 <= head.count <= COUNT_MAX and odd == uneven == torn == 0 and
          0 <= pages <= min(FULL_MAX, head.count) and stored >= 0 and
          head.added <= pages and changed >= 0 and
          0 <= words <= PAGE * changed and words % 8 == 0 and
          head.index_size <= 64 * head.count and
          head.index_length <= head.index_size and
          head.packed_length <= head.packed_size and
          head.changes_length <= head.changes_size, "sizes")
    return packed, stored, changed


def cut(payload, sizes):
    """The parts of a payload, unpacked; sizes: (as it is, unpacked) each."""
    at = HEAD.size
    for length, size in sizes:
        part = payload[at:at + length]
        at += length
        yield part if length == size else unzstd(part, size)
    yield payload[at:]


def changed_words(changes, count):
    """For each page of class 3 the words that it has of its own: {place: 8
    bytes}."""
    bits = [int.from_bytes(changes[64 * i:64 * i + 64], "little")
            for i in range(count)]
    at = 64 * count
    check(8 * sum(map(int.bit_count, bits)) == len(changes) - at, "changes")
    out = []
    for field in bits:
        out.append({})
        for i in range(512):
            if field >> i & 1:
                out[-1][i] = changes[at:at + 8]
                at += 8
    return out


def patched(page, words):
    page = bytearray(page)
    for i, word in words.items():
        page[8 * i:8 * i + 8] = word
    return bytes(page)


class Unpacker:
    """The window, and how many pages of each class there were."""

    def __init__(self, limit=WINDOW_MAX):
        self.limit, self.window, self.past = limit, None, []
        self.classes, self.layer = [0] * CLASSES, False

    def record(self, piece):
        """The original of a COMPRESSED record."""
        kind, length = struct.unpack_from("<II", piece)
        body = piece[8:8 + length]
        # The first record tells whether there is a layer at all.
        check(kind == COMPRESSED and body[4:8] == b"xRec", "ours",
              3 if self.layer else 5)
        self.layer = True
        version, flags = struct.unpack_from("<HH", body)
        check(version == 1 and flags < 4, "version", 5)
        check(length >= 24, "header")
        kind, length, content, written = struct.unpack_from("<4I", body, 8)
        check(length <= (OUR_MAX if kind in OURS else RECORD_MAX), "limit")
        check(kind not in (END, CHECKPOINT), "end")
        check(flags != FRAME_FLAG | PAGES_FLAG, "both")
        size = length + -length % 8
        if flags == PAGES_FLAG:
            check(kind == PAGE_DATA, "type")
            check(len(body) - 24 >= HEAD.size, "short",
                  length=len(body) - 24)
            check(crc32c(body[8:16] + body[24:]) == written, "payload", 4)
            data = self.pages(length, body[24:])
        elif flags == FRAME_FLAG:
            data = unzstd(body[24:], size)
        else:
            check(len(body) - 24 == size, "stored")
            data = body[24:]
        check(crc32c(body[8:16] + data) == content, "content", 4)
        return body[8:16] + data

    def place(self, head):
        """Whether a record has its place in the window."""
        check(head.window <= self.limit, "limit", 5, window=head.window)
        if self.window is None:
            self.window = head.window
        check(head.window == self.window, "window", window=head.window,
              before=self.window)
        expected = len(self.past)
        check(head.first <= expected, "lost", 4, expected=expected,
              last=head.first - 1)
        check(head.first == expected, "again", 4, first=head.first)

    def pages(self, length, payload):
        """The body of a PAGE_DATA record of this length."""
        head = Head(*HEAD.unpack_from(payload))
        self.place(head)
        numbers = check_sizes(head, length, len(payload) - HEAD.size)
        index, packed, changes, stored = cut(payload, (
            (head.index_length, head.index_size),
            (head.packed_length, head.packed_size),
            (head.changes_length, head.changes_size)))
        index = Index(index)
        pfns, tags = index.pfns(head.count), index.tags(head.count)
        count = sum(full(tag >> 8) for tag in tags)
        check(length == 8 + 8 * head.count + PAGE * count, "index")
        kinds = index.take(count)
        check(all(kind < CLASSES for kind in kinds), "index")
        same = index.take(8 * kinds.count(WORD))
        back = index.references(kinds.count(SAME) + kinds.count(CHANGED),
                                head.first)
        check(index.at == len(index.data), "index")
        groups = [kinds.count(PACKED + n) for n in range(GROUPS)]
        check(numbers == (sum(groups), kinds.count(STORED),
                          kinds.count(CHANGED)), "index")
        words = changed_words(changes, kinds.count(CHANGED))
        return struct.pack(
            f"<II{head.count}Q", head.count, head.spare,
            *(tag << PFN_BITS | pfn for tag, pfn in zip(tags, pfns))) + \
            self.join(kinds, same, back, words, packed, stored)

    def join(self, kinds, same, back, words, packed, stored):
        """The pages, in order, each from what its class has."""
        at = [0] * CLASSES
        for kind in range(PACKED + 1, CLASSES):
            at[kind] = at[kind - 1] + kinds.count(kind - 1)
        out = []
        for i, kind in enumerate(kinds):
            n = at[kind]
            at[kind] += 1
            if kind == ZERO:
                page = bytes(PAGE)
            elif kind == WORD:
                page = same[8 * n:8 * n + 8] * 512
            elif kind >= PACKED:
                page = packed[PAGE * n:PAGE * n + PAGE]
            elif kind == STORED:
                page = stored[PAGE * n:PAGE * n + PAGE]
            else:
                page = self.behind(back.pop(0), i)
                if kind == CHANGED:
                    page = patched(page, words[n])
            if kind >= CHANGED:
                self.past.append(page)
            self.classes[kind] += 1
            out.append(page)
        return b"".join(out)

    def behind(self, number, page):
        """number: as it is called in the window; page: the one that points
        to it, of those with data in its record."""
        far = len(self.past) - number
        check(1 <= far <= self.window and number >= 0, "page",
              number=number, page=page)
        return self.past[number]


def unpack(stream, limit=WINDOW_MAX):
    """The plain stream, of whatever kind, and how many pages of each class
    were in it."""
    unpacker, out, at = Unpacker(limit), [], 0
    try:
        for name, piece in chunks(stream):
            check(name != "rest", "end")
            if isinstance(name, tuple) and name[1] not in (END, CHECKPOINT):
                length, = struct.unpack_from("<I", piece, 4)
                check(len(piece) == 8 + length + -length % 8, "cut")
                out.append(unpacker.record(piece))
            else:
                out.append(piece)
            at += len(piece)
        check(out and out[-1] == END_RECORD, "cut")
    except Fault as fault:
        fault.numbers["byte"] = at
        raise
    except struct.error:
        raise Fault(3, "cut", byte=at) from None
    return b"".join(out), unpacker.classes
