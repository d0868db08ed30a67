/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "crc.h"
#include "kind.h"
#include "replay.h"
#include "stream.h"

#define COPY_SIZE	((size_t)256 << 10)	/* whole pages */
#define PFN_SIZE	8u

struct replay {
	struct stored *from;
	struct sink *out;
	uint64_t pages;			/* handed out so far */
	struct record rec;
	struct stored_entry entry[REPLAY_BATCH];
	uint8_t piece[COPY_SIZE];
};

/*
 * Writes head or tail; the last 8 bytes, which are END's in the tail, only
 * when all was found whole.  Without `write` it is only checked.
 */
static int
copy_part(struct replay *r, const struct stored_part *part, bool write,
    struct fault *f)
{
	uint64_t size = stored_whole(part->length), at, n;
	uint64_t end = part->length - RECORD_HEADER_SIZE;
	uint32_t crc = CRC_START;
	size_t wanted;

	for (at = 0; at < size; at += n) {
		n = size - at < COPY_SIZE ? size - at : COPY_SIZE;
		if (stored_bytes(r->from, r->piece, (size_t)n,
		    part->offset + at, f) == -1)
			return -1;
		crc = crc_add(crc, r->piece, (size_t)n);
		wanted = (size_t)(at >= end ? 0 : end - at < n ? end - at : n);
		if (write && sink_put(r->out, r->piece, wanted, f) == -1)
			return -1;
	}
	if (crc != part->crc)
		return stored_fault(r->from, f, EXIT_INTEGRITY,
		    "its %s is damaged", part->name);
	if (stored_bytes(r->from, r->piece, RECORD_HEADER_SIZE,
	    part->offset + end, f) == -1)
		return -1;
	return write ? sink_put(r->out, r->piece, RECORD_HEADER_SIZE, f) : 0;
}

/* Whether the head begins a stream, and the tail ends one. */
static int
check_parts(struct replay *r, struct fault *f)
{
	static const uint8_t end[RECORD_HEADER_SIZE];
	const struct stored_part *head = &r->from->head;
	struct kind kind;

	if (copy_part(r, head, false, f) == -1 ||
	    stored_bytes(r->from, r->piece, KIND_PROBE_SIZE, head->offset,
	    f) == -1)
		return -1;
	if (head->length < IMAGE_HEADERS_SIZE ||
	    kind_probe(r->piece, KIND_PROBE_SIZE, &kind, f) == -1)
		return stored_fault(r->from, f, EXIT_MALFORMED,
		    "its head does not begin a stream");
	/* This leaves the last bytes of the tail. */
	if (copy_part(r, &r->from->tail, false, f) == -1)
		return -1;
	if (memcmp(r->piece, end, sizeof(end)) != 0)
		return stored_fault(r->from, f, EXIT_MALFORMED,
		    "its tail has no END");
	return 0;
}

/* PAGE_DATA of the first count entries, which are all in r->entry. */
static int
write_batch(struct replay *r, uint32_t count, bool last, struct fault *f)
{
	const struct stored_entry *e = r->entry;
	uint32_t i, run, full = 0;
	uint8_t *to;

	for (i = 0; i < count && !last; i++)
		full += page_has_data(e[i].type);
	record_set(&r->rec, REC_PAGE_DATA, PAGE_DATA_HEADER_SIZE +
	    PFN_SIZE * count + PAGE_SIZE * full);
	put_le32(r->rec.body, count);
	put_le32(r->rec.body + 4, 0);
	to = r->rec.body + PAGE_DATA_HEADER_SIZE;
	for (i = 0; i < count; i++, to += PFN_SIZE)
		put_le64(to, e[i].pfn | (uint64_t)(last ? e[i].last :
		    e[i].type) << PFN_TYPE_SHIFT);
	/* Pages that follow one another in the file too are read at once. */
	for (i = 0; full > 0 && i < count; i += run) {
		for (run = 0; i + run < count &&
		    page_has_data(e[i + run].type) &&
		    e[i + run].pfn == e[i].pfn + run; run++)
			;
		if (run > 0 && stored_read(r->from, e + i, run, to, f) == -1)
			return -1;
		to += (size_t)PAGE_SIZE * run;
		run += run == 0;
	}
	r->pages += full;
	return stream_write(r->out, &r->rec, f);
}

