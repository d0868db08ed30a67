/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format.h"
#include "io.h"
#include "qemu_file.h"
#include "qemu_get.h"

int
qemu_get(struct qemu_file *q, void *to, size_t size, struct fault *f)
{
	if (size > q->size - q->at)
		return fault_set(f, EXIT_MALFORMED, "cut short at byte %" PRIu64
		    ", in what begins at byte %" PRIu64, q->size, q->at);
	q->from = q->at;
	q->at += size;
	return io_read_at(q->fd, to, size, q->from, f);
}

int
qemu_get_number(struct qemu_file *q, unsigned size, uint64_t *n,
    struct fault *f)
{
	uint8_t bytes[sizeof(*n)];
	unsigned i;

	if (qemu_get(q, bytes, size, f) == -1)
		return -1;
	for (*n = 0, i = 0; i < size; i++)
		*n = *n << 8 | bytes[i];
	return 0;
}

int
qemu_get_name(struct qemu_file *q, char name[QEMU_NAME_SIZE],
    struct fault *f)
{
	uint64_t length;

	if (qemu_get_number(q, 1, &length, f) == -1 ||
	    qemu_get(q, name, (size_t)length, f) == -1)
		return -1;
	name[length] = '\0';
	return 0;
}

int
qemu_wrong(const struct qemu_file *q, int status, struct fault *f,
    const char *what, uint64_t n)
{
	return fault_set(f, status, "byte %" PRIu64 ": %s %" PRIu64,
	    q->from, what, n);
}

static int
get_capabilities(struct qemu_file *q, struct fault *f)
{
	char name[QEMU_NAME_SIZE];
	uint64_t count;

	if (qemu_get_number(q, 4, &count, f) == -1)
		return -1;
	for (; count > 0; count--) {
		if (qemu_get_name(q, name, f) == -1)
			return -1;
		q->mapped_ram |= strcmp(name, "mapped-ram") == 0;
		q->ignore_shared |= strcmp(name, "x-ignore-shared") == 0;
	}
	return 0;
}

static int
get_page_bits(struct qemu_file *q, struct fault *f)
{
	uint64_t bits;

	if (qemu_get_number(q, QEMU_PAGE_BITS_SIZE, &bits, f) == -1)
		return -1;
	return bits == PAGE_SHIFT ? 0 : qemu_wrong(q, EXIT_REFUSED, f,
	    "pages are not of 4096 bytes: their bits are", bits);
}

static int
get_uuid(struct qemu_file *q, struct fault *f)
{
	uint8_t uuid[QEMU_UUID_SIZE];

	return qemu_get(q, uuid, sizeof(uuid), f);
}

static const struct {
	const char *name;
	int (*get)(struct qemu_file *q, struct fault *f);
} subsections[] = {
	{ "configuration/capabilities", get_capabilities },
	{ "configuration/target-page-bits", get_page_bits },
	{ "configuration/uuid", get_uuid },
};
#define SUBSECTIONS	(sizeof(subsections) / sizeof(subsections[0]))

static int
get_subsection(struct qemu_file *q, struct fault *f)
{
	char name[QEMU_NAME_SIZE];
	uint64_t version;
	size_t i;

	if (qemu_get_name(q, name, f) == -1)
		return -1;
	for (i = 0; i < SUBSECTIONS; i++)
		if (strcmp(name, subsections[i].name) == 0)
			return qemu_get_number(q, 4, &version, f) == -1 ?
			    -1 : subsections[i].get(q, f);
	return fault_set(f, EXIT_REFUSED, "byte %" PRIu64 ": '%s' is not "
	    "known", q->from, name);
}

static int
get_machine(struct qemu_file *q, struct fault *f)
{
	uint64_t length;

	if (qemu_get_number(q, 4, &length, f) == -1)
		return -1;
	if (length >= QEMU_NAME_SIZE)
		return qemu_wrong(q, EXIT_MALFORMED, f,
		    "the machine's name has a length of", length);
	q->machine[length] = '\0';
	return qemu_get(q, q->machine, (size_t)length, f);
}

