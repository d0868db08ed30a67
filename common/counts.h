/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counts.h - what became of the records and pages of a compressed stream.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>
#include <stdio.h>

#include "index.h"

struct counts {
	uint64_t records;	/* that were packed */
	uint64_t bytes;		/* of them, with headers and padding */
	uint64_t packed;	/* the same, as they are packed */

	uint64_t page_records;	/* of the records, those packed as pages */
	uint64_t page_bytes;	/* of the bytes, theirs */
	uint64_t page_packed;	/* of the packed bytes, theirs */
	uint64_t absent;	/* pfns without data in them */
	uint64_t pages[CLASSES];
	uint64_t index, frames, changes, stored;	/* bytes of their parts */
};

/* counts_add(to, from): adds what another thread counted. */
void counts_add(struct counts *to, const struct counts *from);

/*
 * counts_print(c, out): a table for people.  counts_text(c): a JSON object,
 * which the caller frees; NULL: no memory.
 */
void counts_print(const struct counts *c, FILE *out);
char *counts_text(const struct counts *c);

#endif
