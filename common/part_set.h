/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * part_set.h - parts of a set, found to be all of them, and in their order.
 */
#ifndef PART_SET_H
#define PART_SET_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "part_file.h"

struct part_set {
	struct part_file *part;	/* in the order of their numbers */
	uint32_t count;
};

/*
 * part_set_open(s, path, count, f): the parts at these paths, in any order,
 * which live as long as *s; at least one.  What is there twice with the same
 * content counts once.  Parts are open or can be opened again.
 * 0, or -1 as part_file_open, and: EXIT_INTEGRITY for a part of another set, or
 * twice with other content.
 * part_set_complete(s, f): 0, or -1 with EXIT_MALFORMED for parts that are
 * missing, which are named.  That the last is missing may turn out later.
 */
int part_set_open(struct part_set *s, char *const *path, size_t count,
    struct fault *f);
int part_set_complete(const struct part_set *s, struct fault *f);
void part_set_close(struct part_set *s);

#endif
