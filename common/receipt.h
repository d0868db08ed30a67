/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt.h - the lines of JSON that settle a move (xenrec.5).
 *
 *     destination: receipt -> source: grant -> destination: receipt
 */
#ifndef RECEIPT_H
#define RECEIPT_H

#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "tally.h"

enum receipt_result {
	RECEIPT_RUNNING,	/* a whole copy runs */
	RECEIPT_PAUSED,		/* a whole copy is paused */
	RECEIPT_FAILED,		/* no copy is here, and none will come */
	RECEIPT_ABSORBING,	/* --state: a copy is being made */
	RECEIPT_BROKEN,		/* --state: half a copy was left */
	RECEIPT_GONE,		/* --state: a whole copy was here */
	RECEIPT_UNKNOWN		/* --state: none is here, one may come */
};

struct receipt {
	uint8_t  move[MOVE_SIZE];
	enum receipt_result result;

	/* Of a whole copy. */
	uint64_t domid;
	uint8_t  uuid[UUID_SIZE];
	char     name[CONFIG_NAME_SIZE];
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
};

/* A grant: the source will never run again. */
struct grant {
	uint8_t  move[MOVE_SIZE];
	uint8_t  digest[TALLY_DIGEST_SIZE];
};

/*
 * receipt_text(r): the line without its newline; of a copy that is not whole
 * the first two members.  The caller frees it; NULL without memory.
 */
char *receipt_text(const struct receipt *r);

/*
 * receipt_parse(text, size, r, f): the inverse, for foreign bytes.
 * -1 with EXIT_REFUSED when they are no receipt, or EXIT_SYSTEM.
 */
int receipt_parse(const char *text, size_t size, struct receipt *r,
    struct fault *f);

/*
 * receipt_print(r, f), grant_print(g, f): the line on stdout, in one write;
 * stdout is closed.  0, or -1 with EXIT_SYSTEM; part of it may have been written.
 */
int receipt_print(const struct receipt *r, struct fault *f);
int grant_print(const struct grant *g, struct fault *f);

/*
 * line_print(text, f): the same of any text, which it frees; NULL: no memory.
 */
int line_print(char *text, struct fault *f);

/*
 * receipt_read(r, f), grant_read(g, f): all of stdin, which has to be one
 * whole line.  -1 with EXIT_REFUSED when it is empty, cut, more than one line
 * or something else; or EXIT_SYSTEM.
 */
int receipt_read(struct receipt *r, struct fault *f);
int grant_read(struct grant *g, struct fault *f);

#endif
