/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interval.h"

#define PIECE_SIZE	((size_t)256 << 10)

/* spill.h's own is for what need not be kept. */
static int
hint(struct fault *f)
{
	return fault_hint(f, "TMPDIR names another directory");
}

int
interval_open(struct interval *i, struct fault *f)
{
	i->pages.out.fd = i->state.out.fd = i->models.out.fd = -1;
	return spill_open(&i->pages, UINT64_MAX, f) == -1 ||
	    spill_open(&i->state, UINT64_MAX, f) == -1 ||
	    spill_open(&i->models, UINT64_MAX, f) == -1 ? hint(f) : 0;
}

void
interval_close(struct interval *i)
{
	spill_close(&i->pages);
	spill_close(&i->state);
	spill_close(&i->models);
}

int
interval_keep(struct spill *s, const struct record *rec, struct fault *f)
{
	return spill_keep(s, rec, f) == -1 ? hint(f) : 0;
}

int
interval_write(const struct spill *s, struct sink *out, struct fault *f)
{
	uint8_t *buf = malloc(PIECE_SIZE);
	uint64_t at, left;
	size_t n;
	int result = 0;

	if (buf == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (at = 0; at < s->out.offset && result == 0; at += n) {
		left = s->out.offset - at;
		n = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;
		result = io_read_at(s->out.fd, buf, n, at, f);
		if (result == 0)
			result = sink_put(out, buf, n, f);
	}
	free(buf);
	return result;
}

static int
empty(struct spill *s, struct fault *f)
{
	if (s->out.offset > 0 && (ftruncate(s->out.fd, 0) == -1 ||
	    lseek(s->out.fd, 0, SEEK_SET) == -1))
		return fault_set(f, EXIT_SYSTEM, "file in %.150s: %s",
		    spill_directory(), strerror(errno));
	s->out.offset = 0;
	return 0;
}

static void
take_over(struct spill *newest, struct spill *next)
{
	struct spill old = *newest;

	if (next->out.offset == 0)
		return;
	*newest = *next;
	*next = old;
}

int
interval_follow(struct interval *newest, struct interval *next,
    struct fault *f)
{
	take_over(&newest->state, &next->state);
	take_over(&newest->models, &next->models);
	return empty(&next->pages, f) == -1 || empty(&next->state, f) == -1 ||
	    empty(&next->models, f) == -1 ? -1 : 0;
}

bool
interval_is_empty(const struct interval *i)
{
	return i->pages.out.offset == 0 && i->state.out.offset == 0 &&
	    i->models.out.offset == 0;
}
