/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records packed as pages: what class each page falls into, and 10,000 made
 * streams that come back, with records under way in any order that threads
 * might have.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "compress.h"
#include "crc.h"
#include "expand.h"
#include "format.h"
#include "pages.h"
#include "tap.h"

#define STREAMS		10000u
#define HOSTILE		5000u	/* streams that are damaged on purpose */
#define UNDER_WAY	3u	/* records at the same time */
#define RECORDS_MAX	6u	/* of a stream */
#define PAGES_MAX	12u	/* of a record */
#define PFNS		16u	/* different ones of a stream */

static uint64_t state = 88172645463325252u;

/* xorshift64, Marsaglia, "Xorshift RNGs", 2003. */
static uint64_t
draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static unsigned
below(unsigned n)
{
	return (unsigned)(draw() >> 32) % n;
}

static void
must(int result)
{
	if (result == -1)
		exit(1);
}

/* Pages of before, so that new ones can be like them. */
struct past {
	uint8_t page[PFNS][PAGE_SIZE];
};

static void
noise_of(uint8_t *page, uint64_t mask)
{
	unsigned i;

	for (i = 0; i < PAGE_SIZE; i += 8)
		put_le64(page + i, draw() & mask);
}

static void
noise(uint8_t *page)
{
	noise_of(page, UINT64_MAX);
}

static void
text(uint8_t *page)
{
	unsigned i;

	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)('a' + below(4 + i % 7));
}

/* A page of any kind. */
static void
draw_page(uint8_t *page, struct past *past, uint64_t pfn)
{
	uint8_t *last = past->page[pfn % PFNS];
	uint64_t word = draw();
	unsigned i;

	switch (below(9)) {
	case 0:
		memset(page, 0, PAGE_SIZE);
		break;
	case 1:
		for (i = 0; i < PAGE_SIZE; i += 8)
			put_le64(page + i, word);
		break;
	case 2:
	case 3:
		memcpy(page, past->page[below(PFNS)], PAGE_SIZE);
		break;
	case 4:
	case 5:
		memcpy(page, last, PAGE_SIZE);
		for (i = below(600); i > 0; i--)
			page[below(PAGE_SIZE)] ^= (uint8_t)draw();
		break;
	case 6:
		noise(page);
		break;
	case 7:
		noise_of(page, UINT64_C(0x7f7f7f7f7f7f7f7f));
		break;
	default:
		text(page);
	}
	memcpy(last, page, PAGE_SIZE);
}

static uint64_t
draw_entry(void)
{
	static const uint64_t types[] = { 0, 0, 0, 0, 1, 2, 4, 9, 12, 13, 14,
	    15, 15, 5 };
	uint64_t type = types[below(below(50) == 0 ? 14 : 13)];
	uint64_t pfn = below(20) == 0 ? draw() & PFN_MASK : below(PFNS);

	return type << PFN_TYPE_SHIFT | pfn |
	    (below(10) == 0 ? draw() & 0xff : 0) << 52;
}

static void
draw_pages(struct record *rec, struct past *past)
{
	uint32_t count = below(20) == 0 ? 0 : 1 + below(PAGES_MAX), i;
	uint8_t *page = rec->body + 8 + 8 * count;
	uint64_t entry;

	put_le32(rec->body, count);
	put_le32(rec->body + 4, below(8) == 0 ? (uint32_t)draw() : 0);
	for (i = 0; i < count; i++) {
		entry = draw_entry();
		put_le64(rec->body + 8 + 8 * i, entry);
		if (!page_has_data((enum page_type)(entry >>
		    PFN_TYPE_SHIFT)))
			continue;
		draw_page(page, past, entry & PFN_MASK);
		page += PAGE_SIZE;
	}
	rec->length = (uint32_t)(page - rec->body);
}

