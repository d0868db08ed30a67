/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "format.h"
#include "ours.h"
#include "stays.h"
#include "types.h"

int
stays_put(const uint8_t move[MOVE_SIZE], struct record *rec, struct fault *f)
{
	if (record_reserve(rec, STAYS_SIZE, f) == -1)
		return -1;
	record_set(rec, REC_GUEST_STAYS, STAYS_SIZE);
	ours_put(rec->body, 0);
	memcpy(rec->body + STAYS_MOVE_OFFSET, move, MOVE_SIZE);
	return 0;
}

bool
stays_is(const struct record *rec)
{
	return rec->part == PART_RECORD && rec->type == REC_GUEST_STAYS &&
	    type_is_ours(rec);
}

int
stays_check(const struct record *rec, const uint8_t move[MOVE_SIZE],
    struct fault *f)
{
	if (ours_check(rec, 0, f) == -1)
		return -1;
	if (rec->length == STAYS_SIZE &&
	    memcmp(rec->body + STAYS_MOVE_OFFSET, move, MOVE_SIZE) == 0)
		return 0;
	return record_fault(f, EXIT_MALFORMED, rec,
	    "it is not of the move that GUEST_CONFIG began");
}
