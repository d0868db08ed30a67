/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compress.h - a record to a COMPRESSED record and back.  No I/O.
 */
#ifndef COMPRESS_H
#define COMPRESS_H

#include "fault.h"
#include "record.h"

#define COMPRESS_LEVEL_MIN	(-131072)	/* zstd's own bounds */
#define COMPRESS_LEVEL_MAX	19

struct compress;	/* zstd state and a spare buffer; one per thread */

/*
 * compress_new(level): COMPRESS_LEVEL_MIN to COMPRESS_LEVEL_MAX; negative
 * levels are zstd's --fast.  NULL when memory ran out.
 */
struct compress *compress_new(int level);
void compress_free(struct compress *c);

/*
 * compress_record(c, rec, f): packs a record, its type and padding too; one
 * that would not shrink is stored.  END, CHECKPOINT and pieces that are no
 * record are left as they are.  Equal records give equal bytes.
 * 0, or -1 with EXIT_SYSTEM, or EXIT_REFUSED for a record of the project's
 * own that is too long to be packed again.
 */
int compress_record(struct compress *c, struct record *rec,
    struct fault *f);

/*
 * expand_record(c, rec, f): the inverse.  END, CHECKPOINT and pieces that
 * are no record are left as they are.
 * -1 with EXIT_MALFORMED when the record is not COMPRESSED, says that it
 * holds more than a record may, or its payload cannot be unpacked;
 * EXIT_INTEGRITY when it unpacks to something else than was packed;
 * EXIT_REFUSED for a version or flag that is not known; EXIT_SYSTEM.
 */
int expand_record(struct compress *c, struct record *rec, struct fault *f);

#endif
