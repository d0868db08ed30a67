/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "core_pages.h"

#define BATCH	128u	/* pages at a time */

static bool
is_there(const struct stored_entry *e)
{
	return e->type != PAGE_BROKEN && e->last != PAGE_BROKEN &&
	    e->last != PAGE_XTAB;
}

/* As stored_next, of those that are in a core. */
static int
next(struct memory *m, uint64_t pfn, struct stored_entry *e, struct fault *f)
{
	int more;

	while ((more = stored_next(&m->stored, pfn, e, f)) == 1 &&
	    !is_there(e))
		pfn = e->pfn + 1;
	return more;
}

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
	for (pfn = 0; (more = next(m, pfn, &e, f)) == 1; pfn = e.pfn + 1)
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

/* The pages of count entries: those whose pfns follow one another at once. */
static int
read_pages(struct memory *m, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	size_t i, n;

	for (i = 0; i < count; i += n) {
		n = 1;
		if (!page_has_data(e[i].type)) {
			memset(bytes + PAGE_SIZE * i, 0, PAGE_SIZE);
			continue;
		}
		while (i + n < count && page_has_data(e[i + n].type) &&
		    e[i + n].pfn == e[i].pfn + n)
			n++;
		if (stored_read(&m->stored, e + i, n, bytes + PAGE_SIZE * i,
		    f) == -1)
			return -1;
	}
	return 0;
}

static int
each(struct memory *m, uint8_t *bytes,
    int (*take)(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f), void *taker, struct fault *f)
{
	struct stored_entry e[BATCH];
	uint64_t pfn = 0;
	size_t n;
	int more = 1;

	while (more == 1) {
		for (n = 0; n < BATCH && (more = next(m, pfn, &e[n], f)) == 1;
		    n++)
			pfn = e[n].pfn + 1;
		if (more == -1 || n == 0)
			break;
		if (read_pages(m, e, n, bytes, f) == -1)
			return -1;
		switch (take(taker, e, n, bytes, f)) {
		case 1:
			return 0;
		case -1:
			return -1;
		}
	}
	return more;
}

int
core_pages_each(struct memory *m,
    int (*take)(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f), void *taker, struct fault *f)
{
	uint8_t *bytes = malloc(BATCH * PAGE_SIZE);
	int result;

	if (bytes == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	result = each(m, bytes, take, taker, f);
	free(bytes);
	return result;
}

static bool
is_zero(const uint8_t *page)
{
	return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

int
core_pages_put(struct sparse *out, const uint8_t *bytes, size_t count,
    struct fault *f)
{
	size_t i, n;
	bool zero;
	int result;

	for (i = 0; i < count; i += n) {
		zero = is_zero(bytes + PAGE_SIZE * i);
		for (n = 1; i + n < count &&
		    is_zero(bytes + PAGE_SIZE * (i + n)) == zero; n++)
			;
		result = zero ? sparse_skip(out, PAGE_SIZE * n, f) :
		    sparse_put(out, bytes + PAGE_SIZE * i, PAGE_SIZE * n, f);
		if (result == -1)
			return -1;
	}
	return 0;
}
