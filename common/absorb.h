/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * absorb.h - the processes of xc-absorb: the opener makes a plain, checked
 * image of a stream from anywhere, the restorer a domain of that.
 */
#ifndef ABSORB_H
#define ABSORB_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "keyring.h"
#include "layers.h"
#include "lint.h"
#include "pair.h"
#include "tally.h"
#include "xl_file.h"

/* What the opener tells the restorer before END. */
struct summary {
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
};

/* summary_trust(s, f): it comes from a process that may have written anything.
 * 0, or -1 with EXIT_SYSTEM: no stream has so many. */
int summary_trust(const struct summary *s, struct fault *f);

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
	bool no_xl;		/* refuse streams of libxl's */
	/*
	 * Instead of a restorer takes each piece of the plain stream, in
	 * order, records whole; streams of libxl's are taken too then, and
	 * GUEST_CONFIG stays in the stream, or is missing.  NULL: none.
	 */
	int (*keep)(void *keeper, const struct record *rec, struct fault *f);
	void *keeper;
	struct keyring *keys;	/* the stream is sealed, and these, loaded,
				   open it; or NULL */
	const struct overrides *overrides;
	const char *config_file;	/* a configuration for xl, in the place
					   of a save file's; or NULL */
	bool     standby;	/* a checkpointed stream */
	struct lint  lint;	/* max_pfn is the caller's; 0: a default */
	struct tally tally;
	struct config config;
	bool  configured;	/* it is known what the domain is to be */
	uint64_t checkpoints;	/* that came */
	bool  stays;		/* GUEST_STAYS came */
	bool  nested;		/* the image is in a stream of libxl's */
	struct xl_file xl;	/* then */
	struct layers layers;
	struct summary summary;	/* when all went well */
	uint64_t bytes;		/* of the plain stream, GUEST_CONFIG too */
};

/*
 * opener_run(o, in, threads, f): reads the stream on `in` to its end, opens
 * its layers, lints it, sends the guest's configuration and the plain image
 * to the restorer; END last of all, when everything was seen and checked.  A
 * stream of libxl's goes to it as a save file of xl's, with the guest's name
 * and uuid in its configuration.
 * With keys, these are wiped.  Before it looks at the stream the process gives
 * up what it can do but for its descriptors (unprivileged.h, sandbox.h).
 * With standby each checkpoint is announced to the restorer before it; neither
 * GUEST_STAYS nor an END behind it goes there.
 * 0, or -1 with *f set as filter_run, lint_piece, config_get, xl_file.h say,
 * and EXIT_REFUSED for a stream without configuration, of a kind without
 * images, or with a layer that is not opened here; then the process has to exit
 * soon, and *o to live until it does (filter.h).
 */
int opener_run(struct opener *o, int in, unsigned threads, struct fault *f);

struct absorb {
	const char *tool;
	bool pause, unpause;	/* -p; --unpause */
	bool force;		/* though it failed or was refused before */
	bool standby;
	bool no_xl;		/* as in struct opener */
	bool takeover;		/* with standby: run the copy in any case, or */
	const char *fence;	/* if this command succeeds; NULL: do not */
	bool quiet, verbose;
	unsigned threads;
	unsigned silence;	/* seconds without a byte; 0: any */
	uint64_t max_pfn;	/* 0: a default */
	uint32_t memory;	/* as in struct layers */
	struct keyring *keys;	/* as in struct opener */
	const char *config_file;	/* as in struct opener */
	struct overrides overrides;
};

/*
 * restorer_run(p, a): the child, the only one with handles to Xen: makes the
 * domain from the pair's stream, and prints its receipt on stdout.
 * opener_main(p, a): the parent: opener_run on stdin, in another child; cleans
 * up after a restorer that was killed.  With standby they follow the guest
 * until the stream ends, and then let its copy run, hold it or remove it; the
 * status is EXIT_MALFORMED when it is held.  A move that failed has its receipt
 * too, once nothing of it is left.  Both print what there is to tell, and
 * return the exit status.
 */
int restorer_run(struct pair *p, const struct absorb *a);
int opener_main(struct pair *p, const struct absorb *a);

/*
 * restorer_killed(p, a): the parent, of a restorer that a signal has killed:
 * says so, and cleans up.  Returns the exit status.
 */
int restorer_killed(struct pair *p, const struct absorb *a);

#endif
