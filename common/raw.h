/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw.h - a guest's memory and nothing else: the page of pfn n at byte 4096 n.
 */
#ifndef RAW_H
#define RAW_H

#include "convert.h"

/*
 * raw_write(c, m, out, f): a form's write_memory (convert.h).  What is not
 * there is a hole, or zeroes; the file ends behind the last page.  -1 as
 * memory_run.h and sparse.h.
 */
int raw_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f);

/*
 * raw_read(c, out, f): a form's read.  All of it is memory, and zeroes too
 * unless c->absent_zeroes.  -1 with EXIT_SYSTEM, or EXIT_MALFORMED when it is
 * empty or ends within a page; where pages end it cannot be told to be cut.
 */
int raw_read(const struct convert *c, int out, struct fault *f);

#endif
