/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sift.h - the pages of a record told apart into classes (xenrec.5, Pages),
 * and those that are new put into the window.
 */
#ifndef SIFT_H
#define SIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "index.h"
#include "record.h"
#include "similar.h"
#include "window.h"

/* One record; about 100 KiB. */
struct sift {
	struct index index;
	uint32_t crc;		/* of the record's body */
	uint64_t first;		/* number of the first page it adds */
	uint32_t added;		/* pages that it adds */
	uint32_t of[CLASSES];	/* pages of each class */
	const uint8_t *added_pages;	/* packed ones in order of their
					   classes, then stored, changed */
	const uint8_t *before[PACKED_PAGES_MAX];	/* of changed ones */

	const uint8_t *page[PACKED_PAGES_MAX];	/* in the record; then, when
						   added, in the window */
	uint64_t hash[PACKED_PAGES_MAX];
};

/*
 * sift_look(s, similar, limit, crc, rec): looks at each page by itself, in
 * any thread.  False for a record that cannot be packed as pages.  s->crc is
 * that of what crc is the CRC of, and the body.  limit as for grade.
 */
bool sift_look(struct sift *s, const struct similar *similar,
    unsigned limit, uint32_t crc, const struct record *rec);

/*
 * sift_join(s, similar, w): after sift_look and in stream order: finds what
 * came before, and adds to the window what did not.  The record has to keep
 * its body until s is used for the last time.
 */
void sift_join(struct sift *s, struct similar *similar, struct window *w);

#endif
