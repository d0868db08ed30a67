/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "format.h"
#include "io.h"
#include "newfile.h"
#include "spill.h"
#include "spool.h"

static struct parcel *
allocate(size_t size, struct fault *f)
{
	struct parcel *p = malloc(sizeof(*p) + size);

	if (p == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory for a chunk");
		return NULL;
	}
	p->refs = 1;
	p->size = size;
	return p;
}

struct parcel *
parcel_new(const void *front, size_t size, const struct record *rec,
    struct fault *f)
{
	struct parcel *p = allocate(size + RECORD_HEADER_SIZE + rec->size, f);
	uint8_t *to;

	if (p == NULL)
		return NULL;
	if (size > 0)
		memcpy(p->bytes, front, size);
	to = p->bytes + size;
	put_le32(to, rec->type);
	put_le32(to + 4, rec->length);
	if (rec->size > 0)
		memcpy(to + RECORD_HEADER_SIZE, rec->body, rec->size);
	return p;
}

void
parcel_free(struct parcel *p)
{
	if (p != NULL && --p->refs == 0)
		free(p);
}

int
spool_open(struct spool *s, uint64_t bytes, size_t slot, struct fault *f)
{
	uint64_t capacity = bytes / slot < 2 ? 2 : bytes / slot;

	*s = (struct spool){ .capacity = capacity, .slot = slot, .fd = -1 };
	s->chunk = calloc(capacity, sizeof(*s->chunk));
	return s->chunk != NULL ? 0 : fault_set(f, EXIT_SYSTEM,
	    "no memory for the spool");
}

void
spool_close(struct spool *s)
{
	if (s->chunk != NULL)
		spool_drop(s, s->end);
	if (s->fd != -1)
		close(s->fd);
	free(s->chunk);
	*s = (struct spool){ .fd = -1 };
}

bool
spool_full(const struct spool *s)
{
	return s->end - s->first == s->capacity;
}

struct spooled *
spool_at(const struct spool *s, uint64_t number)
{
	return &s->chunk[number % s->capacity];
}

static uint64_t
place(const struct spool *s, uint64_t number)
{
	return number % s->capacity * s->slot;
}

/* Puts the file's name in front. */
static int
of_file(struct fault *f)
{
	fault_within(f, "spool");
	return fault_hint(f, "its file is in %.200s; TMPDIR names another "
	    "directory", spill_directory());
}

static int
to_file(struct spool *s, const struct parcel *p, struct fault *f)
{
	if (s->fd == -1 &&
	    (s->fd = newfile_nameless(spill_directory(), f)) == -1)
		return of_file(f);
	return io_write_at(s->fd, p->bytes, p->size, place(s, s->end), f) ==
	    -1 ? of_file(f) : 0;
}

int
spool_add(struct spool *s, const struct record *rec, struct fault *f)
{
	struct parcel *p = parcel_new(NULL, 0, rec, f);
	struct spooled *to = spool_at(s, s->end);
	int result = 0;

	if (p == NULL)
		return -1;
	*to = (struct spooled){ .size = p->size };
	if (p->size <= SPOOL_MEMORY - s->memory) {
		to->parcel = p;
		s->memory += p->size;
	} else {
		result = to_file(s, p, f);
		parcel_free(p);
	}
	s->end++;
	return result;
}

struct parcel *
spool_take(const struct spool *s, uint64_t number, struct fault *f)
{
	const struct spooled *from = spool_at(s, number);
	struct parcel *p = from->parcel;

	if (p != NULL) {
		p->refs++;
		return p;
	}
	if ((p = allocate(from->size, f)) == NULL)
		return NULL;
	if (io_read_at(s->fd, p->bytes, p->size, place(s, number), f) == 0)
		return p;
	of_file(f);
	f->status = EXIT_SYSTEM;
	parcel_free(p);
	return NULL;
}

void
spool_drop(struct spool *s, uint64_t below)
{
	struct spooled *chunk;

	for (; s->first < below && s->first < s->end; s->first++) {
		chunk = spool_at(s, s->first);
		if (chunk->parcel != NULL)
			s->memory -= chunk->size;
		parcel_free(chunk->parcel);
		chunk->parcel = NULL;
	}
}
