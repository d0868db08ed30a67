/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.h - one piece of a stream in memory: a libxc record, or bytes that
 * stand around the image.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum part {
	PART_ENVELOPE,	/* bytes before libxl's header: xl's or virsh's */
	PART_LIBXL,	/* libxl's header, or the header of one of its records */
	PART_LIBXL_BODY, /* bytes of that record's body */
	PART_IMAGE,	/* image header and domain header, 40 bytes */
	PART_RECORD,	/* one libxc record, or the first bytes of one */
	PART_BODY,	/* more bytes of the record before */
	PART_REST,	/* bytes after the stream's END */
	PART_NONE	/* a record that a codec took out of the stream */
};

struct record {
	enum part part;
	uint32_t type;		/* a REC_ value; PART_LIBXL*: a LIBXL_ value */
	uint32_t length;	/* of the record's body, without padding */
	uint8_t *body;		/* owned; PART_RECORD, PART_BODY: of the body
				   with its padding; otherwise all bytes */
	size_t   size;		/* bytes of this piece at body */
	size_t   room;		/* bytes allocated at body */
	uint64_t index;		/* of the record in its level, from 0 */
	uint64_t offset;	/* of its header in the input, in bytes */
	uint32_t packed;	/* length in the stream of one that layers.h
				   opened, else 0 */
	uint32_t crc;		/* set and used by tally.h only */
	bool     written;	/* the piece is in the output already */
};

/* END, as stream_write takes it. */
extern const struct record record_end;

/* record_size(length): bytes of a body of that length with its padding. */
static inline size_t
record_size(uint32_t length)
{
	return ((size_t)length + 7) & ~(size_t)7;
}

/*
 * record_reserve(rec, size, f): makes rec->body hold at least size bytes.
 * Keeps the bytes that are there.  Large bodies are aligned to huge pages.
 * 0, or -1 with EXIT_SYSTEM when memory ran out (rec unchanged).
 */
int record_reserve(struct record *rec, size_t size, struct fault *f);

/*
 * record_set(rec, type, length): makes *rec a whole libxc record of that type
 * and length, and zeroes its padding.  record_size(length) bytes are reserved.
 */
void record_set(struct record *rec, uint32_t type, uint32_t length);

/*
 * record_swap(a, b): exchanges the bodies of *a and *b and what was reserved
 * for them, nothing else.
 */
void record_swap(struct record *a, struct record *b);

/*
 * record_move(to, from): *to becomes what *from is; their bodies are exchanged,
 * and so *from has memory to be used again.
 */
void record_move(struct record *to, struct record *from);

/* record_free(rec): frees the body and zeroes *rec.  rec may be zeroed. */
void record_free(struct record *rec);

/*
 * record_fault(f, status, rec, fmt, ...): fault_set with "record 1812
 * (PAGE_DATA) at byte 33554432: " (or its like for the other parts) in
 * front.  Returns -1.
 */
int record_fault(struct fault *f, int status, const struct record *rec,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
