/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * squash.h - a plain stream with each page once: as it is at the end.
 *
 *     pass 1: read all, note the last copy of each page   (latest.h)
 *     pass 2: read all again, leave out the others, or
 *             hand on the pages in order                  (regroup.h)
 *
 * Restored, it is the guest that the whole stream is, as it stood at the end
 * of the save.  The one difference is in what is no page of the guest: one
 * that came with data and later as XTAB or BROKEN is not there, where the
 * restorer would leave it the memory and what was in it once.
 *
 * Refused are a stream with VERIFY, behind which all pages come again to be
 * compared and not to be taken, and one with a CHECKPOINT: up to each of them
 * it is a guest of its own, and no page before it is out of date.
 */
#ifndef SQUASH_H
#define SQUASH_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

struct squash {
	/* Set by the caller. */
	int      in;		/* where it stands; stays the caller's */
	bool     regroup;
	uint64_t spill_max;	/* bytes of the file that is made of what is
				   no regular file */
	/* Gets each piece of the result, in stream order; the records' bodies
	 * are not its own, but it may exchange them.  0, or -1 with *f. */
	int    (*take)(void *taker, struct record *rec, struct fault *f);
	void    *taker;

	/* Set by squash_run. */
	uint64_t entries, pages;	/* of PAGE_DATA that were handed on;
				   of them, those with data */
	uint64_t left_entries, left_pages;	/* the same that were not */
	uint64_t spilled;		/* bytes of the file */
};

/*
 * squash_run(s, f): hands on the stream that starts where s->in stands, and
 * ends with its file.
 *
 * Without regroup: PAGE_DATA lose the entries that do not hold in the end, and
 * are left out when they lose all.  All else stays bit for bit, where it is;
 * so does the whole stream when no pfn comes twice.
 * With regroup: the same entries, in the records of regroup.h, where the first
 * PAGE_DATA was; their reserved bits stay, those of the records are 0.
 *
 * A regular file is read where it is, twice; with regroup each page once
 * more.  Where it stands then is not said.
 * Anything else is kept in a file without a name meanwhile, for its owner
 * only, in TMPDIR or /var/tmp.
 *
 * Memory: 8 bytes for each pfn, one record, at most 128 MiB and mostly 4 MiB,
 * and 4 MiB with regroup.
 *
 * Nothing is handed on before the whole stream was found to be one, and the
 * outermost END not before all was read again and found to be the same.
 *
 * 0, or -1: as stream_next and pages_open; EXIT_REFUSED for what is said
 * above, for a layer (compressed, sealed, checked ...), for more than spill_max
 * bytes, and as pfns_put; EXIT_SYSTEM also for a file that changed meanwhile;
 * as take.
 */
int squash_run(struct squash *s, struct fault *f);

#endif
