/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which chunk comes next, and from which part.
 */
#include <inttypes.h>
#include <string.h>

#include "join_work.h"

bool
join_goes_on(const struct joining *g, const struct fault *f)
{
	if (g->j->lost == NULL ||
	    (f->status != EXIT_INTEGRITY && f->status != EXIT_MALFORMED))
		return false;
	g->j->lost(f);
	g->j->damaged = true;
	return true;
}

/* All parts were read to their end. */
static int
check_end(const struct joining *g, struct fault *f)
{
	if (g->last)
		return 0;
	fault_set(f, EXIT_MALFORMED, "the last part is missing: part %03"
	    PRIu32 " does not end the stream", g->set.part[0].header.parts > 0 ?
	    g->set.count - 1 : g->current);
	return g->set.part[0].header.parts > 0 ? -1 :
	    fault_hint(f, "rec-split wrote the next one to a file whose name "
	    "ends in %03" PRIu32 ".rec", g->current + 1);
}

/* On stdin: behind END another part may come. */
static int
next_on_stdin(struct joining *g, struct fault *f)
{
	struct part_file *p = &g->set.part[0];
	uint8_t set[PART_SET_SIZE];
	int result;

	memcpy(set, p->header.set, sizeof(set));
	if ((result = part_file_again(p, f)) == -1)
		return f->status == EXIT_SYSTEM ? -1 : fault_hint(f,
		    "it stands behind part %03" PRIu32, g->current);
	if (result == 0)
		return check_end(g, f);
	if (memcmp(set, p->header.set, sizeof(set)) != 0)
		return fault_set(f, EXIT_INTEGRITY, "what comes behind part "
		    "%03" PRIu32 " is of another set", g->current);
	if (p->header.number == ++g->current)
		return 1;
	fault_set(f, EXIT_MALFORMED, "part %03" PRIu32 " comes where part %03"
	    PRIu32 " is due", p->header.number, g->current);
	return fault_hint(f, "on stdin parts come in their order, which is "
	    "ls -v's behind 999; as files, in any");
}

/*
 * The part that the next chunk is in, open, into *part: 1, or 0 when all were
 * read to their end, or -1.
 */
static int
due(struct joining *g, struct part_file **part, struct fault *f)
{
	struct part_set *s = &g->set;
	struct part_file *p = &s->part[g->from_stdin ? 0 : g->current];
	uint32_t i;

	*part = p;
	if (p->header.in_turn) {
		*part = p = &s->part[g->next % s->count];
		for (i = 0; p->ended && i < s->count; i++)
			*part = p = &s->part[i];
		return p->ended ? check_end(g, f) : 1;
	}
	if (!p->ended)
		return 1;
	if (g->from_stdin)
		return next_on_stdin(g, f);
	if (g->current + 1 == s->count)
		return check_end(g, f);
	part_file_close(p);
	g->current++;
	*part = &s->part[g->current];
	return part_file_open(*part, f) == -1 ? -1 : 1;
}

/* Another chunk than the one that is due. */
static int
refuse_number(const struct joining *g, const struct joiner *w,
    struct fault *f)
{
	uint64_t its = w->chunk.number;

	/* Its number, too, may be what is damaged. */
	if (part_chunk_verify(&w->part.header, &w->rec, f) == -1)
		return -1;
	if (its < g->next)
		return record_fault(f, EXIT_INTEGRITY, &w->rec, "chunk %"
		    PRIu64 " comes again, where %" PRIu64 " is due", its,
		    g->next);
	return record_fault(f, EXIT_MALFORMED, &w->rec, "chunk %" PRIu64
	    " comes where %" PRIu64 " is due: chunks are missing", its,
	    g->next);
}

static int
check_chunk(struct joining *g, struct joiner *w, struct fault *f)
{
	if (part_chunk_get(&w->part.header, &w->rec, &w->chunk, f) == -1)
		return -1;
	if (g->last)
		return record_fault(f, EXIT_MALFORMED, &w->rec,
		    "comes behind the last chunk");
	if (w->chunk.number != g->next)
		return refuse_number(g, w, f);
	g->next++;
	g->last = w->chunk.last;
	return 0;
}

/*
 * To salvage, all of a chunk is looked at before its number is believed.  One
 * that is damaged is taken for the one that was due.
 */
static int
check_whole(struct joining *g, struct joiner *w, struct fault *f)
{
	const struct part_header *h = &w->part.header;

	if (part_chunk_verify(h, &w->rec, f) == -1 ||
	    part_chunk_get(h, &w->rec, &w->chunk, f) == -1) {
		g->next++;
		return -1;
	}
	if (w->chunk.number > g->next && !g->last) {
		refuse_number(g, w, f);
		part_file_fault(&w->part, f);
		if (!join_goes_on(g, f))
			return -1;
		g->next = w->chunk.number;
	}
	return check_chunk(g, w, f);
}

/* The next chunk, of whatever part: as due. */
static int
next_chunk(struct joining *g, struct joiner *w, struct fault *f)
{
	struct part_file *p;
	int result;

	do {
		result = due(g, &p, f);
		if (result == -1 && join_goes_on(g, f))
			return 0;
		if (result != 1)
			return result;
		if (part_file_next(p, &w->rec, f) == -1) {
			if (!join_goes_on(g, f))
				return -1;
			p->ended = true;
		}
	} while (p->ended);
	w->part.path = p->path;
	w->part.header = p->header;
	return 1;
}

int
join_read(void *ctx, void *worker, struct fault *f)
{
	struct joining *g = ctx;
	struct joiner *w = worker;
	int result;

	do {
		result = next_chunk(g, w, f);
		if (result != 1)
			return result;
		result = g->j->lost == NULL ? check_chunk(g, w, f) :
		    check_whole(g, w, f);
		if (result == 0)
			return 1;
		part_file_fault(&w->part, f);
	} while (join_goes_on(g, f));
	return -1;
}
