/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-absorb.h - what the files of xc-absorb share: xc-absorb-options.c has the
 * command line, xc-absorb.c what is done with it.
 */
#ifndef XC_ABSORB_H
#define XC_ABSORB_H

#include <stdbool.h>
#include <stdint.h>

#include "absorb.h"
#include "config.h"
#include "keyring.h"
#include "opts.h"

enum action { ABSORB, STANDBY, TEST, IMAGE, OFFER, GO, STATE, REFUSE };

struct options {
	enum action action;
	uint8_t move[MOVE_SIZE];	/* STATE, REFUSE */
	const char *path;		/* IMAGE */
	bool replace;
	bool json;		/* TEST */
	bool domain_only;	/* an option was given that needs a domain */
	struct absorb absorb;
	struct keyring keys;
	struct opts common;
};

/* What messages begin with. */
extern const char name[];

/*
 * options_read(o, argc, argv): *o, which is all 0 before, as the command line
 * has it; keys are not loaded yet.  sodium_init has run.  Exits 2 when it makes
 * no sense, 0 when all that was asked for is help or the version.
 */
void options_read(struct options *o, int argc, char *argv[]);

#endif
