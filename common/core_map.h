/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_map.h - which addresses a core has: by the guest's physical ones, or by
 * the virtual ones of its first vcpu.
 */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core_pages.h"
#include "fault.h"
#include "registers.h"

#define CORE_VIRTUAL_MAX	((size_t)1 << 20)	/* areas */

/* Bytes of memory; all have pages, in slots that follow one another. */
struct core_area {
	uint64_t virtual, physical, size;
};

struct core_map {
	struct core_area *area;	/* virtual is ascending */
	size_t   areas;
	const struct core_pages *pages;
};

/* core_map_physical(map, pages, f): an area for each run of pages, at its
 * physical address.  0, or -1 with EXIT_SYSTEM. */
int core_map_physical(struct core_map *map, const struct core_pages *pages,
    struct fault *f);

/*
 * core_map_virtual(map, pages, r, m, f): as the page tables say that *r points
 * to.  0, or -1 as page_walk, or with EXIT_REFUSED: over CORE_VIRTUAL_MAX
 * areas, or none.
 */
int core_map_virtual(struct core_map *map, const struct core_pages *pages,
    const struct registers *r, struct memory *m, struct fault *f);

void core_map_free(struct core_map *map);

#endif
