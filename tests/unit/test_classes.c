/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records packed as pages: what class each page falls into, what that takes,
 * and how far back the window looks.
 */
#include "packing.h"

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

int
main(void)
{
	test_savings();
	test_window(0, 0);
	test_window(10, 10);
	test_window(63, 63);
	test_window(64, 64);
	test_window(1000, 64);
	return tap_end();
}
