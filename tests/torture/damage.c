/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * damage.c - inputs that are cut, changed, or say what is not so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

static const struct plan none;

/* What a damaged input may come to: where all is sealed never 0. */
static struct rule
damaged(const struct trial *t)
{
	return (struct rule){
		.statuses = REFUSED | (t->row->sealed ? 0 : STATUS(0)),
		.prefix = t->row->sealed,
		.inner = t->row->same,
	};
}

/* Without its end an input is no guest, wherever it is cut: where it has one. */
void
cut(struct trial *t)
{
	struct rule rule = {
		.statuses = REFUSED | (t->row->checkpoints ||
		    t->row->endless ? STATUS(0) : 0),
		.same = !t->row->endless, .prefix = !t->row->contains,
	};
	struct places p = places_bytes(t);
	size_t i;

	for (i = 0; i < p.count; i++)
		try(t, &none, t->input.at, p.at[i], &rule, "%s, cut at %zu",
		    t->name, p.at[i]);
	free(p.at);
}

/* A byte's bits one by one, or one of them. */
void
flip(struct trial *t)
{
	struct rule rule = damaged(t);
	struct places p = places_bytes(t);
	unsigned bit, bits = t->step == 1 ? 8 : 1;
	size_t i, at;

	for (i = 0; i < p.count; i++)
		for (bit = 0; bit < bits; bit++) {
			unsigned which = bits == 1 ? i * 5 % 8 : bit;

			at = p.at[i];
			t->input.at[at] ^= (uint8_t)(1u << which);
			try(t, &none, t->input.at, t->input.size, &rule,
			    "%s, bit %u of byte %zu", t->name, which, at);
			t->input.at[at] ^= (uint8_t)(1u << which);
		}
	free(p.at);
}

/* A little-endian number at a place of the input, and what it was. */
static uint32_t
exchange(struct trial *t, size_t at, uint32_t n)
{
	uint32_t was;

	memcpy(&was, t->input.at + at, sizeof(was));
	memcpy(t->input.at + at, &n, sizeof(n));
	return was;
}

static void
try_number(struct trial *t, size_t at, uint32_t n, const struct rule *rule)
{
	uint32_t was = exchange(t, at, n);

	if (was != n)
		try(t, &none, t->input.at, t->input.size, rule,
		    "%s, %u at byte %zu", t->name, n, at);
	exchange(t, at, was);
}

#define LIMIT		(UINT32_C(128) << 20)	/* Xen's, of a record */
#define LIMIT_OURS	(LIMIT + (UINT32_C(64) << 10))

/* Each record's length: none, odd ones, more than comes, the limits. */
void
lengths(struct trial *t)
{
	static const uint32_t length[] = {
		0, 1, 7, 8, 4096, LIMIT - 1, LIMIT, LIMIT + 1, LIMIT_OURS,
		LIMIT_OURS + 1, 0x7fffffff, 0x80000000, 0xfffffff8,
		0xffffffff,
	};
	struct places p = places_records(t->input);
	struct rule rule = damaged(t), cut_short = rule;
	size_t i, n;

	/* So much does not come. */
	cut_short.statuses = REFUSED |
	    (t->row->checkpoints ? STATUS(0) : 0);
	for (i = 0; i + 1 < p.count; i++)
		for (n = 0; n < sizeof(length) / sizeof(*length); n++)
			try_number(t, p.at[i] + 4, length[n],
			    length[n] >= LIMIT - 1 ? &cut_short : &rule);
	free(p.at);
}

/*
 * Counts, sizes and pfns are numbers at the start of a body, or of the input:
 * each is made one that overflows when it is taken times 2, 4, 8 or 4096.
 */
void
numbers(struct trial *t)
{
	static const uint32_t number[] = {
		0, 1, 0x100000, 0x1fffffff, 0x20000000, 0x20000001,
		0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
	};
	struct rule rule = damaged(t);
	struct places p = places_records(t->input);
	size_t i, n, word, words = t->step == 1 ? 24 : 4;
	size_t count = sizeof(number) / sizeof(*number);

	for (i = 0; i == 0 || i + 1 < p.count; i++)
		for (word = 0; word < (p.count == 0 ? 8 * words : words);
		    word++) {
			size_t at = p.count == 0 ? 4 * word :
			    p.at[i] + 8 + 4 * word;

			if (at + 4 > t->input.size || (i + 1 < p.count &&
			    at + 4 > p.at[i + 1]))
				break;
			for (n = 0; n < count; n++)
				try_number(t, at, number[n], &rule);
		}
	free(p.at);
}
