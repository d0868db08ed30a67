/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remus - what Xen 4.1 to 4.5 made of pages that come again (remus_delta.h):
 * stdin's stream to stdout, each such page as changes to what it was last.
 * To be measured only: nothing reads what it writes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "pages.h"
#include "remus_delta.h"
#include "stream.h"

#define PFNS	((uint64_t)1 << 24)	/* a guest of 64 GiB */

static uint8_t *last[PFNS];
static const char name[] = "remus";

static int
put_page(struct sink *out, const struct page *page, struct fault *f)
{
	uint8_t coded[REMUS_ENCODED_MAX];
	uint8_t **old;
	size_t size;

	if (page->bytes == NULL)
		return 0;
	if (page->pfn >= PFNS)
		return fault_set(f, EXIT_REFUSED, "over 64 GiB");
	old = &last[page->pfn];
	if (*old != NULL)
		size = remus_encode(*old, page->bytes, coded);
	else if ((*old = malloc(PAGE_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	else
		memcpy(coded, page->bytes, size = PAGE_SIZE);
	memcpy(*old, page->bytes, PAGE_SIZE);
	return sink_put(out, coded, size, f);
}

static int
put_pages(struct sink *out, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;

	if (pages_open(&p, rec, f) == -1 || sink_put(out, rec->body,
	    rec->length - PAGE_SIZE * (size_t)p.full, f) == -1)
		return -1;
	while (pages_next(&p, &page))
		if (put_page(out, &page, f) == -1)
			return -1;
	return 0;
}

int
main(void)
{
	struct record rec = { .body = NULL };
	struct stream s;
	struct sink out;
	struct fault f;
	int more;

	sink_open(&out, STDOUT_FILENO);
	if (stream_open(&s, STDIN_FILENO, &f) == -1)
		fault_exit(name, &f);
	s.whole = true;
	while ((more = stream_next(&s, &rec, &f)) == 1)
		if ((rec.part == PART_RECORD && rec.type == REC_PAGE_DATA ?
		    put_pages(&out, &rec, &f) : stream_write(&out, &rec, &f))
		    == -1)
			fault_exit(name, &f);
	/* A stream of checkpoints ends without END, as far as it came. */
	if (more == -1 && f.status != EXIT_MALFORMED)
		fault_exit(name, &f);
	if (sink_close(&out, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
