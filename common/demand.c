/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "demand.h"
#include "format.h"
#include "pages.h"

#define KIB_PER_PAGE	(PAGE_SIZE / 1024)

static int
check_vcpu(const struct demand *d, const struct record *rec, uint32_t id,
    struct fault *f)
{
	if (id < d->vcpus)
		return 0;
	return record_fault(f, EXIT_REFUSED, rec, "state of vcpu %" PRIu32
	    ", and the domain is to have %" PRIu64, id, d->vcpus);
}

static int
check_context(const struct demand *d, const struct record *rec,
    struct fault *f)
{
	const uint8_t *entry;
	uint64_t at = 0;

	while (at + HVM_ENTRY_SIZE <= rec->length) {
		entry = rec->body + at;
		if (get_le16(entry) == HVM_SAVE_CPU &&
		    check_vcpu(d, rec, get_le16(entry + 2), f) == -1)
			return -1;
		at += HVM_ENTRY_SIZE + (uint64_t)get_le32(entry + 4);
	}
	return 0;
}

/* A page that takes memory the first time that it comes. */
static int
take_page(struct demand *d, const struct record *rec,
    const struct page *page, struct fault *f)
{
	uint64_t *word;

	if (page->type == PAGE_XTAB || page->type == PAGE_BROKEN)
		return 0;
	if ((word = pfns_put(d->there, page->pfn, f)) == NULL)
		return -1;
	if (*word != 0)
		return 0;
	*word = 1;
	d->pages++;
	if (d->pages * KIB_PER_PAGE <= d->memory_kib)
		return 0;
	return record_fault(f, EXIT_REFUSED, rec, "pages of more than %"
	    PRIu64 " MiB, which the domain is to have",
	    d->memory_kib >> 10);
}

static int
take_pages(struct demand *d, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	struct fault none;

	if (d->there == NULL && (d->there = pfns_new()) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for pfns");
	if (pages_open(&p, rec, &none) == -1)
		return 0;
	while (pages_next(&p, &page))
		if (take_page(d, rec, &page, f) == -1)
			return -1;
	return 0;
}

int
demand_take(struct demand *d, const struct record *rec, struct fault *f)
{
	if (rec->part != PART_RECORD)
		return 0;
	switch (rec->type) {
	case REC_X86_PV_VCPU_BASIC:
	case REC_X86_PV_VCPU_EXTENDED:
	case REC_X86_PV_VCPU_XSAVE:
	case REC_X86_PV_VCPU_MSRS:
		return d->vcpus == 0 || rec->length < VCPU_HEADER_SIZE ? 0 :
		    check_vcpu(d, rec, get_le32(rec->body), f);
	case REC_HVM_CONTEXT:
		return d->vcpus == 0 ? 0 : check_context(d, rec, f);
	case REC_PAGE_DATA:
		return d->memory_kib == 0 ? 0 : take_pages(d, rec, f);
	default:
		return 0;
	}
}

void
demand_free(struct demand *d)
{
	pfns_free(d->there);
	d->there = NULL;
}
