/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "memory_run.h"

/* Entries from `from` on that either all have a page, or all have none. */
static size_t
alike(const struct memory_run *run, size_t from)
{
	bool data = page_has_data(run->entry[from].type);
	size_t n = 1;

	while (from + n < run->count &&
	    page_has_data(run->entry[from + n].type) == data)
		n++;
	return n;
}

static int
read_pages(struct memory_run *run, const struct memory *m, struct fault *f)
{
	size_t i, n;

	for (i = 0; i < run->count; i += n) {
		n = alike(run, i);
		if (!page_has_data(run->entry[i].type))
			memset(run->bytes + PAGE_SIZE * i, 0, PAGE_SIZE * n);
		else if (stored_read(&m->stored, run->entry + i, n,
		    run->bytes + PAGE_SIZE * i, f) == -1)
			return -1;
	}
	return 1;
}

int
memory_run_next(struct memory_run *run, struct memory *m, uint64_t pfn,
    struct fault *f)
{
	int more = memory_next(m, pfn, &run->entry[0], f);

	if (more != 1)
		return more;
	run->pfn = run->entry[0].pfn;
	for (run->count = 1; run->count < MEMORY_RUN_MAX; run->count++) {
		pfn = run->pfn + run->count;
		more = memory_next(m, pfn, &run->entry[run->count], f);
		if (more == -1)
			return -1;
		if (more == 0 || run->entry[run->count].pfn != pfn)
			break;
	}
	return read_pages(run, m, f);
}

int
memory_run_length(struct memory *m, uint64_t pfn, uint64_t *first,
    uint64_t *count, struct fault *f)
{
	struct stored_entry e;
	int more = memory_next(m, pfn, &e, f);

	if (more != 1)
		return more;
	*first = e.pfn;
	for (*count = 1; (more = memory_next(m, *first + *count, &e, f)) == 1;
	    ++*count)
		if (e.pfn != *first + *count)
			break;
	return more == -1 ? -1 : 1;
}

int
memory_each(struct memory *m,
    int (*take)(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f), void *taker, struct fault *f)
{
	struct memory_run *run = malloc(sizeof(*run));
	uint64_t pfn = 0;
	int more, result = 0;

	if (run == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	while (result == 0 && (more = memory_run_next(run, m, pfn, f)) != 0) {
		result = more == -1 ? -1 : take(taker, run->entry, run->count,
		    run->bytes, f);
		pfn = run->pfn + run->count;
	}
	free(run);
	return result == -1 ? -1 : 0;
}
