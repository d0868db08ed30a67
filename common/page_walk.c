/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "bytes.h"
#include "format_core.h"
#include "page_walk.h"

#define LEGACY_LEVELS	2u
#define PAE_LEVELS	3u
#define LARGE_LEVELS	3u	/* pages of 2 MiB, and of 1 GiB */

/* A table that is being read. */
struct table {
	unsigned level;		/* 1 maps small pages */
	uint64_t frame;
	unsigned first;		/* byte of its first entry */
	uint64_t virtual;	/* of its first entry */
};

static bool
is_legacy(const struct page_walk *w)
{
	return w->levels == LEGACY_LEVELS;
}

static unsigned
shift_of(const struct page_walk *w, unsigned level)
{
	return PAGE_SHIFT + (is_legacy(w) ? 10 : 9) * (level - 1);
}

static unsigned
entries_of(const struct page_walk *w, unsigned level)
{
	if (is_legacy(w))
		return PAGE_SIZE / 4;
	return level == PAE_LEVELS && w->levels == PAE_LEVELS ? 4 : PTE_COUNT;
}

/* In long mode the highest bit is repeated. */
static uint64_t
canonical(const struct page_walk *w, uint64_t virtual)
{
	unsigned unused = 64 - shift_of(w, w->levels + 1);

	if (w->levels <= PAE_LEVELS)
		return virtual;
	return (uint64_t)((int64_t)(virtual << unused) >> unused);
}

static bool
is_page(const struct page_walk *w, unsigned level, uint64_t entry)
{
	if (level == 1)
		return true;
	return level <= LARGE_LEVELS && (entry & PTE_LARGE) != 0 &&
	    (level < LARGE_LEVELS || w->levels > PAE_LEVELS);
}

/* Large pages of 4 MiB have bits 32-39 of their address in bits 13-20. */
static uint64_t
page_address(const struct page_walk *w, unsigned level, uint64_t entry)
{
	uint64_t size = UINT64_C(1) << shift_of(w, level);
	uint64_t high = 0;

	if (is_legacy(w) && level > 1)
		high = (entry >> 13 & 0xff) << 32;
	return (entry & PTE_FRAME_MASK & ~(size - 1)) | high;
}

static int read_table(struct page_walk *w, const struct table *t,
    struct fault *f);

static int
read_entries(struct page_walk *w, const struct table *t, const uint8_t *page,
    struct fault *f)
{
	unsigned shift = shift_of(w, t->level);
	struct table below = { .level = t->level - 1 };
	uint64_t entry, before = 0, virtual;
	int result = 0;
	size_t i;

	for (i = 0; i < entries_of(w, t->level) && result == 0; i++) {
		entry = is_legacy(w) ? get_le32(page + t->first + 4 * i) :
		    get_le64(page + t->first + 8 * i);
		if ((entry & PTE_PRESENT) == 0)
			continue;
		virtual = t->virtual | (uint64_t)i << shift;
		if (is_page(w, t->level, entry)) {
			result = w->take(w->taker, canonical(w, virtual),
			    page_address(w, t->level, entry),
			    UINT64_C(1) << shift, f);
		} else if (PTE_FRAME(entry) != PTE_FRAME(before)) {
			below.frame = PTE_FRAME(entry);
			below.virtual = virtual;
			result = read_table(w, &below, f);
			before = entry;
		}
	}
	return result;
}

static int
read_table(struct page_walk *w, const struct table *t, struct fault *f)
{
	uint8_t *page;
	int result;

	if (w->tables++ == PAGE_WALK_TABLES_MAX)
		return fault_set(f, EXIT_REFUSED, "the guest's page tables "
		    "have over %" PRIu64 " tables: they lead round in circles, "
		    "or it is too large", PAGE_WALK_TABLES_MAX);
	if ((page = malloc(PAGE_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	result = stored_page(&w->memory->stored, t->frame, page, f);
	if (result == 1)
		result = read_entries(w, t, page, f);
	free(page);
	return result;
}

int
page_walk(struct page_walk *w, uint64_t cr3, struct fault *f)
{
	struct table top = {
		.level = w->levels, .frame = PTE_FRAME(cr3),
		.first = w->levels == PAE_LEVELS ?
		    (unsigned)(cr3 & CR3_PAE_TABLE) : 0,
	};

	w->tables = 0;
	return read_table(w, &top, f);
}
