/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

#define HEADERS	40	/* bytes of a bare image in front of its records */
#define AROUND	8	/* bytes before and behind where something begins */
#define FIRST	64	/* bytes of the input that are all tried */
#define SMALL	300	/* bytes of an input that are all tried */
#define SOME	60	/* places, besides these, where not all are tried */
#define MOST	20000	/* where they are */

static const uint8_t marker[12] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'X', 'E', 'N', 'F',
};

static void
add(struct places *p, size_t at)
{
	/* Doubled whenever it is a power of two. */
	if ((p->count & (p->count - 1)) == 0) {
		p->at = reallocarray(p->at, p->count == 0 ? 1 : 2 * p->count,
		    sizeof(*p->at));
		if (p->at == NULL)
			err(1, "no memory");
	}
	p->at[p->count++] = at;
}

struct places
places_records(struct bytes in)
{
	struct places p = { 0 };
	size_t at = HEADERS;
	uint32_t length;

	if (in.size < HEADERS || memcmp(in.at, marker, sizeof(marker)) != 0)
		return p;
	for (; at + 8 <= in.size; at += 8 + (((size_t)length + 7) & ~(size_t)7)) {
		add(&p, at);
		memcpy(&length, in.at + at + 4, sizeof(length));
	}
	/* What is cut is no record. */
	if (p.count > 0 && at <= in.size)
		add(&p, at);
	return p;
}

struct places
places_bytes(const struct trial *t)
{
	struct places p = { 0 }, records = places_records(t->input);
	size_t at, n = 0, size = t->input.size;
	size_t step = 1 + size / (t->step == 1 ? MOST : SOME);
	bool near;

	if (step < t->step && size > SMALL)
		step = t->step;
	else if (size <= SMALL)
		step = 1;
	for (at = 0; at < size; at++) {
		while (n < records.count && records.at[n] + AROUND < at)
			n++;
		near = n < records.count && at + AROUND >= records.at[n];
		if (near || at < FIRST || at + AROUND >= size ||
		    at % step == 0)
			add(&p, at);
	}
	free(records.at);
	return p;
}

/* Numbers that a seed makes the same each time: xorshift. */
uint32_t
random_below(struct trial *t, uint32_t limit)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 17;
	t->seed ^= t->seed << 5;
	return t->seed % limit;
}
