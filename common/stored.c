/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "crc.h"
#include "io.h"
#include "stored.h"

int
stored_fault(const struct stored *s, struct fault *f, int status,
    const char *fmt, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fault_set(f, status, "%.200s: %.190s", s->path, text);
}

int
stored_bytes(const struct stored *s, void *buf, size_t size, uint64_t offset,
    struct fault *f)
{
	struct fault why;

	if (io_read_at(s->fd, buf, size, offset, &why) == 0)
		return 0;
	return stored_fault(s, f, why.status, "%s", why.text);
}

static uint64_t
leaf_offset(const struct stored *s, uint64_t i)
{
	return PAGE_SIZE * (1 + s->places + i);
}

/* What a header says before it can be believed. */
static int
check_magic(const struct stored *s, const uint8_t *h, struct fault *f)
{
	static const uint8_t nothing[PAGE_SIZE];

	if (memcmp(h, nothing, PAGE_SIZE) == 0)
		return stored_fault(s, f, EXIT_MALFORMED, "it is incomplete: "
		    "it was never written to its end");
	if (memcmp(h, STORED_MAGIC, STORED_MAGIC_SIZE) != 0)
		return stored_fault(s, f, EXIT_MALFORMED,
		    "it is no stored image");
	if (get_le16(h + STORED_VERSION_OFFSET) != STORED_VERSION)
		return stored_fault(s, f, EXIT_REFUSED, "stored image "
		    "version %u, known is %u",
		    get_le16(h + STORED_VERSION_OFFSET), STORED_VERSION);
	if (get_le32(h + STORED_CRC_OFFSET) != crc_add(CRC_START, h,
	    STORED_CRC_OFFSET))
		return stored_fault(s, f, EXIT_MALFORMED, "damaged header");
	if (get_le16(h + STORED_FLAGS_OFFSET) != 0)
		return stored_fault(s, f, EXIT_REFUSED,
		    "flags 0x%x are not known",
		    get_le16(h + STORED_FLAGS_OFFSET));
	if (get_le32(h + STORED_PAGE_SIZE_OFFSET) != PAGE_SIZE)
		return stored_fault(s, f, EXIT_REFUSED, "pages of %" PRIu32
		    " bytes, known are those of %u",
		    get_le32(h + STORED_PAGE_SIZE_OFFSET), PAGE_SIZE);
	return 0;
}

/* Where everything is, and that the file ends behind it. */
static int
lay_out(struct stored *s, const uint8_t *h, uint64_t size, struct fault *f)
{
	s->size = get_le64(h + STORED_SIZE_OFFSET);
	s->places = get_le64(h + STORED_PLACES_OFFSET);
	s->pages = get_le64(h + STORED_PAGES_OFFSET);
	s->leaves = s->loaded = get_le64(h + STORED_LEAVES_OFFSET);
	s->span = get_le64(h + STORED_SPAN_OFFSET);
	s->head.length = get_le64(h + STORED_HEAD_OFFSET);
	s->tail.length = get_le64(h + STORED_TAIL_OFFSET);
	s->head.crc = get_le32(h + STORED_HEAD_CRC_OFFSET);
	s->tail.crc = get_le32(h + STORED_TAIL_CRC_OFFSET);
	if (size != s->size)
		return stored_fault(s, f, EXIT_MALFORMED, "%s: %" PRIu64
		    " bytes, its header says %" PRIu64, size < s->size ?
		    "cut short" : "too long", size, s->size);
	if (size > STORED_SIZE_MAX || s->leaves > STORED_LEAVES_MAX ||
	    s->span > STORED_SPAN_MAX)
		return stored_fault(s, f, EXIT_REFUSED,
		    "larger than any guest");
	if (s->places > size / PAGE_SIZE || s->head.length > size ||
	    s->tail.length > size || s->pages > s->places ||
	    s->head.length < RECORD_HEADER_SIZE ||
	    s->tail.length < RECORD_HEADER_SIZE)
		return stored_fault(s, f, EXIT_MALFORMED, "its header lies");
	s->head.offset = leaf_offset(s, s->leaves) +
	    stored_whole(s->leaves * STORED_DIRECTORY_ENTRY);
	s->tail.offset = s->head.offset + stored_whole(s->head.length);
	if (s->tail.offset + stored_whole(s->tail.length) != size)
		return stored_fault(s, f, EXIT_MALFORMED, "its header lies");
	return 0;
}

static const uint8_t *
directory_at(const struct stored *s, uint64_t i)
{
	return s->directory + STORED_DIRECTORY_ENTRY * i;
}

static int
load_directory(struct stored *s, uint32_t crc, struct fault *f)
{
	uint64_t offset = leaf_offset(s, s->leaves), i;
	size_t size = (size_t)(s->head.offset - offset);

	if ((s->directory = malloc(size + 1)) == NULL)
		return stored_fault(s, f, EXIT_SYSTEM,
		    "no memory for its index");
	if (stored_bytes(s, s->directory, size, offset, f) == -1)
		return -1;
	if (crc_add(CRC_START, s->directory, size) != crc)
		return stored_fault(s, f, EXIT_MALFORMED, "damaged directory");
	for (i = 1; i < s->leaves; i++)
		if (get_le64(directory_at(s, i)) <=
		    get_le64(directory_at(s, i - 1)))
			return stored_fault(s, f, EXIT_MALFORMED,
			    "its directory is not in order");
	if (s->leaves > 0 && get_le64(directory_at(s, s->leaves - 1)) >
	    PFN_MASK / STORED_RUN)
		return stored_fault(s, f, EXIT_MALFORMED,
		    "its directory has pfns that cannot be");
	return 0;
}

