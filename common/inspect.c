/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "filter.h"
#include "inspect.h"
#include "pmap.h"
#include "survey.h"

struct hand {
	const struct inspect *inspect;
	void *layers;
};

static int
see(void *state, struct record *rec, struct fault *f)
{
	struct inspect *i = state;

	return layers_see(&i->layers, rec, f);
}

static int
look(void *worker, struct record *rec, struct fault *f)
{
	struct hand *hand = worker;

	if (layers_open(hand->layers, rec, f) == -1)
		return -1;
	return hand->inspect->measure ?
	    survey_measure(rec, hand->inspect->entropy, f) : 0;
}

static int
hand_over(void *state, struct record *rec, struct fault *f)
{
	struct inspect *i = state;

	return i->piece(i->state, rec, f);
}

int
inspect_run(struct inspect *i, int in, struct fault *f)
{
	struct hand *hand = calloc(i->threads, sizeof(*hand));
	void *worker[THREADS_MAX];
	struct codec codec = {
		.whole = true, .first = see, .work = look,
		.last = hand_over, .state = i, .worker = worker,
	};
	struct filter filter = {
		.in = in, .out = -1, .threads = i->threads, .codec = &codec,
		.pass_after_end = true,
	};
	unsigned n;

	for (n = 0; hand != NULL && n < i->threads; n++) {
		hand[n] = (struct hand){ i, layers_new() };
		if (hand[n].layers == NULL)
			break;
		worker[n] = &hand[n];
	}
	if (hand == NULL || n < i->threads)
		return fault_set(f, EXIT_SYSTEM, "no memory for zstd");
	if (filter_run(&filter, f) == -1)
		return -1;	/* a worker may still use its own */
	for (n = 0; n < i->threads; n++)
		layers_free(hand[n].layers);
	free(hand);
	return 0;
}
