/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "crc.h"
#include "layers.h"
#include "memory.h"
#include "newfile.h"
#include "spill.h"
#include "stream.h"

#define COPY_SIZE	((size_t)256 << 10)	/* whole pages */

static int
check_pages(const struct record *rec, uint64_t max_pfn, struct fault *f)
{
	struct pages p;

	return pages_open(&p, rec, f) == -1 ? -1 : pages_limit(rec, max_pfn, f);
}

static int
check_record(const struct record *rec, uint64_t max_pfn, struct fault *f)
{
	if (rec->type == REC_CHECKPOINT) {
		record_fault(f, EXIT_REFUSED, rec, "each checkpoint is a guest "
		    "of its own");
		return fault_hint(f, "without --checkpoints the newest one is "
		    "taken");
	}
	if (rec->type == REC_PAGE_DATA)
		return check_pages(rec, max_pfn, f);
	return layers_refuse(rec, f);
}

int
memory_keep(struct store *s, int fd, uint64_t max_pfn, struct fault *f)
{
	struct record rec = { .body = NULL };
	struct stream in;
	int more;

	if (stream_open(&in, fd, f) == -1)
		return -1;
	in.whole = true;
	while ((more = stream_next(&in, &rec, f)) == 1) {
		if ((rec.part == PART_RECORD &&
		    check_record(&rec, max_pfn, f) == -1) ||
		    store_piece(s, &rec, f) == -1) {
			more = -1;
			break;
		}
	}
	stream_close(&in);
	record_free(&rec);
	return more == -1 ? -1 : store_end(s, f);
}

int
memory_read(struct memory *m, int fd, uint64_t max_pfn, struct fault *f)
{
	struct store s;
	int result, kept;

	if (store_open_nameless(&s, spill_directory(), f) == -1)
		return -1;
	result = memory_keep(&s, fd, max_pfn, f);
	kept = s.file.fd;
	s.file.fd = result == 0 ? -1 : kept;
	store_close(&s);
	return result == -1 ? -1 : stored_take(&m->stored, kept,
	    "what was kept", f);
}

int
memory_take(struct memory *m, int fd, const char *path, struct fault *f)
{
	return stored_take(&m->stored, fd, path, f);
}

void
memory_close(struct memory *m)
{
	stored_close(&m->stored);
}

static bool
is_there(const struct stored_entry *e)
{
	return e->type != PAGE_BROKEN && e->last != PAGE_BROKEN &&
	    e->last != PAGE_XTAB;
}

int
memory_next(struct memory *m, uint64_t pfn, struct stored_entry *e,
    struct fault *f)
{
	int more;

	while ((more = stored_next(&m->stored, pfn, e, f)) == 1 &&
	    !is_there(e))
		pfn = e->pfn + 1;
	return more;
}

/* Head or tail, without what fills its last page, to a file. */
static int
copy_part(const struct memory *m, const struct stored_part *part, int to,
    uint64_t at, struct fault *f)
{
	uint8_t *buf = malloc(COPY_SIZE);
	uint32_t crc = CRC_START;
	uint64_t done, n, left;
	int result = 0;

	if (buf == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (done = 0; done < part->length && result == 0; done += n) {
		left = part->length - done;
		n = left < COPY_SIZE ? left : COPY_SIZE;
		result = stored_bytes(&m->stored, buf,
		    (size_t)stored_whole(n), part->offset + done, f);
		crc = crc_add(crc, buf, (size_t)stored_whole(n));
		if (result == 0)
			result = io_write_at(to, buf, (size_t)n, at + done, f);
	}
	free(buf);
	if (result == 0 && crc != part->crc)
		return stored_fault(&m->stored, f, EXIT_INTEGRITY,
		    "its %s is damaged", part->name);
	return result;
}

/* The stream without its pages is a stream. */
static int
read_records(int fd,
    int (*take)(void *taker, const struct record *rec, struct fault *f),
    void *taker, struct fault *f)
{
	struct record rec = { .body = NULL };
	struct stream in;
	int more;

	if (stream_open(&in, fd, f) == -1)
		return -1;
	in.whole = true;
	while ((more = stream_next(&in, &rec, f)) == 1)
		if (take(taker, &rec, f) == -1) {
			more = -1;
			break;
		}
	stream_close(&in);
	record_free(&rec);
	return more;
}

int
memory_records(struct memory *m,
    int (*take)(void *taker, const struct record *rec, struct fault *f),
    void *taker, struct fault *f)
{
	const struct stored *s = &m->stored;
	int fd = newfile_nameless(spill_directory(), f), result = -1;

	if (fd == -1)
		return -1;
	if (copy_part(m, &s->head, fd, 0, f) == 0 &&
	    copy_part(m, &s->tail, fd, s->head.length, f) == 0)
		result = read_records(fd, take, taker, f);
	close(fd);
	return result;
}
