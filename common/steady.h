/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * steady.h - a file that is read once, and must not change meanwhile.
 */
#ifndef STEADY_H
#define STEADY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fault.h"
#include "io.h"

struct steady {
	int      fd;
	const char *name;	/* as it was given */
	uint64_t size;		/* bytes */
	uint64_t offset;	/* bytes read so far */
	struct stat was;
};

/*
 * steady_open(s, dir, name, f): the regular file of that name in the directory
 * that the descriptor is of; name lives as long as *s.
 * 0, or -1 with EXIT_MALFORMED (there is none), EXIT_REFUSED (it is no regular
 * file) or EXIT_SYSTEM.
 */
int steady_open(struct steady *s, int dir, const char *name,
    struct fault *f);

/*
 * steady_read(s, buf, size, f): the next size bytes.  -1 with EXIT_SYSTEM:
 * also where they are not there, but were when it was opened.
 */
int steady_read(struct steady *s, void *buf, size_t size, struct fault *f);

/* steady_copy(s, size, out, f): writes them to out.  -1 with EXIT_SYSTEM. */
int steady_copy(struct steady *s, uint64_t size, struct sink *out,
    struct fault *f);

/*
 * steady_check(s, f): that it is what it was when it was opened.
 * 0, or -1 with EXIT_SYSTEM.
 */
int steady_check(const struct steady *s, struct fault *f);

void steady_close(struct steady *s);

#endif
