/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "crc.h"
#include "format.h"
#include "hold.h"
#include "pfn_list.h"
#include "salvage_work.h"
#include "types.h"

void
salvage_tell(struct work *w, struct loss *loss)
{
	struct salvage *s = w->s;

	s->damaged = true;
	/* Pages that are not there are zero; what else is lost is missed. */
	if (loss->count > 0 && !(loss->known &&
	    (loss->type == REC_PAGE_DATA || loss->type & RECORD_OPTIONAL ||
	    loss->lists)))
		s->pages_only = false;
	s->tell(s->listener, loss);
}

bool
salvage_is_pv(uint32_t type)
{
	const struct type *t = type_find(type);

	return t != NULL && t->guests == GUEST_PV;
}

/*
 * Records from w->next up to that one, of which nothing was found; so many
 * bytes are in the reel, others were there before them.
 */
static void
tell_gap(struct work *w, uint64_t up_to, size_t bytes, const char *why)
{
	struct loss loss = {
		.first = w->next, .count = up_to - w->next,
		.offset = w->marks.reel.offset - w->marks.given_up,
		.size = w->marks.given_up + bytes, .why = why,
	};

	if (loss.count > 0 || loss.size > 0)
		salvage_tell(w, &loss);
	w->next = up_to;
	w->marks.given_up = 0;
}

/* The record at that place is sound. */
static int
emit(struct work *w, size_t at, struct check *c, struct fault *f)
{
	struct record rec = mark_view(&w->marks, at);

	if (w->blake2b)
		leaf_of(&rec, true, &c->leaf);
	digester_add(&w->all, c);
	w->s->records++;
	w->s->pv |= salvage_is_pv(rec.type);
	w->next = c->index + 1;
	return sink_put(&w->out, reel_at(&w->marks.reel) + at,
	    (size_t)c->size, f);
}

/* The pfns of the damaged record that a CHECK covers, if they are sound. */
static uint64_t *
pfns_of(const struct work *w, const struct mark *m, uint32_t *count)
{
	const struct check *c = &m->check;
	struct leaf_maker front;
	struct record rec;
	uint64_t size;

	if (c->leaf.list == 0 || c->size > m->at ||
	    c->size < RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE)
		return NULL;
	rec = mark_view(&w->marks, m->at - (size_t)c->size);
	if (rec.size != c->size - RECORD_HEADER_SIZE)
		return NULL;	/* its header is damaged */
	leaf_record(&front, &rec, false);
	size = front.list;
	leaf_add(&front, rec.body, (size_t)size);
	return size == 0 || front.leaf.list != c->leaf.list ? NULL :
	    pfn_list(&rec, count);
}

/* The record that a CHECK covers is damaged; of its pfns we may know. */
static void
tell_damaged(struct work *w, const struct mark *m)
{
	const struct check *c = &m->check;
	struct loss loss = {
		.first = c->index, .count = 1, .known = true,
		.type = c->type, .why = "damaged",
	};
	uint64_t *pfn = pfns_of(w, m, &loss.pfns);

	loss.size = c->size < m->at ? c->size : m->at;
	loss.offset = w->marks.reel.offset + m->at - loss.size;
	loss.pfn = pfn;
	loss.lists = c->leaf.list != 0;
	salvage_tell(w, &loss);
	free(pfn);
	w->next = c->index + 1;
}

static bool
covers(const struct work *w, const struct mark *m)
{
	const struct check *c = &m->check;
	struct record rec;

	if (c->size < RECORD_HEADER_SIZE || c->size > m->at)
		return false;
	rec = mark_view(&w->marks, m->at - (size_t)c->size);
	/* Of END, a CHECKPOINT and check data there are no CHECKs. */
	return RECORD_HEADER_SIZE + rec.size == c->size &&
	    type_has_layers(&rec) && !type_is_check(&rec) &&
	    crc_add(CRC_START, rec.body - RECORD_HEADER_SIZE,
	    (size_t)c->size) == c->leaf.crc;
}

/* A CHECK, and what stands before it up to the reel's begin. */
static int
take_check(struct work *w, struct mark *m, struct fault *f)
{
	struct check *c = &m->check;
	size_t before = c->size < m->at ? m->at - (size_t)c->size : 0;
	int result = 0;

	if (c->start || c->index < w->next) {
		tell_gap(w, w->next, m->at + m->size, "comes again");
	} else if (covers(w, m)) {
		tell_gap(w, c->index, before, "missing or damaged");
		result = emit(w, before, c, f);
	} else {
		/* Few bytes in front of a damaged one may be its own. */
		if (c->index > w->next || w->marks.given_up > 0)
			tell_gap(w, c->index, before, "missing or damaged");
		tell_damaged(w, m);
	}
	reel_take(&w->marks.reel, m->at + m->size);
	return result;
}

/*
 * The record that begins here, with a CHECK behind it that is damaged itself
 * but for what it says of the record's content: its CRC is enough.
 */
static bool
mark_by_content(const struct work *w, size_t at, struct mark *m)
{
	struct record rec = mark_view(&w->marks, 0);
	struct record check = mark_view(&w->marks, at);
	struct leaf leaf;

	if (check.type != REC_CHECK || check.length != CHECK_SIZE ||
	    rec.type == REC_CHECK)
		return false;
	leaf_of(&rec, false, &leaf);
	if (get_le32(check.body + CHECK_CRC_OFFSET) != leaf.crc)
		return false;
	*m = (struct mark){
		.at = at, .size = CHECK_RECORD, .is_check = true,
		.check = { .index = w->next, .size = at, .type = rec.type,
		    .leaf = leaf, },
	};
	return true;
}

