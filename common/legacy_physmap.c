/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "legacy_stream.h"

#define TEXT_SIZE	64u	/* of a key, or of a number */

/* What is left of a TOOLSTACK. */
struct rest {
	const uint8_t *bytes;
	size_t size;
};

/* Adds bytes to what xenstore is to hold. */
static int
add(struct legacy *l, const void *bytes, size_t size, struct fault *f)
{
	struct record *rec = &l->physmap;

	if (rec->length + size > rec->room &&
	    record_reserve(rec, 2 * (rec->length + size), f) == -1)
		return -1;
	memcpy(rec->body + rec->length, bytes, size);
	rec->length += (uint32_t)size;
	return 0;
}

/* Adds a text, and its NUL. */
static int __attribute__((format(printf, 3, 4)))
add_text(struct legacy *l, struct fault *f, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;
	int size;

	va_start(ap, fmt);
	size = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return add(l, text, (size_t)size + 1, f);
}

static int
add_entry(struct legacy *l, const uint8_t *entry, const uint8_t *name,
    uint32_t name_length, struct fault *f)
{
	uint64_t at = get_le64(entry);

	if (add_text(l, f, "physmap/%" PRIx64 "/start_addr", at) == -1 ||
	    add_text(l, f, "%" PRIx64, get_le64(entry + 8)) == -1 ||
	    add_text(l, f, "physmap/%" PRIx64 "/size", at) == -1 ||
	    add_text(l, f, "%" PRIx64, get_le64(entry + 16)) == -1 ||
	    add_text(l, f, "physmap/%" PRIx64 "/name", at) == -1)
		return -1;
	return add(l, name, name_length, f);
}

static int
take_entry(struct legacy *l, struct rest *rest, struct fault *f)
{
	const uint8_t *entry = rest->bytes;
	uint32_t name_length;
	size_t size;

	if (rest->size < TOOLSTACK_ENTRY_SIZE)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "ends in an entry's numbers");
	name_length = get_le32(entry + TOOLSTACK_ENTRY_SIZE - 4);
	size = TOOLSTACK_ENTRY_SIZE + (size_t)name_length +
	    TOOLSTACK_GAP(l->word);
	if (size > rest->size)
		return legacy_fault(l, f, EXIT_MALFORMED, "ends in a name of "
		    "%" PRIu32 " bytes", name_length);
	if (name_length == 0 ||
	    memchr(entry + TOOLSTACK_ENTRY_SIZE, '\0', name_length) !=
	    entry + TOOLSTACK_ENTRY_SIZE + name_length - 1)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "a name that does not end with its NUL");
	rest->bytes += size;
	rest->size -= size;
	return add_entry(l, entry, entry + TOOLSTACK_ENTRY_SIZE, name_length,
	    f);
}

static int
take_all(struct legacy *l, struct rest *rest, struct fault *f)
{
	uint32_t version, count;

	if (rest->size < TOOLSTACK_HEADER_SIZE)
		return legacy_fault(l, f, EXIT_MALFORMED, "%zu bytes, %u are "
		    "needed", rest->size, TOOLSTACK_HEADER_SIZE);
	version = get_le32(rest->bytes);
	if (version != TOOLSTACK_VERSION)
		return legacy_fault(l, f, EXIT_REFUSED, "version %" PRIu32
		    ", known is %u", version, TOOLSTACK_VERSION);
	count = get_le32(rest->bytes + 4);
	rest->bytes += TOOLSTACK_HEADER_SIZE;
	rest->size -= TOOLSTACK_HEADER_SIZE;
	while (count-- > 0)
		if (take_entry(l, rest, f) == -1)
			return -1;
	if (rest->size > 0)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "%zu bytes behind its last entry", rest->size);
	return 0;
}

/* The last one counts.  libxl has no such record for PV. */
int
legacy_physmap(struct legacy *l, struct fault *f)
{
	struct record data = { .body = NULL };
	uint32_t size;
	int result;

	if (legacy_take_u32(l, &size, f) == -1)
		return -1;
	l->physmap.length = 0;
	if (size == 0)
		return 0;
	if (size > TOOLSTACK_MAX)
		return legacy_fault(l, f, EXIT_REFUSED, "%" PRIu32 " bytes, "
		    "the limit is %u", size, TOOLSTACK_MAX);
	result = legacy_take_body(l, &data, 0, size, f) == -1 ? -1 :
	    take_all(l, &(struct rest){ data.body, size }, f);
	record_free(&data);
	if (l->pv)
		l->physmap.length = 0;
	return result;
}
