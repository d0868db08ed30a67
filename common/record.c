/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "format.h"
#include "record.h"
#include "types.h"

#define SMALL_UNIT	((size_t)4 << 10)
#define HUGE_UNIT	((size_t)2 << 20)	/* a huge page */

const struct record record_end = { .part = PART_RECORD, .type = REC_END };

int
record_reserve(struct record *rec, size_t size, struct fault *f)
{
	size_t unit = size < HUGE_UNIT / 2 ? SMALL_UNIT : HUGE_UNIT;
	size_t room = (size + unit - 1) / unit * unit;
	uint8_t *p;

	/* An empty body has an address too: it is added to, and handed on. */
	if (room == 0)
		room = unit;
	if (size <= rec->room && rec->body != NULL)
		return 0;
	if ((p = aligned_alloc(unit, room)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for %zu bytes",
		    room);
	/* Speed only.  Of the last huge page little may be used. */
	if (unit == HUGE_UNIT)
		(void)madvise(p, size / HUGE_UNIT * HUGE_UNIT,
		    MADV_HUGEPAGE);
	if (rec->body != NULL)
		memcpy(p, rec->body, rec->room);
	free(rec->body);
	rec->body = p;
	rec->room = room;
	return 0;
}

void
record_set(struct record *rec, uint32_t type, uint32_t length)
{
	rec->part = PART_RECORD;
	rec->type = type;
	rec->length = length;
	rec->size = record_size(length);
	if (rec->size > length)
		memset(rec->body + length, 0, rec->size - length);
}

void
record_swap(struct record *a, struct record *b)
{
	uint8_t *body = a->body;
	size_t room = a->room;

	a->body = b->body;
	a->room = b->room;
	b->body = body;
	b->room = room;
}

void
record_move(struct record *to, struct record *from)
{
	uint8_t *body = to->body;
	size_t room = to->room;

	*to = *from;
	from->body = body;
	from->room = room;
}

void
record_free(struct record *rec)
{
	free(rec->body);
	*rec = (struct record){ 0 };
}

int
record_fault(struct fault *f, int status, const struct record *rec,
    const char *fmt, ...)
{
	char name[TYPE_NAME_SIZE], text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	switch (rec->part) {
	case PART_RECORD:
	case PART_BODY:
		return fault_set(f, status, "record %" PRIu64
		    " (%s) at byte %" PRIu64 ": %s", rec->index,
		    type_name(rec->type, name), rec->offset, text);
	case PART_LIBXL:
	case PART_LIBXL_BODY:
		return fault_set(f, status, "libxl record %" PRIu64
		    " (%s) at byte %" PRIu64 ": %s", rec->index,
		    type_libxl_name(rec->type, name), rec->offset, text);
	default:
		return fault_set(f, status, "byte %" PRIu64 ": %s",
		    rec->offset, text);
	}
}
