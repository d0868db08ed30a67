/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spill.h - what comes through a pipe, kept so that it can be read again.
 *
 * The file has no name, so that nothing of the guest is left whatever ends the
 * process.
 */
#ifndef SPILL_H
#define SPILL_H

#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"

struct spill {
	struct sink out;	/* of it the offset, and fd, to read from */
	uint64_t max;		/* bytes that may be kept */
};

/* spill_directory(): where files without a name go: TMPDIR, or /var/tmp. */
const char *spill_directory(void);

/*
 * spill_open(s, max, f): an empty file in the directory that TMPDIR names, or
 * in /var/tmp, for its owner only.  -1 with EXIT_SYSTEM.
 */
int spill_open(struct spill *s, uint64_t max, struct fault *f);

/*
 * spill_keep(s, rec, f): the next piece, as it stands in its stream.
 * -1 with EXIT_REFUSED for more than s->max bytes, or with EXIT_SYSTEM.
 */
int spill_keep(struct spill *s, const struct record *rec, struct fault *f);

/* spill_close(s): the file is gone. */
void spill_close(struct spill *s);

#endif
