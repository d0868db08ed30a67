/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * machine.h - a PV guest as it was on its host: a stream has pfns where that
 * had machine frames, and the guest's own P2M says which those were.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

#include "fault.h"
#include "format_core.h"
#include "memory.h"
#include "state.h"

struct machine {
	struct memory *memory;
	const struct state *state;
	uint8_t *page;		/* the P2M's last ones, by their number */
	uint64_t *loaded;	/* which they are, + 1; 0: none */
	uint64_t cleared;	/* entries of page tables without a frame */
};

/* machine_open(mc, m, s, f): of a PV guest.  0, or -1 with EXIT_SYSTEM. */
int machine_open(struct machine *mc, struct memory *m, const struct state *s,
    struct fault *f);
void machine_close(struct machine *mc);

/* machine_frame(mc, pfn, mfn, f): 1, 0 for a pfn that had none, or -1 as
 * stored_page. */
int machine_frame(struct machine *mc, uint64_t pfn, uint64_t *mfn,
    struct fault *f);

/*
 * machine_page(mc, e, bytes, f): a page as it was: of a page table an entry
 * without a frame is cleared.  The pfns in start info are the guest's own: it
 * puts them there before it is suspended.  0, or -1 as machine_frame.
 */
int machine_page(struct machine *mc, const struct stored_entry *e,
    uint8_t bytes[PAGE_SIZE], struct fault *f);

/*
 * machine_context(mc, vcpu, context, f): its context as it was; one of 32 bits
 * has zeroes behind it.  0, or -1 as machine_frame, or with EXIT_REFUSED: what
 * it points to has no frame.
 */
int machine_context(struct machine *mc, const struct state_vcpu *vcpu,
    uint8_t context[VCPU_CONTEXT_SIZE_64], struct fault *f);

#endif
