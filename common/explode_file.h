/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explode_file.h - the files that explode.c and explode_pages.c make, for them
 * alone.
 */
#ifndef EXPLODE_FILE_H
#define EXPLODE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "exploded.h"
#include "fault.h"
#include "folder.h"
#include "io.h"
#include "record.h"

/* Where the files go, and how many there are. */
struct explode_files {
	struct folder folder;
	uint32_t count;
};

/* A file that is being written; one that is zeroed is not. */
struct explode_file {
	bool open;
	char name[EXPLODED_NAME_SIZE];
	struct sink sink;
};

/*
 * explode_file_open(x, name, file, f), explode_file_put(file, bytes, size, f),
 * explode_file_close(file, f): begin it, add to it, and end it, if it is open.
 * explode_file_whole: all at once.
 * 0, or -1 with EXIT_SYSTEM; to open one may be refused with EXIT_REFUSED,
 * when there are too many.
 */
int explode_file_open(struct explode_files *x, const char *name,
    struct explode_file *file, struct fault *f);
int explode_file_put(struct explode_file *file, const uint8_t *bytes,
    size_t size, struct fault *f);
int explode_file_close(struct explode_file *file, struct fault *f);
int explode_file_whole(struct explode_files *x, const char *name,
    const uint8_t *bytes, size_t size, struct fault *f);

/* PAGE_DATA records that follow each other; zeroed when there are none. */
struct explode_pages {
	struct explode_file raw;
	struct explode_file text;
	FILE    *list;		/* that writes to text */
	bool     first;		/* none of them was written yet */
};

/*
 * explode_pages_add(p, x, rec, f): adds a PAGE_DATA record, and begins a run
 * of them if there is none.  1, or 0 when it is to be kept as it is: it does
 * not parse, or has more runs than a list takes; or -1 as explode_file_open.
 */
int explode_pages_add(struct explode_pages *p, struct explode_files *x,
    const struct record *rec, struct fault *f);

/* explode_pages_end(p, f): the run is over, if there is one.
 * 0, or -1 with EXIT_SYSTEM. */
int explode_pages_end(struct explode_pages *p, struct fault *f);

#endif
