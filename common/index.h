/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * index.h - what a payload of pages says of its pages but what they hold
 * (xenrec.5, Pages): pfns, classes, and places in the window.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

enum page_class {
	CLASS_ZERO,
	CLASS_WORD,		/* 8 bytes, over and over */
	CLASS_SAME,		/* as one of the window */
	CLASS_CHANGED,		/* one of the window, but for some words */
	CLASS_STORED,
	CLASS_PACKED,		/* one of PACKED_GROUPS classes */
	CLASSES = CLASS_PACKED + PACKED_GROUPS
};

struct index {
	uint32_t count;		/* pfns, up to PACKED_COUNT_MAX */
	uint32_t full;		/* pages, up to PACKED_PAGES_MAX */
	uint64_t *entry;	/* as in PAGE_DATA; PACKED_COUNT_MAX */

	/* Of each page. */
	uint8_t  class[PACKED_PAGES_MAX];
	uint64_t word[PACKED_PAGES_MAX];	/* of CLASS_WORD */
	uint64_t number[PACKED_PAGES_MAX];	/* of CLASS_SAME, _CHANGED: in
						   the window */
};

/* INDEX_SIZE_MAX(count): bytes that index_put writes at most. */
#define INDEX_SIZE_MAX(count)	(24 * (size_t)(count) + \
				    19 * (size_t)PACKED_PAGES_MAX)

/*
 * index_put(x, first, to): the index as bytes; first is the number of the
 * window's page that comes next.  Returns how many.
 */
size_t index_put(const struct index *x, uint64_t first, uint8_t *to);

/*
 * index_get(x, first, from, size): the inverse; x->count says how many pfns
 * there are, and x->full and all behind it are set.  0, or -1 when the bytes
 * are not an index of so many pfns, whose pages are PACKED_PAGES_MAX at most.
 */
int index_get(struct index *x, uint64_t first, const uint8_t *from,
    size_t size);

#endif
