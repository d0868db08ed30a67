/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parts.h - PART_HEADER and PART_CHUNK records (xenrec.5): made, and verified
 * and read.
 */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"
#include "fault.h"
#include "format.h"
#include "record.h"

#define PARTS_MAX	1000000u	/* of a set */

/* What a part says of itself. */
struct part_header {
	uint8_t  set[PART_SET_SIZE];
	bool     in_turn;	/* chunk n is in part n modulo parts */
	bool     lane;		/* chunks come in any order (lanes.h) */
	uint32_t number;	/* of the part, from 0 */
	uint32_t parts;		/* that there are; 0: it is not known */
	uint64_t first;		/* number of the part's first chunk */
	uint32_t chunk;		/* bytes of a whole chunk */
};

/*
 * part_header_put(h, rec, f): *rec becomes the PART_HEADER.  0, or -1 with
 * EXIT_SYSTEM.
 * part_header_get(rec, h, f): *h of a PART_HEADER record of ours.  0, or -1:
 * EXIT_REFUSED for a version or flags that are not known, EXIT_INTEGRITY,
 * EXIT_MALFORMED.
 */
int part_header_put(const struct part_header *h, struct record *rec,
    struct fault *f);
int part_header_get(const struct record *rec, struct part_header *h,
    struct fault *f);

/*
 * part_chunk_make(header, c, rec, f): a container's make (container.h), with a
 * struct part_header as the worker: *rec, whose body has the payload in its
 * place and room for 7 bytes behind it, becomes the PART_CHUNK.  0.
 */
int part_chunk_make(void *header, const struct chunk *c, struct record *rec,
    struct fault *f);

/*
 * part_chunk_get(h, rec, c, f): *c of a record that is to be a PART_CHUNK of
 * that set; its payload is not looked at.  0, or -1 with EXIT_MALFORMED.
 * part_chunk_verify(h, rec, f): whether it is as it was written.  0, or -1 with
 * EXIT_INTEGRITY, or EXIT_REFUSED as ours_check.  Any thread.
 */
int part_chunk_get(const struct part_header *h, const struct record *rec,
    struct chunk *c, struct fault *f);
int part_chunk_verify(const struct part_header *h, const struct record *rec,
    struct fault *f);

#endif
