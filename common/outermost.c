/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outermost.h"
#include "types.h"

static bool
names(const struct record *first, uint32_t layer)
{
	return first->type == layer && type_is_ours(first);
}

int
outermost_is(const struct record *first, uint32_t layer, struct fault *f)
{
	char name[TYPE_NAME_SIZE];
	const char *undo;

	if (names(first, layer))
		return 0;
	undo = type_is_ours(first) ? type_undo(first->type) : NULL;
	record_fault(f, EXIT_REFUSED, first,
	    "the stream's outermost layer is not %s", type_name(layer, name));
	if (undo != NULL)
		return fault_hint(f, "undo that layer first: %s", undo);
	return fault_hint(f, "it has none; use the stream as it is");
}

int
outermost_is_not(const struct record *first, uint32_t layer, struct fault *f)
{
	if (!names(first, layer))
		return 0;
	record_fault(f, EXIT_REFUSED, first,
	    "the stream has this layer already");
	return fault_hint(f, "%s takes it off", type_undo(layer));
}
