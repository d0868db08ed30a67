/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "legacy_stream.h"
#include "stream.h"

#define PIECE_SIZE	((size_t)256 << 10)	/* that a body grows by */
#define COPY_SIZE	((size_t)64 << 10)

uint64_t
legacy_at(const struct legacy *l)
{
	return l->in.offset - l->holds;
}

void
legacy_part(struct legacy *l, const char *name)
{
	l->part = name;
	l->start = legacy_at(l);
	l->is_chunk = false;
}

int
legacy_fault(const struct legacy *l, struct fault *f, int status,
    const char *fmt, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!l->is_chunk)
		return fault_set(f, status, "%s at byte %" PRIu64 ": %s",
		    l->part, l->start, text);
	return fault_set(f, status, "chunk %" PRIu64 " (%s) at byte %" PRIu64
	    ": %s", l->number, l->part, l->start, text);
}

void
legacy_tell(const struct legacy *l, const char *fmt, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	if (l->c->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_tell(l->c->tool, "%s", text);
}

int
legacy_some(struct legacy *l, void *buf, size_t size, size_t *got,
    struct fault *f)
{
	size_t n = size < l->holds ? size : l->holds;
	uint8_t *bytes = buf;

	*got = n;
	memcpy(bytes, l->held, n);
	l->holds -= n;
	memmove(l->held, l->held + n, l->holds);
	if (n == size)
		return 0;
	if (source_read(&l->in, bytes + n, size - n, got, f) == -1)
		return -1;
	*got += n;
	return 0;
}

int
legacy_take(struct legacy *l, void *buf, size_t size, struct fault *f)
{
	size_t got;

	if (legacy_some(l, buf, size, &got, f) == -1)
		return -1;
	if (got == size)
		return 0;
	l->cut = true;
	return legacy_fault(l, f, EXIT_MALFORMED, "cut short at byte %" PRIu64,
	    legacy_at(l));
}

/* What was held already was behind these bytes. */
void
legacy_back(struct legacy *l, const void *bytes, size_t size)
{
	memmove(l->held + size, l->held, l->holds);
	memcpy(l->held, bytes, size);
	l->holds += size;
}

int
legacy_take_u32(struct legacy *l, uint32_t *n, struct fault *f)
{
	uint8_t bytes[4];

	if (legacy_take(l, bytes, sizeof(bytes), f) == -1)
		return -1;
	*n = get_le32(bytes);
	return 0;
}

int
legacy_take_word(struct legacy *l, uint64_t *n, struct fault *f)
{
	uint8_t bytes[8] = { 0 };

	if (legacy_take(l, bytes, l->word, f) == -1)
		return -1;
	*n = get_le64(bytes);
	return 0;
}

int
legacy_take_body(struct legacy *l, struct record *rec, size_t have,
    size_t size, struct fault *f)
{
	size_t step, room = 2 * PIECE_SIZE;

	for (; size > 0; have += step, size -= step) {
		step = size < PIECE_SIZE ? size : PIECE_SIZE;
		while (room < have + step)
			room *= 2;
		if (record_reserve(rec, room < have + size ? room :
		    record_size((uint32_t)(have + size)), f) == -1 ||
		    legacy_take(l, rec->body + have, step, f) == -1)
			return -1;
	}
	return 0;
}

int
legacy_copy(struct legacy *l, uint64_t size, struct sink *out,
    struct fault *f)
{
	uint8_t buf[COPY_SIZE];
	size_t step;

	for (; size > 0; size -= step) {
		step = size < COPY_SIZE ? (size_t)size : COPY_SIZE;
		if (legacy_take(l, buf, step, f) == -1 || (out != NULL &&
		    sink_put(out, buf, step, f) == -1))
			return -1;
	}
	return 0;
}

int
legacy_put(struct legacy *l, uint32_t type, uint32_t length, struct fault *f)
{
	if (record_reserve(&l->rec, record_size(length), f) == -1)
		return -1;
	record_set(&l->rec, type, length);
	return stream_write(&l->out, &l->rec, f);
}
