/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "bytes.h"
#include "format.h"
#include "implode_work.h"
#include "page_list.h"
#include "steady.h"

#define ENTRIES	8192u	/* in memory at a time */

static int
put_head(struct implode *im, const struct page_list *l, struct fault *f)
{
	uint8_t head[RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE];

	put_le32(head, REC_PAGE_DATA);
	put_le32(head + 4, page_list_length(l));
	put_le32(head + 8, (uint32_t)l->entries);
	put_le32(head + 12, l->reserved);
	return sink_put(&im->out, head, sizeof(head), f);
}

static int
put_entries(struct implode *im, const struct page_list *l, struct fault *f)
{
	uint8_t buf[8 * ENTRIES];
	const struct page_run *run;
	uint64_t entry, i;
	size_t size = 0;

	for (run = l->runs; run < l->runs + l->count; run++) {
		entry = (uint64_t)run->type << PFN_TYPE_SHIFT |
		    (uint64_t)run->reserved << 52 | run->pfn;
		for (i = 0; i < run->count; i++, size += 8) {
			if (size == sizeof(buf)) {
				if (sink_put(&im->out, buf, size, f) == -1)
					return -1;
				size = 0;
			}
			put_le64(buf + size, entry + i);
		}
	}
	return sink_put(&im->out, buf, size, f);
}

static int
wrong_size(const struct steady *raw, const struct steady *list,
    uint64_t pages, struct fault *f)
{
	uint64_t over = raw->size % PAGE_SIZE;
	char bytes[40] = "";

	if (over > 0)
		snprintf(bytes, sizeof(bytes), " and %" PRIu64 " bytes",
		    over);
	fault_set(f, EXIT_MALFORMED, "%.120s has %" PRIu64 " pages%s, "
	    "%.120s asks for %" PRIu64, raw->name, raw->size / PAGE_SIZE,
	    bytes, list->name, pages);
	return fault_hint(f, "a page of %u bytes for each pfn of the list, "
	    "but for those of type BROKEN, XALLOC and XTAB", PAGE_SIZE);
}

static int
put_list(struct implode *im, struct page_list *l, struct steady *raw,
    struct fault *f)
{
	uint64_t pages = 0;
	int got;

	while ((got = page_list_next(l, f)) == 1) {
		pages += l->full;
		if (!im->check && (put_head(im, l, f) == -1 ||
		    put_entries(im, l, f) == -1 ||
		    steady_copy(raw, PAGE_SIZE * l->full, &im->out, f) == -1))
			return -1;
	}
	if (got == -1)
		return -1;
	if (raw->size != PAGE_SIZE * pages)
		return wrong_size(raw, l->file, pages, f);
	if (steady_check(l->file, f) == -1 || steady_check(raw, f) == -1)
		return -1;
	return 0;
}

int
implode_pages(struct implode *im, const struct implode_name *n,
    struct fault *f)
{
	char name[EXPLODED_NAME_SIZE];
	struct steady list, raw;
	struct page_list l;
	int result = -1;

	exploded_beside(n->name, EXPLODED_PAGES, name);
	if (steady_open(&list, im->dir, n->name, f) == -1)
		return -1;
	if (steady_open(&raw, im->dir, name, f) == 0) {
		if (page_list_open(&l, &list, f) == 0) {
			result = put_list(im, &l, &raw, f);
			page_list_close(&l);
		}
		steady_close(&raw);
	}
	steady_close(&list);
	return result;
}
