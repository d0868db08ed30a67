/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit.h - what the files of xc-emit share: xc-emit-options.c has the
 * command line, xc-emit-check.c what of it goes together, xc-emit.c what is
 * done with it.
 */
#ifndef XC_EMIT_H
#define XC_EMIT_H

#include <stdbool.h>

#include "emit.h"
#include "errand.h"
#include "offer.h"
#include "opts.h"

struct options {
	enum errand action;
	struct emit emit;
	bool live_only;		/* an option was given that needs --live */
	bool emit_only;		/* or a domain's stream */
	bool pace_only;		/* or that needs --checkpoint */
	const char *image_path;	/* IMAGE */
	const char *out_path;	/* NULL: stdout */
	bool replace;
	const char *offer_path;	/* NULL: none */
	struct offer offer;
	struct opts common;
};

/* What messages begin with. */
extern const char name[];

/*
 * options_read(o, argc, argv): *o, which is all 0 before, as the command line
 * has it; the domain is in o->emit.  Exits 2 when it makes no sense, 0 when
 * all that was asked for is help or the version.
 */
void options_read(struct options *o, int argc, char *argv[]);

/* options_check(o, operands): refuses what makes no sense together, or with so
 * many operands: exits 2. */
void options_check(const struct options *o, int operands);

#endif
