/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pages.h - a PAGE_DATA record taken apart into its pages, and put together.
 *
 * Source: libxc-migration-stream.pandoc, PAGE_DATA.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "record.h"

/* What a pfn's entry says of it: bits 63-60. */
enum page_type {
	PAGE_NOTAB,		/* no page table */
	PAGE_L1TAB, PAGE_L2TAB, PAGE_L3TAB, PAGE_L4TAB,
	/* 5 to 8 are reserved. */
	PAGE_L1TAB_PINNED = 9, PAGE_L2TAB_PINNED, PAGE_L3TAB_PINNED,
	PAGE_L4TAB_PINNED,
	PAGE_BROKEN,		/* from here on no data follows */
	PAGE_XALLOC,		/* to be allocated only */
	PAGE_XTAB,		/* not there, or to come later */
	PAGE_TYPES		/* how many numbers there are */
};

struct page {
	uint64_t pfn;
	enum page_type type;
	unsigned reserved;		/* bits 59-52 of the entry */
	const uint8_t *bytes;		/* PAGE_SIZE, or NULL */
};

struct pages {
	const struct record *rec;
	uint32_t count, next;		/* entries, and those returned */
	uint32_t full;			/* of them, those with data */
	const uint8_t *bytes;		/* of the next one with data */
};

/*
 * pages_open(p, rec, f): *p at the first entry of a whole PAGE_DATA record.
 * 0, or -1 with EXIT_MALFORMED: no entries, a reserved type, or a length that
 * is not that of the entries and their pages.
 */
int pages_open(struct pages *p, const struct record *rec, struct fault *f);

/* pages_next(p, page): the next entry; false after the last. */
bool pages_next(struct pages *p, struct page *page);

/*
 * pages_limit(rec, max_pfn, f): whether a whole record is PAGE_DATA with a pfn
 * above max_pfn; none is in what pages_open refuses.
 * 0, or -1 with EXIT_REFUSED: it has one.
 */
int pages_limit(const struct record *rec, uint64_t max_pfn, struct fault *f);

/*
 * A pages_stays(ctx, p, page, f): of the entry that pages_next just returned,
 * 1 for one that stays, 0 for one that goes, or -1 with *f set.
 */
typedef int pages_stays(void *ctx, const struct pages *p,
    const struct page *page, struct fault *f);

/*
 * pages_keep(rec, stays, ctx, f): of a whole PAGE_DATA record only the entries
 * that stay, asked for in their order, each with its page.  *rec is PART_NONE
 * when none does.  0, or -1 with *f set, and then what *rec has is nothing to
 * rely on: what pages_open says of it, or stays.
 */
int pages_keep(struct record *rec, pages_stays *stays, void *ctx,
    struct fault *f);

/* page_has_data(type): whether a page follows for an entry of this type. */
static inline bool
page_has_data(enum page_type type)
{
	return type < PAGE_BROKEN;
}

/* page_entry_has_data(entry): the same, of a pfn's entry in PAGE_DATA. */
static inline bool
page_entry_has_data(uint64_t entry)
{
	return page_has_data((enum page_type)(entry >> PFN_TYPE_SHIFT));
}

/* page_level(type): 1 to 4 for page tables, 0 for all else. */
static inline unsigned
page_level(enum page_type type)
{
	return type >= PAGE_BROKEN ? 0 : type & 7;
}

/* page_type_name(type): as in Xen's headers, short: "NOTAB", "L4TAB-pinned";
 * "reserved" for 5 to 8. */
const char *page_type_name(enum page_type type);

/*
 * page_type_parse(word, type): the type of that name.  False for none, and for
 * "reserved".
 */
bool page_type_parse(const char *word, enum page_type *type);

#endif
