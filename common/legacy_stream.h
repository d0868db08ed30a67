/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_stream.h - what the readers of a legacy stream's parts share.
 *
 * Functions return 0, or another number that they name, or -1 with *f:
 * EXIT_SYSTEM; EXIT_MALFORMED, with the part and its byte in front; with
 * l->cut set when the input ended too early.
 */
#ifndef LEGACY_STREAM_H
#define LEGACY_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convert.h"
#include "fault.h"
#include "io.h"
#include "legacy_format.h"
#include "record.h"

#define LEGACY_HELD_SIZE	16u	/* bytes */
#define LEGACY_VCPU_WORDS	(LEGACY_VCPU_MAX / 64 + 1)

struct legacy_remus;

enum legacy_frame {
	FRAME_NONE, FRAME_XL, FRAME_XEND, FRAME_XAPI, FRAME_XAPI_2
};

struct legacy {
	const struct convert *c;
	struct source in;
	uint8_t  held[LEGACY_HELD_SIZE];	/* read, and put back */
	size_t   holds;
	bool     cut;
	struct sink out;
	struct record rec;	/* the one that is being made */

	/* The part that is being read, for messages. */
	const char *part;
	uint64_t number, start;	/* of a chunk, from 0; its byte */
	bool     is_chunk;

	enum legacy_frame frame;
	bool     newer;		/* what stands in it is an image of Xen 4.6 or
				   later */
	bool     nested;	/* the output is a libxl stream */
	uint64_t checkpoints;	/* complete ones, written */

	/* From the head: */
	size_t   word;		/* bytes of the toolstack's long */
	bool     pv;
	uint64_t p2m_size;
	unsigned width;		/* bytes of the guest's, or 0 */
	bool     extended;	/* LEGACY_EXTENDED_SIZE follow each vcpu, */
	uint32_t xsave;		/* and so many */

	/* From a body: */
	uint64_t chunks;	/* read so far */
	uint64_t online[LEGACY_VCPU_WORDS];
	bool     has_online;
	bool     last;		/* no checkpoint comes behind it */
	bool     tmem;		/* there was some */
	uint64_t param[LEGACY_CHUNKS];	/* HVM's: values, by chunk */
	unsigned params[LEGACY_CHUNKS];	/* chunks, as they came */
	unsigned param_count;
	struct record physmap;	/* for xenstore: physmap.length bytes */
	bool     will_compress;	/* from the next body on */
	struct legacy_remus *remus;	/* it does */

	/* QEMU's state, in a file without a name. */
	struct sink qemu;
	bool     has_qemu;
};

/* Taking: legacy_take.c */

/* legacy_part(l, name): what is read from here on is called that. */
void legacy_part(struct legacy *l, const char *name);

/* legacy_fault(l, f, status, fmt, ...): fault_set with the part and its byte
 * in front.  Returns -1. */
int legacy_fault(const struct legacy *l, struct fault *f, int status,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* legacy_tell(l, fmt, ...): news on stderr, unless l->c->quiet. */
void legacy_tell(const struct legacy *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* legacy_at(l): the byte that is taken next. */
uint64_t legacy_at(const struct legacy *l);

/* legacy_some(l, buf, size, got, f): size bytes, or less where the input
 * ends.  legacy_take: no less.  legacy_back: at most LEGACY_HELD_SIZE of the
 * last are taken again. */
int legacy_some(struct legacy *l, void *buf, size_t size, size_t *got,
    struct fault *f);
int legacy_take(struct legacy *l, void *buf, size_t size, struct fault *f);
void legacy_back(struct legacy *l, const void *bytes, size_t size);

int legacy_take_u32(struct legacy *l, uint32_t *n, struct fault *f);
int legacy_take_word(struct legacy *l, uint64_t *n, struct fault *f);

/* legacy_take_body(l, rec, have, size, f): size bytes to rec->body + have,
 * which grows as they arrive. */
int legacy_take_body(struct legacy *l, struct record *rec, size_t have,
    size_t size, struct fault *f);

/* legacy_copy(l, size, out, f): as many bytes to a sink, or to none. */
int legacy_copy(struct legacy *l, uint64_t size, struct sink *out,
    struct fault *f);

/* legacy_put(l, type, length, f): l->rec, of length bytes, as a record. */
int legacy_put(struct legacy *l, uint32_t type, uint32_t length,
    struct fault *f);

/* The parts, in order. */

/* legacy_envelope(l, f): what it stands in, to where the stream begins; xl's
 * header is written. */
int legacy_envelope(struct legacy *l, struct fault *f);

/* legacy_head(l, f): to the first chunk; all headers are written. */
int legacy_head(struct legacy *l, struct fault *f);

/* legacy_put_outer(l, options, f): libxl's header and LIBXC_CONTEXT, where the
 * guest, whose l->pv is known, gets a libxl stream. */
int legacy_put_outer(struct legacy *l, uint8_t options, struct fault *f);

/* legacy_image(l, f): instead of what is from head to tail, an image of Xen
 * 4.6 or later; written but for its END. */
int legacy_image(struct legacy *l, struct fault *f);

/* legacy_body(l, f): chunks, with the 0 that ends them. */
int legacy_body(struct legacy *l, struct fault *f);

/* legacy_tail(l, f): as far as libxc wrote it. */
int legacy_tail(struct legacy *l, struct fault *f);

/* legacy_behind(l, f): QEMU's record, which every toolstack wrote for HVM, and
 * all else behind a tail.  1 when another body comes, which shows that there
 * are checkpoints. */
int legacy_behind(struct legacy *l, struct fault *f);

/* legacy_put_emulator(l, f): libxl's records of what came for QEMU. */
int legacy_put_emulator(struct legacy *l, struct fault *f);

/* Chunks. */

/* legacy_batch(l, count, f): the entries, and what follows them. */
int legacy_batch(struct legacy *l, uint32_t count, struct fault *f);

/* legacy_physmap(l, f): TOOLSTACK, made l->physmap. */
int legacy_physmap(struct legacy *l, struct fault *f);

/* legacy_tmem, legacy_tmem_extra: taken, and left out. */
int legacy_tmem(struct legacy *l, struct fault *f);
int legacy_tmem_extra(struct legacy *l, struct fault *f);

/*
 * Pages that come as changes (Remus).
 * legacy_remus_new(l, f): from now on they do.
 * legacy_remus_queue: entries, in PAGE_DATA's form, whose data are to come.
 * legacy_remus_data: a COMPRESSED_DATA.
 * legacy_remus_flush: the body's end: all has come, and is written.
 */
int legacy_remus_new(struct legacy *l, struct fault *f);
void legacy_remus_free(struct legacy_remus *r);
int legacy_remus_queue(struct legacy *l, const uint64_t *entries,
    size_t count, struct fault *f);
int legacy_remus_data(struct legacy *l, struct fault *f);
int legacy_remus_flush(struct legacy *l, struct fault *f);

#endif
