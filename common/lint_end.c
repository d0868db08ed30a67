/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libxenguest's restorer looks at when a PV stream is complete
 * (xg_sr_restore_x86_pv.c, x86_pv_stream_complete), and what Xen looks at
 * when it is told to pin a page table.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bytes.h"
#include "format.h"
#include "lint_tables.h"
#include "pfns.h"

/* A check of a pfn that something refers to. */
struct reference {
	struct lint *l;
	const struct record *rec;
	enum lint_rule rule;
	const char *what;	/* refers to it */
	unsigned index;
};

static enum page_type
type_of(const struct lint *l, uint64_t pfn)
{
	uint64_t word = pfns_get(l->pv->types, pfn);

	return word == 0 ? PAGE_XTAB :
	    (enum page_type)(word >> PFN_TYPE_SHIFT);
}

/* Whether the pfn is in the guest, has memory, and is of that level. */
static int
check_pfn(const struct reference *r, uint64_t pfn, unsigned level,
    struct fault *f)
{
	struct lint *l = r->l;
	enum page_type type;

	if (pfn > l->p2m_end)
		return lint_wrong(l, r->rule, r->rec, f, "%s %u is pfn 0x%"
		    PRIx64 ", the guest's last is 0x%" PRIx64, r->what,
		    r->index, pfn, l->p2m_end);
	type = type_of(l, pfn);
	if (page_level(type) != level || (level == 0 && type != PAGE_NOTAB))
		return lint_wrong(l, r->rule, r->rec, f, "%s %u is pfn 0x%"
		    PRIx64 " of type %s", r->what, r->index, pfn,
		    page_type_name(type));
	return 0;
}

static int
check_frames(struct lint *l, const struct record *rec, struct fault *f)
{
	struct reference r = { l, rec, LINT_P2M_FRAME, "P2M frame",
	    0 };

	for (; r.index < l->pv->frames; r.index++)
		if (check_pfn(&r, l->pv->frame[r.index], 0, f) == -1)
			return -1;
	return 0;
}

/* Whether a page that the start info names has memory, of whatever type. */
static int
check_named(struct lint *l, const struct record *rec, const char *what,
    uint64_t pfn, struct fault *f)
{
	if (pfn <= l->p2m_end && pfns_get(l->pv->types, pfn) & LINT_THERE)
		return 0;
	return lint_wrong(l, LINT_START_INFO, rec, f, "%s is at pfn 0x%"
	    PRIx64 ", which is not there", what, pfn);
}

static int
check_start_info(struct lint *l, const struct record *rec, struct fault *f)
{
	struct reference r = { l, rec, LINT_START_INFO,
	    "the start info of vcpu", 0 };
	const struct lint_pv *pv = l->pv;
	uint64_t pfn = pv->vcpu[0].edx;
	unsigned i;

	if (check_pfn(&r, pfn, 0, f) == -1)
		return -1;
	for (i = 0; i < pv->start_infos; i++)
		if (pv->start_info[i].pfn == pfn &&
		    (check_named(l, rec, "xenstore's page",
		    pv->start_info[i].store, f) == -1 ||
		    check_named(l, rec, "the console's page",
		    pv->start_info[i].console, f) == -1))
			return -1;
	return 0;
}

static int
check_gdt(struct lint *l, const struct record *rec, unsigned id,
    struct fault *f)
{
	const struct lint_vcpu *v = &l->pv->vcpu[id];
	struct reference r = { l, rec, LINT_GDT, "GDT frame", 0 };
	uint64_t frames = (v->gdt_entries + GDT_ENTRIES_PER_FRAME - 1) /
	    GDT_ENTRIES_PER_FRAME;

	if (v->gdt_entries > VCPU_GDT_ENTRIES_MAX)
		return lint_wrong(l, LINT_GDT, rec, f, "vcpu %u has a GDT "
		    "of %" PRIu64 " entries, %u are possible", id,
		    v->gdt_entries, VCPU_GDT_ENTRIES_MAX);
	for (; r.index < frames; r.index++)
		if (check_pfn(&r, v->gdt[r.index], 0, f) == -1)
			return -1;
	return 0;
}

/* A 32-bit guest's cr3 has the high bits of the frame in its low ones. */
static uint64_t
frame_of_cr3(const struct lint *l, uint64_t cr3)
{
	if (l->width == 8)
		return cr3 >> 12;
	return (cr3 >> 12 | cr3 << 20) & UINT32_MAX;
}

static int
check_vcpu(struct lint *l, const struct record *rec, unsigned id,
    struct fault *f)
{
	struct reference r = { l, rec, LINT_CR3, "cr3 of vcpu", id };
	const struct lint_vcpu *v = &l->pv->vcpu[id];
	unsigned levels = l->width == 8 ? 4 : 3;

	if (check_gdt(l, rec, id, f) == -1 ||
	    check_pfn(&r, frame_of_cr3(l, v->cr3), levels, f) == -1)
		return -1;
	r.what = "cr1 of vcpu";
	return levels == 4 && v->cr1 & 1 ?
	    check_pfn(&r, v->cr1 >> 12, levels, f) : 0;
}

