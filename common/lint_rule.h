/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint_rule.h - what the files of lint share.
 */
#ifndef LINT_RULE_H
#define LINT_RULE_H

#include "lint.h"
#include "pages.h"

/*
 * lint_wrong(l, rule, rec, f, fmt, ...): tells that the record breaks the
 * rule, with EXIT_MALFORMED.  lint_tell(l, rule, f): the same of a fault that
 * is set.  -1 when lint is to stop with it, or 0.
 */
int lint_wrong(struct lint *l, enum lint_rule rule, const struct record *rec,
    struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
int lint_tell(struct lint *l, enum lint_rule rule, struct fault *f);

/* lint_has(l, type): whether a record of this type of Xen's came before. */
static inline bool
lint_has(const struct lint *l, uint32_t type)
{
	return l->seen >> type & 1;
}

/* lint_max_pfn(l): l->max_pfn, or its default. */
static inline uint64_t
lint_max_pfn(const struct lint *l)
{
	return l->max_pfn != 0 ? l->max_pfn : LINT_MAX_PFN_DEFAULT;
}

/* lint_limit(l, rec, pfn, f): whether the pfn is none over that. */
int lint_limit(struct lint *l, const struct record *rec, uint64_t pfn,
    struct fault *f);

/*
 * The bodies of records, of a length that the table of types allows, and the
 * pieces of libxl's level.  As lint_piece.
 */
int lint_pages(struct lint *l, const struct record *rec, struct fault *f);
int lint_pv_info(struct lint *l, const struct record *rec, struct fault *f);
int lint_p2m(struct lint *l, const struct record *rec, struct fault *f);
int lint_vcpu(struct lint *l, const struct record *rec, struct fault *f);
int lint_hvm_context(struct lint *l, const struct record *rec,
    struct fault *f);
int lint_hvm_params(struct lint *l, const struct record *rec,
    struct fault *f);
int lint_libxl(struct lint *l, const struct record *rec, struct fault *f);

/* lint_pv_page(l, rec, page, f): a page of a PV guest, in order. */
int lint_pv_page(struct lint *l, const struct record *rec,
    const struct page *page, struct fault *f);

/* lint_pv_end(l, rec, f): what has to be true of a PV guest at its end. */
int lint_pv_end(struct lint *l, const struct record *rec, struct fault *f);

#endif
