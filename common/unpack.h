/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unpack.h - a payload of pages (xenrec.5, Pages) to the PAGE_DATA record
 * that it holds: what expand.h does with one.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "counts.h"
#include "fault.h"
#include "index.h"
#include "record.h"
#include "squeeze.h"
#include "window.h"

/* What the records of a stream share.  Starts zeroed but for these three. */
struct unpacker {
	uint32_t memory;	/* pages of the largest window that is taken */
	unsigned records;	/* that are under way at the same time */
	bool     salvage;	/* pages may be missing */

	struct window *window;	/* NULL before the first record */
	uint64_t expected;	/* number of the page that comes next, of the
				   records read so far */
};

/* One record. */
struct unpack {
	struct index index;
	struct record scratch;
	uint64_t first, missing;	/* pages missing before the first */
	uint32_t added, packed, stored, changed;
	uint8_t *room;			/* in the window, for those added:
					   packed, stored, changed */
	uint8_t *own[PACKED_PAGES_MAX];	/* of added pages: there */
	const uint8_t *page[PACKED_PAGES_MAX];	/* where each page is; NULL
						   for zeroes, words and what
						   is lost */
	uint64_t lost[PACKED_PAGES_MAX];	/* pfns whose pages are lost */
	uint32_t losses;
};

/* unpack_new(u): memory for a record.  0, or -1. */
int unpack_new(struct unpack *u);
void unpack_free(struct unpack *u);

/*
 * unpack_first(u, shared, rec, f): in stream order: *rec is a COMPRESSED
 * record of a known version with COMPRESSED_PAGES.  0, or -1 as expand_first.
 */
int unpack_first(struct unpack *u, struct unpacker *shared,
    const struct record *rec, struct fault *f);

/* unpack_open(u, z, rec, f): in parallel. */
int unpack_open(struct unpack *u, struct squeeze *z,
    const struct record *rec, struct fault *f);

/* unpack_join(u, shared, rec, f): in stream order. */
int unpack_join(struct unpack *u, struct unpacker *shared,
    const struct record *rec, struct fault *f);

/*
 * unpack_finish(u, rec, to, crc, f): in parallel: the original body into *to,
 * without pages that are lost, and its length into to->length; *crc is that
 * of its type and length as packed, and its bytes.  0, or -1 with EXIT_SYSTEM.
 */
int unpack_finish(const struct unpack *u, const struct record *rec,
    struct record *to, uint32_t *crc, struct fault *f);

/* unpack_count(u, rec, c): counts it. */
void unpack_count(const struct unpack *u, const struct record *rec,
    struct counts *c);

#endif
