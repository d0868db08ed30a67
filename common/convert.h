/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * convert.h - a guest from one of the forms that it is kept in to another.
 *
 *     input -> form.read -+-> form.write ----------------------> output
 *     (a process, and     |
 *      flatten.h's)       '-> memory.h -> form.write_memory ---> output
 *
 * In the middle there is a plain stream of image version 3, of any kind in
 * format.h.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "memory.h"
#include "sparse.h"
#include "upstream.h"

/* What the command line says. */
struct convert {
	const char *tool;
	const struct form *from, *to;	/* from NULL: as found */
	int      in;
	const char *path;	/* of the output; NULL: stdout */
	bool     replace;
	bool     quiet, verbose;
	uint64_t max_pfn;
	bool     limits_streams; /* by max_pfn, not only memory */
	bool     force;		/* leave out what the form has no place for */
	const char *config;	/* file: the guest's configuration, or NULL */
	bool     checkpoints;	/* leave a checkpointed stream one */
	uint64_t checkpoint;	/* that is taken of one; 0: the newest */
	bool     absent_zeroes;	/* of raw: pages of zeroes are not there */
	uint64_t lowmem;	/* of QEMU: bytes below 4 GiB; 0: by machine */
	bool     virtual_addresses;	/* of elf-core */

	/* Set by convert_run: what writes the stream that form.write reads. */
	struct upstream_pair sources;
};

/* A form: what can be read, and what can be written of it. */
struct form {
	const char *name, *about;

	/* Whether an input that begins so is one.  NULL: it cannot be told. */
	bool (*knows)(const uint8_t *bytes, size_t size);

	/* In a process of its own: all that is on c->in, as a plain stream,
	 * to out, which it closes.  NULL: c->in is one. */
	int (*read)(const struct convert *c, int out, struct fault *f);

	/* The same for memory alone.  NULL: by read. */
	int (*read_memory)(const struct convert *c, struct memory *m,
	    struct fault *f);

	/* Writes the plain stream on `in`, to its end; END last of all. */
	int (*write)(const struct convert *c, int in, struct sink *out,
	    struct fault *f);

	/* Instead of that: writes of a guest's memory what the form holds. */
	int (*write_memory)(const struct convert *c, struct memory *m,
	    struct sparse *out, struct fault *f);

	bool checkpointed;	/* what read gives may be a checkpointed
				   stream, of which flatten.h makes a plain
				   one */
	bool configured;	/* write uses c->config */
	/* Instead of both: a form of file that is not written from its start
	 * to its end makes c->path, which is not NULL then, of the plain
	 * stream on `in`. */
	int (*write_file)(const struct convert *c, int in, struct fault *f);

	bool cannot_read;	/* it is for output only */
};

/* form_find(name): the form, or NULL. */
const struct form *form_find(const char *name);

/* form_next(form): the one behind it in the table; the first for NULL, NULL
 * behind the last. */
const struct form *form_next(const struct form *form);

/*
 * convert_run(c, f): does it.  The output is there when it is whole, under
 * c->path, or as stdout, which is closed.  0, or -1 with *f as the readers,
 * memory.h and newfile.h say.
 */
int convert_run(struct convert *c, struct fault *f);

#endif
