/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.h - this machine's files, in the order of their names, page by page.
 */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <fts.h>

struct files {
	char    **roots;	/* of the trees, up to NULL */
	bool    (*fits)(const uint8_t *page);	/* by a file's first page */
	FTS      *walk;
	int       fd;		/* -1: no file is open */
	unsigned  left;		/* pages to take from it */
};

/* For fits: an ELF file; ASCII alone. */
bool files_program(const uint8_t *page);
bool files_text(const uint8_t *page);

void files_open(struct files *f, char **roots,
    bool (*fits)(const uint8_t *page));
void files_close(struct files *f);

/* files_page(f, out): the next page, a file's last one filled with zeroes;
 * after the last file from the first one again.  0, or -1 with errno: ENOENT
 * when no file fits. */
int files_page(struct files *f, uint8_t *out);

#endif
