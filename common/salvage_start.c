/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "format.h"
#include "kind.h"
#include "salvage_work.h"

/* How far CHECKs are looked at to learn whose they are. */
#define LOOK_FOR_ID	((size_t)16 << 20)

/* Those of an image of version 3. */
static void
put_headers(uint8_t headers[IMAGE_HEADERS_SIZE], unsigned domain)
{
	memset(headers, 0, IMAGE_HEADERS_SIZE);
	memcpy(headers, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	headers[IMAGE_VERSION_OFFSET + 3] = IMAGE_VERSION_MAX;
	put_le32(headers + DOMAIN_TYPE_OFFSET, domain);
	put_le16(headers + DOMAIN_PAGE_SHIFT_OFFSET, 12);
	put_le32(headers + DOMAIN_XEN_MAJOR_OFFSET, 4);
}

/*
 * Headers that are damaged, or that nothing says of whether they are: the
 * image can be had without what stands around it, and behind headers that are
 * made up where there are none.
 */
static int
write_headers(struct work *w, const struct mark *m, size_t size,
    struct fault *f)
{
	uint8_t headers[IMAGE_HEADERS_SIZE], there[IMAGE_HEADERS_SIZE];
	struct fault none;
	uint64_t left;

	salvage_tell(w, &(struct loss){
	    .size = (m->check.start ? w->marks.given_up : 0) + size,
	    .why = "what stands before the records is damaged" });
	w->s->bare = w->nested;
	put_headers(headers, salvage_is_pv(m->check.type) ? DOMAIN_PV :
	    DOMAIN_HVM);
	if (size >= sizeof(headers)) {
		memcpy(there, reel_at(&w->marks.reel) + size - sizeof(there),
		    sizeof(there));
		if (kind_check_image(there, &left, &none) == 0)
			memcpy(headers, there, sizeof(there));
	}
	return sink_put(&w->out, headers, sizeof(headers), f);
}

static int
write_start(struct work *w, struct mark *m, struct fault *f)
{
	struct check *c = &m->check;

	w->s->whole_start = true;
	if (c->blake2b)
		crypto_generichash(c->leaf.hash, DIGEST_HASH_SIZE,
		    reel_at(&w->marks.reel), m->at, NULL, 0);
	digester_add(&w->all, c);
	return sink_put(&w->out, reel_at(&w->marks.reel), m->at, f);
}

/* Where the records begin, without the CHECK that says so. */
static size_t
start_size(const struct work *w, const struct mark *m)
{
	const uint8_t *p = reel_at(&w->marks.reel), *image;
	size_t size = IMAGE_HEADERS_SIZE;

	if (m->check.index == 0)
		size = (size_t)m->check.offset;
	else if ((image = memmem(p, m->at, IMAGE_MAGIC,
	    IMAGE_MAGIC_SIZE)) != NULL)
		size = (size_t)(image - p) + IMAGE_HEADERS_SIZE;
	return size < m->at ? size : m->at;
}

/* How far from where a CHECK says it is it stands; of a DIGEST, far. */
static uint64_t
shift_of(const struct mark *m)
{
	const struct check *c = &m->check;
	uint64_t due;

	if (!m->is_check)
		return UINT64_MAX;
	due = c->offset + c->size + (c->start ? 0 : CHECK_RECORD *
	    (c->index + 1));
	return m->at > due ? m->at - due : due - m->at;
}

/*
 * Whose CHECKs are the stream's.  Where the first one is damaged, a guest may
 * have CHECKs of its own in its pages, and does not know where they come to
 * stand.  0, or -1 as salvage_run.
 */
static int
learn_id(struct work *w, struct fault *f)
{
	struct mark best, m;
	int found = mark_find(&w->marks, 0, &m, f);

	if (found != 1)
		return found;
	for (best = m; found == 1 && shift_of(&best) > 0 &&
	    m.at < LOOK_FOR_ID;) {
		found = mark_find(&w->marks, m.at + 1, &m, f);
		if (found == 1 && shift_of(&m) < shift_of(&best))
			best = m;
	}
	if (found == -1)
		return -1;
	w->marks.id_known = true;
	memcpy(w->marks.id, best.is_check ? best.check.id : best.digest.id,
	    CHECK_ID_SIZE);
	return 0;
}

int
salvage_start(struct work *w, struct fault *f)
{
	struct mark m;
	struct check *c = &m.check;
	size_t size;
	int found, result;

	if (learn_id(w, f) == -1)
		return -1;
	found = w->marks.id_known ? mark_find(&w->marks, 0, &m, f) : 0;
	if (found != 1 || !m.is_check)
		return found == -1 ? -1 : fault_set(f, EXIT_INTEGRITY,
		    "no sound check data: it cannot be told what is sound");
	w->blake2b = c->blake2b;
	digester_begin(&w->all, c->blake2b);
	size = c->start ? m.at : start_size(w, &m);
	w->nested = size != IMAGE_HEADERS_SIZE;
	if (c->start && c->offset == 0 && c->size == m.at &&
	    crc_add(CRC_START, reel_at(&w->marks.reel), m.at) == c->leaf.crc)
		result = write_start(w, &m, f);
	else
		result = write_headers(w, &m, size, f);
	if (c->start) {
		reel_take(&w->marks.reel, m.at + m.size);
		w->marks.given_up = 0;
	}
	return result;
}
