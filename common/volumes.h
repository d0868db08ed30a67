/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * volumes.h - where the chunks of a set of parts go: files, which get their
 * names when all of them are whole, or commands.
 */
#ifndef VOLUMES_H
#define VOLUMES_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"
#include "fault.h"
#include "parts.h"
#include "record.h"

#define VOLUME_SIZE_MIN		65536u	/* bytes */
#define VOLUME_CHUNK_MAX	(UINT32_C(256) << 10)

struct volume;

/* The first four are set by the caller, all else is zero. */
struct volumes {
	const char *prefix;	/* PREFIX000.rec is the first */
	uint64_t size;		/* bytes of each at most; or 0: */
	uint32_t count;		/* so many, in turn */
	const char *command;	/* that each is fed to; NULL: a file */
	bool     replace;	/* files that are there */

	struct part_header header;	/* of the volume begun last */
	struct volume *first, *last;	/* all of them, in order */
	struct volume *current;	/* that the next chunk goes to */
	bool checkpointed;	/* a checkpoint was written */
};

/*
 * volumes_begin(v, f): a set, with a random id; v->header.chunk is the bytes of
 * payload in a chunk.  0, or -1 with EXIT_SYSTEM.
 */
int volumes_begin(struct volumes *v, struct fault *f);

/*
 * volumes_write(v, c, rec, f): the next chunk and its record.  With the last
 * one all volumes are whole, and on the disk, or were taken by their command.
 * 0, or -1: EXIT_REFUSED for a file that is there, EXIT_SYSTEM, also when a
 * command fails.
 */
int volumes_write(struct volumes *v, const struct chunk *c,
    const struct record *rec, struct fault *f);

/*
 * volumes_publish(v, f): behind the last chunk: gives the files their names, all
 * or none, while signals wait.  With replace, what the set had that PREFIX000.rec
 * was of, and that was not replaced, is removed.
 * 0, or -1 as newfile_name: then all is as before, or the hint says that not.
 */
int volumes_publish(struct volumes *v, struct fault *f);

/* volumes_count(v): how many were begun. */
uint32_t volumes_count(const struct volumes *v);

/*
 * volumes_stop(v): nothing of what is not published stays; a signal handler
 * may call it (stop.h).
 * volumes_close(v): that, and waits for commands; of a stream with
 * checkpoints they have all that came.  Frees everything.
 */
void volumes_stop(const void *v);
void volumes_close(struct volumes *v);

#endif
