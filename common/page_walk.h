/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_walk.h - a guest's page tables, from the top: what is where.
 */
#ifndef PAGE_WALK_H
#define PAGE_WALK_H

#include <stdint.h>

#include "fault.h"
#include "memory.h"

#define PAGE_WALK_TABLES_MAX	(UINT64_C(1) << 20)

struct page_walk {
	struct memory *memory;
	unsigned levels;	/* 2: of 32-bit entries; 3: PAE; 4 or 5 */
	int    (*take)(void *taker, uint64_t virtual, uint64_t physical,
	    uint64_t size, struct fault *f);
	void    *taker;
	uint64_t tables;	/* read so far */
};

/*
 * page_walk(w, cr3, f): hands each page that the tables map, small or large,
 * to w->take, by ascending virtual address; sizes in bytes.  Tables that are
 * not in memory map nothing.  A table that stands in the entry before too is
 * left out: it maps the same once more (Linux's espfix does so 2^16 times).
 * 0, or -1 as take and stored_page, or with EXIT_REFUSED after
 * PAGE_WALK_TABLES_MAX tables.
 */
int page_walk(struct page_walk *w, uint64_t cr3, struct fault *f);

#endif
