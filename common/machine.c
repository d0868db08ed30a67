/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "machine.h"

#define CACHE	1024u	/* pages of the P2M: those of 2 GiB of memory */

int
machine_open(struct machine *mc, struct memory *m, const struct state *s,
    struct fault *f)
{
	*mc = (struct machine){
		.memory = m, .state = s,
		.page = malloc((size_t)CACHE * PAGE_SIZE),
		.loaded = calloc(CACHE, sizeof(*mc->loaded)),
	};
	if (mc->page == NULL || mc->loaded == NULL) {
		machine_close(mc);
		return fault_set(f, EXIT_SYSTEM, "no memory");
	}
	return 0;
}

void
machine_close(struct machine *mc)
{
	free(mc->page);
	free(mc->loaded);
	mc->page = NULL;
	mc->loaded = NULL;
}

/* The n-th page of the P2M.  1, 0 when it is not there, or -1. */
static int
load(struct machine *mc, uint64_t n, const uint8_t **page, struct fault *f)
{
	uint64_t word = pfns_get(mc->state->p2m, n), slot = n % CACHE;
	uint8_t *bytes = mc->page + PAGE_SIZE * slot;
	int found;

	*page = bytes;
	if (word == 0)
		return 0;
	if (mc->loaded[slot] == n + 1)
		return 1;
	mc->loaded[slot] = 0;
	found = stored_page(&mc->memory->stored, word - 1, bytes, f);
	if (found == 1)
		mc->loaded[slot] = n + 1;
	return found;
}

static uint64_t
get_word(const struct machine *mc, const uint8_t *bytes)
{
	return mc->state->width == 8 ? get_le64(bytes) : get_le32(bytes);
}

static void
put_word(const struct machine *mc, uint8_t *bytes, uint64_t word)
{
	if (mc->state->width == 8)
		put_le64(bytes, word);
	else
		put_le32(bytes, (uint32_t)word);
}

int
machine_frame(struct machine *mc, uint64_t pfn, uint64_t *mfn,
    struct fault *f)
{
	unsigned width = mc->state->width;
	const uint8_t *page;
	uint64_t per;
	int found;

	if (width == 0)
		return 0;
	per = PAGE_SIZE / width;
	if ((found = load(mc, pfn / per, &page, f)) != 1)
		return found;
	*mfn = get_word(mc, page + pfn % per * width);
	return (*mfn & P2M_MARKS(width)) == 0;
}

static int
change_table(struct machine *mc, uint8_t *bytes, struct fault *f)
{
	uint64_t pte, mfn;
	unsigned i;
	int found;

	for (i = 0; i < PTE_COUNT; i++, bytes += 8) {
		pte = get_le64(bytes);
		if ((pte & PTE_PRESENT) == 0)
			continue;
		found = machine_frame(mc, PTE_FRAME(pte), &mfn, f);
		if (found == -1)
			return -1;
		if (found == 0)
			mc->cleared++;
		put_le64(bytes, found == 1 ? (pte & ~PTE_FRAME_MASK) |
		    (mfn << PAGE_SHIFT & PTE_FRAME_MASK) : 0);
	}
	return 0;
}

/* A word that is a pfn, to a frame; one that had none stays. */
static int
change_word(struct machine *mc, uint8_t *bytes, struct fault *f)
{
	uint64_t mfn;
	int found = machine_frame(mc, get_word(mc, bytes), &mfn, f);

	if (found == 1)
		put_word(mc, bytes, mfn);
	return found == -1 ? -1 : 0;
}

int
machine_page(struct machine *mc, const struct stored_entry *e,
    uint8_t bytes[PAGE_SIZE], struct fault *f)
{
	return page_level(e->type) > 0 ? change_table(mc, bytes, f) : 0;
}

static int
need_frame(struct machine *mc, const struct state_vcpu *vcpu,
    const char *what, uint64_t pfn, uint64_t *mfn, struct fault *f)
{
	int found = machine_frame(mc, pfn, mfn, f);

	if (found == 0) {
		fault_set(f, EXIT_REFUSED, "%s of vcpu %" PRIu32 " is pfn 0x%"
		    PRIx64 ", for which the guest's P2M has no frame", what,
		    vcpu->id, pfn);
		fault_hint(f, "--to elf-core needs no P2M");
	}
	return found == 1 ? 0 : -1;
}

static int
change_gdt(struct machine *mc, const struct state_vcpu *vcpu,
    uint8_t *context, struct fault *f)
{
	bool wide = mc->state->width == 8;
	uint64_t entries = get_word(mc, context + (wide ?
	    VCPU_GDT_ENTRIES_64 : VCPU_GDT_ENTRIES_32)), mfn, n;
	uint8_t *frame = context + (wide ? VCPU_GDT_FRAMES_64 :
	    VCPU_GDT_FRAMES_32);

	for (n = 0; n < VCPU_GDT_FRAMES_MAX &&
	    n * GDT_ENTRIES_PER_FRAME < entries; n++) {
		if (need_frame(mc, vcpu, "a frame of the GDT",
		    get_word(mc, frame), &mfn, f) == -1)
			return -1;
		put_word(mc, frame, mfn);
		frame += mc->state->width;
	}
	return 0;
}

/* cr3, and cr1: the page tables of a 64-bit guest's user mode, if any. */
static int
change_control(struct machine *mc, const struct state_vcpu *vcpu,
    uint8_t *context, struct fault *f)
{
	bool wide = mc->state->width == 8;
	uint8_t *cr = context + (wide ? VCPU_CR_64 : VCPU_CR_32);
	size_t width = mc->state->width;
	uint64_t cr3 = get_word(mc, cr + 3 * width), mfn;
	uint64_t cr1 = get_word(mc, cr + width);

	if (need_frame(mc, vcpu, "cr3", wide ? PTE_FRAME(cr3) :
	    vcpu_cr3_frame(cr3), &mfn, f) == -1)
		return -1;
	put_word(mc, cr + 3 * width, wide ? mfn << PAGE_SHIFT :
	    vcpu_cr3(mfn));
	if (!wide || cr1 == 0)
		return 0;
	if (need_frame(mc, vcpu, "cr1", PTE_FRAME(cr1), &mfn, f) == -1)
		return -1;
	put_word(mc, cr + width, mfn << PAGE_SHIFT);
	return 0;
}

int
machine_context(struct machine *mc, const struct state_vcpu *vcpu,
    uint8_t context[VCPU_CONTEXT_SIZE_64], struct fault *f)
{
	memset(context, 0, VCPU_CONTEXT_SIZE_64);
	memcpy(context, vcpu->bytes, vcpu->size);
	if (vcpu->id == 0 && change_word(mc, context + (mc->state->width == 8 ?
	    VCPU_EDX_64 : VCPU_EDX_32), f) == -1)
		return -1;
	if (change_gdt(mc, vcpu, context, f) == -1)
		return -1;
	return change_control(mc, vcpu, context, f);
}
