/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demand.h - whether a guest's state fits a domain of so many vcpus and so
 * much memory, told as its records pass.
 */
#ifndef DEMAND_H
#define DEMAND_H

#include <stdint.h>

#include "fault.h"
#include "pfns.h"
#include "record.h"

/* Starts with the caller's members set and all else zero. */
struct demand {
	uint64_t vcpus;		/* the domain's; 0: any number */
	uint64_t memory_kib;	/* the domain's; 0: any size */

	/* demand's own. */
	uint64_t pages;		/* that took memory so far, */
	struct pfns *there;	/* and which; NULL without a memory_kib */
};

/*
 * demand_take(d, rec, f): the next piece, of an image's records whole ones.
 * What makes no sense is passed over: lint tells of it.
 * 0, or -1 with EXIT_REFUSED (state of a vcpu that the domain has not, more
 * pages than its memory; pfns as pfns_put) or EXIT_SYSTEM.
 */
int demand_take(struct demand *d, const struct record *rec, struct fault *f);

/* demand_free(d): frees what demand_take took. */
void demand_free(struct demand *d);

#endif
