/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "fuzz.h"
#include "stream.h"

#define HIGH	900	/* descriptors from here on are the targets' own */

struct file {
	int fd;		/* -1: not made yet */
	char path[64];
	size_t size;	/* of what is mapped */
	uint8_t *at;
};

static struct file input = { .fd = -1 }, output = { .fd = -1 };

/*
 * What was freed is kept away for a while, but for less memory than a target
 * may take.  Bytes of fresh memory are not filled: that is half of the time.
 * The sanitizer calls it so, by a name that C reserves.
 */
const char *asan_options(void) __asm__("__asan_default_options");
const char *
asan_options(void)
{
	return "quarantine_size_mb=4:thread_local_quarantine_size_kb=64:"
	    "max_malloc_fill_size=0:allocator_may_return_null=1";
}

static __attribute__((constructor)) void
begin(void)
{
	if (sodium_init() == -1)
		abort();
	/* Memory is kept for the next run: the kernel clears what it gives. */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void
fuzz_wrong(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void
make(struct file *file)
{
	int fd;

	if (file->fd != -1)
		return;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	file->fd = fcntl(fd, F_DUPFD_CLOEXEC, HIGH);
	/* A file of keys is not for others. */
	if (fd == -1 || file->fd == -1 || fchmod(fd, 0600) == -1)
		fuzz_wrong("no file");
	close(fd);
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d",
	    file->fd);
}

int
fuzz_made(void)
{
	if (lseek(input.fd, 0, SEEK_SET) == -1)
		fuzz_wrong("no start of the input");
	return input.fd;
}

int
fuzz_input(const uint8_t *bytes, size_t size)
{
	make(&input);
	if (pwrite(input.fd, bytes, size, 0) != (ssize_t)size ||
	    ftruncate(input.fd, (off_t)size) == -1)
		fuzz_wrong("the input cannot be written");
	return fuzz_made();
}

/* A descriptor of the file, emptied. */
static int
empty(struct file *file)
{
	int fd;

	make(file);
	if (ftruncate(file->fd, 0) == -1 ||
	    lseek(file->fd, 0, SEEK_SET) == -1 ||
	    (fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0)) == -1)
		fuzz_wrong("no file to write to");
	return fd;
}

int
fuzz_make_input(void)
{
	return empty(&input);
}

const char *
fuzz_input_path(void)
{
	return input.path;
}

int
fuzz_output(void)
{
	if (output.at != NULL)
		munmap(output.at, output.size);
	output.at = NULL;
	return empty(&output);
}

const uint8_t *
fuzz_written(size_t *size)
{
	off_t end = lseek(output.fd, 0, SEEK_END);

	if (end == -1)
		fuzz_wrong("no end of the output");
	if (output.at != NULL || end == 0) {
		*size = output.at != NULL ? output.size : 0;
		return output.at != NULL ? output.at : (const uint8_t *)"";
	}
	*size = output.size = (size_t)end;
	output.at = mmap(NULL, *size, PROT_READ, MAP_SHARED, output.fd, 0);
	if (output.at == MAP_FAILED)
		fuzz_wrong("the output cannot be read");
	return output.at;
}

unsigned
fuzz_choice(const uint8_t *bytes, size_t size, unsigned count)
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < size; i++)
		sum += bytes[i];
	return sum % count;
}

void
fuzz_close(void)
{
	static unsigned first;

	/* The fuzzer's own were there before the first run. */
	if (first == 0) {
		first = (unsigned)fcntl(0, F_DUPFD, 3);
		close((int)first);
	}
	close_range(first, HIGH - 1, 0);
}

static ssize_t
take_all(void *cookie, const char *bytes, size_t size)
{
	(void)cookie;
	(void)bytes;
	return (ssize_t)size;
}

FILE *
fuzz_nowhere(void)
{
	static FILE *out;

	if (out == NULL)
		out = fopencookie(NULL, "w",
		    (cookie_io_functions_t){ .write = take_all });
	if (out == NULL)
		fuzz_wrong("no memory");
	return out;
}

char *
fuzz_text(const uint8_t *bytes, size_t size)
{
	char *text = strndup((const char *)bytes, size);

	if (text == NULL)
		fuzz_wrong("no memory");
	return text;
}

void
fuzz_failed(const struct fault *f)
{
	fuzz_holds(f->status >= EXIT_SYSTEM && f->status <= EXIT_REFUSED,
	    "a fault has a status");
	fuzz_holds(f->text[0] != '\0' && strlen(f->text) < sizeof(f->text) &&
	    strlen(f->hint) < sizeof(f->hint), "a fault has a text");
}

void
fuzz_same(const uint8_t *bytes, size_t size, const char *what)
{
	const uint8_t *written;
	size_t has;

	written = fuzz_written(&has);
	fuzz_holds(has == size && memcmp(written, bytes, size) == 0, what);
}

bool
fuzz_whole_stream(const uint8_t *bytes, size_t size)
{
	struct record rec = { .body = NULL };
	struct stream s;
	struct fault f;
	int more;

	if (stream_open(&s, fuzz_input(bytes, size), &f) == -1)
		fuzz_wrong(f.text);
	s.whole = true;
	while ((more = stream_next(&s, &rec, &f)) == 1)
		;
	record_free(&rec);
	stream_close(&s);
	return more == 0;
}
