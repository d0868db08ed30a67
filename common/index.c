/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "index.h"
#include "pages.h"

/* Bytes that are still to be read. */
struct reader {
	const uint8_t *at, *end;
};

static uint8_t *
put_number(uint8_t *to, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*to++ = (uint8_t)(n | 0x80);
	*to++ = (uint8_t)n;
	return to;
}

static bool
get_number(struct reader *r, uint64_t *n)
{
	unsigned shift;
	uint8_t byte;

	*n = 0;
	for (shift = 0; shift < 70 && r->at < r->end; shift += 7) {
		byte = *r->at++;
		if (shift == 63 && byte > 1)
			return false;
		*n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* How far it is from one to the other, signed, as a number. */
static uint64_t
distance(uint64_t from, uint64_t to)
{
	uint64_t n = to - from;

	return n >> 63 ? ~(n << 1) : n << 1;
}

static uint64_t
go(uint64_t from, uint64_t distance)
{
	return from + (distance & 1 ? ~(distance >> 1) : distance >> 1);
}

static uint64_t
pfn_of(uint64_t entry)
{
	return entry & PFN_MASK;
}

static uint64_t
tag_of(uint64_t entry)
{
	return entry >> PACKED_TAG_SHIFT;
}

static uint8_t *
put_pfns(const struct index *x, uint8_t *to)
{
	uint64_t expected = 0, pfn;
	uint32_t i, run;

	for (i = 0; i < x->count; i += run) {
		pfn = pfn_of(x->entry[i]);
		for (run = 1; i + run < x->count &&
		    pfn_of(x->entry[i + run]) == pfn + run; run++)
			;
		to = put_number(to, distance(expected, pfn));
		to = put_number(to, run - 1);
		expected = pfn + run;
	}
	return to;
}

static uint8_t *
put_tags(const struct index *x, uint8_t *to)
{
	uint64_t tag;
	uint32_t i, run;

	for (i = 0; i < x->count; i += run) {
		tag = tag_of(x->entry[i]);
		for (run = 1; i + run < x->count &&
		    tag_of(x->entry[i + run]) == tag; run++)
			;
		to = put_number(to, tag);
		to = put_number(to, run - 1);
	}
	return to;
}

static bool
has_number(uint8_t class)
{
	return class == CLASS_SAME || class == CLASS_CHANGED;
}

size_t
index_put(const struct index *x, uint64_t first, uint8_t *to)
{
	const uint8_t *start = to;
	uint64_t expected = first;
	uint32_t i;

	to = put_pfns(x, to);
	to = put_tags(x, to);
	memcpy(to, x->class, x->full);
	to += x->full;
	for (i = 0; i < x->full; i++)
		if (x->class[i] == CLASS_WORD) {
			put_le64(to, x->word[i]);
			to += 8;
		}
	for (i = 0; i < x->full; i++)
		if (has_number(x->class[i])) {
			to = put_number(to, distance(expected,
			    x->number[i]));
			expected = x->number[i] + 1;
		}
	return (size_t)(to - start);
}

/* A run: what it starts with, and how many of the `left` it takes. */
static bool
get_run(struct reader *r, uint32_t left, uint64_t *start, uint32_t *run)
{
	uint64_t n;

	if (!get_number(r, start) || !get_number(r, &n) || n >= left)
		return false;
	*run = (uint32_t)n + 1;
	return true;
}

static bool
get_pfns(struct index *x, struct reader *r)
{
	uint64_t pfn = 0, start;
	uint32_t i = 0, run;

	while (i < x->count) {
		if (!get_run(r, x->count - i, &start, &run))
			return false;
		pfn = go(pfn, start);
		if (pfn > PFN_MASK || PFN_MASK - pfn < run - 1)
			return false;
		for (; run > 0; run--)
			x->entry[i++] = pfn++;
	}
	return true;
}

/* The types say how many pages there are. */
static bool
get_tags(struct index *x, struct reader *r)
{
	uint64_t tag, pages = 0;
	uint32_t i = 0, run;
	enum page_type type;

	while (i < x->count) {
		if (!get_run(r, x->count - i, &tag, &run) ||
		    tag > PACKED_TAG_MAX)
			return false;
		type = (enum page_type)(tag >> 8);
		if (type > PAGE_L4TAB && type < PAGE_L1TAB_PINNED)
			return false;
		if (page_has_data(type))
			pages += run;
		for (; run > 0; run--)
			x->entry[i++] |= tag << PACKED_TAG_SHIFT;
	}
	x->full = (uint32_t)pages;
	return pages <= PACKED_PAGES_MAX;
}

static bool
get_classes(struct index *x, struct reader *r)
{
	uint32_t i;

	if ((size_t)(r->end - r->at) < x->full)
		return false;
	memcpy(x->class, r->at, x->full);
	r->at += x->full;
	for (i = 0; i < x->full; i++)
		if (x->class[i] >= CLASSES)
			return false;
	return true;
}

static bool
get_words(struct index *x, struct reader *r)
{
	uint32_t i;

	for (i = 0; i < x->full; i++) {
		if (x->class[i] != CLASS_WORD)
			continue;
		if (r->end - r->at < 8)
			return false;
		x->word[i] = get_le64(r->at);
		r->at += 8;
	}
	return true;
}

static bool
get_numbers(struct index *x, uint64_t first, struct reader *r)
{
	uint64_t expected = first, n;
	uint32_t i;

	for (i = 0; i < x->full; i++) {
		if (!has_number(x->class[i]))
			continue;
		if (!get_number(r, &n))
			return false;
		x->number[i] = go(expected, n);
		expected = x->number[i] + 1;
	}
	return true;
}

int
index_get(struct index *x, uint64_t first, const uint8_t *from, size_t size)
{
	struct reader r = { from, from + size };

	if (!get_pfns(x, &r) || !get_tags(x, &r) || !get_classes(x, &r) ||
	    !get_words(x, &r) || !get_numbers(x, first, &r) ||
	    r.at != r.end)
		return -1;
	return 0;
}
