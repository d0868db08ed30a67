/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stored images (stored.h): read as whoever makes a stream of one does.  Sums
 * are made to fit first, but for one input in eight.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "format.h"
#include "fuzz.h"
#include "memory.h"

#define PAGES_MAX	64u	/* read of one image */

static uint32_t
sum_of(const uint8_t *bytes, size_t size, uint64_t at, uint64_t length)
{
	uint64_t whole = stored_whole(length);

	return at > size || whole < length || whole > size - at ? 0 :
	    crc_add(CRC_START, bytes + at, (size_t)whole);
}

/* The sums of what the header says is there. */
static void
mend(uint8_t *bytes, size_t size)
{
	uint64_t places = get_le64(bytes + STORED_PLACES_OFFSET);
	uint64_t leaves = get_le64(bytes + STORED_LEAVES_OFFSET), i;
	uint64_t head = get_le64(bytes + STORED_HEAD_OFFSET);
	uint64_t tail = get_le64(bytes + STORED_TAIL_OFFSET);
	uint64_t at = PAGE_SIZE * (1 + places), directory;

	if (places > size / PAGE_SIZE || leaves > size / PAGE_SIZE)
		return;
	directory = at + PAGE_SIZE * leaves;
	for (i = 0; i < leaves && directory + 16 * i + 16 <= size; i++)
		put_le32(bytes + directory + 16 * i + STORED_RUN_CRC_OFFSET,
		    sum_of(bytes, size, at + PAGE_SIZE * i, PAGE_SIZE));
	at = directory + stored_whole(leaves * STORED_DIRECTORY_ENTRY);
	put_le32(bytes + STORED_DIRECTORY_CRC_OFFSET, sum_of(bytes, size,
	    directory, leaves * STORED_DIRECTORY_ENTRY));
	put_le32(bytes + STORED_HEAD_CRC_OFFSET, sum_of(bytes, size, at,
	    head));
	put_le32(bytes + STORED_TAIL_CRC_OFFSET, sum_of(bytes, size,
	    at + stored_whole(head), tail));
	put_le64(bytes + STORED_SIZE_OFFSET, size);
	put_le32(bytes + STORED_CRC_OFFSET, crc_add(CRC_START, bytes,
	    STORED_CRC_OFFSET));
}

static int
take(void *taker, const struct record *rec, struct fault *f)
{
	(void)f;
	*(uint64_t *)taker += rec->size;
	return 0;
}

static void
read_all(struct memory *m)
{
	uint8_t page[PAGE_SIZE];
	struct stored_entry e;
	struct fault f;
	uint64_t pfn, count = 0, last = 0;
	int more = 1;

	for (pfn = 0; count < PAGES_MAX && (more = stored_next(&m->stored,
	    pfn, &e, &f)) == 1; pfn = e.pfn + 1) {
		fuzz_holds(e.pfn >= pfn && e.pfn <= PFN_MASK,
		    "pfns rise, and are such");
		last = e.pfn;
		count++;
		if (stored_page(&m->stored, e.pfn, page, &f) == -1)
			fuzz_failed(&f);
	}
	if (more == -1)
		fuzz_failed(&f);
	(void)stored_page(&m->stored, last + 1, page, &f);
	if (memory_records(m, take, &count, &f) == -1)
		fuzz_failed(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct memory m;
	struct fault f;
	int fd;

	fuzz_holds(copy != NULL, "there is memory");
	memcpy(copy, bytes, size);
	if (size >= PAGE_SIZE && fuzz_choice(bytes, size, 8) != 0)
		mend(copy, size);
	fd = fcntl(fuzz_input(copy, size), F_DUPFD_CLOEXEC, 0);
	if (memory_take(&m, fd, "image", &f) == -1) {
		fuzz_failed(&f);
	} else {
		read_all(&m);
		memory_close(&m);
	}
	free(copy);
	return 0;
}
