/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compress.h"
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

int
layers_see(struct layers *l, const struct record *rec, struct fault *f)
{
	bool packed = is_packed(rec);

	if (rec->part != PART_RECORD || rec->type == REC_END ||
	    rec->type == REC_CHECKPOINT)
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

void *
layers_new(void)
{
	return compress_new(1);
}

void
layers_free(void *worker)
{
	compress_free(worker);
}

int
layers_open(void *worker, struct record *rec, struct fault *f)
{
	if (!is_packed(rec))
		return 0;
	rec->packed = rec->length;
	return expand_record(worker, rec, f);
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