static int
check_vcpus(struct lint *l, const struct record *rec, struct fault *f)
{
	unsigned id;

	if (l->pv == NULL || l->pv->vcpus == 0 || !l->pv->vcpu[0].there)
		return lint_wrong(l, LINT_MISSING, rec, f,
		    "the image has no registers of vcpu 0");
	if (check_start_info(l, rec, f) == -1)
		return -1;
	for (id = 0; id < l->pv->vcpus; id++)
		if (l->pv->vcpu[id].there &&
		    check_vcpu(l, rec, id, f) == -1)
			return -1;
	return 0;
}

/* Page tables that were reached, each once, and how many were looked at. */
struct walk {
	uint64_t *pfn;
	size_t count, done;
};

/* Adds a table of which there is a copy, if it is not there yet. */
static void
reach(struct lint *l, struct walk *walk, uint64_t pfn, struct fault *f)
{
	uint64_t *word;

	if (pfns_get(l->pv->tables, pfn) == 0 ||
	    (word = pfns_put(l->pv->types, pfn, f)) == NULL ||
	    *word & LINT_REACHED)
		return;
	*word |= LINT_REACHED;
	walk->pfn[walk->count++] = pfn;
}

/*
 * Whether a table of that level may point there.  Xen looks at what is in
 * memory: a table of whatever type the stream gave it last, its own level,
 * to show it to the guest, or a page of zeroes, which is an empty table.
 */
static bool
may_point(const struct lint *l, unsigned level, uint64_t pfn)
{
	uint64_t word = pfns_get(l->pv->types, pfn);
	unsigned below = page_level(type_of(l, pfn));

	if (level == 1 || !(word & LINT_FULL))
		return true;
	return below == 0 ? pfns_get(l->pv->tables, pfn) != 0 :
	    below == level - 1 || below == level;
}

static int
check_table(struct lint *l, const struct record *rec, uint64_t pfn,
    struct walk *walk, struct fault *f)
{
	const uint8_t *table = (const uint8_t *)(uintptr_t)
	    pfns_get(l->pv->tables, pfn);
	unsigned level = page_level(type_of(l, pfn));
	uint64_t pte, to;
	bool told = level == 0;
	size_t i;

	for (i = 0; i < PTE_COUNT; i++) {
		pte = get_le64(table + 8 * i);
		to = PTE_FRAME(pte);
		if (!(pte & PTE_PRESENT) || to > l->p2m_end)
			continue;
		if (level > 1)
			reach(l, walk, to, f);
		if (!told && !may_point(l, level, to)) {
			told = true;
			if (lint_wrong(l, LINT_TABLES, rec, f, "the L%u table "
			    "at pfn 0x%" PRIx64 " points to pfn 0x%" PRIx64
			    ", which is no L%u table", level, pfn, to,
			    level - 1) == -1)
				return -1;
		}
		if (!told && !(pfns_get(l->pv->types, to) & LINT_THERE)) {
			told = true;
			if (lint_wrong(l, LINT_ABSENT, rec, f, "the L%u table "
			    "at pfn 0x%" PRIx64 " points to pfn 0x%" PRIx64
			    ", which did not come", level, pfn, to) == -1)
				return -1;
		}
	}
	return 0;
}

/* From the pinned page tables down, each table once, one finding of each. */
static int
check_tables(struct lint *l, const struct record *rec, struct fault *f)
{
	struct lint_pv *pv = l->pv;
	struct walk walk = {
		.pfn = calloc(pv->copies + 1, sizeof(*walk.pfn)),
	};
	uint64_t pfn, word;
	int result = 0;

	if (walk.pfn == NULL)
		return fault_set(f, EXIT_SYSTEM,
		    "no memory to follow page tables");
	pfns_sort(pv->tables);
	for (pfn = 0; pfns_next(pv->tables, &pfn, &word); pfn++)
		if (type_of(l, pfn) >= PAGE_L1TAB_PINNED &&
		    type_of(l, pfn) <= PAGE_L4TAB_PINNED)
			reach(l, &walk, pfn, f);
	while (result == 0 && walk.done < walk.count)
		result = check_table(l, rec, walk.pfn[walk.done++], &walk,
		    f);
	while (walk.count > 0)
		*pfns_put(pv->types, walk.pfn[--walk.count], f) &=
		    ~LINT_REACHED;
	free(walk.pfn);
	return result;
}

/*
 * A checkpoint is looked at when as much came since the last one was as the
 * look takes: a stream of nothing but checkpoints costs no time.
 */
static bool
is_due(const struct lint *l, const struct record *rec)
{
	const struct lint_pv *pv = l->pv;

	return rec->type == REC_END || pv == NULL ||
	    pv->news >= pv->copies + pv->frames + pv->vcpus;
}

int
lint_pv_end(struct lint *l, const struct record *rec, struct fault *f)
{
	if (!is_due(l, rec))
		return 0;
	if (check_vcpus(l, rec, f) == -1)
		return -1;
	if (l->pv == NULL || l->pv->vcpus == 0)
		return 0;
	l->pv->news = 0;
	if (check_frames(l, rec, f) == -1)
		return -1;
	if (l->pv->untold)
		return lint_wrong(l, LINT_UNTOLD, rec, f, "it has more page "
		    "tables than are followed here: 64 MiB");
	return check_tables(l, rec, f);
}
