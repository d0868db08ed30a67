/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"
#include "verify_codec.h"

void
verify_arrived(void *worker, const struct record *rec, size_t from,
    size_t size)
{
	struct verifier *w = worker;

	checking_arrived(&w->checking, rec, from, size);
}

int
verify_first(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	checking_first(&w->checking, rec);
	return 0;
}

int
verify_work(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	checking_work(&w->checking, rec);
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

	switch (verify_piece(&v->all, rec, &w->checking.leaf, f)) {
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
