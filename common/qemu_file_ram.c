/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the first block of the memory on.  Bitmaps are written last of the
 * memory, in front of the end of its section: so that has to be there, and so
 * has the description, as nothing else says that the devices are whole.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bytes.h"
#include "format.h"
#include "io.h"
#include "qemu_file.h"
#include "qemu_get.h"

static int
wrong_block(const struct qemu_block *b, int status, struct fault *f,
    const char *what)
{
	return fault_set(f, status, "block '%s' at byte %" PRIu64 ": %s",
	    b->name, b->at, what);
}

/* Whether its places are behind one another, and in the file. */
static int
check_places(const struct qemu_file *q, const struct qemu_block *b,
    struct fault *f)
{
	/* Words of 64 bits. */
	uint64_t bits = (b->length / PAGE_SIZE + 63) / 64 * 8;

	if (b->bitmap < q->at || b->pages < b->bitmap ||
	    b->pages - b->bitmap < bits || b->pages % PAGE_SIZE != 0)
		return wrong_block(b, EXIT_MALFORMED, f,
		    "its bitmap or its pages are where they cannot be");
	if (b->pages > q->size || q->size - b->pages < b->length)
		return fault_set(f, EXIT_MALFORMED, "cut short at byte %" PRIu64
		    ", in the pages of block '%s'", q->size, b->name);
	return 0;
}

static int
get_places(struct qemu_file *q, struct qemu_block *b, struct fault *f)
{
	uint64_t version, page_size;

	if (qemu_get_number(q, 4, &version, f) == -1)
		return -1;
	if (version != QEMU_MAPPED_RAM_VERSION)
		return qemu_wrong(q, EXIT_REFUSED, f, "known is version 1 of "
		    "mapped-ram, not", version);
	if (qemu_get_number(q, 8, &page_size, f) == -1 ||
	    qemu_get_number(q, 8, &b->bitmap, f) == -1 ||
	    qemu_get_number(q, 8, &b->pages, f) == -1)
		return -1;
	if (page_size != PAGE_SIZE)
		return wrong_block(b, EXIT_REFUSED, f, "its pages are not of "
		    "4096 bytes");
	if (q->ignore_shared && b->bitmap == 0 && b->pages == 0)
		return 0;
	if (check_places(q, b, f) == -1)
		return -1;
	q->at = b->pages + b->length;
	return 0;
}

int
qemu_file_block(struct qemu_file *q, struct qemu_block *b, struct fault *f)
{
	uint64_t address;

	if (q->left == 0)
		return 0;
	*b = (struct qemu_block){ .at = q->at };
	if (qemu_get_name(q, b->name, f) == -1 ||
	    qemu_get_number(q, 8, &b->length, f) == -1)
		return -1;
	if (b->length > q->left || b->length % PAGE_SIZE != 0)
		return wrong_block(b, EXIT_MALFORMED, f, "a length that "
		    "cannot be");
	q->left -= b->length;
	if (q->ignore_shared && qemu_get_number(q, 8, &address, f) == -1)
		return -1;
	return get_places(q, b, f) == -1 ? -1 : 1;
}

/* What is left of a section of ram: no page stands among it. */
static int
get_rest(struct qemu_file *q, struct fault *f)
{
	uint64_t word, type, id;

	do {
		if (qemu_get_number(q, 8, &word, f) == -1)
			return -1;
		if (word != QEMU_EOS && word != QEMU_MULTIFD_FLUSH)
			return qemu_wrong(q, EXIT_MALFORMED, f, "behind the "
			    "memory there are flags", word & QEMU_FLAGS);
	} while (word != QEMU_EOS);
	if (qemu_get_number(q, 1, &type, f) == -1 ||
	    qemu_get_number(q, 4, &id, f) == -1)
		return -1;
	return type == QEMU_SECTION_FOOTER && id == q->section ? 0 :
	    qemu_wrong(q, EXIT_MALFORMED, f, "no footer of section",
	    q->section);
}

/* 1 for the end of ram, 0 for what may come before it, or -1. */
static int
get_part(struct qemu_file *q, struct fault *f)
{
	uint64_t type, id;

	if (qemu_get_number(q, 1, &type, f) == -1)
		return -1;
	if (type == QEMU_COMMAND)
		return qemu_get_command(q, f);
	if (type != QEMU_SECTION_PART && type != QEMU_SECTION_END)
		return qemu_wrong(q, EXIT_REFUSED, f, "before the memory's "
		    "end there is a section of type", type);
	if (qemu_get_number(q, 4, &id, f) == -1)
		return -1;
	if (id != q->section)
		return qemu_wrong(q, EXIT_REFUSED, f, "before the memory's "
		    "end there is section", id);
	if (get_rest(q, f) == -1)
		return -1;
	return type == QEMU_SECTION_END;
}

/* Whether the last bytes have a description, and end with it. */
static bool
is_described(const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i + QEMU_DESCRIPTION_FRONT < size; i++)
		if (bytes[i] == QEMU_EOF && bytes[i + 1] == QEMU_DESCRIPTION &&
		    get_be32(bytes + i + 2) ==
		    size - i - QEMU_DESCRIPTION_FRONT &&
		    bytes[i + QEMU_DESCRIPTION_FRONT] == '{' &&
		    bytes[size - 1] == '}')
			return true;
	return false;
}

static int
check_description(struct qemu_file *q, struct fault *f)
{
	uint64_t left = q->size - q->at;
	size_t size = (size_t)(left < QEMU_DESCRIPTION_MAX ? left :
	    QEMU_DESCRIPTION_MAX);
	uint8_t *bytes = malloc(size + 1);
	bool good;

	if (bytes == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	if (io_read_at(q->fd, bytes, size, q->size - size, f) == -1) {
		free(bytes);
		return -1;
	}
	good = is_described(bytes, size);
	free(bytes);
	if (good)
		return 0;
	fault_set(f, EXIT_MALFORMED, "cut short at byte %" PRIu64 ", without "
	    "the description of its devices", q->size);
	return fault_hint(f, "a machine with suppress-vmdesc=on writes none, "
	    "and then nobody can tell");
}

int
qemu_file_end(struct qemu_file *q, struct fault *f)
{
	int ended;

	if (get_rest(q, f) == -1)
		return -1;
	while ((ended = get_part(q, f)) == 0)
		;
	return ended == -1 ? -1 : check_description(q, f);
}
