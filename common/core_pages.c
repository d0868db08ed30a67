/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "core_pages.h"

static int
add(struct core_pages *p, uint64_t pfn, struct fault *f)
{
	struct core_run *run = p->run;

	if (p->runs > 0 && run[p->runs - 1].pfn + run[p->runs - 1].count ==
	    pfn) {
		run[p->runs - 1].count++;
		p->pages++;
		return 0;
	}
	/* Full whenever their number is a power of two. */
	if ((p->runs & (p->runs - 1)) == 0)
		run = reallocarray(run, p->runs > 0 ? 2 * p->runs : 1,
		    sizeof(*run));
	if (run == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	p->run = run;
	run[p->runs++] = (struct core_run){ pfn, 1, p->pages++ };
	return 0;
}

int
core_pages_read(struct core_pages *p, struct memory *m, struct fault *f)
{
	struct stored_entry e;
	uint64_t pfn;
	int more;

	*p = (struct core_pages){ .pages = 0 };
	for (pfn = 0; (more = memory_next(m, pfn, &e, f)) == 1; pfn = e.pfn + 1)
		if (add(p, e.pfn, f) == -1) {
			more = -1;
			break;
		}
	if (more == -1)
		core_pages_free(p);
	return more;
}

void
core_pages_free(struct core_pages *p)
{
	free(p->run);
	*p = (struct core_pages){ .pages = 0 };
}

const struct core_run *
core_pages_from(const struct core_pages *p, uint64_t pfn)
{
	size_t low = 0, high = p->runs, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->run[middle].pfn + p->run[middle].count <= pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->runs ? &p->run[low] : NULL;
}
