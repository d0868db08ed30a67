/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exploded.h - a stream as a directory of files, one for each record: the
 * names of the files, which are all that says where each belongs.
 *
 *   envelope.raw                     xl's or virsh's header
 *   libxl.raw                        libxl's header, if there is one
 *   libxl-000000-LIBXC_CONTEXT.rec   the body of a libxl record
 *   image.raw                        image header and domain header
 *   000000-STATIC_DATA_END.rec       the body of a libxc record
 *   000003-PAGE_DATA.json, .raw      PAGE_DATA records that follow each
 *                                    other: their entries, and their pages
 *   000007-HVM_CONTEXT.pad           padding that is not zero
 *
 * Between the number and the '-' anything may stand: 000003a-....
 */
#ifndef EXPLODED_H
#define EXPLODED_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define EXPLODED_FILES_MAX	(1u << 20)	/* in one directory */
#define EXPLODED_NAME_SIZE	(NAME_MAX + 1)

#define EXPLODED_ENVELOPE	"envelope.raw"
#define EXPLODED_LIBXL		"libxl.raw"
#define EXPLODED_IMAGE		"image.raw"

/* What a record's file has, by the end of its name. */
enum exploded_kind {
	EXPLODED_BODY,		/* .rec */
	EXPLODED_LIST,		/* .json: of the entries of PAGE_DATA */
	EXPLODED_PAGES,		/* .raw: the pages of these */
	EXPLODED_PADDING	/* .pad */
};

/* The name of a record's file. */
struct exploded {
	enum exploded_kind kind;
	bool     libxl;		/* of a libxl record, not of the image's */
	uint32_t type;		/* a REC_ or LIBXL_ value */
	/* Records are in the order of their numbers, and then of what follows
	 * the number in the name, bytewise. */
	uint64_t number;
	const char *rest;
};

/*
 * exploded_put(e, name): the name of that file.  e->rest is not used.
 */
void exploded_put(const struct exploded *e, char name[EXPLODED_NAME_SIZE]);

/*
 * exploded_get(name, e): *e from such a name; e->rest points into it.  False
 * for any other name, and for those of the three files of headers.
 */
bool exploded_get(const char *name, struct exploded *e);

/*
 * exploded_beside(name, kind, beside): the name of the file of that kind of
 * the same record.  The name is one that exploded_get takes.
 */
void exploded_beside(const char *name, enum exploded_kind kind,
    char beside[EXPLODED_NAME_SIZE]);

#endif