/* Any record; now and then its length is wrong, and its padding not zero. */
static void
draw_record(struct record *rec, struct past *past)
{
	struct fault f;
	uint32_t i;

	*rec = (struct record){ .part = PART_RECORD, .type = REC_PAGE_DATA };
	must(record_reserve(rec, 8 + PAGES_MAX * (8 + PAGE_SIZE) + 8, &f));
	draw_pages(rec, past);
	if (below(12) == 0)
		rec->length -= below(rec->length);
	if (below(12) == 0)
		rec->type = below(8) == 0 ? REC_CHECKPOINT : REC_HVM_CONTEXT;
	rec->size = record_size(rec->length);
	for (i = rec->length; i < rec->size; i++)
		rec->body[i] = (uint8_t)below(3);
}

static void
copy(struct record *to, const struct record *from)
{
	struct fault f;

	*to = *from;
	to->body = NULL;
	to->room = 0;
	must(record_reserve(to, from->size + 8, &f));
	memcpy(to->body, from->body, from->size);
}

static bool
equal(const struct record *a, const struct record *b)
{
	return a->part == b->part && a->type == b->type &&
	    a->length == b->length && a->size == b->size &&
	    memcmp(a->body, b->body, a->size) == 0;
}

typedef int step(void *worker, struct record *rec, struct fault *f);

/*
 * One direction, UNDER_WAY workers: records are read, worked on, joined and
 * finished as threads might do it: in order where that is promised, and
 * otherwise the latest first.
 */
static int
run(void *const *worker, step *const steps[4], struct record *rec,
    unsigned count, struct fault *f)
{
	unsigned start, n, i, s;

	for (start = 0; start < count; start += n) {
		n = count - start < UNDER_WAY ? count - start : UNDER_WAY;
		for (s = 0; s < 4; s++)
			for (i = 0; i < n && steps[s] != NULL; i++) {
				unsigned k = s % 2 == 0 ? i : n - 1 - i;

				if (steps[s](worker[k], &rec[start + k],
				    f) == -1)
					return -1;
			}
	}
	return 0;
}

static int
pack(uint32_t window, int level, struct record *rec, unsigned count,
    struct counts *counts, struct fault *f)
{
	static step *const steps[4] = { NULL, compress_look, compress_join,
	    compress_finish };
	struct compressor *shared = compressor_new(level, window, UNDER_WAY,
	    f);
	void *worker[UNDER_WAY];
	unsigned i;
	int result;

	for (i = 0; i < UNDER_WAY; i++)
		must((worker[i] = compress_new(shared)) == NULL ? -1 : 0);
	result = run(worker, steps, rec, count, f);
	for (i = 0; i < UNDER_WAY; i++) {
		counts_add(counts, compress_counts(worker[i]));
		compress_free(worker[i]);
	}
	compressor_free(shared);
	return result;
}

static int
unpack(struct record *rec, unsigned count, struct counts *counts,
    struct fault *f)
{
	static step *const steps[4] = { expand_first, expand_open,
	    expand_join, expand_finish };
	struct expander *shared = expander_new(EXPAND_MEMORY, UNDER_WAY, f);
	void *worker[UNDER_WAY];
	unsigned i;
	int result;

	for (i = 0; i < UNDER_WAY; i++)
		must((worker[i] = expand_new(shared)) == NULL ? -1 : 0);
	result = run(worker, steps, rec, count, f);
	for (i = 0; i < UNDER_WAY; i++) {
		counts_add(counts, expand_counts(worker[i]));
		expand_free(worker[i]);
	}
	expander_free(shared);
	return result;
}

/* One made stream, there and back.  Whether it came back. */
static bool
round_trip(uint32_t window, struct counts *counts)
{
	struct record before[RECORDS_MAX], rec[RECORDS_MAX];
	static struct past past;
	struct counts back = { 0 }, there = { 0 };
	unsigned count = 1 + below(RECORDS_MAX), i;
	struct fault f = { 0 };
	bool good = true;

	for (i = 0; i < count; i++) {
		draw_record(&before[i], &past);
		copy(&rec[i], &before[i]);
	}
	if (pack(window, 1, rec, count, &there, &f) == -1 ||
	    unpack(rec, count, &back, &f) == -1) {
		printf("# %s\n", f.text);
		good = false;
	}
	good = good && memcmp(&there, &back, sizeof(back)) == 0;
	for (i = 0; i < count; i++) {
		good = good && equal(&before[i], &rec[i]);
		record_free(&before[i]);
		record_free(&rec[i]);
	}
	counts_add(counts, &there);
	return good;
}

