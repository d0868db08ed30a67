/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * absorb.h - the opener of xc-absorb: a stream from anywhere to a plain,
 * checked image for the restorer.
 */
#ifndef ABSORB_H
#define ABSORB_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "lint.h"
#include "pair.h"
#include "tally.h"

/* What the opener tells the restorer before END. */
struct summary {
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
};

/* What the command line sets in the guest's configuration. */
struct overrides {
	const char *name;	/* NULL: as it was */
	bool     uuid_set;
	uint8_t  uuid[UUID_SIZE];
	uint64_t max_pages;	/* 0: as it was */
	uint64_t vcpus;		/* 0: as they were */
};

struct opener {
	struct pair *pair;	/* NULL: only check the stream */
	const struct overrides *overrides;
	struct lint  lint;	/* max_pfn is the caller's; 0: a default */
	struct tally tally;
	struct config config;
	bool  configured;	/* GUEST_CONFIG came */
	bool  started;		/* the first record came */
	bool  compressed;	/* the stream's outermost layer */
	struct summary summary;	/* when all went well */
};

/*
 * opener_run(o, in, threads, f): reads the stream on `in` to its end, opens
 * its layers, lints it, sends the guest's configuration and the plain image
 * to the restorer; END last of all, when everything was seen and checked.
 * 0, or -1 with *f set as filter_run, lint_piece, config_get say, and
 * EXIT_REFUSED for a stream without configuration, of another kind than a
 * bare image, or with a layer that is not opened here.
 */
int opener_run(struct opener *o, int in, unsigned threads, struct fault *f);

#endif
