/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "filter.h"
#include "format.h"
#include "pmap.h"
#include "stream.h"
#include "types.h"

struct flow {
	struct codec codec;	/* a copy: a worker may outlive the caller's */
	struct stream in;
	struct sink out;
	bool layer_known;	/* the first record was seen */
};

struct hand {
	struct record rec;
	const struct codec *codec;
	void *worker;		/* the codec's */
};

/* Another layer than the one to undo is outermost. */
static int
refuse_layer(const struct codec *c, const struct record *rec,
    struct fault *f)
{
	char name[TYPE_NAME_SIZE];
	const char *undo = type_is_ours(rec) ? type_undo(rec->type) : NULL;

	record_fault(f, EXIT_REFUSED, rec,
	    "the stream's outermost layer is not %s",
	    type_name(c->layer, name));
	if (undo != NULL)
		return fault_hint(f, "undo that layer first: %s", undo);
	return fault_hint(f, "it is not packed; use the stream as it is");
}

/* The first record names the outermost layer: is it the right one? */
static int
check_layer(struct flow *flow, const struct record *rec, struct fault *f)
{
	const struct codec *c = &flow->codec;
	bool own;

	if (c->layer == 0 || flow->layer_known || !type_has_layers(rec))
		return 0;
	flow->layer_known = true;
	own = rec->type == c->layer && type_is_ours(rec);
	if (c->undo && !own)
		return refuse_layer(c, rec, f);
	if (!c->undo && own) {
		record_fault(f, EXIT_REFUSED, rec,
		    "the stream has this layer already");
		return fault_hint(f, "%s takes it off",
		    type_undo(c->layer));
	}
	return 0;
}

/* One function of the codec, where it has it. */
static int
step(int (*fn)(void *, struct record *, struct fault *), void *worker,
    struct record *rec, struct fault *f)
{
	return fn == NULL ? 0 : fn(worker, rec, f);
}

static int
read_piece(void *ctx, void *worker, struct fault *f)
{
	struct flow *flow = ctx;
	struct hand *hand = worker;
	const struct codec *c = &flow->codec;
	int result = stream_next(&flow->in, &hand->rec, f);

	if (result != 1)
		return result;
	if (check_layer(flow, &hand->rec, f) == -1)
		return -1;
	return step(c->first, hand->worker, &hand->rec, f) == -1 ? -1 : 1;
}

static int
work_piece(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->work, hand->worker, &hand->rec, f);
}

static int
join_piece(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->join, hand->worker, &hand->rec, f);
}

static int
finish_piece(void *worker, struct fault *f)
{
	struct hand *hand = worker;

	return step(hand->codec->finish, hand->worker, &hand->rec, f);
}

static int
write_piece(void *ctx, void *worker, struct fault *f)
{
	struct flow *flow = ctx;
	struct hand *hand = worker;
	const struct codec *c = &flow->codec;

	if (c->write != NULL)
		return c->write(hand->worker, &hand->rec, &flow->out, f);
	return stream_write(&flow->out, &hand->rec, f);
}

int
filter_run(struct filter *filter, struct fault *f)
{
	struct flow *flow = calloc(1, sizeof(*flow));
	struct hand *hand = calloc(filter->threads, sizeof(*hand));
	void **worker = calloc(filter->threads, sizeof(*worker));
	struct pmap m = {
		.threads = filter->threads, .worker = worker, .ctx = flow,
		.read = read_piece, .work = work_piece, .write = write_piece,
		.join = filter->codec->join == NULL ? NULL : join_piece,
		.finish = finish_piece,
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
	if (pmap_run(&m, f) == -1)
		return -1;	/* workers may still use what was allocated */
	for (i = 0; i < filter->threads; i++)
		record_free(&hand[i].rec);
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
