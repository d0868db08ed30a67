/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unseal.h - what a sealed container holds (xenrec.5).
 */
#ifndef UNSEAL_H
#define UNSEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "seal.h"

struct unseal {
	int      in, out;	/* descriptors; out -1: write nothing */
	unsigned threads;	/* 1 to THREADS_MAX */
	bool     pass_after_end;
	bool     checked;	/* take a container with check data, too, and
				   verify that */

	/* The stream key of an envelope into key.  0, or -1 with *f set. */
	int (*unwrap)(void *keys, const uint8_t *envelope, size_t size,
	    uint8_t key[SEAL_KEY_SIZE], struct fault *f);
	void *keys;

	/* What came out, also of a container that is cut. */
	uint64_t chunks, payload, checkpoints;	/* payload: bytes */
};

/*
 * unseal_run(u, f): the payload of the container on u->in to u->out, which it
 * closes.  Chunks are opened in parallel; each is written when it was verified,
 * the one that ends the payload when the container's END was read and (but for
 * pass_after_end) the end of the input.
 *
 * 0, or -1 as filter_run, seal_look, seal_unlock, seal_open and unwrap say;
 * EXIT_REFUSED for a stream that is no container; EXIT_INTEGRITY for chunks
 * that are missing or too many, EXIT_MALFORMED for headers, or a payload, that
 * are not as they have to be.  Then the process has to exit soon, and *u to
 * live until it does (pmap.h).
 */
int unseal_run(struct unseal *u, struct fault *f);

#endif
