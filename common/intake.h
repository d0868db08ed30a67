/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * intake.h - the records of a container, as their bytes come, for a process
 * that waits for many at once.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "record.h"

struct intake {
	int      fd;		/* that does not wait (nowait.h) */
	uint32_t max;		/* bytes of a body */
	struct record rec;	/* the last one, or what there is of it */
	uint8_t  head[IMAGE_HEADERS_SIZE];
	size_t   have;		/* bytes of head, and then of the body */
	uint64_t offset, index;	/* of what comes next */
	enum { AT_IMAGE, AT_HEADER, AT_BODY } at;
};

enum { INTAKE_WAIT, INTAKE_RECORD, INTAKE_END };

/* intake_open(i, fd): a reader at the start of fd, which stays the caller's. */
void intake_open(struct intake *i, int fd);
void intake_close(struct intake *i);

/*
 * intake_next(i, f): INTAKE_RECORD: i->rec is the next record, whole; its body
 * may be taken.  INTAKE_WAIT: more bytes have to come first.  INTAKE_END: the
 * input ended, wherever that is.
 * -1: EXIT_SYSTEM, or EXIT_MALFORMED for headers that are not a container's, and
 * a body of more than i->max.  Memory is taken as bytes come.
 */
int intake_next(struct intake *i, struct fault *f);

#endif
