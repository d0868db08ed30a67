/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "format.h"
#include "layers.h"
#include "types.h"

/* Another's record of that number is one that is not known here. */
static bool
is_packed(const struct record *rec)
{
	return rec->part == PART_RECORD && rec->type == REC_COMPRESSED &&
	    type_is_ours(rec);
}

/*
 * Whether all records are packed, or none, so far; but for check data, which
 * stands among packed ones as it is.
 */
static int
check_kind(struct layers *l, const struct record *rec, struct fault *f)
{
	bool packed = is_packed(rec);

	if (l->outer.kind.there && type_is_check(rec))
		return 0;
	if (!l->started) {
		l->started = true;
		l->compressed = packed;
	}
	if (packed != l->compressed)
		return record_fault(f, EXIT_MALFORMED, rec, "a %s record in "
		    "a stream that is%s compressed",
		    packed ? "compressed" : "plain",
		    l->compressed ? "" : " not");
	return 0;
}

static struct layer *
layer_new(struct layers *l, void *owner)
{
	struct layer *layer = calloc(1, sizeof(*layer));

	if (layer == NULL)
		return NULL;
	layer->layers = l;
	layer->checking.kind = &l->outer.kind;
	layer->owner = owner;
	if ((layer->expand = expand_new(l->expander)) == NULL) {
		free(layer);
		return NULL;
	}
	return layer;
}

void **
layers_new(struct layers *l, unsigned threads, void *owner, struct fault *f)
{
	void **worker = calloc(threads, sizeof(*worker));
	unsigned i = 0;

	l->expander = expander_new(l->memory > 0 ? l->memory : EXPAND_MEMORY,
	    threads, f);
	if (l->expander == NULL)
		return NULL;
	while (worker != NULL && i < threads &&
	    (worker[i] = layer_new(l, owner)) != NULL)
		i++;
	if (i == threads)
		return worker;
	fault_set(f, EXIT_SYSTEM, "no memory to expand");
	return NULL;
}

void
layers_free(struct layers *l, void **worker, unsigned threads)
{
	struct layer *layer;
	unsigned i;

	for (i = 0; i < threads; i++) {
		layer = worker[i];
		expand_free(layer->expand);
		free(layer);
	}
	free(worker);
	checked_free(&l->outer);
	checked_free(&l->inner);
	expander_free(l->expander);
	l->expander = NULL;
}

void
layers_arrived(void *worker, const struct record *rec, size_t from,
    size_t size)
{
	struct layer *layer = worker;

	checking_arrived(&layer->checking, rec, from, size);
}

int
layers_first(void *worker, struct record *rec, struct fault *f)
{
	struct layer *layer = worker;

	rec->packed = 0;
	checking_first(&layer->checking, rec);
	if (type_has_layers(rec) && check_kind(layer->layers, rec, f) == -1)
		return -1;
	if (is_packed(rec))
		rec->packed = rec->length;
	layer->compressed = layer->layers->compressed &&
	    !(layer->layers->outer.kind.there && type_is_check(rec));
	return !layer->compressed ? 0 :
	    expand_first(layer->expand, rec, f);
}

int
layers_open(void *worker, struct record *rec, struct fault *f)
{
	struct layer *layer = worker;

	checking_work(&layer->checking, rec);
	return !layer->compressed ? 0 :
	    expand_open(layer->expand, rec, f);
}

int
layers_join(void *worker, struct record *rec, struct fault *f)
{
	struct layer *layer = worker;

	return !layer->compressed ? 0 :
	    expand_join(layer->expand, rec, f);
}

int
layers_finish(void *worker, struct record *rec, struct fault *f)
{
	struct layer *layer = worker;

	return !layer->compressed ? 0 :
	    expand_finish(layer->expand, rec, f);
}

/* A piece of the packed stream that is sound. */
struct taken {
	struct layers *layers;
	checked_next *next;
	void *taker;
};

static int
take_inner(void *ctx, struct record *rec, struct fault *f)
{
	struct taken *t = ctx;

	return checked_take(&t->layers->inner, rec, NULL, rec, t->next,
	    t->taker, f);
}

int
layers_take(struct layer *layer, struct record *rec, checked_next *next,
    void *taker, struct fault *f)
{
	struct taken t = {
		.layers = layer->layers, .next = next, .taker = taker,
	};

	return checked_take(&t.layers->outer,
	    checking_as_read(&layer->checking, rec), &layer->checking.leaf,
	    rec, take_inner, &t, f);
}

void
layers_look(struct layer *layer, const struct record *rec)
{
	struct layers *l = layer->layers;
	int verdict;

	if (l->flawed)
		return;
	verdict = checked_look(&l->outer, checking_as_read(&layer->checking,
	    rec), &layer->checking.leaf, rec, &l->flaw);
	if (verdict != -1 && verdict != VERIFY_CHECK)
		verdict = checked_look(&l->inner, rec, NULL, rec, &l->flaw);
	l->flawed = verdict == -1;
}

int
layers_refuse(const struct record *rec, struct fault *f)
{
	const char *undo = type_is_ours(rec) ? type_undo(rec->type) : NULL;

	if (undo == NULL)
		return 0;
	record_fault(f, EXIT_REFUSED, rec, "a layer that is not opened here");
	return fault_hint(f, "undo it first: %s", undo);
}
