/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mutator that knows records, for targets that read streams of them: one is
 * repeated, left out, moved, made longer or shorter, or gets other fields; its
 * length fits then, and the sums over it (mend.h), unless this is to be what
 * is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "layout.h"
#include "mend.h"
#include "record.h"

#define ROUNDS		3u	/* changes at most in one mutation */
#define BODY_MAX	65536u
#define AS_IT_IS	8u	/* one in so many is not mended */

/* libFuzzer's. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max,
    unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed);

struct mutation {
	struct piece piece[LAYOUT_MAX + ROUNDS];
	size_t count;
	unsigned seed;
	uint8_t body[ROUNDS][RECORD_HEADER_SIZE + BODY_MAX + 8];
	unsigned bodies;	/* that are in use */
};

static unsigned
draw(struct mutation *m, size_t below)
{
	m->seed = m->seed * 1103515245u + 12345u;
	return below == 0 ? 0 : (m->seed >> 8) % (unsigned)below;
}

static const uint32_t types[] = {
	REC_END, REC_PAGE_DATA, REC_X86_PV_INFO, REC_X86_PV_P2M_FRAMES,
	REC_X86_PV_VCPU_BASIC, REC_X86_PV_VCPU_EXTENDED,
	REC_X86_PV_VCPU_XSAVE, REC_SHARED_INFO, REC_X86_TSC_INFO,
	REC_HVM_CONTEXT, REC_HVM_PARAMS, REC_TOOLSTACK,
	REC_X86_PV_VCPU_MSRS, REC_VERIFY, REC_CHECKPOINT,
	REC_DIRTY_PFN_LIST, REC_STATIC_DATA_END, REC_X86_CPUID_POLICY,
	REC_X86_MSR_POLICY, REC_COMPRESSED, REC_SEAL_HEADER, REC_SEAL_CHUNK,
	REC_PART_HEADER, REC_PART_CHUNK, REC_GUEST_CONFIG, REC_CHECK,
	REC_DIGEST, REC_SIGNATURE, 0x13, RECORD_OPTIONAL,
};

