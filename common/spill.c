/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "format.h"
#include "newfile.h"
#include "spill.h"
#include "stream.h"

#define DIRECTORY	"/var/tmp"

const char *
spill_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && dir[0] != '\0' ? dir : DIRECTORY;
}

/* The ways out of a directory that is full, or not for us. */
static int
hint(struct fault *f)
{
	return fault_hint(f, "TMPDIR names another directory; a regular file "
	    "as input needs none");
}

int
spill_open(struct spill *s, uint64_t max, struct fault *f)
{
	int fd = newfile_nameless(spill_directory(), f);

	if (fd == -1)
		return hint(f);
	sink_open(&s->out, fd);
	s->max = max;
	return 0;
}

int
spill_keep(struct spill *s, const struct record *rec, struct fault *f)
{
	uint64_t size = rec->size;
	struct fault cause;

	if (rec->part == PART_RECORD)
		size += RECORD_HEADER_SIZE;
	if (size > s->max - s->out.offset) {
		record_fault(f, EXIT_REFUSED, rec, "the stream is longer than "
		    "the %" PRIu64 " bytes that may be kept of a pipe",
		    s->max);
		return fault_hint(f, "give it a regular file, or let it keep "
		    "more with --spill");
	}
	if (stream_write(&s->out, rec, &cause) == 0)
		return 0;
	fault_set(f, cause.status, "file in %.150s: %.200s", spill_directory(),
	    cause.text);
	return hint(f);
}

void
spill_close(struct spill *s)
{
	close(s->out.fd);
	s->out.fd = -1;
}
