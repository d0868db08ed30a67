/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "io.h"
#include "replay.h"
#include "sandbox.h"
#include "sealed.h"

/* Also one that never came to its end: its header is still empty.  1, 0 or -1
 * with errno set. */
static int
looks_stored(int fd)
{
	static const uint8_t nothing[STORED_MAGIC_SIZE];
	uint8_t magic[STORED_MAGIC_SIZE];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    lseek(fd, 0, SEEK_CUR) != 0)
		return 0;
	if ((n = io_look(fd, magic, sizeof(magic), 0)) == -1)
		return -1;
	return n == (ssize_t)sizeof(magic) &&
	    (memcmp(magic, STORED_MAGIC, sizeof(magic)) == 0 ||
	    memcmp(magic, nothing, sizeof(magic)) == 0);
}

static int
may_fork(struct fault *f)
{
	return sandbox_enter(&(struct sandbox){ .forks = true }, f);
}

int
input_open(struct input *i, const char *path, struct fault *f)
{
	int stored;

	i->fd = STDIN_FILENO;
	if (path != NULL &&
	    (i->fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return fault_set(f, EXIT_SYSTEM, "%.200s: %s", path,
		    strerror(errno));
	/* What opens a sealed one has to read of libcrypto's first. */
	if (i->keys == NULL && may_fork(f) == -1)
		return -1;
	if ((stored = looks_stored(i->fd)) == -1)
		return fault_set(f, EXIT_SYSTEM, "%.200s: %s",
		    path != NULL ? path : "stdin", strerror(errno));
	i->is_stored = stored;
	if (!i->is_stored)
		return 0;
	if (i->keys != NULL && may_fork(f) == -1)
		return -1;
	return stored_take(&i->stored, i->fd, path != NULL ? path : "stdin",
	    f);
}

static int
write_stored(void *stored, int fd, struct fault *f)
{
	struct sink out;

	if (sandbox_enter(NULL, f) == -1)
		return -1;
	sink_open(&out, fd);
	return replay_run(stored, &out, f);
}

int
input_stream(struct input *i, struct fault *f)
{
	int result = 0;

	if (i->is_stored)
		result = upstream_fork(&i->up, write_stored, &i->stored, f);
	else if (i->keys != NULL)
		result = sealed_fork(&i->up, &(struct sealed){
		    .in = i->fd, .keys = i->keys, .threads = i->threads,
		    .others = { -1, -1 } }, f);
	if (i->up.child > 0)
		i->fd = i->up.fd;
	return result;
}

int
input_end(struct input *i, int result, struct fault *f)
{
	if (i->up.child > 0)
		result = upstream_end(&i->up, result, f);
	if (i->is_stored)
		stored_close(&i->stored);
	return result;
}
