/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint.h - whether Xen's restorer would take a plain image: sizes, order and
 * types, as far as the stream alone tells.
 *
 * Source: libxc-migration-stream.pandoc, and what tools/libs/guest/
 * xg_sr_restore*.c in xen.git reject.
 */
#ifndef LINT_H
#define LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

#define LINT_MAX_PFN_DEFAULT	(UINT64_C(1) << 32)

struct lint {
	uint64_t max_pfn;	/* higher ones are refused; set by the caller */
	uint64_t vcpus;		/* vcpu ids are below it; set by the caller */
	unsigned guests;	/* GUEST_PV or GUEST_HVM; 0 before the headers */
	uint32_t version;	/* of the image */
	unsigned width;		/* PV: bytes of a guest's word, 4 or 8 */
	uint64_t p2m_end;	/* PV: the last pfn of its P2M */
	uint64_t seen;		/* bit n: a record of type n came */
	bool     vcpu0;		/* PV: X86_PV_VCPU_BASIC of vcpu 0 came */
};

/*
 * lint_piece(l, rec, f): the next piece of an image, in order; records
 * whole.  Starts from a struct lint with max_pfn and vcpus set and all else
 * zero.  Optional records are let pass.
 * 0, or -1 with EXIT_MALFORMED, or EXIT_REFUSED for what is valid but cannot
 * be restored here: a checkpointed stream, a pfn over max_pfn, a mandatory
 * type that is not known, a layer.
 */
int lint_piece(struct lint *l, const struct record *rec, struct fault *f);

#endif
