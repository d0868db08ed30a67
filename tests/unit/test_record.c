/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "record.h"
#include "tap.h"
#include "types.h"

static void
test_bytes(void)
{
	static const uint8_t p[8] = { 0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6,
	    0xe7, 0xf8 };
	uint8_t q[4];

	ok(get_le16(p) == 0x9281 && get_be16(p) == 0x8192, "16 bits");
	ok(get_le32(p) == 0xb4a39281 && get_be32(p) == 0x8192a3b4, "32 bits");
	ok(get_le64(p) == UINT64_C(0xf8e7d6c5b4a39281), "64 bits");
	put_le32(q, 0xb4a39281);
	ok(memcmp(p, q, 4) == 0, "32 bits written");
	put_le16(q, 0x9281);
	ok(memcmp(p, q, 2) == 0, "16 bits written");
}

static void
test_size(void)
{
	ok(record_size(0) == 0 && record_size(1) == 8 &&
	    record_size(8) == 8 && record_size(9) == 16, "padding");
	ok(record_size(UINT32_MAX) == UINT64_C(1) << 32,
	    "the largest length does not wrap");
}

static void
test_body(void)
{
	struct record a = { 0 }, b = { 0 };
	struct fault f;
	uint8_t *body;

	ok(record_reserve(&a, 10, &f) == 0 && a.room >= 10, "reserves");
	memset(a.body, 7, a.room);
	body = a.body;
	ok(record_reserve(&a, a.room, &f) == 0 && a.body == body,
	    "stays where there is room");
	ok(record_reserve(&a, 3 << 20, &f) == 0 && a.room >= 3 << 20 &&
	    a.body[0] == 7 && a.body[9] == 7, "grows and keeps its bytes");
	memset(a.body, 0xff, 16);
	record_set(&a, REC_HVM_CONTEXT, 13);
	ok(a.part == PART_RECORD && a.type == REC_HVM_CONTEXT &&
	    a.length == 13 && a.size == 16, "is a record");
	ok(a.body[12] == 0xff && get_le16(a.body + 13) == 0 &&
	    a.body[15] == 0, "with zeroes for padding");

	body = a.body;
	a.index = 3;
	record_swap(&a, &b);
	ok(b.body == body && b.room >= 3 << 20 && a.body == NULL &&
	    a.room == 0, "gives its body away");
	ok(a.index == 3 && b.index == 0 && a.length == 13,
	    "and nothing else");
	record_free(&a);
	record_free(&b);
	ok(b.body == NULL && b.room == 0, "is freed");
}

static void
test_memory(void)
{
	struct record a = { 0 };
	struct fault f;

	ok(record_reserve(&a, SIZE_MAX / 2, &f) == -1 &&
	    f.status == EXIT_SYSTEM && a.body == NULL && a.room == 0,
	    "no memory is a fault and no change");
}

static void
test_fault(void)
{
	struct record a = { .part = PART_RECORD, .type = REC_PAGE_DATA,
	    .index = 1812, .offset = 33554432 };
	struct fault f;

	faulty(record_fault(&f, EXIT_MALFORMED, &a, "%d pages", 5), &f,
	    EXIT_MALFORMED, "record 1812 (PAGE_DATA) at byte 33554432: "
	    "5 pages");
	a.type = 0x12345;
	a.part = PART_BODY;
	faulty(record_fault(&f, EXIT_REFUSED, &a, "x"), &f, EXIT_REFUSED,
	    "record 1812 (type 0x00012345) at byte 33554432: x");
	a.part = PART_LIBXL;
	a.type = LIBXL_EMULATOR_CONTEXT;
	faulty(record_fault(&f, EXIT_SYSTEM, &a, "x"), &f, EXIT_SYSTEM,
	    "libxl record 1812 (EMULATOR_CONTEXT) at byte 33554432: x");
	a.part = PART_ENVELOPE;
	faulty(record_fault(&f, EXIT_SYSTEM, &a, "x"), &f, EXIT_SYSTEM,
	    "byte 33554432: x");
	fault_hint(&f, "%s", "do");
	ok(strcmp(f.hint, "do") == 0, "a hint");
	fault_set(&f, EXIT_SYSTEM, "%*s", 2 * FAULT_TEXT_SIZE, "");
	ok(f.hint[0] == '\0' && strlen(f.text) == FAULT_TEXT_SIZE - 1,
	    "a new text clears it, and is cut");
}

static void
test_types(void)
{
	uint8_t body[8] = "\1\0\0\0xRec";
	struct record a = { .part = PART_RECORD, .type = REC_CHECK,
	    .length = 8, .size = 8, .body = body };

	ok(type_is_ours(&a), "our number and our magic");
	a.length = 7;
	ok(!type_is_ours(&a), "too short for the magic");
	a.length = 8;
	body[4] = 'X';
	ok(!type_is_ours(&a), "another magic");
	ok(type_is_our_number(REC_CHECK) &&
	    !type_is_our_number(REC_CHECK & ~RECORD_OPTIONAL) &&
	    !type_is_our_number(REC_COMPRESSED | RECORD_OPTIONAL) &&
	    !type_is_our_number(0x58520006) && !type_is_our_number(1),
	    "bit 31 is part of the number");
	ok(type_find(REC_X86_MSR_POLICY) != NULL && type_find(0x13) == NULL,
	    "known and unknown types");
	ok(strcmp(type_undo(REC_COMPRESSED), "rec-compress -d") == 0 &&
	    type_undo(REC_SEAL_CHUNK) == NULL, "layers and their undo");
}

int
main(void)
{
	test_bytes();
	test_size();
	test_body();
	test_memory();
	test_fault();
	test_types();
	return tap_end();
}