/*
 * The pfns that the stream had without a gap: all of them, in records that
 * begin at multiples of 1024, because Xen makes large pages again of what
 * comes in one record.
 */
static int
write_span(struct replay *r, struct fault *f)
{
	struct stored_entry e;
	uint64_t pfn;
	uint32_t count = 0;
	int found = stored_next(r->from, 0, &e, f);

	for (pfn = 0; found != -1 && pfn < r->from->span; pfn++) {
		r->entry[count] = (struct stored_entry){
			.pfn = pfn, .type = PAGE_XTAB, .last = PAGE_XTAB,
		};
		if (found == 1 && e.pfn == pfn) {
			r->entry[count] = e;
			found = stored_next(r->from, pfn + 1, &e, f);
		}
		if (++count < REPLAY_BATCH && pfn + 1 < r->from->span)
			continue;
		if (found == -1 || write_batch(r, count, false, f) == -1)
			return -1;
		count = 0;
	}
	return found == -1 ? -1 : 0;
}

/* Those behind it: what is there, in records for the same 1024 each. */
static int
write_rest(struct replay *r, struct fault *f)
{
	struct stored_entry e;
	uint32_t count = 0;
	uint64_t pfn;
	int found;

	for (pfn = r->from->span; (found = stored_next(r->from, pfn, &e, f))
	    == 1; pfn = e.pfn + 1) {
		if (count > 0 && e.pfn / REPLAY_BATCH !=
		    r->entry[0].pfn / REPLAY_BATCH) {
			if (write_batch(r, count, false, f) == -1)
				return -1;
			count = 0;
		}
		r->entry[count++] = e;
	}
	if (found == -1)
		return -1;
	return count == 0 ? 0 : write_batch(r, count, false, f);
}

/*
 * A pfn that lost its page keeps what was in it, as it does when it is
 * restored, and has another type.
 */
static int
write_last_types(struct replay *r, struct fault *f)
{
	struct stored_entry e;
	uint32_t count = 0;
	uint64_t pfn;
	int found;

	for (pfn = 0; (found = stored_next(r->from, pfn, &e, f)) == 1;
	    pfn = e.pfn + 1) {
		if (e.last == e.type)
			continue;
		r->entry[count++] = e;
		if (count < REPLAY_BATCH)
			continue;
		if (write_batch(r, count, true, f) == -1)
			return -1;
		count = 0;
	}
	if (found == -1)
		return -1;
	return count == 0 ? 0 : write_batch(r, count, true, f);
}

static int
replay(struct replay *r, struct fault *f)
{
	if (record_reserve(&r->rec, PAGE_DATA_HEADER_SIZE +
	    (PFN_SIZE + (size_t)PAGE_SIZE) * REPLAY_BATCH, f) == -1 ||
	    check_parts(r, f) == -1 ||
	    copy_part(r, &r->from->head, true, f) == -1 ||
	    write_span(r, f) == -1 || write_rest(r, f) == -1 ||
	    write_last_types(r, f) == -1)
		return -1;
	if (r->pages != r->from->pages)
		return stored_fault(r->from, f, EXIT_MALFORMED, "%" PRIu64
		    " pages are in it, its header says %" PRIu64, r->pages,
		    r->from->pages);
	return copy_part(r, &r->from->tail, true, f);
}

int
replay_run(struct stored *s, struct sink *out, struct fault *f)
{
	struct replay *r = calloc(1, sizeof(*r));
	int result;

	if (r == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	r->from = s;
	r->out = out;
	result = replay(r, f);
	record_free(&r->rec);
	free(r);
	return result;
}

int
replay_file(const char *path, struct newfile *file, struct fault *f)
{
	struct stored s;
	struct sink out;
	int result;

	if (stored_open(&s, path, f) == -1)
		return -1;
	sink_open(&out, file != NULL ? file->fd : STDOUT_FILENO);
	result = replay_run(&s, &out, f);
	stored_close(&s);
	if (result == -1)
		return -1;
	if (file == NULL)
		return sink_close(&out, f);
	return newfile_sync(file, f) == -1 ? -1 : newfile_publish(file, f);
}
