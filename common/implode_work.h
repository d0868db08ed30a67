/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * implode_work.h - what the implode*.c files share, and nobody else uses.
 */
#ifndef IMPLODE_WORK_H
#define IMPLODE_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "exploded.h"
#include "fault.h"
#include "io.h"

struct implode_name {
	char *name;
	struct exploded e;	/* an EXPLODED_BODY or EXPLODED_LIST */
};

/* Names of records in the order of the stream. */
struct implode_names {
	struct implode_name *at;
	size_t count, room;
};

struct implode {
	int      dir;
	bool     envelope, libxl, image;	/* which headers are there */
	struct implode_names records, libxl_records;
	bool     check;		/* write nothing, and read no more than to see
				   whether it could be written */
	struct sink out;
};

/*
 * implode_names_read(im, path, f): opens the directory and reads what is in
 * it, into *im, which was zeroed.  0, or -1 with EXIT_REFUSED (a file that
 * does not belong there, too many), EXIT_MALFORMED (pages without a list) or
 * EXIT_SYSTEM.
 */
int implode_names_read(struct implode *im, const char *path,
    struct fault *f);
void implode_names_free(struct implode *im);

/*
 * The pieces of the stream, each from the file of that name: 0, or -1 as
 * implode_run.
 */
int implode_envelope(struct implode *im, struct fault *f);
int implode_libxl(struct implode *im, struct fault *f);
int implode_image(struct implode *im, struct fault *f);
int implode_record(struct implode *im, const struct implode_name *n,
    struct fault *f);
int implode_pages(struct implode *im, const struct implode_name *n,
    struct fault *f);

#endif
