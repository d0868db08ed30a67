/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "merge.h"
#include "ours.h"

int
merge_open(struct merge *m, uint32_t window, struct fault *f)
{
	m->window = window;
	m->last = UINT64_MAX;
	m->place = calloc(window, sizeof(*m->place));
	return m->place != NULL ? 0 : fault_set(f, EXIT_SYSTEM,
	    "no memory for the window");
}

void
merge_close(struct merge *m)
{
	uint32_t i;

	for (i = 0; m->place != NULL && i < m->window; i++)
		record_free(&m->place[i]);
	while (m->spares > 0)
		record_free(&m->spare[--m->spares]);
	free(m->place);
	m->place = NULL;
}

static struct record *
place_of(const struct merge *m, uint64_t number)
{
	return &m->place[number % m->window];
}

/* Whether the chunk can be of this stream. */
static int
check(const struct merge *m, const struct chunk *c, const struct record *rec,
    struct fault *f)
{
	if (c->number >= m->next && c->number - m->next >= m->window)
		return record_fault(f, EXIT_MALFORMED, rec, "chunk %" PRIu64
		    " comes while %" PRIu64 " is due, with a window of %"
		    PRIu32, c->number, m->next, m->window);
	if (c->number > m->last || (c->last && m->last != UINT64_MAX &&
	    m->last != c->number) || (c->last && m->highest > c->number + 1))
		return record_fault(f, EXIT_MALFORMED, rec, "chunk %" PRIu64
		    " and others that come behind the last", c->number);
	return 0;
}

int
merge_add(struct merge *m, const struct chunk *c, struct record *rec,
    struct fault *f)
{
	struct record *to = place_of(m, c->number);

	if (check(m, c, rec, f) == -1)
		return -1;
	if (c->number < m->next || to->body != NULL) {
		m->again++;
		return 0;
	}
	record_move(to, rec);
	if (m->spares > 0)
		record_swap(rec, &m->spare[--m->spares]);
	if (m->highest <= c->number)
		m->highest = c->number + 1;
	if (c->last)
		m->last = c->number;
	return 0;
}

bool
merge_ready(const struct merge *m)
{
	return m->place != NULL && place_of(m, m->next)->body != NULL;
}

bool
merge_ended(const struct merge *m)
{
	return m->place != NULL && m->last != UINT64_MAX && m->next > m->last;
}

static void
finish_chunk(struct merge *m, struct record *rec)
{
	m->payload += m->written;
	m->checkpoints += (ours_flags(rec) & PART_CHECKPOINT) != 0;
	m->written = 0;
	m->next++;
	if (m->spares < MERGE_SPARE)
		record_swap(&m->spare[m->spares++], rec);
	record_free(rec);
}

int
merge_write(struct merge *m, struct fault *f)
{
	struct record *rec;
	size_t size, put;

	while (merge_ready(m)) {
		rec = place_of(m, m->next);
		size = rec->length - PART_PAYLOAD_OFFSET - m->written;
		if (outlet_put(&m->out, rec->body + PART_PAYLOAD_OFFSET +
		    m->written, size, &put, f) == -1)
			return -1;
		m->written += put;
		if (put < size)
			break;
		finish_chunk(m, rec);
	}
	return 0;
}
