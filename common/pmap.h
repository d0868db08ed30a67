/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pmap.h - equal workers that keep order; knows no format.
 *
 *     n workers, each:  [turn to read]   read    (in order)
 *                                        work    (in parallel)
 *                       [turn to join]   join    (in order)
 *                                        finish  (in parallel)
 *                       [turn to write]  write   (in order)
 *
 * What a worker read it also works on and writes: nothing changes hands.
 * Items are written in the order in which they were read, whatever the
 * number of threads.
 */
#ifndef PMAP_H
#define PMAP_H

#include "fault.h"

#define THREADS_MAX 256u

struct pmap {
	unsigned threads;	/* 1 to THREADS_MAX; 1: all on the caller's */
	void   **worker;	/* one per thread: its item and its state */
	void    *ctx;		/* handed to read and write */

	/*
	 * Reads the next item into the worker.  In order, one at a time.
	 * 1 for an item, 0 at the end, -1 with *f set.
	 */
	int (*read)(void *ctx, void *worker, struct fault *f);

	/* Uses only the worker.  0, or -1 with *f set. */
	int (*work)(void *worker, struct fault *f);

	/* In order, one at a time; NULL: neither it nor finish is needed.
	   0, or -1 with *f set. */
	int (*join)(void *worker, struct fault *f);

	/* As work, once the item and those before it were joined. */
	int (*finish)(void *worker, struct fault *f);

	/* In order, one at a time.  0, or -1 with *f set. */
	int (*write)(void *ctx, void *worker, struct fault *f);
};

/*
 * pmap_run(m, f): runs until read returns 0.
 * 0, or -1 with *f set to the fault of the EARLIEST item that had one: every
 * item before it was written, it and all behind it were not.  EXIT_SYSTEM
 * also when no thread could be had.
 * After -1 the process has to exit soon: a worker that is blocked in read is
 * left behind, with m and the workers.
 */
int pmap_run(const struct pmap *m, struct fault *f);

#endif
