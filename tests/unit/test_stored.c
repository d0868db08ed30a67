/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The vector `stored`, which tests/gen made, read; and damaged at each byte.
 * `test_stored page FILE PFN` tells how long it takes to read one page.
 */
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

#include "bytes.h"
#include "crc.h"
#include "replay.h"
#include "stored.h"
#include "tap.h"
#include "vector.h"

#define PLACES	16u	/* of the vector: its parts, in pages */
#define LEAF	(PAGE_SIZE * (1 + PLACES))
#define DIRECTORY (LEAF + PAGE_SIZE)
#define HEAD	(DIRECTORY + PAGE_SIZE)
#define TAIL	(HEAD + PAGE_SIZE)

static uint8_t *good, *bytes;
static size_t size;
static int fd;
static char path[40];

static void
load(void)
{
	int from = vector_open("stored");
	struct stat st;

	if (fstat(from, &st) == -1 || st.st_size < (off_t)TAIL)
		exit(1);
	size = (size_t)st.st_size;
	good = malloc(size);
	bytes = malloc(size);
	if (read(from, good, size) != (ssize_t)size)
		exit(1);
	close(from);
	fd = bytes_open(good, size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

/* The file has the first n of these bytes. */
static void
put(const uint8_t *from, size_t n)
{
	if (pwrite(fd, from, n, 0) != (ssize_t)n ||
	    ftruncate(fd, (off_t)n) == -1)
		exit(1);
}

/* The status of emitting the file, and the fault. */
static int
emit(struct fault *f)
{
	struct stored s;
	struct sink out;
	int result;

	if (stored_open(&s, path, f) == -1)
		return f->status;
	sink_open(&out, -1);
	result = replay_run(&s, &out, f);
	stored_close(&s);
	return result == -1 ? f->status : EXIT_DONE;
}

static void
test_read(void)
{
	/* The type of each pfn's page, and its last one. */
	static const char want[] = "1:00 2:00 3:00 4:11 5:22 6:33 7:cc 8:99 "
	    "9:aa 10:bb 11:4f 12:0e 13:ef 14:dd 15:0d ";
	struct stored_entry e;
	struct stored s;
	struct fault f;
	uint8_t page[PAGE_SIZE];
	char got[200] = "";
	uint64_t pfn;

	ok(stored_open(&s, path, &f) == 0, "an image opens");
	for (pfn = 0; stored_next(&s, pfn, &e, &f) == 1; pfn = e.pfn + 1)
		snprintf(got + strlen(got), sizeof(got) - strlen(got),
		    "%" PRIu64 ":%x%x ", e.pfn, e.type, e.last);
	if (!ok(strcmp(got, want) == 0, "it has all pfns, and their types"))
		printf("# %s\n", got);
	ok(stored_page(&s, 11, page, &f) == 1 && get_le64(page) == 0x6067 &&
	    get_le64(page + 8) == 0xa067, "a page that was lost is there");
	ok(stored_page(&s, 12, page, &f) == 1 && get_le32(page) == 112,
	    "of two pages the last");
	ok(stored_page(&s, 3, page, &f) == 1 && page[0] == 0 &&
	    memcmp(page, page + 1, PAGE_SIZE - 1) == 0, "zeroes in a hole");
	ok(stored_page(&s, 13, page, &f) == 0, "memory without content");
	ok(stored_page(&s, 0, page, &f) == 0 &&
	    stored_page(&s, UINT64_C(1) << 51, page, &f) == 0,
	    "a pfn that is not there");
	stored_close(&s);
	ok(emit(&f) == EXIT_DONE, "it is whole");
}

/* The status for damage at this byte; 0 where nothing is kept. */
static int
status_at(size_t at)
{
	size_t pfn = at / PAGE_SIZE - 1;

	if (at < PAGE_SIZE)
		return EXIT_MALFORMED;
	if (at < LEAF)
		return pfn == 0 || pfn == 13 || pfn == 14 ? EXIT_DONE :
		    EXIT_INTEGRITY;
	return at < HEAD ? EXIT_MALFORMED : EXIT_INTEGRITY;
}

static void
test_damage(void)
{
	unsigned wrong = 0, bit;
	struct fault f;
	size_t at;
	int got;

	for (at = 0; at < size; at += at < PAGE_SIZE ||
	    (at >= LEAF && at < HEAD) ? 1 : 61) {
		bit = 1u << at % 8;
		bytes[at] = (uint8_t)(good[at] ^ bit);
		if (pwrite(fd, bytes + at, 1, (off_t)at) != 1)
			exit(1);
		got = emit(&f);
		if (at == STORED_VERSION_OFFSET ||
		    at == STORED_VERSION_OFFSET + 1)
			wrong += got != EXIT_REFUSED;
		else
			wrong += got != status_at(at);
		if (wrong == 1)
			printf("# byte %zu: %d %s\n", at, got, f.text);
		wrong += wrong == 1;
		if (pwrite(fd, good + at, 1, (off_t)at) != 1)
			exit(1);
	}
	ok(wrong == 0, "damaged at any byte it has its status");
	ok(emit(&f) == EXIT_DONE, "undamaged it is whole again");
	for (at = 0; at < size; at += at < PAGE_SIZE ? 1 : 61) {
		put(good, at);
		wrong += emit(&f) != EXIT_MALFORMED;
	}
	ok(wrong == 0, "cut anywhere it is refused");
	memcpy(bytes, good, size);
	memset(bytes, 0, PAGE_SIZE);
	put(bytes, size);
	ok(emit(&f) == EXIT_MALFORMED && strstr(f.text, "incomplete: it was "
	    "never written to its end") != NULL, "without header: it is said");
}

/* All CRCs of bytes[] as they have to be. */
static void
seal(void)
{
	put_le32(bytes + DIRECTORY + STORED_RUN_CRC_OFFSET,
	    crc_add(CRC_START, bytes + LEAF, PAGE_SIZE));
	put_le32(bytes + STORED_DIRECTORY_CRC_OFFSET,
	    crc_add(CRC_START, bytes + DIRECTORY, PAGE_SIZE));
	put_le32(bytes + STORED_HEAD_CRC_OFFSET,
	    crc_add(CRC_START, bytes + HEAD, PAGE_SIZE));
	put_le32(bytes + STORED_TAIL_CRC_OFFSET,
	    crc_add(CRC_START, bytes + TAIL, size - TAIL));
	put_le32(bytes + STORED_CRC_OFFSET,
	    crc_add(CRC_START, bytes, STORED_CRC_OFFSET));
}

/* A whole image with 8 bytes that it must not have. */
static void
refused(size_t at, uint64_t value, int status, const char *text)
{
	struct fault f;
	int got;

	memcpy(bytes, good, size);
	put_le64(bytes + at, value);
	seal();
	put(bytes, size);
	got = emit(&f);
	if (!ok(got == status && strstr(f.text, text) != NULL, "%s (%" PRIx64
	    " at %zu)", text, value, at))
		printf("# %d %s\n", got, f.text);
}

static void
test_lies(void)
{
	static const uint64_t entries[] = {
		0x15500000000, 0x1ff00000000, 0x1fd00000000,
		0x1dd00000001, 0x10100000000, 0x1ee00000007,
		0x30000000000, 0x1010000000000, 0x1100000000, 1,
	};
	uint64_t header = get_le64(good + STORED_VERSION_OFFSET);
	size_t i;

	refused(8, header, EXIT_DONE, "");
	refused(8, header + 1, EXIT_REFUSED, "stored image version 2");
	refused(8, header + (1 << 16), EXIT_REFUSED, "flags 0x1 are");
	refused(8, header + (UINT64_C(4096) << 32), EXIT_REFUSED,
	    "pages of 8192 bytes");
	refused(16, size + 1, EXIT_MALFORMED, "cut short: ");
	refused(16, size - 1, EXIT_MALFORMED, "too long: ");
	refused(24, UINT64_MAX, EXIT_MALFORMED, "its header lies");
	refused(24, PLACES - 1, EXIT_MALFORMED, "its header lies");
	refused(32, 1, EXIT_MALFORMED, "its header says 1");
	refused(64, UINT64_MAX, EXIT_REFUSED, "larger than any guest");
	refused(64, 0, EXIT_DONE, "");
	refused(64, 100, EXIT_DONE, "");
	refused(40, 0, EXIT_MALFORMED, "its header lies");
	refused(40, UINT64_MAX, EXIT_REFUSED, "larger than any guest");
	refused(48, 0, EXIT_MALFORMED, "its header lies");
	refused(48, UINT64_MAX, EXIT_MALFORMED, "its header lies");
	refused(48, 32, EXIT_MALFORMED, "does not begin a stream");
	refused(56, 7, EXIT_MALFORMED, "its header lies");
	refused(DIRECTORY, UINT64_C(1) << 43, EXIT_MALFORMED,
	    "pfns that cannot be");
	refused(DIRECTORY, 1, EXIT_MALFORMED, "an entry that cannot be");
	refused(HEAD, 0, EXIT_MALFORMED, "does not begin a stream");
	refused(size - PAGE_SIZE + get_le64(good + STORED_TAIL_OFFSET) %
	    PAGE_SIZE - 8, 1, EXIT_MALFORMED, "has no END");
	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		refused(LEAF + 8, entries[i], EXIT_MALFORMED,
		    "pfn 0x1 has an entry that cannot be");
	/* The last place but one that is in use is behind the places. */
	refused(LEAF + 8 * 400, get_le64(good + LEAF + 8), EXIT_MALFORMED,
	    "pfn 0x190 has an entry that cannot be");
}

static int
tell_page(const char *name, const char *pfn)
{
	uint8_t page[PAGE_SIZE] = { 0 };
	struct timespec from, to;
	struct stored s;
	struct fault f;
	int found;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (stored_open(&s, name, &f) == -1)
		return f.status;
	found = stored_page(&s, strtoull(pfn, NULL, 0), page, &f);
	clock_gettime(CLOCK_MONOTONIC, &to);
	stored_close(&s);
	printf("found %d, %u in front, %ld us\n", found, get_le32(page),
	    (to.tv_sec - from.tv_sec) * 1000000 +
	    (to.tv_nsec - from.tv_nsec) / 1000);
	return found == 1 ? EXIT_DONE : EXIT_SYSTEM;
}

int
main(int argc, char *argv[])
{
	if (argc == 4)
		return tell_page(argv[2], argv[3]);
	load();
	test_read();
	test_damage();
	test_lies();
	return tap_end();
}
