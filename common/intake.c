/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "container.h"
#include "intake.h"
#include "nowait.h"

#define STEP	((size_t)1 << 20)	/* that a body's memory grows by */

void
intake_open(struct intake *i, int fd)
{
	*i = (struct intake){ .fd = fd, .max = PART_HEADER_SIZE };
}

void
intake_close(struct intake *i)
{
	record_free(&i->rec);
}

/* More of something that has `size` bytes.  INTAKE_RECORD when all are there. */
static int
fill(struct intake *i, uint8_t *bytes, size_t size, struct fault *f)
{
	bool ended;
	size_t got;

	if (i->have < size) {
		if (nowait_read(i->fd, bytes + i->have, size - i->have, &got,
		    &ended, f) == -1)
			return -1;
		if (ended)
			return INTAKE_END;
		i->have += got;
		i->offset += got;
	}
	return i->have == size ? INTAKE_RECORD : INTAKE_WAIT;
}

static int
begin_record(struct intake *i, struct fault *f)
{
	struct record *rec = &i->rec;

	rec->part = PART_RECORD;
	rec->type = get_le32(i->head);
	rec->length = get_le32(i->head + 4);
	rec->size = record_size(rec->length);
	rec->index = i->index++;
	rec->offset = i->offset - RECORD_HEADER_SIZE;
	i->at = AT_BODY;
	i->have = 0;
	return rec->length <= i->max ? INTAKE_RECORD : record_fault(f,
	    EXIT_MALFORMED, rec, "length %" PRIu32 ", at most %" PRIu32
	    " may be here", rec->length, i->max);
}

static int
fill_body(struct intake *i, struct fault *f)
{
	size_t size = i->rec.size, room;
	int result = INTAKE_RECORD;

	while (result == INTAKE_RECORD && i->have < size) {
		room = size - i->have < STEP ? size : i->have + STEP;
		if (record_reserve(&i->rec, room, f) == -1)
			return -1;
		result = fill(i, i->rec.body, room, f);
	}
	return result;
}

int
intake_next(struct intake *i, struct fault *f)
{
	int result;

	if (i->at == AT_IMAGE) {
		result = fill(i, i->head, IMAGE_HEADERS_SIZE, f);
		if (result != INTAKE_RECORD)
			return result;
		if (memcmp(i->head, container_image, IMAGE_HEADERS_SIZE) != 0)
			return fault_set(f, EXIT_MALFORMED,
			    "its headers are not those of a container");
		i->at = AT_HEADER;
		i->have = 0;
	}
	if (i->at == AT_HEADER) {
		result = fill(i, i->head, RECORD_HEADER_SIZE, f);
		if (result != INTAKE_RECORD ||
		    (result = begin_record(i, f)) == -1)
			return result;
	}
	result = fill_body(i, f);
	if (result == INTAKE_RECORD) {
		i->at = AT_HEADER;
		i->have = 0;
	}
	return result;
}
