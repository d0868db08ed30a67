/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * salvage.h - what is sound of a damaged stream with check data (xenrec.5,
 * CHECK and DIGEST).
 *
 * A record is sound when its CHECK says so.  Behind damage the next CHECK is
 * looked for: one of this stream, whose id no guest knows, with its own CRC;
 * so nothing that stands in a guest's memory is taken for a part of the
 * stream.
 */
#ifndef SALVAGE_H
#define SALVAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/* What is lost: records, and bytes of the input. */
struct loss {
	uint64_t first, count;	/* records, as the input's whole stream counts
				   them; count 0: none, but why */
	uint64_t offset, size;	/* bytes of the input, as it is */
	bool     known;		/* one record, of this type */
	uint32_t type;
	const char *why;	/* a text that lives on */
	const uint64_t *pfn;	/* of its pages, where that part of it is sound;
				   or NULL */
	uint32_t pfns;		/* how many */
	bool     lists;		/* it had a list of pfns */
};

struct salvage {
	int  in, out;		/* descriptors; out -1: nothing is written */
	void (*tell)(void *listener, const struct loss *loss);
	void *listener;

	/* What came of it. */
	uint64_t records;	/* that are sound, and were written */
	bool     damaged;	/* something was told */
	bool     whole_start;	/* what stands before the records is sound */
	bool     whole_end;	/* END, DIGEST and what is behind are there */
	bool     pages_only;	/* of the records pages alone are lost, and
				   records that may be ignored */
	bool     bare;		/* an image is left of a file around it */
	bool     pv;		/* a PV guest's image */
};

/*
 * salvage_run(s, f): a stream of all that is sound, END at its end.  0, or -1:
 * EXIT_INTEGRITY when there is no sound check data, or no headers that a
 * stream could begin with; EXIT_SYSTEM.  Closes out.
 */
int salvage_run(struct salvage *s, struct fault *f);

#endif