int
qemu_get_command(struct qemu_file *q, struct fault *f)
{
	uint64_t number, length;

	if (qemu_get_number(q, 2, &number, f) == -1 ||
	    qemu_get_number(q, 2, &length, f) == -1)
		return -1;
	if (length > q->size - q->at)
		return qemu_get(q, NULL, (size_t)length, f);
	q->at += length;
	return 0;
}

/* The first section with data is ram's: QEMU has its memory first of all. */
static int
get_start(struct qemu_file *q, struct fault *f)
{
	char name[QEMU_NAME_SIZE];
	uint64_t id, instance, version, word;

	if (qemu_get_number(q, 4, &id, f) == -1 ||
	    qemu_get_name(q, name, f) == -1 ||
	    qemu_get_number(q, 4, &instance, f) == -1 ||
	    qemu_get_number(q, 4, &version, f) == -1)
		return -1;
	q->section = (uint32_t)id;
	if (strcmp(name, QEMU_RAM) != 0)
		return fault_set(f, EXIT_REFUSED, "byte %" PRIu64 ": section "
		    "'%s' in front of the memory is not known", q->from, name);
	if (version != QEMU_RAM_VERSION)
		return qemu_wrong(q, EXIT_REFUSED, f, "known is version 4 of "
		    "ram, not", version);
	if (!q->mapped_ram) {
		fault_set(f, EXIT_REFUSED, "a migration of QEMU's without "
		    "mapped-ram");
		return fault_hint(f, "in its monitor, with QEMU 9.0 or later: "
		    "migrate_set_capability mapped-ram on; migrate file:...");
	}
	if (qemu_get_number(q, 8, &word, f) == -1)
		return -1;
	if ((word & QEMU_FLAGS) != QEMU_MEM_SIZE)
		return qemu_wrong(q, EXIT_MALFORMED, f, "no list of blocks, "
		    "but flags", word & QEMU_FLAGS);
	q->left = word & ~QEMU_FLAGS;
	return 0;
}

/* 1 when ram was begun, 0 for something before it, or -1. */
static int
get_section(struct qemu_file *q, struct fault *f)
{
	uint64_t type;

	if (qemu_get_number(q, 1, &type, f) == -1)
		return -1;
	switch (type) {
	case QEMU_CONFIGURATION:
		return get_machine(q, f);
	case QEMU_SUBSECTION:
		return get_subsection(q, f);
	case QEMU_COMMAND:
		return qemu_get_command(q, f);
	case QEMU_SECTION_START:
		return get_start(q, f) == -1 ? -1 : 1;
	default:
		return qemu_wrong(q, EXIT_MALFORMED, f, "in front of the "
		    "memory there is a section of type", type);
	}
}

int
qemu_file_open(struct qemu_file *q, int fd, struct fault *f)
{
	uint8_t magic[QEMU_MAGIC_SIZE];
	uint64_t version;
	struct stat st;
	off_t at;
	int more;

	*q = (struct qemu_file){ .fd = fd };
	if (fstat(fd, &st) == -1)
		return fault_set(f, EXIT_SYSTEM, "the input: %s",
		    strerror(errno));
	at = lseek(fd, 0, SEEK_CUR);
	if (!S_ISREG(st.st_mode) || at == -1) {
		fault_set(f, EXIT_REFUSED, "what QEMU migrates to a file "
		    "cannot be read from a pipe");
		return fault_hint(f, "rec-convert ... < FILE");
	}
	q->at = (uint64_t)at;
	q->size = st.st_size > at ? (uint64_t)st.st_size : q->at;
	if (qemu_get(q, magic, sizeof(magic), f) == -1)
		return -1;
	if (memcmp(magic, QEMU_MAGIC, QEMU_MAGIC_SIZE) != 0)
		return fault_set(f, EXIT_MALFORMED, "the input is no "
		    "migration of QEMU's");
	if (qemu_get_number(q, 4, &version, f) == -1)
		return -1;
	if (version != QEMU_VERSION)
		return qemu_wrong(q, EXIT_REFUSED, f, "known is version 3, "
		    "not", version);
	while ((more = get_section(q, f)) == 0)
		;
	return more == -1 ? -1 : 0;
}
