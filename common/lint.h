/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint.h - whether Xen's restorer would take a plain stream, as far as the
 * stream alone tells: sizes, order, types, and what refers to what.
 *
 * Each rule has a name and a level.  xc-absorb stops at the first error;
 * rec-ls tells of all, and of warnings.
 *
 * Source: libxc-migration-stream.pandoc and libxl-migration-stream.pandoc,
 * and what tools/libs/guest/xg_sr_restore*.c and tools/libs/light/
 * libxl_stream_read.c in xen.git reject.
 */
#ifndef LINT_H
#define LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "record.h"

#define LINT_MAX_PFN_DEFAULT	(UINT64_C(1) << 32)	/* for PV guests less */
#define LINT_VCPUS_MAX		8192u	/* Xen's MAX_VIRT_CPUS */

enum lint_level {
	LINT_WARNING,		/* restored, but worth a look */
	LINT_ERROR		/* a restore of it must fail */
};

#define LINT_RULE(word, name, level, text) word,
enum lint_rule {
#include "lint_rules.h"
	LINT_RULES
};
#undef LINT_RULE

struct lint {
	/* Set by the caller. */
	uint64_t max_pfn;	/* higher ones are refused; 0: a default that
				   fits the guest, as GUEST_CONFIG has it */
	uint64_t vcpus;		/* vcpu ids are below it */
	bool     checkpoints;	/* a checkpointed stream will do */
	/*
	 * Called for each finding, warnings too; then lint goes on, with the
	 * next record after an error.  NULL: the first error is returned.
	 */
	void   (*found)(void *state, enum lint_rule rule,
	    const struct fault *f);
	void    *state;

	/* lint's own. */
	unsigned guests;	/* GUEST_PV or GUEST_HVM; 0 before the headers */
	uint32_t version;	/* of the image */
	unsigned width;		/* PV: bytes of a guest's word, 4 or 8 */
	uint64_t p2m_end;	/* PV: the last pfn of its P2M */
	uint64_t seen;		/* bit n: a record of type n came */
	bool     checkpointed;	/* a CHECKPOINT came */
	bool     blind;		/* PV: pages came before their P2M */
	bool     emulated;	/* a device model's record came */
	bool     ended;		/* bytes behind END were told of */
	uint64_t last_pfn;	/* HVM: of the PAGE_DATA record before */
	unsigned rounds;	/* HVM: how often they began again; 2: often */
	struct lint_pv *pv;	/* NULL until it is needed */
	bool     xl, json;	/* the envelope is xl's; its data are JSON, */
	uint32_t data;		/* and so many bytes */
};

/*
 * lint_piece(l, rec, f): the next piece of a plain stream, in order; records
 * of the image whole.  What is in a libxl record, or in xl's header, is looked
 * at when it comes in one piece.  Starts from a struct lint with the caller's
 * members set and all else zero.
 * 0, or -1: without l->found with EXIT_MALFORMED for an error, or
 * EXIT_REFUSED for what is valid but cannot be restored here: a checkpointed
 * stream, a pfn over max_pfn, a mandatory type that is not known, a vcpu that
 * the domain has not; in any case EXIT_SYSTEM, and EXIT_REFUSED as pfns_put.
 */
int lint_piece(struct lint *l, const struct record *rec, struct fault *f);

/*
 * lint_configure(l, c): what GUEST_CONFIG says of the guest: l->vcpus, and
 * l->max_pfn if it is 0.  lint_piece does so for one that is in the stream.
 */
void lint_configure(struct lint *l, const struct config *c);

/* lint_free(l): frees what lint_piece took. */
void lint_free(struct lint *l);

/* The name of a rule, its level, and what it asks for, in words. */
const char *lint_name(enum lint_rule rule);
enum lint_level lint_level(enum lint_rule rule);
const char *lint_text(enum lint_rule rule);

#endif
