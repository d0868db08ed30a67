/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_list.h - the entries of PAGE_DATA records as JSON, for people to read
 * and to edit, and from it again.
 *
 *   {"records": [
 *   {"at": 0, "pages": [[0, 768, "NOTAB"], [768, 1, "XTAB"]]},
 *   {"at": 3145728, "reserved": 7, "pages": [[4096, 1, "L1TAB", 255]]}
 *   ]}
 *
 * at: where its pages begin, in bytes, for people only.  pages: runs of pfns
 * that follow each other: the first, how many, the type of each, and bits
 * 59-52 of each entry where they are not 0.
 */
#ifndef PAGE_LIST_H
#define PAGE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "fault.h"
#include "pages.h"
#include "steady.h"

#define PAGE_LIST_RUNS_MAX	65536u		/* in one record */
#define PAGE_LIST_TEXT_MAX	(16u << 20)	/* bytes for it */

struct page_run {
	uint64_t pfn;		/* the first; pfn + count <= 2^52 */
	uint64_t count;		/* at least 1 */
	enum page_type type;
	unsigned reserved;	/* bits 59-52 of each entry, 0 to 255 */
};

/*
 * page_list_fits(p): whether the entries of *p, just opened, are of at most
 * PAGE_LIST_RUNS_MAX runs.
 */
bool page_list_fits(const struct pages *p);

/*
 * page_list_put(out, p, first, at): the record *p, just opened, whose pages
 * begin at byte `at`; `first` says that it is the list's first.
 * page_list_end(out): what stands behind the last.  The caller looks at
 * ferror.
 */
void page_list_put(FILE *out, const struct pages *p, bool first, uint64_t at);
void page_list_end(FILE *out);

/* A list that is read, a record at a time; the members are its own. */
struct page_list {
	struct steady *file;
	json_tokener *tokener;
	char     text[32768];	/* [begin, end) is not looked at yet */
	size_t   begin, end;
	uint64_t line;		/* of begin, from 1 */
	uint64_t records;	/* begun so far */

	/* Of the current record. */
	uint64_t start;		/* line that it starts on */
	uint32_t reserved;
	struct page_run *runs;
	size_t   count;		/* of runs */
	uint64_t entries, full;	/* pfns, and those with data */
};

/*
 * page_list_open(l, file, f): reads the list in *file, which stays the
 * caller's.  0, or -1 with EXIT_SYSTEM.
 */
int page_list_open(struct page_list *l, struct steady *file,
    struct fault *f);

/*
 * page_list_next(l, f): the next record; memory for PAGE_LIST_RUNS_MAX runs
 * and their JSON, at most some 40 MiB.  1, or 0 after the last.
 * -1 with EXIT_MALFORMED (not such JSON; no pfns, or more than a record
 * of RECORD_LENGTH_MAX holds; an unknown type; a pfn of over 52 bits),
 * EXIT_REFUSED (more runs or text than above) or EXIT_SYSTEM; the text names
 * the line.
 */
int page_list_next(struct page_list *l, struct fault *f);

/* page_list_length(l): bytes of the body of the current record. */
uint32_t page_list_length(const struct page_list *l);

void page_list_close(struct page_list *l);

#endif
