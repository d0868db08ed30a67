/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-split.h - what the files of rec-split share.  rec-split.c has the
 * command line; each other file what some of its options do.
 */
#ifndef REC_SPLIT_H
#define REC_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "branch.h"
#include "collect.h"
#include "fault.h"
#include "format.h"
#include "join.h"
#include "lanes.h"
#include "opts.h"
#include "split.h"

/* The options that have no letter. */
enum {
	OPT_FILTER = 256, OPT_SALVAGE, OPT_EXPLODE, OPT_IMPLODE, OPT_TEE,
	OPT_STRICT, OPT_LANE, OPT_SPOOL, OPT_RECONNECT, OPT_COLLECT,
	OPT_LANES, OPT_WINDOW, OPT_TIMEOUT, OPT_FEED
};

struct options;

/* What one run of rec-split does; one option asks for it. */
struct action {
	/* Exits 2 for operands that it does not take. */
	void (*operands)(int count, char *const *operand);
	/* Does it: 0, or -1 with *f filled. */
	int  (*run)(struct options *o, int count, char *const *operand,
	    struct fault *f);
};

/* The options of one file. */
struct family {
	/* Takes the option that getopt_long returned as c; false when it is
	 * none of these.  Exits 2 for a wrong argument. */
	bool (*take)(struct options *o, int c);
	/* Exits 2 when one was given that does not go with the action. */
	void (*check)(const struct options *o);
};

extern const struct family split_family, join_family, explode_family,
    tee_family, lane_family, collect_family;

struct options {
	const struct action *action;	/* NULL: not known yet */
	const char *dir;	/* to explode or implode; or the socket */
	struct split split;
	struct join join;
	struct branch branch;
	struct lanes lanes;
	struct collect collect;
	struct opts common;
};

/* What messages begin with. */
extern const char name[];

/* choose(o, action): this is what is to be done; exits 2 when something is
 * already. */
void choose(struct options *o, const struct action *action);

/* no_operands(count, operand): for actions that take none. */
void no_operands(int count, char *const *operand);

/* take_command(option): optarg as a command; exits 2 for an empty one. */
const char *take_command(const char *option);

/* take_seconds(option): optarg as seconds, 1 to a day; exits 2 otherwise. */
unsigned take_seconds(const char *option);

/* take_kept(option): optarg as bytes that lanes may keep; exits 2 otherwise. */
uint64_t take_kept(const char *option);
#define KEPT_DEFAULT	(UINT64_C(64) << 20)

/* tell_lane(f): says why a lane ended. */
void tell_lane(const struct fault *f);

/* say_set(o, payload, chunks, parts, set): with -v, what a set of parts is;
 * payload in bytes. */
void say_set(const struct options *o, uint64_t payload, uint64_t chunks,
    uint32_t parts, const uint8_t set[PART_SET_SIZE]);

#endif