/* The record that begins here, if its CHECK follows it.  1, 0 or -1. */
static int
next_framed(struct work *w, struct mark *m, struct fault *f)
{
	struct record rec;
	size_t size;

	if (reel_have(&w->marks.reel, RECORD_HEADER_SIZE, f) == -1)
		return -1;
	if (reel_size(&w->marks.reel) < RECORD_HEADER_SIZE)
		return 0;
	rec = mark_view(&w->marks, 0);
	if (rec.length > OUR_LENGTH_MAX || rec.type == REC_END)
		return 0;
	size = RECORD_HEADER_SIZE + rec.size;
	if (reel_have(&w->marks.reel, size + CHECK_RECORD, f) == -1)
		return -1;
	if (reel_size(&w->marks.reel) < size + CHECK_RECORD)
		return 0;
	if (mark_at(&w->marks, size, m))
		return m->is_check && m->check.size == size;
	if (!mark_by_content(w, size, m))
		return 0;
	/* The CHECK is lost, not the record. */
	salvage_tell(w, &(struct loss){ .offset = w->marks.reel.offset + size,
	    .size = CHECK_RECORD, .why = "a CHECK is damaged" });
	return 1;
}

static int
write_end(struct work *w, struct fault *f)
{
	uint8_t zero[2 * RECORD_HEADER_SIZE] = { 0 };
	size_t size = RECORD_HEADER_SIZE;

	/* END of the image, and of libxl's stream around it. */
	if (w->nested && !w->s->bare && !w->s->whole_end)
		size *= 2;
	return sink_put(&w->out, zero, size, f);
}

/* Behind DIGEST: END, and the tail. */
static int
take_tail(struct work *w, const struct digest *d, struct fault *f)
{
	static const uint8_t end[RECORD_HEADER_SIZE];
	uint8_t hash[DIGEST_HASH_SIZE];
	size_t size;

	/* Nobody verifies more than HOLD_MAX behind the image. */
	if (d->tail <= HOLD_MAX && reel_have(&w->marks.reel,
	    RECORD_HEADER_SIZE + (size_t)d->tail + 1, f) == -1)
		return -1;
	size = reel_size(&w->marks.reel);
	if (size != RECORD_HEADER_SIZE + d->tail ||
	    memcmp(reel_at(&w->marks.reel), end, sizeof(end)) != 0) {
		salvage_tell(w, &(struct loss){ .offset = w->marks.reel.offset,
		    .size = size, .why = "END, or what is behind it, is "
		    "damaged" });
		return write_end(w, f);
	}
	reel_take(&w->marks.reel, RECORD_HEADER_SIZE);
	crypto_generichash(hash, sizeof(hash), reel_at(&w->marks.reel),
	    (size_t)d->tail, NULL, 0);
	if (memcmp(hash, d->tail_hash, sizeof(hash)) != 0) {
		salvage_tell(w, &(struct loss){ .offset = w->marks.reel.offset,
		    .size = d->tail, .why = "what is behind the image is "
		    "damaged" });
		return write_end(w, f);
	}
	w->s->whole_end = true;
	if (write_end(w, f) == -1)
		return -1;
	return sink_put(&w->out, reel_at(&w->marks.reel),
	    w->s->bare ? 0 : (size_t)d->tail, f);
}

static int
take_digest(struct work *w, const struct mark *m, struct fault *f)
{
	const struct digest *d = &m->digest;
	uint8_t all[DIGEST_HASH_SIZE];

	tell_gap(w, d->records > w->next ? d->records : w->next, m->at,
	    "missing or damaged");
	digester_end(&w->all, all);
	if (!w->s->damaged && memcmp(all, d->all, sizeof(all)) != 0)
		salvage_tell(w, &(struct loss){
		    .offset = w->marks.reel.offset + m->at, .size = m->size,
		    .why = "DIGEST is of other records" });
	reel_take(&w->marks.reel, m->at + m->size);
	return take_tail(w, d, f);
}

/* The end of the input came before DIGEST. */
static int
take_nothing(struct work *w, struct fault *f)
{
	w->s->pages_only = false;
	salvage_tell(w, &(struct loss){
	    .offset = w->marks.reel.offset - w->marks.given_up,
	    .size = w->marks.given_up + reel_size(&w->marks.reel),
	    .why = "the rest, without DIGEST, is damaged or missing" });
	return write_end(w, f);
}

static int
take_records(struct work *w, struct fault *f)
{
	struct mark m;
	int found;

	for (;;) {
		if ((found = next_framed(w, &m, f)) == 0)
			found = mark_find(&w->marks, 0, &m, f);
		if (found == -1)
			return -1;
		if (found == 0)
			return take_nothing(w, f);
		if (!m.is_check)
			return take_digest(w, &m, f);
		if (take_check(w, &m, f) == -1)
			return -1;
	}
}

int
salvage_run(struct salvage *s, struct fault *f)
{
	struct work *w = calloc(1, sizeof(*w));
	int result;

	if (w == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	w->s = s;
	s->pages_only = true;
	sink_open(&w->out, s->out);
	if (reel_open(&w->marks.reel, s->in, f) == -1)
		return -1;
	result = salvage_start(w, f);
	if (result == 0)
		result = take_records(w, f);
	reel_close(&w->marks.reel);
	if (result == 0)
		result = sink_close(&w->out, f);
	free(w);
	return result;
}
