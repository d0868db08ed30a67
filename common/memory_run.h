/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory_run.h - a guest's memory in ascending order, many pages at a time.
 *
 *     for (pfn = 0; (more = memory_run_next(&run, m, pfn, f)) == 1;
 *         pfn = run.pfn + run.count)
 *             run.bytes
 */
#ifndef MEMORY_RUN_H
#define MEMORY_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "memory.h"

#define MEMORY_RUN_MAX	256u	/* pages: 1 MiB */

/* Pages that follow one another. */
struct memory_run {
	uint64_t pfn;
	size_t   count;
	struct stored_entry entry[MEMORY_RUN_MAX];
	uint8_t  bytes[MEMORY_RUN_MAX * PAGE_SIZE];
};

/*
 * memory_run_next(run, m, pfn, f): the first pages that are not below pfn, as
 * many as follow one another, of those of memory_next, checked.
 * 1, 0 when there are none, or -1 as stored.h says.
 */
int memory_run_next(struct memory_run *run, struct memory *m, uint64_t pfn,
    struct fault *f);

/*
 * memory_run_length(m, pfn, first, count, f): how long that would be without a
 * limit: *count pages from *first on.  1, 0 or -1.
 */
int memory_run_length(struct memory *m, uint64_t pfn, uint64_t *first,
    uint64_t *count, struct fault *f);

/*
 * memory_each(m, take, taker, f): all of it, a run at a time: take gets the
 * entries and bytes, which it may change, and returns 0, 1 for enough, or -1
 * with *f.  0 or -1 as take and memory_run_next, or with EXIT_SYSTEM.
 */
int memory_each(struct memory *m,
    int (*take)(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f), void *taker, struct fault *f);

#endif
