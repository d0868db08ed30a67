/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter.h"
#include "inspect.h"
#include "survey.h"

static int
look(void *worker, struct record *rec, struct fault *f)
{
	struct layer *layer = worker;
	const struct inspect *i = layer->owner;

	if (layers_finish(layer, rec, f) == -1)
		return -1;
	return i->measure ? survey_measure(rec, i->entropy, f) : 0;
}

static int
hand_over(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	struct layer *layer = worker;
	const struct inspect *i = layer->owner;

	(void)out;
	layers_look(layer, rec);
	return i->piece(i->state, rec, f);
}

int
inspect_run(struct inspect *i, int in, struct fault *f)
{
	struct codec codec = {
		.whole = true, .arrived = layers_arrived,
		.first = layers_first, .work = layers_open,
		.join = layers_join, .finish = look, .write = hand_over,
		.worker = layers_new(&i->layers, i->threads, i, f),
	};
	struct filter filter = {
		.in = in, .out = -1, .threads = i->threads, .codec = &codec,
		.pass_after_end = true,
	};

	if (codec.worker == NULL || filter_run(&filter, f) == -1)
		return -1;	/* a worker may still use its own */
	layers_free(&i->layers, codec.worker, i->threads);
	return 0;
}
