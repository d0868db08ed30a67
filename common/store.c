/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "crc.h"
#include "pages.h"
#include "store.h"
#include "store_end.h"
#include "stream.h"

static const uint8_t zeroes[PAGE_SIZE];

int
store_open(struct store *s, const char *path, bool replace, struct fault *f)
{
	int fd;

	*s = (struct store){ .spool.fd = -1 };
	if (newfile_open(&s->file, path, replace, f) == -1)
		return -1;
	if ((s->pfns = pfns_new()) == NULL)
		fault_set(f, EXIT_SYSTEM, "no memory");
	else if ((fd = newfile_spare(&s->file, f)) != -1) {
		sink_open(&s->spool, fd);
		return 0;
	}
	store_close(s);
	return -1;
}

int
store_open_nameless(struct store *s, const char *directory, struct fault *f)
{
	*s = (struct store){
		.spool.fd = -1, .file = { .fd = -1, .dir = -1 },
	};
	if ((s->pfns = pfns_new()) == NULL)
		fault_set(f, EXIT_SYSTEM, "no memory");
	else if ((s->file.fd = newfile_nameless(directory, f)) != -1 &&
	    (s->spool.fd = newfile_nameless(directory, f)) != -1)
		return 0;
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	pfns_free(s->pfns);
	s->pfns = NULL;
	if (s->spool.fd != -1)
		close(s->spool.fd);
	s->spool.fd = -1;
	newfile_close(&s->file);
}

/* The pages of pfns that follow one another, not written yet. */
struct run {
	uint64_t pfn, count;
	const uint8_t *bytes;
};

static int
write_run(const struct store *s, struct run *run, struct fault *f)
{
	uint64_t count = run->count;

	run->count = 0;
	return count == 0 ? 0 : io_write_at(s->file.fd, run->bytes,
	    (size_t)(PAGE_SIZE * count), PAGE_SIZE * (1 + run->pfn), f);
}

/* A page that had other content becomes one of zeroes. */
static int
clear(const struct store *s, uint64_t pfn, struct fault *f)
{
	off_t at = (off_t)(PAGE_SIZE * (1 + pfn));

	while (fallocate(s->file.fd, FALLOC_FL_PUNCH_HOLE |
	    FALLOC_FL_KEEP_SIZE, at, PAGE_SIZE) == -1) {
		if (errno == EOPNOTSUPP || errno == ENOSYS)
			return io_write_at(s->file.fd, zeroes, PAGE_SIZE,
			    (uint64_t)at, f);
		if (errno != EINTR)
			return fault_set(f, EXIT_SYSTEM, "hole at byte %lld"
			    ": %s", (long long)at, strerror(errno));
	}
	return 0;
}

static uint64_t
types(enum page_type type, enum page_type last)
{
	return STORED_THERE | (uint64_t)type << STORED_TYPE_SHIFT |
	    (uint64_t)last << STORED_LAST_SHIFT;
}

/*
 * No content comes.  What the pfn has, it keeps; so does memory without
 * content.  One that has neither is not there, unless it is broken.
 */
static int
keep_type(struct store *s, const struct page *p, struct fault *f)
{
	uint64_t word = pfns_get(s->pfns, p->pfn), *to;
	enum page_type had = word == 0 ? PAGE_XTAB :
	    (enum page_type)(word >> STORED_TYPE_SHIFT & 0xf);

	if (had == PAGE_XTAB && p->type == PAGE_XTAB)
		return 0;
	if ((to = pfns_put(s->pfns, p->pfn, f)) == NULL)
		return -1;
	if (had < PAGE_BROKEN || had == PAGE_XALLOC)
		*to = (word & STORE_HAS_BYTES) | (uint32_t)word |
		    types(had, p->type);
	else
		*to = p->type == PAGE_XTAB ? 0 : types(p->type, p->type);
	return 0;
}

static int
keep_page(struct store *s, const struct page *p, struct run *run,
    struct fault *f)
{
	bool zero = memcmp(p->bytes, zeroes, PAGE_SIZE) == 0;
	uint64_t *word = pfns_put(s->pfns, p->pfn, f), had;

	if (word == NULL)
		return -1;
	had = *word & STORE_HAS_BYTES;
	*word = crc_add(CRC_START, p->bytes, PAGE_SIZE) |
	    types(p->type, p->type) | (zero ? 0 : STORE_HAS_BYTES);
	if (p->pfn >= s->places)
		s->places = p->pfn + 1;
	if (run->count > 0 && (zero || p->pfn != run->pfn + run->count) &&
	    write_run(s, run, f) == -1)
		return -1;
	if (zero)
		return had == 0 ? 0 : clear(s, p->pfn, f);
	if (run->count++ == 0) {
		run->pfn = p->pfn;
		run->bytes = p->bytes;
	}
	return 0;
}

static int
keep_pages(struct store *s, const struct record *rec, struct fault *f)
{
	struct run run = { .count = 0 };
	struct pages p;
	struct page page;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	/* Pages stand one behind the other, whatever is between their pfns. */
	while (pages_next(&p, &page)) {
		s->span += page.pfn == s->span;
		if ((page.bytes != NULL ? keep_page(s, &page, &run, f) :
		    keep_type(s, &page, f)) == -1)
			return -1;
	}
	return write_run(s, &run, f);
}

int
store_piece(struct store *s, const struct record *rec, struct fault *f)
{
	if (rec->part == PART_RECORD && rec->type == REC_PAGE_DATA) {
		s->paged = true;
		return s->verifying ? 0 : keep_pages(s, rec, f);
	}
	if (rec->part == PART_RECORD && rec->type == REC_VERIFY) {
		s->verifying = true;
		return 0;
	}
	/* Head and tail meet at the first page. */
	if (rec->part == PART_RECORD && rec->type == REC_END && !s->paged)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "the image has no PAGE_DATA");
	if (stream_write(&s->spool, rec, f) == -1)
		return -1;
	if (!s->paged)
		s->head = s->spool.offset;
	return 0;
}
