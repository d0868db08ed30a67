/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * expr.h - a selection of records and pages, as a person writes it.
 *
 *     type=PAGE_DATA and index=3-7,9 and pfn=0x1000-0x1fff
 *
 *   expr  := term ("and" term)*
 *   term  := "type=" type ("," type)*
 *          | ("index=" | "pfn=") range ("," range)*
 *   type  := a name in Xen's specification or xenrec.5, or a number
 *   range := number | number "-" number
 *   number: decimal, or hexadecimal behind 0x
 */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

struct range {
	uint64_t first, last;	/* both belong to it */
};

enum term_key { TERM_TYPE, TERM_INDEX, TERM_PFN };

struct term {
	enum term_key key;
	struct range *range;	/* in ascending order, apart from each other */
	size_t   count;
};

struct expr {
	struct term *term;	/* all of them have to hold */
	size_t   count;
};

/*
 * expr_parse(e, text, f): *e from text; expr_free gives it back, also after a
 * failure.  -1 with EXIT_USAGE: the text of *f names the character, from 1,
 * and what stands there; or EXIT_SYSTEM without memory.
 */
int expr_parse(struct expr *e, const char *text, struct fault *f);
void expr_free(struct expr *e);

/* expr_has_pages(e): whether it has a pfn term: it selects pages then, and
 * whole records otherwise. */
bool expr_has_pages(const struct expr *e);

/* expr_record(e, rec): whether the terms other than pfn select the record. */
bool expr_record(const struct expr *e, const struct record *rec);

/* expr_page(e, pfn): whether the pfn terms, if any, select the page. */
bool expr_page(const struct expr *e, uint64_t pfn);

#endif
