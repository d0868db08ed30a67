/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Equal pages are found as in LZ77: pages whose hashes have the same low bits
 * are chained, the latest one first.  A chain ends where it leaves the window:
 * what lies behind is older still.  Chains are short, as nobody can choose
 * their hashes; the limit on steps is for the one who guesses the secret, and
 * too high to change what is found in any stream.
 *
 * The table of pfns has no secret: a guest that lets its pfns collide gets a
 * larger stream, and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "format.h"
#include "similar.h"

#define STEPS_MAX	64u
#define NOTHING		UINT64_MAX

struct link {
	uint64_t hash;
	uint64_t before;	/* the number of the one before, or NOTHING */
};

struct copy {
	uint64_t pfn;
	uint64_t number;	/* or NOTHING */
};

struct similar {
	const struct window *w;
	uint32_t mask;		/* entries of each table, less 1 */
	uint64_t *head;		/* of a chain: a number, or NOTHING */
	struct link *link;	/* of number & mask */
	struct copy *copy;	/* of pfn & mask */
	uint8_t secret[XXH3_SECRET_DEFAULT_SIZE];
};

struct similar *
similar_new(const struct window *w, struct fault *f)
{
	struct similar *s = calloc(1, sizeof(*s));
	uint64_t entries = PACKED_PAGES_MAX, i;

	/* Numbers of the window and of the record under way, told apart. */
	while (entries < (uint64_t)window_pages(w) + PACKED_PAGES_MAX)
		entries *= 2;
	if (s != NULL) {
		s->w = w;
		s->mask = (uint32_t)(entries - 1);
		s->head = malloc(entries * sizeof(*s->head));
		s->link = malloc(entries * sizeof(*s->link));
		s->copy = malloc(entries * sizeof(*s->copy));
	}
	if (s == NULL || s->head == NULL || s->link == NULL ||
	    s->copy == NULL) {
		similar_free(s);
		fault_set(f, EXIT_SYSTEM, "no memory to find pages in a "
		    "window of %u", window_pages(w));
		return NULL;
	}
	for (i = 0; i < entries; i++) {
		s->head[i] = NOTHING;
		s->copy[i].number = NOTHING;
	}
	randombytes_buf(s->secret, sizeof(s->secret));
	return s;
}

void
similar_free(struct similar *s)
{
	if (s == NULL)
		return;
	free(s->head);
	free(s->link);
	free(s->copy);
	free(s);
}

uint64_t
similar_hash(const struct similar *s, const uint8_t *page)
{
	return XXH3_64bits_withSecret(page, PAGE_SIZE, s->secret,
	    sizeof(s->secret));
}

bool
similar_equal(const struct similar *s, uint64_t hash, const uint8_t *page,
    uint64_t *number)
{
	uint64_t at = s->head[hash & s->mask];
	unsigned step;

	for (step = 0; step < STEPS_MAX && at != NOTHING &&
	    window_holds(s->w, at); step++) {
		if (s->link[at & s->mask].hash == hash &&
		    memcmp(window_page(s->w, at), page, PAGE_SIZE) == 0) {
			*number = at;
			return true;
		}
		at = s->link[at & s->mask].before;
	}
	return false;
}

bool
similar_last(const struct similar *s, uint64_t pfn, uint64_t *number)
{
	const struct copy *c = &s->copy[pfn & s->mask];

	if (c->number == NOTHING || c->pfn != pfn ||
	    !window_holds(s->w, c->number))
		return false;
	*number = c->number;
	return true;
}

void
similar_add(struct similar *s, uint64_t number, uint64_t hash)
{
	s->link[number & s->mask] = (struct link){
		.hash = hash, .before = s->head[hash & s->mask],
	};
	s->head[hash & s->mask] = number;
}

void
similar_note(struct similar *s, uint64_t pfn, uint64_t number)
{
	s->copy[pfn & s->mask] = (struct copy){ pfn, number };
}
