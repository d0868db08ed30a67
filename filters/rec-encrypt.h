/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-encrypt.h - what the files of rec-encrypt share: rec-encrypt-options.c
 * has the command line, rec-encrypt.c what is done with it.
 */
#ifndef REC_ENCRYPT_H
#define REC_ENCRYPT_H

#include <stdbool.h>
#include <stdint.h>

#include "age.h"
#include "keyring.h"
#include "opts.h"

enum action { SEAL, OPEN, TEST, LIST, KEYGEN };

struct options {
	enum action action;
	bool phrase, pad, json;
	bool sealing_only;	/* an option was given that says how to seal */
	const char *output;
	unsigned cipher;	/* 0: the fastest */
	uint32_t chunk;
	struct age_recipients to;
	struct keyring keys;
	struct opts common;
};

/* What messages begin with. */
extern const char name[];

/*
 * options_read(o, argc, argv): *o, which is all 0 before, as the command line
 * has it.  Exits 2 when it makes no sense, 0 when all that was asked for is
 * help or the version.
 */
void options_read(struct options *o, int argc, char *argv[]);

#endif
