/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "mark.h"
#include "types.h"

/*
 * How far back a record may begin whose CHECK was found; what is older is
 * given up.
 */
#define LOOK_BACK	((size_t)OUR_LENGTH_MAX + RECORD_HEADER_SIZE)
#define LOOK_STEP	((size_t)1 << 20)

struct record
mark_view(const struct marks *m, size_t at)
{
	const uint8_t *p = reel_at(&m->reel) + at;

	return (struct record){
		.part = PART_RECORD, .type = get_le32(p),
		.length = get_le32(p + 4),
		.body = (uint8_t *)(uintptr_t)p + RECORD_HEADER_SIZE,
		.size = record_size(get_le32(p + 4)),
	};
}

bool
mark_at(const struct marks *m, size_t at, struct mark *mark)
{
	struct record rec;
	struct fault none;
	const uint8_t *id;

	if (reel_size(&m->reel) < at + RECORD_HEADER_SIZE)
		return false;
	rec = mark_view(m, at);
	if ((rec.type != REC_CHECK && rec.type != REC_DIGEST) ||
	    rec.length < CHECK_SIZE || rec.length > DIGEST_CONTEXT_OFFSET +
	    DIGEST_CONTEXT_MAX ||
	    reel_size(&m->reel) < at + RECORD_HEADER_SIZE + rec.size ||
	    !type_is_ours(&rec))
		return false;
	mark->at = at;
	mark->size = RECORD_HEADER_SIZE + rec.size;
	mark->is_check = rec.type == REC_CHECK;
	if ((mark->is_check ? check_get(&rec, &mark->check, &none) :
	    digest_get(&rec, &mark->digest, &none)) == -1)
		return false;
	id = mark->is_check ? mark->check.id : mark->digest.id;
	return !m->id_known || memcmp(id, m->id, CHECK_ID_SIZE) == 0;
}

int
mark_find(struct marks *m, size_t from, struct mark *mark,
    struct fault *f)
{
	const size_t magic = RECORD_HEADER_SIZE + OUR_MAGIC_OFFSET;
	const uint8_t *p, *hit;
	size_t size;

	for (;;) {
		if (reel_have(&m->reel, from + LOOK_STEP, f) == -1)
			return -1;
		p = reel_at(&m->reel);
		size = reel_size(&m->reel);
		if (size < from + magic)
			return 0;
		hit = memmem(p + from + magic, size - from - magic,
		    OUR_MAGIC, strlen(OUR_MAGIC));
		if (hit != NULL) {
			from = (size_t)(hit - p) - magic;
			/* A mark's body may not be there yet. */
			if (reel_have(&m->reel, from + LOOK_STEP, f) == -1)
				return -1;
			if (mark_at(m, from, mark))
				return 1;
			from++;
		} else if (m->reel.over) {
			return 0;
		} else {
			/* The magic may be half there. */
			from = size - magic - strlen(OUR_MAGIC) + 1;
		}
		if (from > 2 * LOOK_BACK) {
			m->given_up += from - LOOK_BACK;
			reel_take(&m->reel, from - LOOK_BACK);
			from = LOOK_BACK;
		}
	}
}
