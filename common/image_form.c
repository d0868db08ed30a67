/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "image_form.h"
#include "memory.h"
#include "newfile.h"
#include "replay.h"
#include "stop.h"
#include "store.h"

bool
image_form_knows(const uint8_t *bytes, size_t size)
{
	return size >= STORED_MAGIC_SIZE &&
	    memcmp(bytes, STORED_MAGIC, STORED_MAGIC_SIZE) == 0;
}

/* Its places are counted from the start of the file.  A descriptor, or -1. */
static int
open_again(const struct convert *c, struct fault *f)
{
	off_t at = lseek(c->in, 0, SEEK_CUR);
	int fd;

	if (at != 0) {
		fault_set(f, EXIT_REFUSED, at == -1 ? "a stored image cannot "
		    "be read from a pipe" : "a stored image cannot be read "
		    "from its middle");
		return fault_hint(f, "rec-convert ... < FILE");
	}
	if ((fd = fcntl(c->in, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) == -1)
		fault_set(f, EXIT_SYSTEM, "the input: %s", strerror(errno));
	return fd;
}

static int
open_memory(const struct convert *c, struct memory *m, struct fault *f)
{
	int fd = open_again(c, f);

	return fd == -1 ? -1 : memory_take(m, fd, "the input", f);
}

static int
check_pfns(const struct convert *c, struct memory *m, struct fault *f)
{
	struct stored_entry e;
	int more = stored_next(&m->stored, c->max_pfn + 1, &e, f);

	if (more != 1)
		return more;
	stored_fault(&m->stored, f, EXIT_REFUSED, "pfn 0x%" PRIx64
	    " is above 0x%" PRIx64, e.pfn, c->max_pfn);
	return fault_hint(f, "--max-pfn raises that limit");
}

int
image_form_read_memory(const struct convert *c, struct memory *m, struct fault *f)
{
	if (open_memory(c, m, f) == -1)
		return -1;
	if (check_pfns(c, m, f) == 0)
		return 0;
	memory_close(m);
	return -1;
}

int
image_form_read(const struct convert *c, int out, struct fault *f)
{
	struct memory m;
	struct sink to;
	int result;

	if (open_memory(c, &m, f) == -1)
		return -1;
	sink_open(&to, out);
	result = replay_run(&m.stored, &to, f);
	memory_close(&m);
	return result == -1 ? -1 : sink_close(&to, f);
}

int
image_form_write(const struct convert *c, int in, struct fault *f)
{
	struct store s;
	int result;

	if (store_open(&s, c->path, c->replace, f) == -1)
		return -1;
	stop_drops(&s.file);
	result = memory_keep(&s, in, c->max_pfn, f);
	if (result == 0)
		result = newfile_publish(&s.file, f);
	stop_drops(NULL);
	store_close(&s);
	return result;
}
