/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * join.h - a stream again, from the parts that it was split into.
 */
#ifndef JOIN_H
#define JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"

struct join {
	char *const *path;	/* parts, in any order */
	size_t   count;		/* 0: stdin has them, one after the other */
	int      out;		/* descriptor; -1: write nothing */
	unsigned threads;	/* 1 to THREADS_MAX */
	void (*lost)(const struct fault *f);	/* what is damaged or missing
						   is told to it and left out;
						   NULL: ends it */

	/* What came out, also where it failed. */
	uint64_t chunks, payload, checkpoints;	/* payload: bytes */
	uint32_t parts;
	uint8_t  set[PART_SET_SIZE];
	bool     damaged;	/* something was told */
};

/*
 * join_run(j, f): the payload of all parts to j->out, which it closes.  Each
 * chunk is written when the next one was verified, too, or at once if it ends
 * with a checkpoint; the last when all parts, and stdin, were read to their end.
 * 0, or -1 as part_set_open, part_file_next, part_chunk_get and
 * part_chunk_verify, and: EXIT_MALFORMED for chunks that are missing or come
 * behind the last, EXIT_INTEGRITY for one that comes again; EXIT_REFUSED for
 * parts on stdin that need to be read side by side.  Then the process has to
 * exit soon (pmap.h).
 * With j->lost, damage within parts and parts that are missing make no failure:
 * all other chunks are written, in order.  Of a part whose records cannot be
 * followed the rest is lost; on stdin so is what is behind it.
 */
int join_run(struct join *j, struct fault *f);

#endif
