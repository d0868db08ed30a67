/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "peek.h"

#define PIECE_SIZE	((size_t)256 << 10)

/* What a peek has taken, and then the rest. */
struct feed {
	const struct peek *peek;
	struct source *in;
};

static int
copy(struct source *in, struct sink *out, struct fault *f)
{
	uint8_t *buf = malloc(PIECE_SIZE);
	size_t got;
	int result;

	if (buf == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	do {
		result = source_tee(in, out, buf, PIECE_SIZE, &got, f);
	} while (result == 0 && got > 0);
	free(buf);
	return result;
}

static int
feed(void *ctx, int fd, struct fault *f)
{
	const struct feed *feed = ctx;
	struct sink out;

	sink_open(&out, fd);
	if (sink_put(&out, feed->peek->bytes, feed->peek->size, f) == -1 ||
	    copy(feed->in, &out, f) == -1)
		return -1;
	return sink_close(&out, f);
}

int
peek_open(struct peek *p, int *fd, struct fault *f)
{
	struct source in;
	struct stat st;
	ssize_t n;
	int result;

	*p = (struct peek){ .size = 0 };
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = io_look(*fd, p->bytes, PEEK_SIZE, lseek(*fd, 0, SEEK_CUR));
		if (n == -1)
			return fault_set(f, EXIT_SYSTEM, "read: %s",
			    strerror(errno));
		p->size = (size_t)n;
		return 0;
	}
	if (source_open(&in, *fd, f) == -1)
		return -1;
	result = source_read(&in, p->bytes, PEEK_SIZE, &p->size, f);
	if (result == 0)
		result = upstream_fork(&p->up, feed, &(struct feed){
		    .peek = p, .in = &in }, f);
	source_close(&in);
	if (result == 0)
		*fd = p->up.fd;
	return result;
}

int
peek_end(struct peek *p, int result, struct fault *f)
{
	/* A reader may take for the end what was none. */
	return p->up.child > 0 ? upstream_end_whole(&p->up, result, f) :
	    result;
}
