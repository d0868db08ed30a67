/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edited.h - what comes out of an edit: looked at, and written only while it
 * is a stream that can be restored.
 */
#ifndef EDITED_H
#define EDITED_H

#include <stdbool.h>
#include <stdint.h>

#include "demand.h"
#include "fault.h"
#include "io.h"
#include "lint.h"
#include "pfns.h"
#include "record.h"

struct edited {
	/* Set by the caller before edited_open; all else zero. */
	bool     force;		/* nothing is refused */
	struct demand demand;	/* what the domain is to have */

	/* edited's own. */
	struct sink out;
	struct lint lint;
	struct pfns *lost;	/* 1: its last copy with data was dropped */
	uint64_t lost_count;
	bool     verify;	/* VERIFY came: pages are not restored */
};

/*
 * edited_open(e, fd, f): the result goes to fd.  0, or -1 with EXIT_SYSTEM.
 */
int edited_open(struct edited *e, int fd, struct fault *f);

/*
 * edited_drop(e, pfn, f): a copy of that page, which had data, is not among
 * what edited_take gets; before edited_take gets what follows it.
 * 0, or -1 as pfns_put.
 */
int edited_drop(struct edited *e, uint64_t pfn, struct fault *f);

/*
 * edited_take(edited, rec, f): the next piece of the result, in order, a whole
 * record; `edited` is a struct edited.  Writes it, unless it, or the result
 * up to it, would be refused: then nothing is written any more, and no END.
 * 0, or -1: EXIT_SYSTEM; without e->force EXIT_REFUSED for what lint_piece
 * calls an error, for what demand_take refuses, and, at END and CHECKPOINT,
 * for pages whose last copy was dropped.
 */
int edited_take(void *edited, struct record *rec, struct fault *f);

/*
 * edited_close(e, f): the end of a result that was taken whole.  Closes fd and
 * believes what close reports: 0, or -1 with EXIT_SYSTEM.
 */
int edited_close(struct edited *e, struct fault *f);

#endif
