/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image.h - a vector's image in memory, to be changed and linted.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdlib.h>
#include <string.h>

#include "lint.h"
#include "stream.h"
#include "tap.h"
#include "vector.h"

#define PIECES_MAX 40

/* All pieces of the vector that was loaded last. */
static struct record image[PIECES_MAX + 1];
static size_t pieces;

static inline void
load(const char *name)
{
	struct stream s;
	struct fault f;
	int fd = vector_open(name);

	for (pieces = 0; pieces < PIECES_MAX; pieces++)
		record_free(&image[pieces]);
	if (stream_open(&s, fd, &f) == -1)
		exit(1);
	s.whole = true;
	pieces = 0;
	while (stream_next(&s, &image[pieces], &f) == 1)
		pieces++;
	stream_close(&s);
	close(fd);
}

/* The nth record of a type, from 0. */
static inline struct record *
nth(uint32_t type, unsigned n)
{
	size_t i;

	for (i = 1; i < pieces; i++)
		if (image[i].type == type && n-- == 0)
			return &image[i];
	fprintf(stderr, "no such record\n");
	exit(1);
}

/* What lint says of the image, for a domain of 2 vcpus. */
static inline int
lint(struct fault *f)
{
	struct lint l = { .max_pfn = LINT_MAX_PFN_DEFAULT, .vcpus = 2 };
	int result = 0;
	size_t i;

	for (i = 0; i < pieces && result == 0; i++)
		result = lint_piece(&l, &image[i], f);
	lint_free(&l);
	return result;
}

/*
 * broken(status, text): one test, whether lint refuses the image as it is now
 * with this status, and with this text behind the name of a record.
 */
static inline void
broken(int status, const char *text)
{
	struct fault f = { 0 };
	int result = lint(&f);
	const char *said = strstr(f.text, ": ");

	ok(result == -1 && f.status == status && said != NULL &&
	    strcmp(said + 2, text) == 0, "%s", text);
	if (result != -1 || said == NULL || strcmp(said + 2, text) != 0)
		printf("# %d %d %s\n", result, f.status, f.text);
}

/* Takes a piece out. */
static inline void
drop(struct record *rec)
{
	rec->part = PART_NONE;
}

/* What is longer now is zero there. */
static inline void
set_length(struct record *rec, uint32_t length)
{
	size_t size = record_size(length);
	struct fault f;

	if (record_reserve(rec, size, &f) == -1)
		exit(1);
	if (size > rec->size)
		memset(rec->body + rec->size, 0, size - rec->size);
	rec->length = length;
	rec->size = size;
}

#endif
