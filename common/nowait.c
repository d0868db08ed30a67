/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "nowait.h"
#include "traffic.h"

void
nowait_set(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
nowait_read(int fd, void *buf, size_t size, size_t *got, bool *ended,
    struct fault *f)
{
	ssize_t n;

	*got = 0;
	*ended = false;
	while ((n = read(fd, buf, size)) == -1 && errno == EINTR)
		;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n == -1)
		return fault_set(f, EXIT_SYSTEM, "read: %s", strerror(errno));
	traffic_now()->in += (uint64_t)n;
	*got = (size_t)n;
	*ended = n == 0;
	return 0;
}

int
nowait_write(int fd, const void *buf, size_t size, size_t *put,
    struct fault *f)
{
	ssize_t n;

	*put = 0;
	while ((n = write(fd, buf, size)) == -1 && errno == EINTR)
		;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n == -1)
		return fault_set(f, EXIT_SYSTEM, "write: %s",
		    strerror(errno));
	traffic_now()->out += (uint64_t)n;
	*put = (size_t)n;
	return 0;
}
