/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stream is known for a checkpointed one at its first CHECKPOINT.  Until
 * then what follows pages is held back, in memory, and passed on when it was
 * not a checkpoint's state after all: pages follow, or END.  Too much to be
 * held is passed on too: the restorer takes each state that comes, and the last
 * one holds.
 */
#include <inttypes.h>

#include "bytes.h"
#include "flatten.h"
#include "format.h"
#include "hold.h"
#include "interval.h"
#include "layers.h"
#include "stream.h"

#define STATE_MAX	(UINT64_C(16) << 20)	/* bytes held in memory */

/* A run of it. */
struct work {
	const struct flatten *how;
	struct stream in;
	struct sink out;
	bool     paged;		/* pages came */
	bool     holding;	/* the record whose pieces come is held */
	struct hold state;	/* before the first CHECKPOINT */

	/* From the first CHECKPOINT on. */
	bool     checkpointed;
	struct interval newest, next;
	struct spill *into;	/* of next: where pieces go; NULL: nowhere */
	uint64_t taken;		/* checkpoints whose pages came out */
};

static int
pass(struct work *w, const struct record *rec, struct fault *f)
{
	w->holding = false;
	w->in.through = &w->out;
	if (hold_write(&w->state, &w->out, f) == -1)
		return -1;
	return stream_write(&w->out, rec, f);
}

/* The piece as it stands in its stream, or what makes room for it. */
static int
hold(struct work *w, struct record *rec, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	struct record before = {
		.part = rec->part, .body = header, .size = sizeof(header),
	};

	if (w->state.size + sizeof(header) + rec->size > STATE_MAX)
		return pass(w, rec, f);
	w->holding = true;
	w->in.through = NULL;
	w->state.max = STATE_MAX;
	put_le32(header, rec->type);
	put_le32(header + 4, rec->length);
	if (rec->part == PART_RECORD && hold_add(&w->state, &before, f) == -1)
		return -1;
	return hold_add(&w->state, rec, f);
}

/* Whether the checkpoint that was asked for is there. */
static bool
enough(const struct work *w)
{
	return w->how->wanted != 0 && w->taken == w->how->wanted;
}

/* The pages of a checkpoint that is complete now. */
static int
complete(struct work *w, struct fault *f)
{
	if (enough(w))
		return 0;
	w->taken++;
	if (interval_write(&w->next.pages, &w->out, f) == -1)
		return -1;
	return interval_follow(&w->newest, &w->next, f);
}

static int
begin_checkpoints(struct work *w, struct fault *f)
{
	w->checkpointed = true;
	w->in.through = NULL;
	if (interval_open(&w->newest, f) == -1 ||
	    interval_open(&w->next, f) == -1 ||
	    hold_write(&w->state, &w->next.state.out, f) == -1)
		return -1;
	return w->in.nested ? 0 : complete(w, f);
}

static int
lacks(const struct work *w, struct fault *f)
{
	fault_set(f, EXIT_REFUSED, "no checkpoint %" PRIu64 ": the stream has "
	    "%" PRIu64 " complete ones", w->how->wanted, w->in.checkpoints);
	return fault_hint(f, "without --checkpoint the newest one is taken");
}

/* A piece of what may be a plain stream. */
static int
take_plain(struct work *w, struct record *rec, struct fault *f)
{
	if (rec->part == PART_BODY)
		return w->holding ? hold(w, rec, f) : pass(w, rec, f);
	if (rec->part != PART_RECORD)
		return stream_write(&w->out, rec, f);
	if (rec->type == REC_CHECKPOINT)
		return begin_checkpoints(w, f);
	if (rec->type == REC_END && w->how->wanted > 0)
		return lacks(w, f);
	if (rec->type == REC_PAGE_DATA)
		w->paged = true;
	if (rec->type == REC_PAGE_DATA || rec->type == REC_END || !w->paged)
		return pass(w, rec, f);
	return hold(w, rec, f);
}

/* A record of libxl's behind the first CHECKPOINT. */
static int
take_libxl(struct work *w, const struct record *rec, struct fault *f)
{
	w->into = NULL;
	if (w->in.phase == AFTER_IMAGE || rec->type == LIBXL_CHECKPOINT_STATE)
		return 0;
	if (rec->type == LIBXL_CHECKPOINT_END)
		return complete(w, f);
	w->into = &w->next.models;
	return 0;
}

static int
take_checkpointed(struct work *w, const struct record *rec, struct fault *f)
{
	if (rec->part == PART_LIBXL && take_libxl(w, rec, f) == -1)
		return -1;
	if (rec->part == PART_RECORD) {
		w->into = rec->type == REC_PAGE_DATA ? &w->next.pages :
		    &w->next.state;
		if (rec->type == REC_CHECKPOINT || rec->type == REC_END)
			w->into = NULL;
		if (rec->type == REC_CHECKPOINT && !w->in.nested)
			return complete(w, f);
	}
	if (w->into == NULL || enough(w))
		return 0;
	return interval_keep(w->into, rec, f);
}

static int
take_all(struct work *w, struct fault *f)
{
	struct record rec = { .body = NULL };
	int more;

	while ((more = stream_next(&w->in, &rec, f)) == 1) {
		if (rec.part == PART_RECORD && layers_refuse(&rec, f) == -1)
			more = -1;
		else if (w->checkpointed)
			more = take_checkpointed(w, &rec, f);
		else
			more = take_plain(w, &rec, f);
		if (more == -1)
			break;
	}
	record_free(&rec);
	/* So a checkpointed stream may end: its source has failed. */
	return more == -1 && w->in.cut && w->in.checkpoints > 0 ? 0 : more;
}

static void
tell(const struct work *w)
{
	uint64_t count = w->in.checkpoints;

	if (w->how->quiet)
		return;
	fault_tell(w->how->tool, "%" PRIu64 " complete checkpoint%s, of which "
	    "number %" PRIu64 " is taken%s", count, count == 1 ? "" : "s",
	    w->taken, interval_is_empty(&w->next) ? "" :
	    "; what follows the last is left out");
}

/* What is behind the pages of a checkpointed stream. */
static int
finish(struct work *w, struct fault *f)
{
	static const uint8_t libxl_end[RECORD_HEADER_SIZE];

	if (w->taken < w->how->wanted)
		return lacks(w, f);
	if (!w->checkpointed)
		return 0;
	if (upstream_both(&w->how->from, f) == -1)
		return -1;
	tell(w);
	if (interval_write(&w->newest.state, &w->out, f) == -1 ||
	    stream_write(&w->out, &record_end, f) == -1)
		return -1;
	if (!w->in.nested)
		return 0;
	return interval_write(&w->newest.models, &w->out, f) == -1 ? -1 :
	    sink_put(&w->out, libxl_end, sizeof(libxl_end), f);
}

int
flatten_run(void *how, int out, struct fault *f)
{
	const struct flatten *flatten = how;
	struct work w = { .how = flatten };
	int result;

	if (stream_open(&w.in, flatten->in, f) == -1)
		return -1;
	w.in.ended = upstream_both;
	w.in.asked = &flatten->from;
	sink_open(&w.out, out);
	w.in.through = &w.out;
	result = take_all(&w, f);
	if (result == 0)
		result = finish(&w, f);
	if (w.checkpointed) {
		interval_close(&w.newest);
		interval_close(&w.next);
	}
	hold_free(&w.state);
	stream_close(&w.in);
	return result == -1 ? -1 : sink_close(&w.out, f);
}
