/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_pages.h - the pages of a core: those that the guest had at last, one
 * after the other, each in a slot.
 *
 *     pfn   0 1 2 . . 5 6      runs: 0-2 in slots 0-2, 5-6 in slots 3-4
 *     slot  0 1 2     3 4
 */
#ifndef CORE_PAGES_H
#define CORE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "memory.h"

/* Pages whose pfns follow one another. */
struct core_run {
	uint64_t pfn, count;
	uint64_t slot;		/* of the first one */
};

struct core_pages {
	struct core_run *run;	/* ascending */
	size_t   runs;
	uint64_t pages;
};

/*
 * core_pages_read(p, m, f): finds them: those of memory_next.
 * 0, or -1 as that, or with EXIT_SYSTEM.
 */
int core_pages_read(struct core_pages *p, struct memory *m, struct fault *f);
void core_pages_free(struct core_pages *p);

/* core_pages_from(p, pfn): the first run that has it or lies above it, or
 * NULL. */
const struct core_run *core_pages_from(const struct core_pages *p,
    uint64_t pfn);

#endif
