/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arrays of pfns and compressed pages come in any mixture, but never a page
 * before its pfn.  Entries wait in a queue; a page goes to the one in front,
 * and with it into the batch that is being made.  What a page held before is
 * in a file without a name, at its place in memory: the sender only refers to
 * pages that it has sent in this form, and they may be all.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"
#include "newfile.h"
#include "pages.h"
#include "remus_delta.h"
#include "spill.h"

#define WAITING_MAX	((size_t)1 << 20)	/* entries: 8 MiB */
#define WAITING_FIRST	((size_t)LEGACY_BATCH_MAX)
#define AHEAD_SIZE	((size_t)64 << 10)

struct legacy_remus {
	int      fd;		/* pages as they were last */
	uint8_t *known;		/* a bit for each that is there */

	uint64_t *waiting;	/* entries, [first, end) */
	size_t   first, end, room;

	uint8_t  ahead[AHEAD_SIZE];	/* compressed data */
	size_t   have;

	uint8_t  head[PAGE_DATA_HEADER_SIZE + 8 * LEGACY_BATCH_MAX];
	uint8_t *pages;		/* of the batch */
	uint32_t count, full;
};

int
legacy_remus_new(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	l->remus = r;
	r->known = calloc(LEGACY_P2M_MAX / 8, 1);
	r->pages = malloc((size_t)LEGACY_BATCH_MAX * PAGE_SIZE);
	r->fd = newfile_nameless(spill_directory(), f);
	if (r->fd == -1)
		return fault_hint(f, "TMPDIR names another directory");
	if (r->known == NULL || r->pages == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	return 0;
}

void
legacy_remus_free(struct legacy_remus *r)
{
	if (r == NULL)
		return;
	if (r->fd != -1)
		close(r->fd);
	free(r->known);
	free(r->waiting);
	free(r->pages);
	free(r);
}

static int
put_batch(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	uint32_t entries = PAGE_DATA_HEADER_SIZE + 8 * r->count;
	uint8_t header[RECORD_HEADER_SIZE];
	struct iovec iov[] = {
		{ header, sizeof(header) },
		{ r->head, entries },
		{ r->pages, (size_t)r->full * PAGE_SIZE },
	};

	if (r->count == 0)
		return 0;
	put_le32(header, REC_PAGE_DATA);
	put_le32(header + 4, entries + r->full * PAGE_SIZE);
	put_le32(r->head, r->count);
	put_le32(r->head + 4, 0);
	r->count = r->full = 0;
	return sink_write(&l->out, iov, sizeof(iov) / sizeof(iov[0]), f);
}

/* The entry in front goes into the batch; its page, if any, is there. */
static int
take_front(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	uint64_t entry = r->waiting[r->first++];

	put_le64(r->head + PAGE_DATA_HEADER_SIZE + (size_t)8 * r->count++,
	    entry);
	r->full += page_entry_has_data(entry);
	return r->count == LEGACY_BATCH_MAX ? put_batch(l, f) : 0;
}

static int
take_all_without_data(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;

	while (r->first < r->end &&
	    !page_entry_has_data(r->waiting[r->first]))
		if (take_front(l, f) == -1)
			return -1;
	return 0;
}

static int
make_room(struct legacy *l, size_t count, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	size_t room = r->room;
	uint64_t *p;

	if (r->first > 0)
		memmove(r->waiting, r->waiting + r->first, (r->end -
		    r->first) * sizeof(*p));
	r->end -= r->first;
	r->first = 0;
	if (r->end + count > WAITING_MAX)
		return legacy_fault(l, f, EXIT_REFUSED, "over %zu pages whose "
		    "data are to come, as no Xen let wait", WAITING_MAX);
	while (room < r->end + count)
		room = room == 0 ? WAITING_FIRST : 2 * room;
	if (room == r->room)
		return 0;
	if ((p = realloc(r->waiting, room * sizeof(*p))) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	r->waiting = p;
	r->room = room;
	return 0;
}

int
legacy_remus_queue(struct legacy *l, const uint64_t *entries, size_t count,
    struct fault *f)
{
	struct legacy_remus *r = l->remus;

	if (count == 0)
		return 0;
	if (make_room(l, count, f) == -1)
		return -1;
	memcpy(r->waiting + r->end, entries, count * sizeof(*entries));
	r->end += count;
	return take_all_without_data(l, f);
}

/* One page of what is ahead: 1, 0 when more has to come first. */
static int
take_page(struct legacy *l, size_t *at, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	uint8_t *page = r->pages + (size_t)r->full * PAGE_SIZE;
	size_t used;
	uint64_t pfn;
	bool known;

	if (r->first == r->end)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "data of more pages than pfns came");
	pfn = r->waiting[r->first] & PFN_MASK;
	known = r->known[pfn / 8] >> pfn % 8 & 1;
	if (known && io_read_at(r->fd, page, PAGE_SIZE, pfn * PAGE_SIZE, f)
	    == -1)
		return -1;
	switch (remus_decode(page, r->ahead + *at, r->have - *at, &used)) {
	case REMUS_MORE:
		return 0;
	case REMUS_WRONG:
		return legacy_fault(l, f, EXIT_MALFORMED, "damaged changes of "
		    "pfn 0x%" PRIx64, pfn);
	case REMUS_CHANGED:
		if (!known)
			return legacy_fault(l, f, EXIT_MALFORMED, "changes of "
			    "pfn 0x%" PRIx64 ", which never came whole", pfn);
		break;
	case REMUS_WHOLE:
		break;
	}
	*at += used;
	r->known[pfn / 8] |= (uint8_t)(1 << pfn % 8);
	if (io_write_at(r->fd, page, PAGE_SIZE, pfn * PAGE_SIZE, f) == -1 ||
	    take_front(l, f) == -1 || take_all_without_data(l, f) == -1)
		return -1;
	return 1;
}

/* All pages that are whole in what is ahead. */
static int
take_pages(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	size_t at = 0;
	int result = 1;

	while (at < r->have && result == 1)
		result = take_page(l, &at, f);
	if (result == -1)
		return -1;
	memmove(r->ahead, r->ahead + at, r->have - at);
	r->have -= at;
	return 0;
}

/* Its pages need not end where it does.  No page takes as much as there is
 * room for ahead. */
int
legacy_remus_data(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;
	uint64_t left;
	size_t step;

	if (r == NULL)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "no body before it ended with ENABLE_COMPRESSION");
	if (legacy_take_word(l, &left, f) == -1)
		return -1;
	for (; left > 0; left -= step) {
		step = sizeof(r->ahead) - r->have;
		if (step > left)
			step = (size_t)left;
		if (legacy_take(l, r->ahead + r->have, step, f) == -1)
			return -1;
		r->have += step;
		if (take_pages(l, f) == -1)
			return -1;
	}
	return 0;
}

int
legacy_remus_flush(struct legacy *l, struct fault *f)
{
	struct legacy_remus *r = l->remus;

	if (r->have > 0)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "the compressed data end in a page");
	if (r->first < r->end)
		return legacy_fault(l, f, EXIT_MALFORMED, "no data came for "
		    "%zu pfns, from pfn 0x%" PRIx64 " on", r->end - r->first,
		    r->waiting[r->first] & PFN_MASK);
	return put_batch(l, f);
}
