/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "steady.h"

#define PIECE_SIZE	((size_t)256 << 10)

static int
system_fault(const char *name, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "cannot read %.255s: %s", name,
	    strerror(errno));
}

static int
changed(const struct steady *s, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "%.255s changed while it was read",
	    s->name);
}

static int
refuse(const char *name, struct fault *f)
{
	return fault_set(f, EXIT_REFUSED, "%.255s is no regular file", name);
}

int
steady_open(struct steady *s, int dir, const char *name, struct fault *f)
{
	/* O_NONBLOCK: what turns out to be a fifo is not waited for. */
	*s = (struct steady){ .name = name, .fd = openat(dir, name, O_RDONLY |
	    O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) };
	if (s->fd == -1 && errno == ENOENT)
		return fault_set(f, EXIT_MALFORMED, "%.255s is missing",
		    name);
	if (s->fd == -1 && errno == ELOOP)
		return refuse(name, f);
	if (s->fd == -1 || fstat(s->fd, &s->was) == -1) {
		system_fault(name, f);
		steady_close(s);
		return -1;
	}
	if (!S_ISREG(s->was.st_mode)) {
		steady_close(s);
		return refuse(name, f);
	}
	s->size = (uint64_t)s->was.st_size;
	return 0;
}

int
steady_read(struct steady *s, void *buf, size_t size, struct fault *f)
{
	if (io_read_at(s->fd, buf, size, s->offset, f) == -1)
		return f->status == EXIT_SYSTEM ? fault_within(f, s->name) :
		    changed(s, f);
	s->offset += size;
	return 0;
}

int
steady_copy(struct steady *s, uint64_t size, struct sink *out,
    struct fault *f)
{
	uint8_t buf[PIECE_SIZE];
	size_t piece;

	for (; size > 0; size -= piece) {
		piece = size < sizeof(buf) ? (size_t)size : sizeof(buf);
		if (steady_read(s, buf, piece, f) == -1 ||
		    sink_put(out, buf, piece, f) == -1)
			return -1;
	}
	return 0;
}

int
steady_check(const struct steady *s, struct fault *f)
{
	struct stat is;

	if (fstat(s->fd, &is) == -1)
		return system_fault(s->name, f);
	if (is.st_size != s->was.st_size ||
	    is.st_mtim.tv_sec != s->was.st_mtim.tv_sec ||
	    is.st_mtim.tv_nsec != s->was.st_mtim.tv_nsec)
		return changed(s, f);
	return 0;
}

void
steady_close(struct steady *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}
