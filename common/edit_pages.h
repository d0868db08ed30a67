/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit_pages.h - what edit.h does to PAGE_DATA.
 */
#ifndef EDIT_PAGES_H
#define EDIT_PAGES_H

#include <stdbool.h>

#include "edit.h"
#include "fault.h"
#include "record.h"

/*
 * edit_pages_drop(e, rule, rec, f): leaves out of the whole PAGE_DATA *rec the
 * pages that a rule of EDIT_KEEP or EDIT_DROP with a pfn term wants left out;
 * of one that has none it is as it was, and one that loses all is PART_NONE.
 * 0, or -1 with EXIT_MALFORMED, or as edited_drop.
 */
int edit_pages_drop(struct edit *e, const struct edit_rule *rule,
    struct record *rec, struct fault *f);

/*
 * edit_pages_gone(e, rec, f): notes the pages of a PAGE_DATA that is left out
 * whole; one that makes no sense has none.  0, or -1 as edited_drop.
 */
int edit_pages_gone(struct edit *e, const struct record *rec,
    struct fault *f);

/*
 * edit_pages_zero(e, rule, rec, f): makes the pages zero that a rule of
 * EDIT_ZERO selects.  0, or -1 with EXIT_MALFORMED or EXIT_REFUSED.
 */
int edit_pages_zero(struct edit *e, const struct edit_rule *rule,
    struct record *rec, struct fault *f);

#endif
