/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "lint_tables.h"
#include "measure.h"
#include "pfns.h"

#define COPIES_MAX	((64u << 20) / PAGE_SIZE)

static int
no_memory(struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "no memory to follow page tables");
}

/* l->pv, made when it is first needed; NULL without memory. */
static struct lint_pv *
kept(struct lint *l)
{
	struct lint_pv *pv = l->pv;

	if (pv != NULL)
		return pv;
	l->pv = pv = calloc(1, sizeof(*pv));
	if (pv == NULL)
		return NULL;
	pv->types = pfns_new();
	pv->tables = pfns_new();
	if (pv->types != NULL && pv->tables != NULL)
		return pv;
	lint_free(l);
	return NULL;
}

static uint8_t *
copy_at(uint64_t word)
{
	return (uint8_t *)(uintptr_t)word;
}

void
lint_free(struct lint *l)
{
	struct lint_pv *pv = l->pv;
	uint64_t pfn, word;

	if (pv == NULL)
		return;
	if (pv->tables != NULL) {
		pfns_sort(pv->tables);
		for (pfn = 0; pfns_next(pv->tables, &pfn, &word); pfn++)
			free(copy_at(word));
	}
	pfns_free(pv->types);
	pfns_free(pv->tables);
	free(pv->frame);
	free(pv->vcpu);
	free(pv);
	l->pv = NULL;
}

int
lint_tables_frames(struct lint *l, const struct record *rec,
    struct fault *f)
{
	struct lint_pv *pv = kept(l);
	size_t first = get_le32(rec->body) / (PAGE_SIZE / l->width);
	size_t count = (rec->length - 8) / 8, i;
	uint64_t *frame;

	if (pv == NULL)
		return no_memory(f);
	if (first > pv->frames)
		return lint_wrong(l, LINT_P2M, rec, f,
		    "frames before its first never came");
	if (first + count > pv->frames) {
		frame = realloc(pv->frame, (first + count) * sizeof(*frame));
		if (frame == NULL)
			return no_memory(f);
		pv->frame = frame;
		pv->frames = first + count;
	}
	for (i = 0; i < count; i++)
		pv->frame[first + i] = get_le64(rec->body + 8 + 8 * i);
	return 0;
}

/* A guest's word. */
static uint64_t
word_at(const struct lint *l, const uint8_t *at)
{
	return l->width == 8 ? get_le64(at) : get_le32(at);
}

static void
keep_registers(const struct lint *l, const uint8_t *context,
    struct lint_vcpu *v)
{
	bool wide = l->width == 8;
	size_t width = l->width, i;
	const uint8_t *cr = context + (wide ? VCPU_CR_64 : VCPU_CR_32);

	v->there = true;
	v->edx = word_at(l, context + (wide ? VCPU_EDX_64 : VCPU_EDX_32));
	v->cr1 = word_at(l, cr + width);
	v->cr3 = word_at(l, cr + 3 * width);
	v->gdt_entries = get_le32(context +
	    (wide ? VCPU_GDT_ENTRIES_64 : VCPU_GDT_ENTRIES_32));
	for (i = 0; i < 16; i++)
		v->gdt[i] = word_at(l, context + (wide ?
		    VCPU_GDT_FRAMES_64 : VCPU_GDT_FRAMES_32) + i * width);
}

int
lint_tables_vcpu(struct lint *l, const struct record *rec, uint32_t id,
    struct fault *f)
{
	struct lint_pv *pv = kept(l);
	struct lint_vcpu *vcpu;

	if (id >= LINT_VCPUS_MAX)
		return 0;
	if (pv == NULL)
		return no_memory(f);
	if (id >= pv->vcpus) {
		vcpu = realloc(pv->vcpu, (id + 1) * sizeof(*vcpu));
		if (vcpu == NULL)
			return no_memory(f);
		memset(vcpu + pv->vcpus, 0,
		    (id + 1 - pv->vcpus) * sizeof(*vcpu));
		pv->vcpu = vcpu;
		pv->vcpus = id + 1;
	}
	keep_registers(l, rec->body + VCPU_HEADER_SIZE, &pv->vcpu[id]);
	return 0;
}

/* Keeps what a start info names, or forgets it. */
static void
keep_start_info(const struct lint *l, const struct page *page)
{
	struct lint_pv *pv = l->pv;
	bool is = page->bytes != NULL && memcmp(page->bytes,
	    START_INFO_MAGIC, START_INFO_MAGIC_SIZE) == 0;
	bool wide = l->width == 8;
	unsigned i = 0;

	while (i < pv->start_infos && pv->start_info[i].pfn != page->pfn)
		i++;
	if (!is && (i == pv->start_infos || page->bytes == NULL))
		return;
	if (!is) {
		pv->start_info[i] = pv->start_info[--pv->start_infos];
		return;
	}
	if (i == START_INFOS)
		return;
	pv->start_infos += i == pv->start_infos;
	pv->start_info[i].pfn = page->pfn;
	pv->start_info[i].store = word_at(l, page->bytes +
	    (wide ? START_INFO_STORE_64 : START_INFO_STORE_32));
	pv->start_info[i].console = word_at(l, page->bytes +
	    (wide ? START_INFO_CONSOLE_64 : START_INFO_CONSOLE_32));
}

/* Keeps a page table, or drops the one that this page was. */
static int
keep_table(struct lint_pv *pv, const struct page *page, struct fault *f)
{
	bool table = page_level(page->type) > 0;
	uint64_t *word;
	uint8_t *copy;

	if (pfns_get(pv->tables, page->pfn) == 0) {
		if (table && pv->copies == COPIES_MAX)
			pv->untold = true;
		if (!table || pv->untold)
			return 0;
	}
	if ((word = pfns_put(pv->tables, page->pfn, f)) == NULL)
		return -1;
	copy = copy_at(*word);
	if (!table) {
		free(copy);
		*word = 0;
		pv->copies--;
		return 0;
	}
	if (copy == NULL) {
		if ((copy = malloc(PAGE_SIZE)) == NULL)
			return no_memory(f);
		pv->copies++;
		*word = (uint64_t)(uintptr_t)copy;
	}
	memcpy(copy, page->bytes, PAGE_SIZE);
	return 0;
}

/*
 * The type is the last one; memory and data that were there once stay.  A
 * page that is absent and stays so needs no word.
 */
int
lint_tables_page(struct lint *l, const struct page *page, struct fault *f)
{
	struct lint_pv *pv = kept(l);
	uint64_t *word;

	if (pv == NULL)
		return no_memory(f);
	pv->news++;
	if (page->type == PAGE_XTAB && pfns_get(pv->types, page->pfn) == 0)
		return 0;
	if ((word = pfns_put(pv->types, page->pfn, f)) == NULL)
		return -1;
	*word &= ~(UINT64_C(15) << PFN_TYPE_SHIFT);
	*word |= (uint64_t)page->type << PFN_TYPE_SHIFT | LINT_CAME;
	if (page->bytes != NULL || page->type == PAGE_XALLOC)
		*word |= LINT_THERE;
	if (lint_has(l, REC_VERIFY) || page->bytes == NULL)
		return 0;	/* what stands there stays */
	*word &= ~LINT_FULL;
	*word |= measure_zero(page->bytes) ? 0 : LINT_FULL;
	keep_start_info(l, page);
	return keep_table(pv, page, f);
}
