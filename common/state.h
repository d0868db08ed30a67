/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * state.h - what a guest is besides its pages: its kind, its processors, and
 * where its P2M lies.
 */
#ifndef STATE_H
#define STATE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "memory.h"
#include "pfns.h"

#define STATE_VCPUS_MAX	8192u	/* Xen's own limit for PV guests */

struct state_vcpu {
	uint32_t id;
	size_t   size;
	uint8_t *bytes;		/* PV: struct vcpu_guest_context; otherwise
				   struct hvm_hw_cpu */
};

struct state {
	uint32_t type;		/* DOMAIN_PV or DOMAIN_HVM */
	uint32_t xen_major, xen_minor;
	unsigned width, levels;	/* PV: bytes of a word, of page tables */
	struct state_vcpu *vcpu;
	size_t   vcpus;		/* by id, ascending */
	uint8_t *shared_info;	/* PAGE_SIZE, or NULL */
	struct pfns *p2m;	/* PV: of the list's n-th frame the pfn + 1 */
};

/*
 * state_read(s, m, f): all that the records around the pages say.
 * 0, or -1 as memory_records, or with EXIT_MALFORMED: a record that no guest
 * has; EXIT_REFUSED: too many vcpus, or neither PV nor HVM.
 */
int state_read(struct state *s, struct memory *m, struct fault *f);
void state_free(struct state *s);

#endif
