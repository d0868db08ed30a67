/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint_tables.h - what refers to what in a PV guest, kept until its end: the
 * types of its pages, its page tables, start info and registers as they came
 * last.  A word of memory for each page, and at most 64 MiB of page tables.
 */
#ifndef LINT_TABLES_H
#define LINT_TABLES_H

#include "lint_rule.h"

/*
 * lint_tables_frames(l, rec, f), _vcpu(l, rec, id, f), _page(l, page, f):
 * keep what the P2M's frames, the registers of vcpu `id` and a page are.
 * 0, or -1 with EXIT_SYSTEM, or EXIT_REFUSED as pfns_put.
 */
int lint_tables_frames(struct lint *l, const struct record *rec,
    struct fault *f);
int lint_tables_vcpu(struct lint *l, const struct record *rec, uint32_t id,
    struct fault *f);
int lint_tables_page(struct lint *l, const struct page *page,
    struct fault *f);

#define START_INFOS	8u	/* pages that look like one */

struct lint_vcpu {
	uint64_t edx, cr1, cr3;		/* as they are in the context */
	uint64_t gdt_entries, gdt[16];	/* pfns */
	bool     there;
};

struct lint_pv {
	struct pfns *types;		/* type << 60, and LINT_ bits */
	struct pfns *tables;		/* pointers to copies of page tables */
	uint64_t copies;
	uint64_t news;			/* pages since the last walk */
	bool     untold;		/* there were more, or other limits */
	uint64_t *frame;		/* pfns of the P2M's frames */
	size_t   frames;
	struct lint_vcpu *vcpu;
	uint32_t vcpus;			/* at vcpu */
	struct {
		uint64_t pfn, store, console;
	} start_info[START_INFOS];
	unsigned start_infos;
};

/* In a word of types; the type is in its highest four bits. */
#define LINT_CAME	UINT64_C(1)	/* so that no word is 0 */
#define LINT_THERE	UINT64_C(2)	/* there will be memory */
#define LINT_FULL	UINT64_C(4)	/* it is not all zero */
#define LINT_REACHED	UINT64_C(8)	/* by the walk that goes on */

#endif
