/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * expand.h - COMPRESSED records to the records that they hold (xenrec.5).
 *
 *     expand_first   in stream order, as read: does it follow the one before?
 *     expand_open    in parallel: what it holds itself
 *     expand_join    in stream order: what it takes from the window
 *     expand_finish  in parallel: the record put together, and verified
 *
 * The four are a codec's first, work, join and finish (filter.h), with a
 * struct expand as the worker.  END, CHECKPOINT and pieces that are no record
 * are left as they are.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include <stdbool.h>

#include "counts.h"
#include "fault.h"
#include "record.h"

#define EXPAND_MEMORY	65536u	/* pages: 256 MiB */

struct expand;		/* one per thread */
struct expander;	/* what they share */

/*
 * expander_new(memory, threads, f): memory: pages of the largest window that
 * is taken.  Memory is taken when a window is there.  NULL with EXIT_SYSTEM.
 * Freed after its workers.
 */
struct expander *expander_new(uint32_t memory, unsigned threads,
    struct fault *f);
void expander_free(struct expander *shared);

/*
 * expander_salvage(shared): what is damaged is left out, so that the
 * functions below fail with EXIT_SYSTEM only, and EXIT_REFUSED for a window
 * over the limit: expand_lost says what is lost.
 */
void expander_salvage(struct expander *shared);

/* expand_new(shared): a worker, or NULL without memory. */
struct expand *expand_new(struct expander *shared);
void expand_free(struct expand *x);

/*
 * Each: 0, or -1 with EXIT_MALFORMED when the record is not COMPRESSED, says
 * that it holds more than a record may, or its payload cannot be unpacked;
 * EXIT_INTEGRITY when it is damaged, or one before it is missing; EXIT_REFUSED
 * for a version or flag that is not known, or a window over the limit;
 * EXIT_SYSTEM.
 */
int expand_first(void *worker, struct record *rec, struct fault *f);
int expand_open(void *worker, struct record *rec, struct fault *f);
int expand_join(void *worker, struct record *rec, struct fault *f);
int expand_finish(void *worker, struct record *rec, struct fault *f);

/* expand_counts(x): what this worker did so far. */
const struct counts *expand_counts(const struct expand *x);

struct expand_lost {
	bool     record;	/* the whole record, which is PART_NONE now */
	struct fault why;	/* then; or why pages are lost */
	uint64_t window_first, window_count;	/* pages that came before it
						   in the window and did not
						   come here */
	uint32_t pages;		/* of the record, when it is not whole */
	const uint64_t *pfn;	/* of each */
};

/*
 * expand_lost(x): after expand_finish, what of the piece is lost; NULL when
 * nothing is.
 */
const struct expand_lost *expand_lost(const struct expand *x);

#endif
