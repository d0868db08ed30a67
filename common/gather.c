/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "gather.h"
#include "outermost.h"
#include "types.h"

int
gather_open(struct gather *g, int fd, uint32_t refused, struct fault *f)
{
	*g = (struct gather){ .refused = refused };
	return stream_open(&g->in, fd, f);
}

void
gather_close(struct gather *g)
{
	stream_close(&g->in);
	record_free(&g->piece);
}

/* The first record names the outermost layer. */
static int
check_layer(struct gather *g, struct fault *f)
{
	const struct record *rec = &g->piece;

	if (g->layer_known || !type_has_layers(rec))
		return 0;
	g->layer_known = true;
	return outermost_is_not(rec, g->refused, f);
}

/* What the piece is to the stream's records. */
static void
follow(struct gather *g)
{
	g->ended = stream_ends(&g->in, &g->piece);
	g->checkpointed = g->in.checkpoints > g->checkpoints;
	g->checkpoints = g->in.checkpoints;
}

/*
 * Reads a piece, whose bytes come next.  The bulk of the stream goes straight
 * `to` there, as far as there is room, and is taken then.  1, 0 or -1.
 */
static int
read_piece(struct gather *g, uint8_t *to, size_t room, struct gathered *run,
    struct fault *f)
{
	struct record *rec = &g->piece;
	int result;

	g->in.into = to;
	g->in.room = room;
	result = stream_next(&g->in, rec, f);
	g->taken = 0;
	if (result != 1) {
		/* Of a piece that did not come nothing is handed out. */
		g->header_size = rec->size = 0;
		return result;
	}
	g->header_size = rec->part == PART_RECORD ? RECORD_HEADER_SIZE : 0;
	put_le32(g->header, rec->type);
	put_le32(g->header + 4, rec->length);
	follow(g);
	if (rec->part == PART_BODY) {
		g->taken = rec->size;
		run->size += rec->size;
		run->checkpoint = g->checkpointed;
	}
	return check_layer(g, f) == -1 ? -1 : 1;
}

/* Hands out at most size bytes of the piece; returns how many. */
static size_t
take(struct gather *g, uint8_t *to, size_t size)
{
	size_t all = g->header_size + g->piece.size, n, begin = g->taken;

	if (g->taken < g->header_size) {
		n = g->header_size - g->taken;
		n = n < size ? n : size;
		memcpy(to, g->header + g->taken, n);
		g->taken += n;
		to += n;
		size -= n;
	}
	n = all - g->taken < size ? all - g->taken : size;
	memcpy(to, g->piece.body + (g->taken - g->header_size), n);
	g->taken += n;
	return g->taken - begin;
}

static bool
has_more(const struct gather *g)
{
	return g->taken < g->header_size + g->piece.size;
}

int
gather_next(struct gather *g, uint8_t *to, size_t size,
    struct gathered *run, struct fault *f)
{
	int result;

	*run = (struct gathered){ .size = 0 };
	while (run->size < size && !run->ends && !run->checkpoint) {
		if (!has_more(g)) {
			result = g->broken ? -1 : read_piece(g, to +
			    run->size, size - run->size, run, &g->fault);
			g->broken = result == -1;
			if (result != 1)
				break;
			continue;
		}
		if (g->piece.part == PART_REST && run->size > 0)
			break;
		run->rest = g->piece.part == PART_REST;
		run->size += take(g, to + run->size, size - run->size);
		run->ends = g->ended && !has_more(g);
		run->checkpoint = g->checkpointed && !has_more(g);
		if (run->rest)
			break;
	}
	/* Half of a stream is of no use, but for one with checkpoints. */
	if (run->size > 0 && (!g->broken || (g->in.checkpoints > 0 &&
	    g->fault.status == EXIT_MALFORMED)))
		return 1;
	if (g->broken)
		*f = g->fault;
	return g->broken ? -1 : 0;
}
