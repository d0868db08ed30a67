/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves of 64 words, found through a hash of their number, with a key so that
 * nobody chooses pfns that meet in it; `order` holds
 * them all, in the order of their making or, after pfns_sort, of their pfns.
 */
#include <stdlib.h>

#include <sodium.h>

#include "pfns.h"

#define LEAF_BITS	6u
#define LEAF_WORDS	(1u << LEAF_BITS)
#define FREE_LEAVES	((16u << 20) / sizeof(struct leaf))
#define WORDS_PER_PUT	8u	/* 64 bytes */
#define SLOTS_FIRST	1024u

struct leaf {
	uint64_t number;	/* pfn >> LEAF_BITS */
	uint64_t word[LEAF_WORDS];
};

struct pfns {
	struct leaf **slot, **order;
	size_t slots;		/* a power of two, twice `leaves` or more */
	size_t leaves;
	uint64_t puts, key;
	struct leaf *last;	/* pfns come in runs */
};

struct pfns *
pfns_new(void)
{
	struct pfns *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->slots = SLOTS_FIRST;
	t->slot = calloc(t->slots, sizeof(struct leaf *));
	t->order = calloc(t->slots / 2, sizeof(struct leaf *));
	if (t->slot == NULL || t->order == NULL) {
		pfns_free(t);
		return NULL;
	}
	randombytes_buf(&t->key, sizeof(t->key));
	return t;
}

void
pfns_free(struct pfns *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->leaves; i++)
		free(t->order[i]);
	free(t->slot);
	free(t->order);
	free(t);
}

uint64_t
pfns_mix(uint64_t key, uint64_t n)
{
	n = (n ^ key) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 32 ^ key >> 7) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 29;
}

/* The slot that holds the leaf, or would. */
static size_t
find_slot(struct leaf *const *slot, size_t slots, uint64_t key,
    uint64_t number)
{
	size_t i = (size_t)pfns_mix(key, number) & (slots - 1);

	while (slot[i] != NULL && slot[i]->number != number)
		i = (i + 1) & (slots - 1);
	return i;
}

static bool
grow(struct pfns *t)
{
	size_t slots = 2 * t->slots, i;
	struct leaf **slot = calloc(slots, sizeof(struct leaf *)), **order;

	order = slot == NULL ? NULL :
	    realloc(t->order, slots / 2 * sizeof(struct leaf *));
	if (order == NULL) {
		free(slot);
		return false;
	}
	t->order = order;
	for (i = 0; i < t->leaves; i++)
		slot[find_slot(slot, slots, t->key, order[i]->number)] =
		    order[i];
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	return true;
}

static struct leaf *
add_leaf(struct pfns *t, uint64_t number, struct fault *f)
{
	struct leaf *leaf;

	if (t->leaves >= FREE_LEAVES &&
	    t->leaves * LEAF_WORDS > WORDS_PER_PUT * t->puts) {
		fault_set(f, EXIT_REFUSED,
		    "its pfns lie scattered as no guest's do");
		return NULL;
	}
	leaf = calloc(1, sizeof(*leaf));
	if (leaf == NULL || (t->leaves == t->slots / 2 && !grow(t))) {
		free(leaf);
		fault_set(f, EXIT_SYSTEM, "no memory for a table of pfns");
		return NULL;
	}
	leaf->number = number;
	t->slot[find_slot(t->slot, t->slots, t->key, number)] = leaf;
	t->order[t->leaves++] = leaf;
	return leaf;
}

uint64_t
pfns_get(const struct pfns *t, uint64_t pfn)
{
	uint64_t number = pfn >> LEAF_BITS;
	const struct leaf *leaf = t->last;

	if (leaf == NULL || leaf->number != number)
		leaf = t->slot[find_slot(t->slot, t->slots, t->key,
		    number)];
	return leaf == NULL ? 0 : leaf->word[pfn % LEAF_WORDS];
}

uint64_t *
pfns_put(struct pfns *t, uint64_t pfn, struct fault *f)
{
	uint64_t number = pfn >> LEAF_BITS;

	t->puts++;
	if (t->last == NULL || t->last->number != number) {
		struct leaf *leaf = t->slot[find_slot(t->slot, t->slots,
		    t->key, number)];

		if (leaf == NULL && (leaf = add_leaf(t, number, f)) == NULL)
			return NULL;
		t->last = leaf;
	}
	return &t->last->word[pfn % LEAF_WORDS];
}

static int
by_number(const void *a, const void *b)
{
	const struct leaf *const *left = a, *const *right = b;

	return ((*left)->number > (*right)->number) -
	    ((*left)->number < (*right)->number);
}

void
pfns_sort(struct pfns *t)
{
	qsort(t->order, t->leaves, sizeof(struct leaf *), by_number);
}

/* The index of the first leaf with that number or a higher one. */
static size_t
first_leaf(const struct pfns *t, uint64_t number)
{
	size_t low = 0, high = t->leaves, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (t->order[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
pfns_next(const struct pfns *t, uint64_t *pfn, uint64_t *word)
{
	uint64_t number = *pfn >> LEAF_BITS;
	size_t i = first_leaf(t, number), n = *pfn % LEAF_WORDS;

	for (; i < t->leaves; i++, n = 0) {
		if (t->order[i]->number != number)
			n = 0;
		for (; n < LEAF_WORDS; n++)
			if (t->order[i]->word[n] != 0) {
				*pfn = t->order[i]->number << LEAF_BITS | n;
				*word = t->order[i]->word[n];
				return true;
			}
	}
	return false;
}
