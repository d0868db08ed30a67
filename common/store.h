/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.h - a plain stream kept as a stored image: each page once, the last
 * that came, at a place of its own.
 *
 *     stream: head | PAGE_DATA ... | tail
 *
 * What is no page is kept bit for bit, all of it that comes behind the first
 * page as the tail.  VERIFY, and the pages behind it, which a restore compares
 * and does not take, are left out.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "newfile.h"
#include "pfns.h"
#include "record.h"

struct store {
	struct newfile file;
	struct sink  spool;	/* head and tail, until the pages end */
	struct pfns *pfns;	/* each an entry of format.h, or 0 */
	uint64_t head;		/* bytes of it */
	bool     paged;		/* PAGE_DATA came */
	bool     verifying;	/* VERIFY came */
	uint64_t places, pages, span;	/* of the header in format.h */
	uint64_t size, disk;	/* bytes: of the file, and on the disk; set by
				   store_end */
};

/*
 * store_open(s, path, replace, f): begins a file; as newfile_open.
 * store_open_nameless(s, directory, f): begins one that never has a name:
 * s->file.fd is it, from store_end on.
 * store_piece(s, rec, f): the next piece of the stream; records whole.
 * -1 with EXIT_SYSTEM, EXIT_REFUSED as pfns_put says, or EXIT_MALFORMED when no
 * PAGE_DATA came before END, or as pages_open.
 * store_end(s, f): the stream is whole: so is the file, on its disk, which gets
 * its name by newfile_publish.  -1 with EXIT_SYSTEM, or EXIT_REFUSED for what is
 * no guest's size.
 * store_close(s): frees everything; a file that did not come to its end is
 * gone.
 *
 * Memory: 8 bytes for each pfn that ever had a page, or memory without
 * content.  The disk: what the guest's pages take, but for those of zeroes,
 * however often they came.
 */
int store_open(struct store *s, const char *path, bool replace,
    struct fault *f);
int store_open_nameless(struct store *s, const char *directory,
    struct fault *f);
int store_piece(struct store *s, const struct record *rec, struct fault *f);
int store_end(struct store *s, struct fault *f);
void store_close(struct store *s);

#endif
