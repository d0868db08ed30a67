/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "reel.h"

#define STEP	((size_t)1 << 20)	/* bytes read at once */

int
reel_open(struct reel *r, int fd, struct fault *f)
{
	*r = (struct reel){ .begin = 0 };
	return source_open(&r->in, fd, f);
}

void
reel_close(struct reel *r)
{
	source_close(&r->in);
	record_free(&r->buffer);
}

/* Makes room for STEP bytes more: first what was taken is given up. */
static int
make_room(struct reel *r, struct fault *f)
{
	size_t there = r->end - r->begin, room = r->buffer.room;

	if (room - r->end >= STEP)
		return 0;
	if (r->begin > 0 && r->begin >= there) {
		memcpy(r->buffer.body, r->buffer.body + r->begin, there);
		r->begin = 0;
		r->end = there;
	}
	while (room - r->end < STEP)
		room = room == 0 ? 4 * STEP : 2 * room;
	return record_reserve(&r->buffer, room, f);
}

int
reel_have(struct reel *r, size_t size, struct fault *f)
{
	size_t got;

	while (r->end - r->begin < size && !r->over) {
		if (make_room(r, f) == -1 ||
		    source_read(&r->in, r->buffer.body + r->end, STEP, &got,
		    f) == -1)
			return -1;
		r->end += got;
		r->over = got < STEP;
	}
	return 0;
}

size_t
reel_size(const struct reel *r)
{
	return r->end - r->begin;
}

const uint8_t *
reel_at(const struct reel *r)
{
	return r->buffer.body + r->begin;
}

void
reel_take(struct reel *r, size_t size)
{
	r->begin += size;
	r->offset += size;
}