static int
load(struct stored *s, struct fault *f)
{
	uint8_t header[PAGE_SIZE];
	struct stat st;

	if (fstat(s->fd, &st) == -1)
		return stored_fault(s, f, EXIT_SYSTEM, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return stored_fault(s, f, EXIT_REFUSED,
		    "it is no regular file");
	if (st.st_size < (off_t)PAGE_SIZE)
		return stored_fault(s, f, EXIT_MALFORMED, "it is no stored "
		    "image: it has %lld bytes", (long long)st.st_size);
	if (stored_bytes(s, header, sizeof(header), 0, f) == -1 ||
	    check_magic(s, header, f) == -1 ||
	    lay_out(s, header, (uint64_t)st.st_size, f) == -1)
		return -1;
	return load_directory(s, get_le32(header +
	    STORED_DIRECTORY_CRC_OFFSET), f);
}

int
stored_open(struct stored *s, const char *path, struct fault *f)
{
	/* A FIFO is not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1) {
		s->fd = -1;
		return fault_set(f, EXIT_SYSTEM, "%.200s: %s", path,
		    strerror(errno));
	}
	return stored_take(s, fd, path, f);
}

int
stored_take(struct stored *s, int fd, const char *path, struct fault *f)
{
	*s = (struct stored){
		.path = path, .fd = fd, .head.name = "head",
		.tail.name = "tail",
	};
	if (load(s, f) == 0)
		return 0;
	stored_close(s);
	return -1;
}

void
stored_close(struct stored *s)
{
	free(s->directory);
	s->directory = NULL;
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

/* The first leaf whose run is not below that one; s->leaves for none. */
static uint64_t
find_leaf(const struct stored *s, uint64_t run)
{
	uint64_t low = 0, high = s->leaves, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (get_le64(directory_at(s, middle)) < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
load_leaf(struct stored *s, uint64_t i, struct fault *f)
{
	const uint8_t *d = directory_at(s, i);

	if (s->loaded == i)
		return 0;
	s->loaded = s->leaves;
	if (stored_bytes(s, s->leaf, PAGE_SIZE, leaf_offset(s, i), f) == -1)
		return -1;
	if (crc_add(CRC_START, s->leaf, PAGE_SIZE) !=
	    get_le32(d + STORED_RUN_CRC_OFFSET))
		return stored_fault(s, f, EXIT_MALFORMED, "damaged index, of "
		    "the pfns from 0x%" PRIx64 " on", get_le64(d) * STORED_RUN);
	s->loaded = i;
	return 0;
}

/* The entry of a pfn that is there.  0 or -1. */
static int
take_entry(const struct stored *s, uint64_t pfn, uint64_t word,
    struct stored_entry *e, struct fault *f)
{
	unsigned type = word >> STORED_TYPE_SHIFT & 0xf;
	unsigned last = word >> STORED_LAST_SHIFT & 0xf;
	bool data = page_has_data((enum page_type)type);

	*e = (struct stored_entry){
		.pfn = pfn, .type = (enum page_type)type,
		.last = (enum page_type)last, .crc = (uint32_t)word,
	};
	if ((word & ~(STORED_THERE | UINT64_C(0xffffffffff))) != 0 ||
	    !(word & STORED_THERE) ||
	    (type > PAGE_L4TAB && type < PAGE_L1TAB_PINNED) ||
	    type == PAGE_XTAB || (data ? pfn >= s->places : e->crc != 0) ||
	    (last != type && (last < PAGE_BROKEN || type == PAGE_BROKEN)))
		return stored_fault(s, f, EXIT_MALFORMED, "pfn 0x%" PRIx64
		    " has an entry that cannot be", pfn);
	return 0;
}

int
stored_next(struct stored *s, uint64_t pfn, struct stored_entry *e,
    struct fault *f)
{
	uint64_t i, n, run, word;

	for (i = find_leaf(s, pfn / STORED_RUN); i < s->leaves; i++) {
		run = get_le64(directory_at(s, i));
		if (load_leaf(s, i, f) == -1)
			return -1;
		n = run == pfn / STORED_RUN ? pfn % STORED_RUN : 0;
		for (; n < STORED_RUN; n++) {
			word = get_le64(s->leaf + STORED_ENTRY_SIZE * n);
			if (word == 0)
				continue;
			return take_entry(s, run * STORED_RUN + n, word, e,
			    f) == -1 ? -1 : 1;
		}
	}
	return 0;
}

int
stored_read(const struct stored *s, const struct stored_entry *e,
    size_t count, uint8_t *bytes, struct fault *f)
{
	size_t i;

	if (stored_bytes(s, bytes, PAGE_SIZE * count,
	    PAGE_SIZE * (1 + e->pfn), f) == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (crc_add(CRC_START, bytes + PAGE_SIZE * i, PAGE_SIZE) !=
		    e[i].crc)
			return stored_fault(s, f, EXIT_INTEGRITY, "the page "
			    "of pfn 0x%" PRIx64 " is damaged", e[i].pfn);
	return 0;
}

int
stored_page(struct stored *s, uint64_t pfn, uint8_t bytes[PAGE_SIZE],
    struct fault *f)
{
	struct stored_entry e;
	int found = stored_next(s, pfn, &e, f);

	if (found != 1 || e.pfn != pfn || !page_has_data(e.type))
		return found == -1 ? -1 : 0;
	return stored_read(s, &e, 1, bytes, f) == -1 ? -1 : 1;
}
