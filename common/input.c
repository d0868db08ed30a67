/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input.h"
#include "io.h"
#include "replay.h"

/* Also one that never came to its end: its header is still empty. */
static bool
looks_stored(int fd)
{
	static const uint8_t nothing[STORED_MAGIC_SIZE];
	uint8_t magic[STORED_MAGIC_SIZE];
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    lseek(fd, 0, SEEK_CUR) == 0 &&
	    pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	    (memcmp(magic, STORED_MAGIC, sizeof(magic)) == 0 ||
	    memcmp(magic, nothing, sizeof(magic)) == 0);
}

int
input_open(struct input *i, const char *path, struct fault *f)
{
	*i = (struct input){ .fd = STDIN_FILENO };
	if (path != NULL &&
	    (i->fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return fault_set(f, EXIT_SYSTEM, "%.200s: %s", path,
		    strerror(errno));
	i->is_stored = looks_stored(i->fd);
	if (!i->is_stored)
		return 0;
	return stored_take(&i->stored, i->fd, path != NULL ? path : "stdin",
	    f);
}

/* The other process: the stored image into the pipe. */
static _Noreturn void
write_stream(struct input *i, int fd)
{
	struct sink out;
	struct fault f = { .status = EXIT_DONE };

	signal(SIGPIPE, SIG_DFL);	/* the reader says why it stopped */
	sink_open(&out, fd);
	if (replay_run(&i->stored, &out, &f) == -1)
		*i->late = f;
	_exit(f.status);
}

int
input_stream(struct input *i, struct fault *f)
{
	int ends[2];

	if (!i->is_stored)
		return 0;
	i->late = mmap(NULL, sizeof(*i->late), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (i->late == MAP_FAILED || pipe2(ends, O_CLOEXEC) == -1)
		return fault_set(f, EXIT_SYSTEM, "pipe: %s",
		    strerror(errno));
	if ((i->child = fork()) == -1)
		return fault_set(f, EXIT_SYSTEM, "fork: %s",
		    strerror(errno));
	if (i->child == 0) {
		close(ends[0]);
		write_stream(i, ends[1]);
	}
	close(ends[1]);
	i->fd = ends[0];
	return 0;
}

int
input_end(struct input *i, int result, struct fault *f)
{
	if (i->child > 0) {
		close(i->fd);	/* it may be about to write */
		while (waitpid(i->child, NULL, 0) == -1 && errno == EINTR)
			;
		if (result == -1 && i->late->status != EXIT_DONE)
			*f = *i->late;
	}
	if (i->is_stored)
		stored_close(&i->stored);
	return result;
}
