/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "contained.h"
#include "format.h"
#include "ours.h"
#include "types.h"

void
contained_look(struct contained *c, const struct record *rec)
{
	if (rec->index == 0)
		c->checked = rec->type == REC_CHECK;
	if (!type_is_ours(rec) || rec->size < SEAL_TEXT_OFFSET)
		return;
	switch (rec->type) {
	case REC_SEAL_HEADER:
		c->full = get_le32(rec->body + SEAL_CHUNK_OFFSET) +
		    SEAL_TEXT_OFFSET + SEAL_TAG_SIZE;
		break;
	case REC_SEAL_CHUNK:
		c->due = rec->length < c->full &&
		    !(ours_flags(rec) & SEAL_LAST);
		break;
	case REC_PART_CHUNK:
		c->due = ours_flags(rec) & PART_CHECKPOINT;
		break;
	default:
		break;
	}
}

bool
contained_ends(struct contained *c, uint32_t type)
{
	if (!c->due || (c->checked && type != REC_CHECK))
		return false;
	c->due = false;
	c->count++;
	return true;
}
