/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"
#include "pages.h"

/* *entry in PAGE_DATA's form: 1, or 0 for one to leave out. */
static int
take_entry(struct legacy *l, uint64_t *entry, struct fault *f)
{
	uint64_t n, type;

	if (legacy_take_word(l, &n, f) == -1)
		return -1;
	type = n >> LEGACY_TYPE_SHIFT;
	*entry = type << PFN_TYPE_SHIFT | (n & LEGACY_PFN_MASK);
	if (n == LEGACY_NO_PFN)
		return 0;
	if (type >= PAGE_TYPES || (type >= LEGACY_TYPE_RESERVED &&
	    type < LEGACY_TYPE_PINNED))
		return legacy_fault(l, f, EXIT_MALFORMED, "entry 0x%" PRIx64
		    " has no type that is known", n);
	return 1;
}

static int
take_entries(struct legacy *l, uint32_t count, uint64_t *entries,
    uint32_t *kept, struct fault *f)
{
	int stays;

	for (*kept = 0; count > 0; count--) {
		if ((stays = take_entry(l, entries + *kept, f)) == -1)
			return -1;
		*kept += stays == 1;
	}
	return 0;
}

int
legacy_batch(struct legacy *l, uint32_t count, struct fault *f)
{
	uint64_t entries[LEGACY_BATCH_MAX];
	uint32_t kept, full = 0, head;
	size_t i;

	if (take_entries(l, count, entries, &kept, f) == -1)
		return -1;
	if (l->remus != NULL)
		return legacy_remus_queue(l, entries, kept, f);
	if (kept == 0)
		return 0;
	head = PAGE_DATA_HEADER_SIZE + 8 * kept;
	if (record_reserve(&l->rec, head, f) == -1)
		return -1;
	put_le64(l->rec.body, kept);
	for (i = 0; i < kept; i++) {
		put_le64(l->rec.body + PAGE_DATA_HEADER_SIZE + 8 * i,
		    entries[i]);
		full += page_entry_has_data(entries[i]);
	}
	if (legacy_take_body(l, &l->rec, head, (size_t)full * PAGE_SIZE,
	    f) == -1)
		return -1;
	return legacy_put(l, REC_PAGE_DATA, head + full * PAGE_SIZE, f);
}
