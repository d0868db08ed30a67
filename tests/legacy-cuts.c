/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy-cuts STEP OLD WANT - reads the legacy stream OLD cut after each byte
 * (each STEPth, in all its last bytes), in this process: what comes out is to
 * be whole records of WANT from its start, without what ends it, and the fault
 * one of a cut at that byte.  Where the first checkpoint is complete there is
 * no fault.  Prints how many cuts had one, and how many had none.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "legacy.h"

#define LAST_BYTES	64

struct bytes {
	char  *at;
	size_t size;
};

static _Noreturn void
wrong(size_t cut, const char *what)
{
	printf("cut at byte %zu: %s\n", cut, what);
	exit(1);
}

static struct bytes
load(const char *path)
{
	struct bytes b;
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd == -1 || fstat(fd, &st) == -1)
		wrong(0, path);
	b.size = (size_t)st.st_size;
	b.at = mmap(NULL, b.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (b.at == MAP_FAILED)
		wrong(0, path);
	close(fd);
	return b;
}

static int
empty_file(void)
{
	int fd = memfd_create("cut", 0);

	if (fd == -1)
		wrong(0, "no file");
	return fd;
}

static void
check_output(size_t cut, int fd, const struct bytes *want, int result)
{
	struct stat st;
	size_t size;
	char *at;

	if (fstat(fd, &st) == -1)
		wrong(cut, "no output");
	size = (size_t)st.st_size;
	if (size > want->size || (result == -1 && size == want->size))
		wrong(cut, "all came out");
	if (size == 0)
		return;
	at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED || memcmp(at, want->at, size) != 0)
		wrong(cut, "something else came out");
	munmap(at, size);
}

static void
check_fault(size_t cut, const struct fault *f)
{
	char end[64];
	size_t size = strlen(f->text);

	snprintf(end, sizeof(end), "cut short at byte %zu", cut);
	if (f->status != EXIT_MALFORMED || size < strlen(end) ||
	    strcmp(f->text + size - strlen(end), end) != 0)
		wrong(cut, f->text);
}

/* Whether there was a fault. */
static bool
try(size_t cut, const struct bytes *old, const struct bytes *want)
{
	struct convert c = { .tool = "legacy-cuts", .quiet = true };
	struct fault f;
	int out = empty_file(), copy = dup(out), result;

	c.in = empty_file();
	if (write(c.in, old->at, cut) != (ssize_t)cut ||
	    lseek(c.in, 0, SEEK_SET) == -1)
		wrong(cut, "cannot write it");
	result = legacy_read(&c, copy, &f);
	if (result == -1) {
		check_fault(cut, &f);
		close(copy);
	}
	check_output(cut, out, want, result);
	close(c.in);
	close(out);
	return result == -1;
}

int
main(int argc, char *argv[])
{
	struct bytes old, want;
	size_t cut, step, count[2] = { 0, 0 };

	if (argc != 4)
		wrong(0, "usage");
	step = strtoul(argv[1], NULL, 10);
	old = load(argv[2]);
	want = load(argv[3]);
	for (cut = 0; cut < old.size; cut += cut + LAST_BYTES < old.size ?
	    step : 1)
		count[try(cut, &old, &want)]++;
	printf("%zu %zu\n", count[1], count[0]);
	return 0;
}
