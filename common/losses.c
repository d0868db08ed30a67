/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "losses.h"
#include "put.h"
#include "types.h"

static void
print_lost(const char *tool, uint64_t index, const struct expand_lost *lost)
{
	if (lost->window_count > 0)
		fprintf(stderr, "%s: lost: pages %" PRIu64 " to %" PRIu64
		    " of the window, with the records before record %" PRIu64
		    "\n", tool, lost->window_first, lost->window_first +
		    lost->window_count - 1, index);
	if (lost->record)
		fprintf(stderr, "%s: lost: %s\n", tool, lost->why.text);
	if (lost->pages > 0) {
		fprintf(stderr, "%s: lost: %s: pfns", tool, lost->why.text);
		put_pfns(stderr, lost->pfn, lost->pages);
		fputc('\n', stderr);
	}
}

int
losses_tell(struct losses *l, const struct record *rec,
    const struct expand_lost *lost, struct fault *f)
{
	if (lost != NULL) {
		l->lost = true;
		print_lost(l->tool, rec->index, lost);
	}
	if (type_has_layers(rec))
		l->sound = true;
	if (rec->part != PART_RECORD || rec->type != REC_END || l->sound ||
	    !l->lost)
		return 0;
	record_fault(f, EXIT_REFUSED, rec, "none of the records before it "
	    "is a sound packed one");
	return fault_hint(f, "look what it is: rec-ls");
}
