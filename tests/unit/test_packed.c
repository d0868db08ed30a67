/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 10,000 made streams, packed as pages, that come back, and damaged ones that
 * do not come back as something else.
 */
#include "crc.h"
#include "format.h"
#include "packing.h"

#define STREAMS		10000u
#define HOSTILE		5000u	/* streams that are damaged on purpose */
#define RECORDS_MAX	6u	/* of a stream */
#define PAGES_MAX	12u	/* of a record */
#define PFNS		16u	/* different ones of a stream */

/* Pages of before, so that new ones can be like them. */
struct past {
	uint8_t page[PFNS][PAGE_SIZE];
};

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
	test_made();
	test_hostile();
	return tap_end();
}
