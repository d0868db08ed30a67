/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format.h"
#include "sparse.h"

static const uint8_t zeroes[16 * PAGE_SIZE];

void
sparse_open(struct sparse *s, struct sink *out)
{
	struct stat st;
	int flags = fcntl(out->fd, F_GETFL);

	*s = (struct sparse){ .out = out };
	s->holes = fstat(out->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    flags != -1 && (flags & O_APPEND) == 0 &&
	    lseek(out->fd, 0, SEEK_CUR) >= st.st_size;
}

/* What was skipped is behind us: by a seek, or as zeroes. */
static int
pass(struct sparse *s, struct fault *f)
{
	size_t n;

	if (s->holes && s->skipped > 0) {
		if (lseek(s->out->fd, (off_t)s->skipped, SEEK_CUR) == -1)
			return fault_set(f, EXIT_SYSTEM, "seek in the "
			    "output: %s", strerror(errno));
		s->out->offset += s->skipped;
		s->skipped = 0;
	}
	for (; s->skipped > 0; s->skipped -= n) {
		n = s->skipped < sizeof(zeroes) ? (size_t)s->skipped :
		    sizeof(zeroes);
		if (sink_put(s->out, zeroes, n, f) == -1)
			return -1;
	}
	return 0;
}

int
sparse_put(struct sparse *s, const void *bytes, size_t size, struct fault *f)
{
	return pass(s, f) == -1 ? -1 : sink_put(s->out, bytes, size, f);
}

static bool
is_zero(const uint8_t *page)
{
	return memcmp(page, zeroes, PAGE_SIZE) == 0;
}

int
sparse_pages(struct sparse *s, const uint8_t *pages, size_t count,
    struct fault *f)
{
	size_t i, n;
	bool zero;

	for (i = 0; i < count; i += n) {
		zero = is_zero(pages + PAGE_SIZE * i);
		for (n = 1; i + n < count &&
		    is_zero(pages + PAGE_SIZE * (i + n)) == zero; n++)
			;
		if ((zero ? sparse_skip(s, PAGE_SIZE * n, f) :
		    sparse_put(s, pages + PAGE_SIZE * i, PAGE_SIZE * n,
		    f)) == -1)
			return -1;
	}
	return 0;
}

int
sparse_skip(struct sparse *s, uint64_t size, struct fault *f)
{
	s->skipped += size;
	return s->holes ? 0 : pass(s, f);
}

int
sparse_end(struct sparse *s, struct fault *f)
{
	off_t end;

	if (pass(s, f) == -1)
		return -1;
	if (!s->holes)
		return 0;
	end = lseek(s->out->fd, 0, SEEK_CUR);
	if (end == -1 || ftruncate(s->out->fd, end) == -1)
		return fault_set(f, EXIT_SYSTEM, "size of the output: %s",
		    strerror(errno));
	return 0;
}
