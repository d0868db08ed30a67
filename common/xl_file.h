/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xl_file.h - what stands in front of the image in a stream of libxl's, held
 * back until it is known what the domain shall be, and then written as the
 * beginning of a save file for xl restore.
 *
 * Source: xl.h and xl_saverestore.c in xen.git's tools/xl.
 */
#ifndef XL_FILE_H
#define XL_FILE_H

#include <stdbool.h>

#include "config.h"
#include "edit_config.h"
#include "fault.h"
#include "hold.h"
#include "io.h"
#include "record.h"

/* Starts zeroed. */
struct xl_file {
	struct hold envelope;	/* xl's header and what belongs to it */
	struct hold rest;	/* from libxl's header on */
	bool written;
	bool is_xl;		/* the envelope is xl's own */
};

/*
 * xl_file_hold(x, rec, f): the next piece, before xl_file_write.
 * 0, or -1 with EXIT_REFUSED (over 1 MiB) or EXIT_SYSTEM.
 */
int xl_file_hold(struct xl_file *x, const struct record *rec,
    struct fault *f);

/*
 * xl_file_config(x, c, f): whether xl's configuration says what the domain is:
 * its name, uuid, type, vcpus and memory in *c then, and in_xl and from_xl
 * set.  1, 0 when there is none, or -1 with EXIT_MALFORMED.
 */
int xl_file_config(const struct xl_file *x, struct config *c,
    struct fault *f);

/*
 * xl_file_write(x, set, out, f): all that was held, as a save file in whose
 * configuration *set is set; without a configuration when set is NULL: xl is
 * given one in another way then.
 * 0, or -1 with EXIT_REFUSED (it has none), EXIT_MALFORMED or EXIT_SYSTEM.
 */
int xl_file_write(struct xl_file *x, const struct edit_config *set,
    struct sink *out, struct fault *f);

void xl_file_free(struct xl_file *x);

#endif
