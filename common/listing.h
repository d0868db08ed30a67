/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listing.h - the records of a stream, a line each: rec-ls -l and --json.
 */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stdio.h>

#include "decode.h"
#include "fault.h"
#include "record.h"

/* PAGE_DATA records that come one after the other, with rising pfns. */
struct listing_run {
	uint64_t records, first, last;	/* how many, and their indexes */
	uint64_t offset;		/* of the first one's header */
	uint64_t bytes;			/* of their bodies */
	uint64_t entries, data, zero;	/* pfns; with a page; that is zero */
	uint64_t low, high;		/* first and last pfn */
};

struct listing {
	FILE *out;
	bool json;		/* objects, not lines for people */
	bool every;		/* PAGE_DATA too; and what each record says */

	bool headed;		/* the line that names the columns is out */
	struct listing_run run;
};

/*
 * listing_add(l, rec, body): the next piece, in order, after survey_measure,
 * whose fields are the object `body` or NULL; it stays the caller's.
 * listing_end(l): prints what was held back.  Errors of writing are for
 * ferror(l->out) to say.
 */
void listing_add(struct listing *l, const struct record *rec,
    json_object *body);
void listing_end(struct listing *l);

#endif