static const uint64_t values[] = {
	0, 1, 2, 3, 4, 7, 8, 9, 16, 63, 64, 255, 256, 511, 512, 513, 1023, 1024,
	1025, 4095, 4096, 4097, 65535, 65536, 65537, INT32_MAX,
	(uint64_t)INT32_MAX + 1, UINT32_MAX - 7, UINT32_MAX - 1, UINT32_MAX,
	UINT64_C(1) << 32, PFN_MASK, PFN_MASK + 1, UINT64_MAX / 8,
	UINT64_MAX / 4096, INT64_MAX, UINT64_MAX - 4095, UINT64_MAX,
	RECORD_LENGTH_MAX, RECORD_LENGTH_MAX + 1, OUR_LENGTH_MAX,
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Some record, or -1. */
static int
some_record(struct mutation *m)
{
	size_t i, start = draw(m, m->count);

	for (i = 0; i < m->count; i++)
		if (m->piece[(start + i) % m->count].kind >= PIECE_RECORD)
			return (int)((start + i) % m->count);
	return -1;
}

static void
insert(struct mutation *m, size_t at, struct piece piece)
{
	if (m->count == COUNT(m->piece))
		return;
	memmove(&m->piece[at + 1], &m->piece[at],
	    (m->count - at) * sizeof(piece));
	m->piece[at] = piece;
	m->count++;
}

static struct piece
take_out(struct mutation *m, size_t at)
{
	struct piece piece = m->piece[at];

	m->count--;
	memmove(&m->piece[at], &m->piece[at + 1],
	    (m->count - at) * sizeof(piece));
	return piece;
}

/* The record in memory that can be changed; NULL for one that is too large. */
static uint8_t *
open_record(struct mutation *m, size_t at)
{
	struct piece *p = &m->piece[at];
	uint8_t *body;

	if (p->size > RECORD_HEADER_SIZE + BODY_MAX || m->bodies == ROUNDS)
		return NULL;
	body = m->body[m->bodies++];
	memcpy(body, p->at, p->size);
	p->at = body;
	return body;
}

/* Bytes of its body: of one whose length lies those that are there. */
static size_t
length_of(const struct mutation *m, size_t at)
{
	size_t size = m->piece[at].size - RECORD_HEADER_SIZE;
	uint32_t length = get_le32(m->piece[at].at + 4);

	return length < size ? length : size;
}

/* It has so many bytes of body now. */
static void
set_length(struct mutation *m, size_t at, uint8_t *body, size_t length)
{
	put_le32(body + 4, (uint32_t)length);
	memset(body + RECORD_HEADER_SIZE + length, 0,
	    record_size((uint32_t)length) - length);
	m->piece[at].size = RECORD_HEADER_SIZE +
	    record_size((uint32_t)length);
}

static void
resize(struct mutation *m, size_t at, uint8_t *body)
{
	size_t length = length_of(m, at), to;

	switch (draw(m, 4)) {
	case 0:
		to = draw(m, length + 1);
		break;
	case 1:
		to = length + 1 + draw(m, 16);
		break;
	case 2:
		to = length + 8 * (1 + draw(m, 8));
		break;
	default:
		to = length + PAGE_SIZE;
		break;
	}
	if (to > BODY_MAX)
		return;
	if (to > length)
		memset(body + RECORD_HEADER_SIZE + length, (int)draw(m, 3),
		    to - length);
	set_length(m, at, body, to);
}

/* A number of the width that fields have, where they may be. */
static void
set_field(struct mutation *m, uint8_t *body, size_t length)
{
	unsigned width = 1u << draw(m, 4);
	/* Most of what is told apart is told at the front. */
	size_t room = draw(m, 4) != 0 && length > 160 ? 160 : length, at;
	uint64_t value = values[draw(m, COUNT(values))];
	uint8_t bytes[8];

	if (room < width)
		return;
	at = draw(m, room / width) * width;
	switch (draw(m, 4)) {
	case 0:
		memcpy(bytes, body + at, width);
		value = get_le64(bytes) + draw(m, 5) - 2;
		break;
	case 1:
		value = draw(m, 256);
		break;
	default:
		break;
	}
	put_le64(bytes, value);
	memcpy(body + at, bytes, width);
}

static void
change_body(struct mutation *m, size_t at, uint8_t *body)
{
	size_t length = length_of(m, at);

	length = LLVMFuzzerMutate(body + RECORD_HEADER_SIZE, length, BODY_MAX);
	set_length(m, at, body, length);
}

static void
change_record(struct mutation *m, size_t at)
{
	uint8_t *body = open_record(m, at);

	if (body == NULL)
		return;
	switch (draw(m, 8)) {
	case 0:
		put_le32(body, types[draw(m, COUNT(types))]);
		break;
	case 1:
		put_le32(body, draw(m, 6));	/* one of libxl's */
		break;
	case 2:
	case 3:
		resize(m, at, body);
		break;
	case 4:
		change_body(m, at, body);
		break;
	case 5:
		/* A length that lies. */
		if (draw(m, 4) == 0)
			put_le32(body + 4, (uint32_t)values[draw(m,
			    COUNT(values))]);
		break;
	default:
		set_field(m, body + RECORD_HEADER_SIZE, length_of(m, at));
		break;
	}
}

/* A record that was not there: empty, or with pages. */
static void
add_record(struct mutation *m, size_t at)
{
	uint32_t count = 1 + draw(m, 3), i;
	size_t length = 0;
	uint8_t *body;

	if (m->bodies == ROUNDS)
		return;
	body = m->body[m->bodies++];
	put_le32(body, types[draw(m, COUNT(types))]);
	if (get_le32(body) == REC_PAGE_DATA) {
		length = PAGE_DATA_HEADER_SIZE + count * (8 + PAGE_SIZE);
		memset(body + 8, (int)draw(m, 3), length);
		put_le64(body + 8, count);
		for (i = 0; i < count; i++)
			put_le64(body + 16 + 8 * i, draw(m, 64));
	}
	put_le32(body + 4, (uint32_t)length);
	insert(m, at, (struct piece){ PIECE_RECORD, body,
	    RECORD_HEADER_SIZE + record_size((uint32_t)length) });
}

static void
change(struct mutation *m)
{
	int at = some_record(m);

	if (at == -1)
		return;
	switch (draw(m, 10)) {
	case 0:
		insert(m, (size_t)at, m->piece[at]);
		break;
	case 1:
		insert(m, draw(m, m->count), m->piece[at]);
		break;
	case 2:
		take_out(m, (size_t)at);
		break;
	case 3:
		insert(m, draw(m, m->count), take_out(m, (size_t)at));
		break;
	case 4:
		add_record(m, (size_t)at);
		break;
	default:
		change_record(m, (size_t)at);
		break;
	}
}

/* The pieces, one behind the other, as far as there is room. */
static size_t
assemble(const struct mutation *m, uint8_t *to, size_t max)
{
	size_t i, size = 0;

	for (i = 0; i < m->count && size + m->piece[i].size <= max; i++) {
		memcpy(to + size, m->piece[i].at, m->piece[i].size);
		size += m->piece[i].size;
	}
	return size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max,
    unsigned seed)
{
	static struct mutation m;
	uint8_t *before;
	unsigned rounds;

	m.seed = seed;
	m.bodies = 0;
	m.count = 0;
	if (draw(&m, 10) == 0 || (before = malloc(size + 1)) == NULL)
		return LLVMFuzzerMutate(bytes, size, max);
	memcpy(before, bytes, size);
	m.count = layout_of(before, size, m.piece);
	for (rounds = 1 + draw(&m, ROUNDS); rounds > 0; rounds--)
		change(&m);
	size = assemble(&m, bytes, max);
	free(before);
	if (draw(&m, AS_IT_IS) != 0)
		mend(bytes, size);
	return size;
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed)
{
	static struct mutation m;
	static struct piece second[LAYOUT_MAX];
	size_t count, size;

	m.seed = seed;
	m.count = layout_of(one, one_size, m.piece);
	count = layout_of(other, other_size, second);
	if (m.count == 0 || count == 0)
		return 0;
	/* The front of one, and the rest of the other; or a record of it. */
	if (draw(&m, 2) == 0) {
		m.count = draw(&m, m.count) + 1;
		size = draw(&m, count);
		while (size < count && m.count < LAYOUT_MAX)
			m.piece[m.count++] = second[size++];
	} else {
		insert(&m, draw(&m, m.count) + 1, second[draw(&m, count)]);
	}
	size = assemble(&m, out, max);
	mend(out, size);
	return size;
}