static void
test_made(void)
{
	static const uint32_t windows[] = { 0, 1, 2, 5, 16, 40, 1000,
	    COMPRESS_WINDOW };
	struct counts counts = { 0 };
	unsigned i, bad = 0;
	uint64_t seed = state;

	for (i = 0; i < STREAMS && bad < 10; i++) {
		uint64_t before = state;

		if (!round_trip(windows[i % 8], &counts)) {
			printf("# stream %u, state %llu\n", i,
			    (unsigned long long)before);
			bad++;
		}
	}
	ok(i == STREAMS && bad == 0, "%u made streams come back, from %llu",
	    i, (unsigned long long)seed);
	for (i = 0; i < CLASSES; i++)
		ok(counts.pages[i] > STREAMS / 10, "%llu pages of class %u",
		    (unsigned long long)counts.pages[i], i);
	ok(counts.records - counts.page_records > STREAMS / 10,
	    "%llu records that are no pages", (unsigned long long)
	    (counts.records - counts.page_records));
}

/* One record of pages with pfns 0, 1, 2 ...; the caller fills them. */
static uint8_t *
pages_record(struct record *rec, uint32_t count)
{
	struct fault f;
	uint32_t i;

	*rec = (struct record){ .part = PART_RECORD };
	must(record_reserve(rec, 8 + count * (size_t)(8 + PAGE_SIZE), &f));
	put_le32(rec->body, count);
	put_le32(rec->body + 4, 0);
	for (i = 0; i < count; i++)
		put_le64(rec->body + 8 + 8 * i, i);
	record_set(rec, REC_PAGE_DATA, 8 + count * (8 + PAGE_SIZE));
	return rec->body + 8 + 8 * (size_t)count;
}

/* What each class takes, by itself: eight pages of it in a record of 16. */
static void
test_savings(void)
{
	struct record rec[2];
	struct counts counts = { 0 };
	struct fault f;
	uint8_t *page, *again;
	unsigned i;

	page = pages_record(&rec[0], 16);
	for (i = 0; i < 16; i++)
		noise(page + i * PAGE_SIZE);
	memset(page, 0, 8 * PAGE_SIZE);
	again = pages_record(&rec[1], 16);
	memcpy(again, page, 16 * (size_t)PAGE_SIZE);
	for (i = 0; i < 4; i++) {
		memset(again + i * PAGE_SIZE, 'x', PAGE_SIZE);
		again[(8 + i) * PAGE_SIZE + 100 * i] ^= 1;
		text(again + (4 + i) * PAGE_SIZE);
	}
	ok(pack(1000, 1, rec, 2, &counts, &f) == 0, "two records");
	ok(counts.pages[CLASS_ZERO] == 8 && counts.pages[CLASS_STORED] == 8 &&
	    counts.pages[CLASS_WORD] == 4 && counts.pages[CLASS_SAME] == 4 &&
	    counts.pages[CLASS_CHANGED] == 4 &&
	    counts.pages[CLASS_PACKED] + counts.pages[CLASS_PACKED + 1] == 4,
	    "each page is of the class it was made for");
	ok(rec[0].length < 8 * PAGE_SIZE + 200,
	    "8 zero pages cost nothing: %u bytes with 8 random ones",
	    rec[0].length);
	ok(counts.stored == 8 * PAGE_SIZE, "random pages are stored");
	ok(counts.changes < 4 * 40, "4 pages that changed in a word cost "
	    "%llu bytes", (unsigned long long)counts.changes);
	ok(rec[1].length < counts.frames + counts.changes + 200,
	    "4 pages as before and 4 of one word cost nothing: %u bytes",
	    rec[1].length);
	record_free(&rec[0]);
	record_free(&rec[1]);
}

