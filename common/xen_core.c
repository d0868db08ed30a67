/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "core_pages.h"
#include "memory_run.h"
#include "machine.h"
#include "registers.h"
#include "xen_core.h"
#include "xen_core_head.h"

#define TABLE_SIZE	((size_t)64 << 10)	/* whole lines */

struct work {
	struct memory *memory;
	struct sparse *out;
	struct state state;
	struct core_pages pages;
	struct machine machine;	/* of a PV guest */
	uint64_t kept;		/* pages that the core gets */
	struct xen_core_head head;
	uint8_t  table[TABLE_SIZE];
	size_t   used;		/* bytes of it */
};

static bool
is_pv(const struct work *w)
{
	return w->state.type == DOMAIN_PV;
}

static void
put_hvm_context(const struct work *w, const struct state_vcpu *vcpu,
    uint8_t context[VCPU_CONTEXT_SIZE_64])
{
	static const uint8_t unused[VCPU_FPU_SIZE];
	const uint8_t *debug = vcpu->bytes + HVM_CPU_DEBUG;
	const size_t word = 8;
	struct registers r;

	registers_read(&r, &w->state, vcpu);
	registers_context(&r, context);
	memcpy(context, vcpu->bytes, VCPU_FPU_SIZE);
	if (memcmp(context, unused, VCPU_FPU_SIZE) == 0)
		put_le32(context + VCPU_FLAGS, VCPU_FLAG_ONLINE);
	memcpy(context + VCPU_DEBUG, debug, word * 4);	/* dr0-dr3 */
	memcpy(context + VCPU_DEBUG + word * 6, debug + word * 4, word * 2);
}

static int
put_contexts(struct work *w, struct fault *f)
{
	uint8_t context[VCPU_CONTEXT_SIZE_64];
	const struct state_vcpu *vcpu;
	size_t i;

	for (i = 0; i < w->state.vcpus; i++) {
		vcpu = &w->state.vcpu[i];
		if (is_pv(w)) {
			if (machine_context(&w->machine, vcpu, context, f) ==
			    -1)
				return -1;
		} else {
			put_hvm_context(w, vcpu, context);
		}
		if (sparse_put(w->out, context, sizeof(context), f) == -1)
			return -1;
	}
	return 0;
}

static int
put_shared_info(struct work *w, struct fault *f)
{
	return w->state.shared_info == NULL ? 0 :
	    sparse_put(w->out, w->state.shared_info, PAGE_SIZE, f);
}

/* Pages as the guest had them; those that it did not have any more go. */
static int
put_pv_pages(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	struct work *w = taker;
	uint8_t *to = bytes, *page = bytes;
	uint64_t mfn;
	size_t i;
	int found;

	for (i = 0; i < count; i++, page += PAGE_SIZE) {
		found = machine_frame(&w->machine, e[i].pfn, &mfn, f);
		if (found == 0)
			continue;
		if (found == -1 ||
		    machine_page(&w->machine, &e[i], page, f) == -1)
			return -1;
		if (to != page)
			memcpy(to, page, PAGE_SIZE);
		to += PAGE_SIZE;
	}
	return sparse_pages(w->out, bytes, (size_t)(to - bytes) / PAGE_SIZE,
	    f);
}

static int
put_hvm_pages(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	struct work *w = taker;

	(void)e;
	return sparse_pages(w->out, bytes, count, f);
}

static int
put_pages(struct work *w, struct fault *f)
{
	uint64_t end = w->head.section[CONTEXTS].sh_offset +
	    w->head.section[CONTEXTS].sh_size;

	if (w->state.shared_info != NULL)
		end += PAGE_SIZE;
	if (sparse_skip(w->out, w->head.section[PAGES].sh_offset - end, f) == -1)
		return -1;
	return memory_each(w->memory, is_pv(w) ? put_pv_pages :
	    put_hvm_pages, w, f);
}

static int
flush_table(struct work *w, struct fault *f)
{
	size_t n = w->used;

	w->used = 0;
	return sparse_put(w->out, w->table, n, f);
}

/* A page's line of the table. */
static int
put_entry(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f)
{
	put_le64(w->table + w->used, pfn);
	w->used += 8;
	if (is_pv(w)) {
		put_le64(w->table + w->used, mfn);
		w->used += 8;
	}
	return w->used < sizeof(w->table) ? 0 : flush_table(w, f);
}

static int
count_entry(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f)
{
	(void)pfn;
	(void)mfn;
	(void)f;
	w->kept++;
	return 0;
}

/* Each page of the core, by number, to `each`. */
static int
each_page(struct work *w,
    int (*each)(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f),
    struct fault *f)
{
	const struct core_run *run = w->pages.run;
	uint64_t pfn, mfn = XEN_CORE_INVALID;
	int found = 1;
	size_t i;

	for (i = 0; i < w->pages.runs; i++)
		for (pfn = run[i].pfn; pfn < run[i].pfn + run[i].count;
		    pfn++) {
			if (is_pv(w))
				found = machine_frame(&w->machine, pfn, &mfn,
				    f);
			if (found == -1 ||
			    (found == 1 && each(w, pfn, mfn, f) == -1))
				return -1;
		}
	return 0;
}

static int
check_kept(const struct work *w, struct fault *f)
{
	if (w->kept > 0 || w->pages.pages == 0)
		return 0;
	fault_set(f, EXIT_REFUSED, "the guest's P2M has no frame for any of "
	    "its %" PRIu64 " pages", w->pages.pages);
	return fault_hint(f, "--to elf-core needs no P2M");
}

/* What the core does not have. */
static void
tell(const struct convert *c, const struct work *w)
{
	if (c->quiet || !is_pv(w))
		return;
	if (w->kept < w->pages.pages)
		fault_tell(c->tool, "%" PRIu64 " pages that the guest's P2M "
		    "does not have are left out", w->pages.pages - w->kept);
	if (w->machine.cleared > 0)
		fault_tell(c->tool, "%" PRIu64 " entries of page tables are "
		    "cleared: the guest's P2M has no frame for them",
		    w->machine.cleared);
}

static int
put_all(struct work *w, struct fault *f)
{
	if (each_page(w, count_entry, f) == -1 || check_kept(w, f) == -1)
		return -1;
	xen_core_lay_out(&w->head, &w->state, w->kept);
	if (xen_core_put_head(&w->head, w->out, f) == -1 ||
	    put_contexts(w, f) == -1 || put_shared_info(w, f) == -1 ||
	    put_pages(w, f) == -1 || each_page(w, put_entry, f) == -1 ||
	    flush_table(w, f) == -1)
		return -1;
	return xen_core_put_names(w->out, f);
}

int
xen_core_write(const struct convert *c, struct memory *m,
    struct sparse *out, struct fault *f)
{
	struct work w = { .memory = m, .out = out };
	int result = -1;

	if (state_read(&w.state, m, f) == 0 &&
	    core_pages_read(&w.pages, m, f) == 0 &&
	    (!is_pv(&w) || machine_open(&w.machine, m, &w.state, f) == 0))
		result = put_all(&w, f);
	if (result == 0)
		tell(c, &w);
	machine_close(&w.machine);
	core_pages_free(&w.pages);
	state_free(&w.state);
	return result;
}
