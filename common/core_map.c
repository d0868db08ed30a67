/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "core_map.h"
#include "page_walk.h"

static int
add(struct core_map *map, const struct core_area *area, struct fault *f)
{
	struct core_area *list = map->area;

	/* Full whenever their number is a power of two. */
	if ((map->areas & (map->areas - 1)) == 0)
		list = reallocarray(list, map->areas > 0 ? 2 * map->areas : 1,
		    sizeof(*list));
	if (list == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	map->area = list;
	list[map->areas++] = *area;
	return 0;
}

int
core_map_physical(struct core_map *map, const struct core_pages *pages,
    struct fault *f)
{
	struct core_area area;
	size_t i;

	*map = (struct core_map){ .pages = pages };
	for (i = 0; i < pages->runs; i++) {
		area.physical = pages->run[i].pfn << PAGE_SHIFT;
		area.virtual = area.physical;
		area.size = pages->run[i].count << PAGE_SHIFT;
		if (add(map, &area, f) == -1) {
			core_map_free(map);
			return -1;
		}
	}
	return 0;
}

/* Whether it was put to the end of the last one: pages that follow one another
 * in both spaces, and in one run. */
static bool
merge(struct core_map *map, const struct core_area *area)
{
	struct core_area *last;

	if (map->areas == 0)
		return false;
	last = map->area + map->areas - 1;
	if (last->virtual + last->size != area->virtual ||
	    last->physical + last->size != area->physical)
		return false;
	last->size += area->size;
	return true;
}

/* Of what is mapped only that which has pages: the rest is devices'. */
static int
take(void *taker, uint64_t virtual, uint64_t physical, uint64_t size,
    struct fault *f)
{
	struct core_map *map = taker;
	const struct core_run *run = core_pages_from(map->pages,
	    physical >> PAGE_SHIFT);
	const struct core_run *end = map->pages->run + map->pages->runs;
	uint64_t from, to;
	struct core_area area;

	for (; run != NULL && run < end &&
	    run->pfn << PAGE_SHIFT < physical + size; run++) {
		from = run->pfn << PAGE_SHIFT;
		to = from + (run->count << PAGE_SHIFT);
		from = from > physical ? from : physical;
		to = to < physical + size ? to : physical + size;
		area = (struct core_area){ virtual + (from - physical), from,
		    to - from };
		if (merge(map, &area))
			continue;
		if (map->areas == CORE_VIRTUAL_MAX)
			return fault_set(f, EXIT_REFUSED, "the guest's page "
			    "tables have over %zu areas that lie apart in "
			    "memory", CORE_VIRTUAL_MAX);
		if (add(map, &area, f) == -1)
			return -1;
	}
	return 0;
}

int
core_map_virtual(struct core_map *map, const struct core_pages *pages,
    const struct registers *r, struct memory *m, struct fault *f)
{
	struct page_walk w = {
		.memory = m, .levels = r->levels, .take = take, .taker = map,
	};
	int result;

	if (r->levels == 0)
		return core_map_physical(map, pages, f);
	*map = (struct core_map){ .pages = pages };
	result = page_walk(&w, r->cr[3], f);
	if (result == 0 && map->areas == 0)
		result = fault_set(f, EXIT_REFUSED, "the guest's page tables, "
		    "from cr3 0x%" PRIx64 " on, map no memory", r->cr[3]);
	if (result == -1) {
		core_map_free(map);
		fault_hint(f, "without --virtual they are not needed");
	}
	return result;
}

void
core_map_free(struct core_map *map)
{
	free(map->area);
	*map = (struct core_map){ .areas = 0 };
}