/* The window bounds what is found: pages come again, the latest first. */
static void
test_window(uint32_t window, unsigned want)
{
	struct record rec[2], before;
	struct counts counts = { 0 }, back = { 0 };
	struct fault f;
	uint8_t *page, *again;
	unsigned i;

	page = pages_record(&rec[0], 64);
	again = pages_record(&rec[1], 64);
	for (i = 0; i < 64; i++) {
		noise(page + i * PAGE_SIZE);
		memcpy(again + (63 - i) * PAGE_SIZE, page + i * PAGE_SIZE,
		    PAGE_SIZE);
	}
	copy(&before, &rec[1]);
	must(pack(window, 1, rec, 2, &counts, &f));
	ok(counts.pages[CLASS_SAME] == want,
	    "a window of %u pages finds %u of 64", window,
	    (unsigned)counts.pages[CLASS_SAME]);
	ok(unpack(rec, 2, &back, &f) == 0 && equal(&rec[1], &before),
	    "and they come back");
	record_free(&rec[0]);
	record_free(&rec[1]);
	record_free(&before);
}

/* Makes the payload's CRC right again, so that what is inside is looked at. */
static void
seal(struct record *rec)
{
	uint32_t crc = crc_add(CRC_START, rec->body + COMPRESSED_TYPE_OFFSET,
	    RECORD_HEADER_SIZE);

	put_le32(rec->body + COMPRESSED_PACKED_CRC_OFFSET, crc_add(crc,
	    rec->body + COMPRESSED_HEADER_SIZE,
	    rec->length - COMPRESSED_HEADER_SIZE));
}

static bool
is_pages(const struct record *rec)
{
	return rec->type == REC_COMPRESSED &&
	    get_le16(rec->body + OUR_FLAGS_OFFSET) == COMPRESSED_PAGES;
}

/* A few bytes of the payload are others, most of them at its start. */
static void
hurt(struct record *rec)
{
	uint32_t size = rec->length - COMPRESSED_HEADER_SIZE, near;
	unsigned n = 1 + below(3);

	for (; n > 0; n--) {
		near = below(4) == 0 || size < 160 ? size : 160;
		rec->body[COMPRESSED_HEADER_SIZE + below(near)] =
		    (uint8_t)(below(2) ? draw() : 1u << below(8));
	}
	seal(rec);
}

/* Whoever made the stream: it is refused, or what comes is what was packed. */
static void
test_hostile(void)
{
	static struct past past;
	struct record before[RECORDS_MAX], rec[RECORDS_MAX];
	unsigned i, k, refused = 0, equals = 0, other = 0;
	struct counts counts = { 0 };
	struct fault f;

	for (i = 0; i < HOSTILE; i++) {
		for (k = 0; k < RECORDS_MAX; k++) {
			draw_record(&before[k], &past);
			copy(&rec[k], &before[k]);
		}
		must(pack(40, 1, rec, RECORDS_MAX, &counts, &f));
		k = below(RECORDS_MAX);
		if (is_pages(&rec[k]))
			hurt(&rec[k]);
		if (unpack(rec, RECORDS_MAX, &counts, &f) == -1)
			refused++;
		else if (equal(&rec[k], &before[k]))
			equals++;
		else
			other++;
		for (k = 0; k < RECORDS_MAX; k++) {
			record_free(&before[k]);
			record_free(&rec[k]);
		}
	}
	ok(other == 0 && refused > HOSTILE / 2, "of %u streams %u are "
	    "refused, %u are as they were, %u others", HOSTILE, refused,
	    equals, other);
}

int
main(void)
{
	test_savings();
	test_window(0, 0);
	test_window(10, 10);
	test_window(63, 63);
	test_window(64, 64);
	test_window(1000, 64);
	test_made();
	test_hostile();
	return tap_end();
}
