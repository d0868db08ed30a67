/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inlet.h - the collector's end of one lane.
 */
#ifndef INLET_H
#define INLET_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "intake.h"
#include "merge.h"
#include "parts.h"
#include "reply.h"

struct inlet {
	int      fd;		/* -1: nobody is there */
	struct intake in;
	bool     known;		/* its header came: */
	struct part_header header;
	uint64_t came;		/* chunks */
	struct reply told;	/* the last one; its kind is 0 before */
	uint64_t told_at;	/* us */
	uint8_t  reply[REPLY_SIZE];	/* of it, what is still to go out: */
	size_t   left;
	bool     dead;		/* no reply goes out any more */
};

/* inlet_open(l, fd): the lane on fd, which is the inlet's, until inlet_close. */
void inlet_open(struct inlet *l, int fd);
void inlet_close(struct inlet *l);

/*
 * inlet_header(l, f): the record in l->in is to be the lane's header: then
 * l->header is it.  0, or -1 as part_header_get, and EXIT_REFUSED for what is no
 * lane.
 * inlet_chunk(l, m, f): it is to be a chunk: it goes to m.  0, or -1 as
 * part_chunk_verify, part_chunk_get and merge_add.
 */
int inlet_header(struct inlet *l, struct fault *f);
int inlet_chunk(struct inlet *l, struct merge *m, struct fault *f);

/*
 * inlet_tell(l, kind, value, m): replies so, behind what is going out already;
 * false, and nothing is done, while that is.
 * inlet_news(l, m, now): replies how far m is, unless that is known, or was told
 * just now.  The us until it may be told, or 0.
 * inlet_flush(l): what of it there is room for.
 */
bool inlet_tell(struct inlet *l, unsigned kind, uint32_t value,
    const struct merge *m);
uint64_t inlet_news(struct inlet *l, const struct merge *m, uint64_t now);
void inlet_flush(struct inlet *l);

#endif
