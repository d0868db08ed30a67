/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compress.h - records to COMPRESSED records (xenrec.5).  No I/O.
 *
 *     compress_look    in parallel: what is each page?
 *     compress_join    in stream order: was it there before?
 *     compress_finish  in parallel: what is left, through zstd
 *
 * The three are a codec's work, join and finish (filter.h), with a struct
 * compress as the worker.  END, CHECKPOINT and pieces that are no record are
 * left as they are.  Equal streams give equal bytes, whatever the threads.
 */
#ifndef COMPRESS_H
#define COMPRESS_H

#include "counts.h"
#include "fault.h"
#include "record.h"
#include "squeeze.h"

#define COMPRESS_WINDOW		16384u	/* pages: 64 MiB */

struct compress;	/* one per thread */
struct compressor;	/* what they share */

/*
 * compressor_new(level, window, threads, f): level as in squeeze.h; window
 * in pages.  NULL with EXIT_SYSTEM.  Freed after its workers.
 */
struct compressor *compressor_new(int level, uint32_t window,
    unsigned threads, struct fault *f);
void compressor_free(struct compressor *shared);

/* compress_new(shared): a worker, or NULL without memory. */
struct compress *compress_new(struct compressor *shared);
void compress_free(struct compress *c);

/*
 * Each: 0, or -1 with EXIT_SYSTEM, or EXIT_REFUSED for a record of the
 * project's own that is too long to be packed again.
 */
int compress_look(void *worker, struct record *rec, struct fault *f);
int compress_join(void *worker, struct record *rec, struct fault *f);
int compress_finish(void *worker, struct record *rec, struct fault *f);

/* compress_counts(c): what this worker did so far. */
const struct counts *compress_counts(const struct compress *c);

#endif
