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
 * counts_print(c, out): a table for people.  counts_print_json(c, in, written,
 * out): one line of JSON, with the bytes of the whole stream.
 */
void counts_print(const struct counts *c, FILE *out);
void counts_print_json(const struct counts *c, uint64_t in, uint64_t written,
    FILE *out);

#endif
