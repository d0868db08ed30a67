/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sparse.h - bytes to a file with holes, or to a pipe with zeroes in their
 * place.
 */
#ifndef SPARSE_H
#define SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"

struct sparse {
	struct sink *out;
	bool     holes;		/* a regular file: it can have some */
	uint64_t skipped;	/* bytes of the hole that comes next */
};

/* sparse_open(s, out): everything to *out, from where that stands. */
void sparse_open(struct sparse *s, struct sink *out);

/*
 * sparse_put(s, bytes, size, f): bytes that are there.  sparse_pages: so many
 * pages; those of zeroes are holes.  sparse_skip: size bytes of zero.
 * sparse_end: after the last: a file has its size.  0, or -1 with EXIT_SYSTEM.
 */
int sparse_put(struct sparse *s, const void *bytes, size_t size,
    struct fault *f);
int sparse_pages(struct sparse *s, const uint8_t *pages, size_t count,
    struct fault *f);
int sparse_skip(struct sparse *s, uint64_t size, struct fault *f);
int sparse_end(struct sparse *s, struct fault *f);

#endif
