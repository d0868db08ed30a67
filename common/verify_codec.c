/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "format.h"
#include "stream.h"
#include "types.h"
#include "verify.h"

bool
verify_blake2b(const struct record *rec)
{
	/* Whether that CHECK is sound turns out when it is verified. */
	return rec->type == REC_CHECK && type_is_ours(rec) &&
	    get_le16(rec->body + OUR_FLAGS_OFFSET) & CHECK_BLAKE2B;
}

bool
verify_pairs(const struct record *rec)
{
	return type_has_layers(rec) && !type_is_check(rec);
}

void
verify_arrived(void *worker, const struct record *rec, size_t from,
    size_t size)
{
	struct verifier *w = worker;

	if (w->shared->blake2b)
		return;
	if (from == 0)
		leaf_record(&w->crc, rec, false);
	leaf_add(&w->crc, rec->body + from, size);
}

int
verify_first(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	if (rec->part == PART_RECORD && rec->index == 0)
		w->shared->blake2b = verify_blake2b(rec);
	w->blake2b = w->shared->blake2b;
	if (!w->blake2b && verify_pairs(rec))
		w->leaf = w->crc.leaf;
	return 0;
}

int
verify_work(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	if (w->blake2b && verify_pairs(rec))
		leaf_of(rec, true, &w->leaf);
	return 0;
}

/* All that came before is sound. */
static int
write_held(struct verifiers *v, struct sink *out, struct fault *f)
{
	const struct record *held = v->held;

	v->held = NULL;
	if (held != NULL && stream_write(out, held, f) == -1)
		return -1;
	return hold_write(&v->around, out, f);
}

int
verify_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	struct verifier *w = worker;
	struct verifiers *v = w->shared;

	switch (verify_piece(&v->all, rec, &w->leaf, f)) {
	case VERIFY_AROUND:
		if (rec->part != PART_RECORD)
			return hold_add(&v->around, rec, f);
		v->held = &record_end;
		return 0;
	case VERIFY_RECORD:
		v->held = rec;
		return 0;
	case VERIFY_CHECK:
		return write_held(v, out, f);
	case VERIFY_LAST:
	case VERIFY_PASSED:
		if (write_held(v, out, f) == -1)
			return -1;
		return stream_write(out, rec, f);
	default:
		return -1;
	}
}
