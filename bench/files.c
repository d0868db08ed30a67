/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "format.h"

/* So that a few huge files are not all there is. */
#define PAGES_OF_A_FILE	512u

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

bool
files_program(const uint8_t *page)
{
	return memcmp(page, "\177ELF", 4) == 0;
}

bool
files_text(const uint8_t *page)
{
	unsigned i;

	for (i = 0; i < PAGE_SIZE; i++)
		if (page[i] == 0 || page[i] > 0x7e)
			return false;
	return true;
}

void
files_open(struct files *f, char **roots, bool (*fits)(const uint8_t *page))
{
	*f = (struct files){ .roots = roots, .fits = fits, .fd = -1 };
}

void
files_close(struct files *f)
{
	if (f->fd != -1)
		close(f->fd);
	if (f->walk != NULL)
		fts_close(f->walk);
	f->fd = -1;
	f->walk = NULL;
}

/* Opens the next file that fits; at the end of the walk none is open. */
static void
next_file(struct files *f)
{
	uint8_t page[PAGE_SIZE];
	FTSENT *e;

	while ((e = fts_read(f->walk)) != NULL) {
		if (e->fts_info != FTS_F || e->fts_statp->st_size < PAGE_SIZE)
			continue;
		f->fd = open(e->fts_accpath, O_RDONLY | O_CLOEXEC);
		if (f->fd == -1)
			continue;
		f->left = PAGES_OF_A_FILE;
		if (pread(f->fd, page, sizeof page, 0) == PAGE_SIZE &&
		    f->fits(page))
			return;
		close(f->fd);
		f->fd = -1;
	}
	fts_close(f->walk);
	f->walk = NULL;
}

int
files_page(struct files *f, uint8_t *out)
{
	unsigned walks = 0;
	ssize_t n;

	for (;;) {
		if (f->fd != -1 && f->left-- > 0 &&
		    (n = read(f->fd, out, PAGE_SIZE)) > 0) {
			memset(out + n, 0, PAGE_SIZE - (size_t)n);
			return 0;
		}
		if (f->fd != -1)
			close(f->fd);
		f->fd = -1;
		if (f->walk == NULL) {
			if (++walks > 2) {
				errno = ENOENT;
				return -1;
			}
			f->walk = fts_open(f->roots, FTS_PHYSICAL |
			    FTS_NOCHDIR, by_name);
			if (f->walk == NULL)
				return -1;
		}
		next_file(f);
	}
}
