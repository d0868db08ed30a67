/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "join_work.h"
#include "pmap.h"

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
	    (g->set.part[0].header.in_turn || !join_goes_on(g, f)))))
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
		.read = join_read, .work = verify_chunk,
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
