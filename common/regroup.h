/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * regroup.h - the pages of a stream in the order and the batches in which
 * Xen 4.21 and later make pages of 2 MiB of them again.
 *
 *     pfn  0 .. 1023 | 1024 .. 2047 | ...
 *
 * Its restorer looks for the 512 pfns of such a page in one PAGE_DATA, one
 * behind the other up to a pfn that ends with 511, none of them there before
 * (populate_pfns in tools/libs/guest/xg_sr_restore.c of xen.git).  Each record
 * has the pfns of 1024 in a row that the stream has at all, as Xen's own
 * sender batches them, so that none of the 512 are torn apart.
 */
#ifndef REGROUP_H
#define REGROUP_H

#include "fault.h"
#include "latest.h"
#include "record.h"

#define REGROUP_BATCH	1024u	/* pfns; Xen's MAX_BATCH_SIZE */

/* Takes a record; as struct squash's take. */
typedef int regroup_take(void *taker, struct record *rec, struct fault *f);

/*
 * regroup_run(l, fd, start, first, take, taker, f): hands all entries of *l,
 * ascending by pfn, to take.  Their pages are read from the file fd, in which
 * the stream starts at byte `start`.  The records say that they stand where
 * *first did.  Memory: 4 MiB.
 * 0, or -1 as io_read_at and take, or with EXIT_SYSTEM.
 */
int regroup_run(struct latest *l, int fd, uint64_t start,
    const struct record *first, regroup_take *take, void *taker,
    struct fault *f);

#endif
