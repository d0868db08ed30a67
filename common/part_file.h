/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * part_file.h - one part of a set, being read.
 */
#ifndef PART_FILE_H
#define PART_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "parts.h"
#include "record.h"
#include "stream.h"

struct part_file {
	const char *path;	/* NULL: stdin, with parts one after the other */
	struct part_header header;
	bool     is_file;	/* it can be opened again */
	bool     is_open, ended;	/* ended: its END was read */
	struct stream in;
};

/*
 * part_file_open(p, f): opens p->path, or stdin, and reads *p up to its first chunk.
 * Starts zeroed but for path.  A part that is open stays so.
 * part_file_again(p, f): on stdin, behind the part's END: the next part.  1, 0 at
 * the end of the input, or -1.
 * part_file_next(p, rec, f): the next record: a chunk, or END, once the end of the
 * file was seen behind it.
 * All: 0, or -1 as stream_next and part_header_get, EXIT_REFUSED for what is no
 * part, EXIT_SYSTEM; with the part's name in front.
 */
int part_file_open(struct part_file *p, struct fault *f);
int part_file_again(struct part_file *p, struct fault *f);
int part_file_next(struct part_file *p, struct record *rec, struct fault *f);
void part_file_close(struct part_file *p);

/* part_file_fault(p, f): puts the part's name in front of the text; its number,
 * for one on stdin but the first.  Returns -1. */
int part_file_fault(const struct part_file *p, struct fault *f);

/* part_file_set(path, set): the set that the file is a part of; false for what
 * is no regular file, or no part. */
bool part_file_set(const char *path, uint8_t set[PART_SET_SIZE]);

#endif
