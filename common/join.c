/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "join.h"
#include "part_set.h"
#include "pmap.h"
#include "stream.h"

/* What the threads share. */
struct joining {
	struct join *j;
	struct part_set set;
	bool from_stdin;

	/* In the order of reading. */
	uint32_t current;	/* the part that is read */
	uint64_t next;		/* number of the next chunk */
	bool     last;		/* the last one was read */

	/* In the order of writing. */
	struct sink out;
	struct record held;	/* the last chunk that came: the payload
				   may end with it */
	bool     holds;
};

/* One thread's. */
struct joiner {
	struct part_file part;	/* that its chunk is of: name and header */
	struct record rec;
	struct chunk chunk;
};

/* Whether to go on without what this fault is of, having told it. */
static bool
goes_on(const struct joining *g, const struct fault *f)
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
		if (part_file_fault(&w->part, f) == -1 && !goes_on(g, f))
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
		if (result == -1 && goes_on(g, f))
			return 0;
		if (result != 1)
			return result;
		if (part_file_next(p, &w->rec, f) == -1) {
			if (!goes_on(g, f))
				return -1;
			p->ended = true;
		}
	} while (p->ended);
	w->part.path = p->path;
	w->part.header = p->header;
	return 1;
}

static int
read_chunk(void *ctx, void *worker, struct fault *f)
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
	} while (goes_on(g, f));
	return -1;
}

static int
verify_chunk(void *worker, struct fault *f)
{
	struct joiner *w = worker;

	return part_chunk_verify(&w->part.header, &w->rec, f) == 0 ? 0 :
	    part_file_fault(&w->part, f);
}

/* What was held goes out. */
static int
release(struct joining *g, struct fault *f)
{
	const struct record *rec = &g->held;
	size_t size = rec->length - PART_PAYLOAD_OFFSET;

	if (!g->holds)
		return 0;
	g->holds = false;
	g->j->payload += size;
	return sink_put(&g->out, rec->body + PART_PAYLOAD_OFFSET, size, f);
}

static int
write_chunk(void *ctx, void *worker, struct fault *f)
{
	struct joining *g = ctx;
	struct joiner *w = worker;

	if (release(g, f) == -1)
		return -1;
	g->j->chunks++;
	g->j->checkpoints += w->chunk.checkpoint;
	record_move(&g->held, &w->rec);
	g->holds = true;
	/* A stream with checkpoints counts up to each. */
	return w->chunk.checkpoint && !w->chunk.last ? release(g, f) : 0;
}

static int
open_parts(struct joining *g, struct fault *f)
{
	const struct join *j = g->j;
	struct part_file *p;
	uint32_t i;

	if (j->count > 0 && (part_set_open(&g->set, j->path, j->count, f) == -1 ||
	    (part_set_complete(&g->set, f) == -1 &&
	    (g->set.part[0].header.in_turn || !goes_on(g, f)))))
		return -1;
	if (j->count == 0) {
		if ((p = calloc(1, sizeof(*p))) == NULL)
			return fault_set(f, EXIT_SYSTEM, "no memory");
		g->set = (struct part_set){ .part = p, .count = 1 };
		g->from_stdin = true;
	}
	p = g->set.part;
	if (part_file_open(&p[0], f) == -1)
		return -1;
	if (g->from_stdin && p->header.in_turn && p->header.parts > 1)
		return fault_set(f, EXIT_REFUSED, "these parts were filled in "
		    "turn, and have to be read side by side: name them");
	if (g->from_stdin && p->header.number != 0)
		return fault_set(f, EXIT_MALFORMED, "part %03" PRIu32 " comes "
		    "first, where part 000 is due", p->header.number);
	for (i = 1; p->header.in_turn && i < g->set.count; i++)
		if (part_file_open(&p[i], f) == -1)
			return -1;
	return 0;
}

/* All was verified: the last chunk goes out. */
static int
finish(struct joining *g, struct fault *f)
{
	struct join *j = g->j;

	j->parts = g->from_stdin ? g->current + 1 : g->set.count;
	memcpy(j->set, g->set.part[0].header.set, sizeof(j->set));
	if (release(g, f) == -1 ||
	    sink_close(&g->out, f) == -1)
		return -1;
	part_set_close(&g->set);
	record_free(&g->held);
	return 0;
}

/* Of a stream with checkpoints all counts that came before it was cut. */
static int
end_checkpoints(struct joining *g, struct fault *f)
{
	if (g->j->checkpoints == 0 || f->status != EXIT_MALFORMED)
		return -1;
	if (!g->last && release(g, f) == -1)
		return -1;
	return fault_hint(f, "%" PRIu64 " complete checkpoints came out of it",
	    g->j->checkpoints);
}

int
join_run(struct join *j, struct fault *f)
{
	struct joining *g = calloc(1, sizeof(*g));
	struct joiner *joiner = calloc(j->threads, sizeof(*joiner));
	void **worker = calloc(j->threads, sizeof(*worker));
	struct pmap m = {
		.threads = j->threads, .worker = worker, .ctx = g,
		.read = read_chunk, .work = verify_chunk,
		.write = write_chunk,
	};
	unsigned i;

	if (g == NULL || joiner == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < j->threads; i++)
		worker[i] = &joiner[i];
	g->j = j;
	sink_open(&g->out, j->out);
	if (open_parts(g, f) == -1)
		return -1;
	if (pmap_run(&m, f) == -1 || finish(g, f) == -1)
		return end_checkpoints(g, f);	/* workers may still use what
						   was allocated */
	for (i = 0; i < j->threads; i++)
		record_free(&joiner[i].rec);
	free(worker);
	free(joiner);
	free(g);
	return 0;
}
