/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * salvage_work.h - what salvage.c and salvage_start.c share.
 */
#ifndef SALVAGE_WORK_H
#define SALVAGE_WORK_H

#include "check.h"
#include "io.h"
#include "mark.h"
#include "salvage.h"

struct work {
	struct salvage *s;
	struct marks marks;
	struct sink out;
	bool     nested;	/* the image stands in another stream */
	uint64_t next;		/* number of the record that comes next */
	struct digester all;
	bool     blake2b;
};

/* salvage_tell(w, loss): the listener's, and what it means for a restore. */
void salvage_tell(struct work *w, struct loss *loss);

/* salvage_is_pv(type): whether only PV guests have such records. */
bool salvage_is_pv(uint32_t type);

/*
 * salvage_start(w, f): learns whose CHECKs to look for, and writes what stands
 * before the records, or what can be made of it.  0, or -1 as salvage_run.
 */
int salvage_start(struct work *w, struct fault *f);

#endif
