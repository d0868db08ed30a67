/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "nowait.h"
#include "outlet.h"

void
outlet_open(struct outlet *o, int fd)
{
	char self[40];
	struct sink widened;
	struct stat st;
	int own;

	sink_open(&widened, fd);
	*o = (struct outlet){ .fd = fd };
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode) ||
	    (own = open(self, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1)
		return;
	close(fd);
	o->fd = own;
}

int
outlet_put(struct outlet *o, const void *bytes, size_t size, size_t *put,
    struct fault *f)
{
	char text[FAULT_TEXT_SIZE];

	if (nowait_write(o->fd, bytes, size, put, f) == 0) {
		o->offset += *put;
		return 0;
	}
	memcpy(text, f->text, sizeof(text));
	return fault_set(f, EXIT_SYSTEM, "byte %" PRIu64 ": %.300s",
	    o->offset, text);
}

int
outlet_close(struct outlet *o, struct fault *f)
{
	struct sink out = { .fd = o->fd, .offset = o->offset };

	o->fd = -1;
	return sink_close(&out, f);
}
