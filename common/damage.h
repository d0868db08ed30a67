/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * damage.h - for rec-checksum: what a salvage came to, for people and, in
 * JSON, for scripts.
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include <stdbool.h>

#include <json-c/json.h>

#include "salvage.h"

struct damage {
	const char *tool;	/* in front of each line */
	bool json;		/* a report in JSON, and no lines */
	json_object *lost;	/* starts NULL */
};

/* damage_tell(d, loss): a listener of salvage.h, with a struct damage. */
void damage_tell(void *damage, const struct loss *loss);

/*
 * damage_end(d, s): on stderr, what it came to: with JSON all of it, else a
 * line when something is damaged.  Of what was written (not for out -1) it
 * says whether a guest could be made of it.
 */
void damage_end(struct damage *d, const struct salvage *s);

#endif
