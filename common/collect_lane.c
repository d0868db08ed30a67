/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who comes to a collector, and with what.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect_work.h"

/* Tells of a lane that it ended, and why. */
static void
tell(const struct collecting *g, const struct inlet *l, struct fault *f)
{
	char which[] = "lane 4294967295";

	snprintf(which, sizeof(which), "lane %" PRIu32, l->header.number);
	if (l->known)
		fault_within(f, which);
	if (g->c->news != NULL)
		g->c->news(f);
}

/* This lane is no good, and is told so. */
static void
drop(struct collecting *g, struct inlet *l, unsigned kind, struct fault *f)
{
	tell(g, l, f);
	inlet_tell(l, kind, (uint32_t)f->status, &g->merge);
	inlet_close(l);
}

static int
begin(struct collecting *g, const struct part_header *h, struct fault *f)
{
	uint64_t window = g->c->window / h->chunk;

	g->known = true;
	g->header = *h;
	memcpy(g->c->set, h->set, PART_SET_SIZE);
	window = window < 2 ? 2 : window;
	return merge_open(&g->merge, window > MERGE_WINDOW_MAX ?
	    MERGE_WINDOW_MAX : (uint32_t)window, f);
}

/* One that had the lane's number was cut without knowing it. */
static void
replace(struct collecting *g, const struct inlet *by)
{
	unsigned i;

	for (i = 0; i < g->lanes; i++)
		if (g->lane[i].fd != -1 && g->lane[i].known &&
		    &g->lane[i] != by &&
		    g->lane[i].header.number == by->header.number)
			inlet_close(&g->lane[i]);
}

/* A lane says which it is.  0, or -1 when nothing goes on. */
static int
greet(struct collecting *g, struct inlet *l, struct fault *f)
{
	struct fault own;

	if (inlet_header(l, &own) == -1) {
		drop(g, l, REPLY_GIVEN_UP, &own);
		return 0;
	}
	if (l->header.number >= g->c->lanes) {
		fault_set(&own, EXIT_REFUSED, "no more than %u lanes may come",
		    g->c->lanes);
		drop(g, l, REPLY_GIVEN_UP, &own);
		return 0;
	}
	if (!g->known && begin(g, &l->header, f) == -1)
		return -1;
	if (memcmp(g->header.set, l->header.set, PART_SET_SIZE) != 0 ||
	    g->header.chunk != l->header.chunk) {
		fault_set(&own, EXIT_REFUSED, "it is of another stream than "
		    "the one that is collected");
		drop(g, l, REPLY_GIVEN_UP, &own);
		return 0;
	}
	replace(g, l);
	inlet_tell(l, REPLY_HELLO, g->merge.window, &g->merge);
	return 0;
}

/* A record that came.  0, or -1 when nothing goes on. */
static int
take(struct collecting *g, struct inlet *l, struct fault *f)
{
	struct fault own;

	if (!l->known)
		return greet(g, l, f);
	if (l->in.rec.type == REC_END)
		return merge_ended(&g->merge) ? 0 : fault_set(f,
		    EXIT_MALFORMED, "the stream is cut short: what sends it "
		    "gave up at byte %" PRIu64, g->merge.payload);
	if (inlet_chunk(l, &g->merge, &own) == -1)
		drop(g, l, REPLY_DROPPED, &own);
	return 0;
}

int
collect_read(struct collecting *g, struct inlet *l, struct fault *f)
{
	struct fault own;
	int result = intake_next(&l->in, &own);

	if (result == INTAKE_RECORD)
		return take(g, l, f);
	if (result == -1)
		drop(g, l, REPLY_DROPPED, &own);
	if (result == INTAKE_END) {
		fault_set(&own, EXIT_MALFORMED, "was cut at byte %" PRIu64,
		    l->in.offset);
		if (l->known)
			tell(g, l, &own);
		inlet_close(l);
	}
	return 0;
}

void
collect_let_in(struct collecting *g)
{
	struct fault why;
	unsigned i;
	int fd;

	while ((fd = door_accept(&g->door, &why)) != -1 ||
	    why.status != EXIT_DONE) {
		for (i = 0; fd != -1 && i < g->lanes && g->lane[i].fd != -1; i++)
			;
		if (fd == -1) {
			if (g->c->news != NULL)
				g->c->news(&why);
		} else if (i < g->lanes) {
			inlet_open(&g->lane[i], fd);
		} else {
			close(fd);
		}
	}
}
