/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-checksum.h - what the files of rec-checksum share: rec-checksum-options.c
 * has the command line, rec-checksum.c what is done with it.
 */
#ifndef REC_CHECKSUM_H
#define REC_CHECKSUM_H

#include <stdbool.h>

#include "minisign.h"
#include "opts.h"
#include "pmap.h"
#include "protect.h"
#include "verify_codec.h"

struct options {
	bool undo, test, salvage, json;
	bool packing_only, filter_only, id_given;
	const char *sign, *phrase_file, *verify;
	struct opts common;
};

/* Both directions; which one is meant turns out when all options are read. */
struct job {
	struct protection add;
	struct verifiers check;
	struct protector adder[THREADS_MAX];
	struct verifier checker[THREADS_MAX];
	void *worker[THREADS_MAX];
	struct minisign_secret secret;
	struct minisign_public public;
};

/* What messages begin with. */
extern const char name[];

/* goes_on(o): whether to look at all of a damaged stream. */
bool goes_on(const struct options *o);

/*
 * options_read(o, job, argc, argv): *o and *job, which are all 0 before, as the
 * command line has them.  Exits 2 when it makes no sense, 0 when all that was
 * asked for is help or the version.
 */
void options_read(struct options *o, struct job *job, int argc,
    char *argv[]);

#endif
