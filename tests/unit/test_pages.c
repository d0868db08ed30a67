/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "bytes.h"
#include "measure.h"
#include "pages.h"
#include "survey.h"
#include "tap.h"

static struct record rec;

/* Makes rec a PAGE_DATA of these entries, type << 60 | pfn, and pages that
 * are filled with the low byte of their pfn. */
static void
make(const uint64_t *entry, uint32_t count)
{
	struct fault f;
	uint32_t i, full = 0;

	for (i = 0; i < count; i++)
		full += entry[i] >> 60 < PAGE_BROKEN;
	if (record_reserve(&rec, 8 + 8 * count + full * PAGE_SIZE, &f) == -1)
		exit(1);
	record_set(&rec, REC_PAGE_DATA, 8 + 8 * count + full * PAGE_SIZE);
	put_le32(rec.body, count);
	put_le32(rec.body + 4, 0);
	for (i = 0, full = 0; i < count; i++) {
		put_le64(rec.body + 8 + 8 * i, entry[i]);
		if (entry[i] >> 60 < PAGE_BROKEN)
			memset(rec.body + 8 + 8 * count +
			    PAGE_SIZE * full++, (int)(entry[i] & 0xff),
			    PAGE_SIZE);
	}
}

#define ENTRY(type, pfn)	((uint64_t)(type) << 60 | (pfn))

static void
test_pages(void)
{
	static const uint64_t some[] = { ENTRY(PAGE_NOTAB, 7),
	    ENTRY(PAGE_XTAB, 8), ENTRY(PAGE_L4TAB_PINNED, 0xfffff) |
	    UINT64_C(3) << 52, ENTRY(PAGE_XALLOC, 9) };
	struct pages p;
	struct page page;
	struct fault f;

	make(some, 4);
	ok(pages_open(&p, &rec, &f) == 0 && p.count == 4 && p.full == 2,
	    "four entries, two with data");
	ok(pages_next(&p, &page) && page.pfn == 7 && page.bytes[0] == 7 &&
	    page.type == PAGE_NOTAB && page.reserved == 0, "the first");
	ok(pages_next(&p, &page) && page.pfn == 8 && page.bytes == NULL,
	    "XTAB has no data");
	ok(pages_next(&p, &page) && page.pfn == 0xfffff &&
	    page.bytes[PAGE_SIZE - 1] == 0xff && page.reserved == 3 &&
	    page_level(page.type) == 4, "a pinned table, reserved bits");
	ok(pages_next(&p, &page) && page.type == PAGE_XALLOC &&
	    !pages_next(&p, &page), "the last");
	put_le32(rec.body, 5);
	faulty(pages_open(&p, &rec, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(PAGE_DATA) at byte 0: length 8232, its pfns take 12336");
}

/* One bit of *ctx per pfn: whether it stays. */
static int
is_set(void *ctx, const struct pages *p, const struct page *page,
    struct fault *f)
{
	const int *mask = ctx;

	(void)f;
	(void)p;
	return page->pfn < 7 ? *mask >> page->pfn & 1 : -1;
}

/* What stays of a record is one made of these entries alone. */
static bool
keeps(const uint64_t *entry, uint32_t count, int mask)
{
	struct record kept = { 0 };
	uint64_t left[7];
	uint32_t i, n = 0;
	struct fault f;
	bool same;

	for (i = 0; i < count; i++)
		if (mask >> i & 1)
			left[n++] = entry[i];
	make(entry, count);
	if (pages_keep(&rec, is_set, &mask, &f) == -1)
		return false;
	if (n == 0)
		return rec.part == PART_NONE;
	record_move(&kept, &rec);
	make(left, n);
	same = kept.part == PART_RECORD && kept.size == rec.size &&
	    kept.length == rec.length &&
	    memcmp(kept.body, rec.body, rec.size) == 0;
	record_free(&kept);
	return same;
}

static void
test_keep(void)
{
	static const uint64_t some[] = { ENTRY(PAGE_XTAB, 0),
	    ENTRY(PAGE_NOTAB, 1), ENTRY(PAGE_NOTAB, 2),
	    ENTRY(PAGE_XALLOC, 3), ENTRY(PAGE_L1TAB, 4),
	    ENTRY(PAGE_NOTAB, 5), ENTRY(PAGE_XTAB, 6) };
	static const uint64_t far = ENTRY(PAGE_NOTAB, 7);
	struct fault f;
	int mask, kept = 0;

	for (mask = 0; mask < 1 << 7; mask++)
		kept += keeps(some, 7, mask);
	ok(kept == 1 << 7, "each choice of seven entries is kept");
	make(&far, 1);
	ok(pages_keep(&rec, is_set, &mask, &f) == -1,
	    "a question that fails is told");
}

static void
test_measure(void)
{
	uint8_t page[PAGE_SIZE] = { 0 };
	size_t i;

	ok(measure_zero(page) && measure_entropy(page) == 0, "zero");
	page[PAGE_SIZE - 1] = 1;
	ok(!measure_zero(page), "all but the last byte zero");
	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)(i % 16);
	ok(measure_entropy(page) == 8, "16 values: 4 bits, told as 8");
	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)i;
	ok(measure_entropy(page) == 15, "256 values: 8 bits, told as 15");
}

static void
add(struct survey *s, const uint64_t *entry, uint32_t count)
{
	struct fault f;

	make(entry, count);
	if (survey_measure(&rec, true, &f) == -1 ||
	    survey_add(s, &rec, &f) == -1)
		exit(1);
}

static void
test_survey(void)
{
	static const uint64_t first[] = { ENTRY(PAGE_NOTAB, 0x100),
	    ENTRY(PAGE_NOTAB, 0x101), ENTRY(PAGE_L1TAB, 0x102),
	    ENTRY(PAGE_XTAB, 0x103) };
	static const uint64_t then[] = { ENTRY(PAGE_NOTAB, 0x101),
	    ENTRY(PAGE_XTAB, 0x102), ENTRY(PAGE_NOTAB, 0x201) };
	struct survey s;
	struct survey_page page;
	struct fault f;
	uint64_t pfn = 0;

	survey_begin(&s, &f);
	add(&s, first, 4);
	add(&s, then, 3);
	ok(survey_end(&s, &f) == 0 && s.pages == 4 && s.sent == 5 &&
	    s.rounds == 2 && s.round[0] == 3 && s.round[1] == 2,
	    "5 sent in 2 rounds, 4 there");
	ok(s.zero == 1 && s.duplicates == 1, "one zero, two equal");
	ok(s.type[PAGE_NOTAB] == 3 && s.type[PAGE_XTAB] == 1 &&
	    s.type[PAGE_L1TAB] == 0, "the last types");
	ok(s.times[0] == 3 && s.times[1] == 1 && s.most_pfn == 0x101,
	    "how often");
	ok(survey_page(&s, &pfn, &page) && pfn == 0x100 && page.zero,
	    "a page of zeros");
	pfn = 0x102;
	ok(survey_page(&s, &pfn, &page) && page.type == PAGE_XTAB &&
	    page.data && page.times == 1,
	    "one that became absent keeps its data");
	pfn = 0x103;
	ok(survey_page(&s, &pfn, &page) && pfn == 0x201 && page.duplicate,
	    "one that was never there is none");
	survey_free(&s);
}

int
main(void)
{
	test_pages();
	test_keep();
	test_measure();
	test_survey();
	record_free(&rec);
	return tap_end();
}
