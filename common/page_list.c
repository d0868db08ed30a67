/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "page_list.h"

/* The runs of a record, one after the other. */
struct walk {
	struct pages pages;
	struct page page;	/* the one behind the last run */
	bool ahead;		/* there is one */
};

static void
walk_start(struct walk *w, const struct pages *p)
{
	w->pages = *p;
	w->ahead = pages_next(&w->pages, &w->page);
}

static bool
walk_next(struct walk *w, struct page_run *run)
{
	if (!w->ahead)
		return false;
	*run = (struct page_run){
		.pfn = w->page.pfn, .type = w->page.type,
		.reserved = w->page.reserved,
	};
	do {
		run->count++;
		w->ahead = pages_next(&w->pages, &w->page);
	} while (w->ahead && w->page.pfn == run->pfn + run->count &&
	    w->page.type == run->type && w->page.reserved == run->reserved);
	return true;
}

bool
page_list_fits(const struct pages *p)
{
	struct page_run run;
	struct walk w;
	uint32_t count = 0;

	walk_start(&w, p);
	while (count <= PAGE_LIST_RUNS_MAX && walk_next(&w, &run))
		count++;
	return count <= PAGE_LIST_RUNS_MAX;
}

void
page_list_put(FILE *out, const struct pages *p, bool first, uint64_t at)
{
	uint32_t reserved = get_le32(p->rec->body + 4);
	const char *between = "";
	struct page_run run;
	struct walk w;

	fputs(first ? "{\"records\": [\n" : ",\n", out);
	fprintf(out, "{\"at\": %" PRIu64, at);
	if (reserved != 0)
		fprintf(out, ", \"reserved\": %" PRIu32, reserved);
	fputs(", \"pages\": [", out);
	walk_start(&w, p);
	while (walk_next(&w, &run)) {
		fprintf(out, "%s[%" PRIu64 ", %" PRIu64 ", \"%s\"", between,
		    run.pfn, run.count, page_type_name(run.type));
		if (run.reserved != 0)
			fprintf(out, ", %u", run.reserved);
		putc(']', out);
		between = ", ";
	}
	fputs("]}", out);
}

void
page_list_end(FILE *out)
{
	fputs("\n]}\n", out);
}
