/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registers.h - a vcpu's registers, from any of the three forms that a stream
 * has for them.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#include "format_core.h"
#include "state.h"

/* As the processor numbers them. */
enum {
	RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13,
	R14, R15, GENERAL
};
enum {
	SEGMENT_CS, SEGMENT_DS, SEGMENT_ES, SEGMENT_FS, SEGMENT_GS, SEGMENT_SS,
	SEGMENT_LDT, SEGMENT_TR, SEGMENT_GDT, SEGMENT_IDT, SEGMENTS
};

struct segment {
	uint32_t selector, limit;
	uint32_t flags;		/* as a descriptor's second word has them */
	uint64_t base;
};

struct registers {
	uint64_t general[GENERAL], rip, rflags;
	uint64_t cr[5];		/* cr3 and cr1 of PV guests: pfns as addresses */
	uint64_t efer;
	struct segment segment[SEGMENTS];
	uint64_t kernel_gs;	/* that swapgs brings */
	unsigned levels;	/* of page tables; 0: no paging */
};

/*
 * registers_read(r, s, vcpu): those of one of s's vcpus.  What the stream does
 * not have of a PV guest is 0: limits, flags, and where its tables lie.
 */
void registers_read(struct registers *r, const struct state *s,
    const struct state_vcpu *vcpu);

/*
 * registers_context(r, context): makes them a struct vcpu_guest_context of 64
 * bits, as Xen has it of an HVM guest, but for what is not in *r.
 */
void registers_context(const struct registers *r,
    uint8_t context[VCPU_CONTEXT_SIZE_64]);

#endif
