/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes behind the pages, and the header in front of them: as the last,
 * so that a file that was not written to its end has none.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "crc.h"
#include "pages.h"
#include "store.h"
#include "store_end.h"
#include "stored.h"

#define COPY_SIZE	((size_t)256 << 10)	/* whole pages */

/* What is being written behind the pages. */
struct index {
	int fd;
	uint64_t at;		/* where, in the file */
	uint64_t leaves, pages;
	uint8_t *directory;
	size_t size, room;	/* of it, in bytes */
	uint8_t leaf[PAGE_SIZE];
};

static int
add_leaf(struct index *x, uint64_t run, struct fault *f)
{
	uint8_t *larger;

	if (x->size == x->room) {
		x->room = x->room == 0 ? PAGE_SIZE : 2 * x->room;
		if ((larger = realloc(x->directory, x->room)) == NULL)
			return fault_set(f, EXIT_SYSTEM,
			    "no memory for an index");
		x->directory = larger;
		memset(larger + x->size, 0, x->room - x->size);
	}
	put_le64(x->directory + x->size, run);
	put_le32(x->directory + x->size + STORED_RUN_CRC_OFFSET,
	    crc_add(CRC_START, x->leaf, PAGE_SIZE));
	x->size += STORED_DIRECTORY_ENTRY;
	x->leaves++;
	x->at += PAGE_SIZE;
	return io_write_at(x->fd, x->leaf, PAGE_SIZE, x->at - PAGE_SIZE, f);
}

static int
write_leaves(struct index *x, struct pfns *pfns, struct fault *f)
{
	uint64_t pfn, word, run = 0;
	bool open = false;

	pfns_sort(pfns);
	for (pfn = 0; pfns_next(pfns, &pfn, &word); pfn++) {
		if (open && run != pfn / STORED_RUN &&
		    add_leaf(x, run, f) == -1)
			return -1;
		if (!open || run != pfn / STORED_RUN)
			memset(x->leaf, 0, PAGE_SIZE);
		open = true;
		run = pfn / STORED_RUN;
		put_le64(x->leaf + pfn % STORED_RUN * STORED_ENTRY_SIZE,
		    word & ~STORE_HAS_BYTES);
		x->pages += page_has_data((enum page_type)
		    (word >> STORED_TYPE_SHIFT & 0xf));
	}
	return open ? add_leaf(x, run, f) : 0;
}

/*
 * What comes of the image comes in order: pfns in front of which all came
 * count too, and one pfn there is in any stream.
 */
static int
end_span(struct store *s, const struct index *x, struct fault *f)
{
	while (pfns_get(s->pfns, s->span) != 0)
		s->span++;
	if (x->leaves == 0 && s->span == 0)
		s->span = 1;
	if (x->leaves > STORED_LEAVES_MAX || s->span > STORED_SPAN_MAX)
		return fault_set(f, EXIT_REFUSED, "larger than any guest");
	return 0;
}

static int
write_directory(struct index *x, uint32_t *crc, struct fault *f)
{
	size_t size = (size_t)stored_whole(x->size);

	*crc = crc_add(CRC_START, x->directory, size);
	if (io_write_at(x->fd, x->directory, size, x->at, f) == -1)
		return -1;
	x->at += size;
	return 0;
}

/* length bytes of the spool, from there, and zeroes up to a page's end. */
static int
write_part(struct index *x, int spool, uint64_t from, uint64_t length,
    uint32_t *crc, struct fault *f)
{
	uint8_t *buf = malloc(COPY_SIZE);
	int result = 0;
	size_t n, whole;

	if (buf == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (*crc = CRC_START; length > 0 && result == 0; length -= n) {
		n = length < COPY_SIZE ? (size_t)length : COPY_SIZE;
		whole = (size_t)stored_whole(n);
		memset(buf + n, 0, whole - n);
		result = io_read_at(spool, buf, n, from, f);
		if (result == 0)
			result = io_write_at(x->fd, buf, whole, x->at, f);
		*crc = crc_add(*crc, buf, whole);
		from += n;
		x->at += whole;
	}
	free(buf);
	return result;
}

/* Everything behind the pages.  What it comes to is put into the header. */
static int
write_index(struct store *s, struct index *x, uint8_t header[PAGE_SIZE],
    struct fault *f)
{
	uint64_t tail = s->spool.offset - s->head;
	uint32_t crc[3];

	if (write_leaves(x, s->pfns, f) == -1 || end_span(s, x, f) == -1 ||
	    write_directory(x, &crc[0], f) == -1 ||
	    write_part(x, s->spool.fd, 0, s->head, &crc[1], f) == -1 ||
	    write_part(x, s->spool.fd, s->head, tail, &crc[2], f) == -1)
		return -1;
	s->pages = x->pages;
	s->size = x->at;
	memcpy(header, STORED_MAGIC, STORED_MAGIC_SIZE);
	put_le16(header + STORED_VERSION_OFFSET, STORED_VERSION);
	put_le32(header + STORED_PAGE_SIZE_OFFSET, PAGE_SIZE);
	put_le64(header + STORED_SIZE_OFFSET, s->size);
	put_le64(header + STORED_PLACES_OFFSET, s->places);
	put_le64(header + STORED_PAGES_OFFSET, s->pages);
	put_le64(header + STORED_LEAVES_OFFSET, x->leaves);
	put_le64(header + STORED_HEAD_OFFSET, s->head);
	put_le64(header + STORED_TAIL_OFFSET, tail);
	put_le64(header + STORED_SPAN_OFFSET, s->span);
	put_le32(header + STORED_DIRECTORY_CRC_OFFSET, crc[0]);
	put_le32(header + STORED_HEAD_CRC_OFFSET, crc[1]);
	put_le32(header + STORED_TAIL_CRC_OFFSET, crc[2]);
	put_le32(header + STORED_CRC_OFFSET,
	    crc_add(CRC_START, header, STORED_CRC_OFFSET));
	return 0;
}

int
store_end(struct store *s, struct fault *f)
{
	struct index x = {
		.fd = s->file.fd, .at = PAGE_SIZE * (1 + s->places),
	};
	uint8_t header[PAGE_SIZE] = { 0 };
	struct stat st;
	int result = write_index(s, &x, header, f);

	free(x.directory);
	if (result == -1 ||
	    io_write_at(s->file.fd, header, PAGE_SIZE, 0, f) == -1)
		return -1;
	if (s->file.path == NULL)	/* it stays without a name */
		return 0;
	if (newfile_sync(&s->file, f) == -1)
		return -1;
	if (fstat(s->file.fd, &st) == -1)
		return fault_set(f, EXIT_SYSTEM, "cannot look at %.200s: %s",
		    s->file.path, strerror(errno));
	s->disk = 512 * (uint64_t)st.st_blocks;
	return 0;
}
