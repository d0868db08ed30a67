/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "hold.h"

int
hold_add(struct hold *h, const struct record *rec, struct fault *f)
{
	size_t room = h->buffer.room;

	if (h->size + rec->size > h->max) {
		record_fault(f, EXIT_REFUSED, rec, "more than %" PRIu64
		    " bytes stand here around the image", h->max);
		return fault_hint(f, "--max-tail allows more, to %" PRIu64
		    "M; or put it into a container first", HOLD_MAX >> 20);
	}
	while (room < h->size + rec->size)
		room = room == 0 ? 4096 : 2 * room;
	if (record_reserve(&h->buffer, room, f) == -1)
		return -1;
	memcpy(h->buffer.body + h->size, rec->body, rec->size);
	h->size += rec->size;
	return 0;
}

int
hold_write(struct hold *h, struct sink *out, struct fault *f)
{
	size_t size = h->size;

	h->size = 0;
	return sink_put(out, h->buffer.body, size, f);
}

void
hold_free(struct hold *h)
{
	record_free(&h->buffer);
	*h = (struct hold){ .size = 0 };
}
