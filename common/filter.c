/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "filter.h"
#include "format.h"
#include "outermost.h"
#include "pmap.h"
#include "stream.h"
#include "types.h"

struct flow {
	struct codec codec;	/* a copy: a worker may outlive the caller's */
	struct stream in;
	struct sink out;
	bool layer_known;	/* the first record was seen */
};

/* What one thread has: a piece, or two that stay together. */
struct hand {
	struct record rec[2];
	unsigned count;
	const struct codec *codec;
	void *worker;		/* the codec's */
};

/* The first record names the outermost layer: is it the right one? */
static int
check_layer(struct flow *flow, const struct record *rec, struct fault *f)
{
	const struct codec *c = &flow->codec;

	if (c->layer == 0 || flow->layer_known || !type_has_layers(rec))
		return 0;
	flow->layer_known = true;
	return c->undo ? outermost_is(rec, c->layer, f) :
	    outermost_is_not(rec, c->layer, f);
}

/* The next piece into *rec: 1, 0 or -1. */
static int
read_piece(struct flow *flow, struct hand *hand, struct record *rec,
    struct fault *f)
{
	const struct codec *c = &flow->codec;
	int result;

	flow->in.listener = hand->worker;
	result = stream_next(&flow->in, rec, f);
	if (result != 1)
		return result;
	hand->count++;
	if (check_layer(flow, rec, f) == -1)
		return -1;
	return c->first != NULL && c->first(hand->worker, rec, f) == -1 ?
	    -1 : 1;
}

static int
read_pieces(void *ctx, void *worker, struct fault *f)
{
	struct flow *flow = ctx;
	struct hand *hand = worker;
	const struct codec *c = &flow->codec;
	int result;

	hand->count = 0;
	result = read_piece(flow, hand, &hand->rec[0], f);
	if (result != 1 || c->pairs == NULL || !c->pairs(&hand->rec[0]))
		return result;
	return read_piece(flow, hand, &hand->rec[1], f) == -1 ? -1 : 1;
}

/* One function of the codec, where it has it, over all that the hand has. */
static int
step(int (*fn)(void *, struct record *, struct fault *), struct hand *hand,
    struct fault *f)
{
	unsigned i;

	for (i = 0; fn != NULL && i < hand->count; i++)
		if (fn(hand->worker, &hand->rec[i], f) == -1)
			return -1;
	return 0;
}

static int
work_pieces(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->work, hand, f);
}

static int
join_pieces(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->join, hand, f);
}

static int
finish_pieces(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->finish, hand, f);
}

static int
write_pieces(void *ctx, void *worker, struct fault *f)
{
	struct flow *flow = ctx;
	struct hand *hand = worker;
	const struct codec *c = &flow->codec;
	unsigned i;

	for (i = 0; i < hand->count; i++)
		if ((c->write == NULL ?
		    stream_write(&flow->out, &hand->rec[i], f) :
		    c->write(hand->worker, &hand->rec[i], &flow->out, f)) ==
		    -1)
			return -1;
	return 0;
}

int
filter_run(struct filter *filter, struct fault *f)
{
	struct flow *flow = calloc(1, sizeof(*flow));
	struct hand *hand = calloc(filter->threads, sizeof(*hand));
	void **worker = calloc(filter->threads, sizeof(*worker));
	struct pmap m = {
		.threads = filter->codec->through ? 1 : filter->threads,
		.worker = worker, .ctx = flow,
		.read = read_pieces, .work = work_pieces,
		.join = filter->codec->join == NULL ? NULL : join_pieces,
		.finish = finish_pieces, .write = write_pieces,
	};
	unsigned i;

	if (flow == NULL || hand == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	flow->codec = *filter->codec;
	for (i = 0; i < filter->threads; i++) {
		hand[i].codec = &flow->codec;
		hand[i].worker = filter->codec->worker == NULL ?
		    filter->codec->state : filter->codec->worker[i];
		worker[i] = &hand[i];
	}
	sink_open(&flow->out, filter->out);
	if (stream_open(&flow->in, filter->in, f) == -1)
		return -1;
	if (filter->peer > 0)
		flow->in.in.peer = filter->peer;
	flow->in.pass_after_end = filter->pass_after_end;
	flow->in.whole = filter->codec->whole;
	flow->in.arrived = filter->codec->arrived;
	flow->in.through = flow->codec.through ? &flow->out : NULL;
	if (pmap_run(&m, f) == -1)
		return -1;	/* workers may still use what was allocated */
	for (i = 0; i < filter->threads; i++) {
		record_free(&hand[i].rec[0]);
		record_free(&hand[i].rec[1]);
	}
	stream_close(&flow->in);
	filter->read = flow->in.in.offset;
	filter->written = flow->out.offset;
	if (sink_close(&flow->out, f) == -1)
		return -1;
	free(flow);
	free(hand);
	free(worker);
	return 0;
}
