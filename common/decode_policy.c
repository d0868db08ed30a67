/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "decode_body.h"

#define LEAF_SIZE	24u	/* u32 leaf, subleaf, eax, ebx, ecx, edx */
#define MSR_SIZE	16u
#define NO_SUBLEAF	UINT32_C(0xffffffff)
#define BRAND_FIRST	UINT32_C(0x80000002)
#define BRAND_LEAVES	3u
#define REGISTERS_SIZE	16u	/* eax to edx */

static void
fill_leaf(struct item *entry)
{
	static const struct field registers[] = {
		HEX("eax", 4, 8), HEX("ebx", 4, 12), HEX("ecx", 4, 16),
		HEX("edx", 4, 20),
	};
	uint64_t leaf, subleaf;

	item_get(entry, 0, 4, &leaf);
	item_get(entry, 4, 4, &subleaf);
	item_hex(entry, "leaf", leaf);
	if (subleaf != NO_SUBLEAF)
		item_hex(entry, "subleaf", subleaf);
	item_fields(entry, registers, COUNT_OF(registers));
}

/* The registers of the first entry for the leaf; NULL when there is none. */
static const uint8_t *
find_leaf(const struct item *i, uint32_t leaf)
{
	size_t at;

	for (at = 0; i->size - at >= LEAF_SIZE; at += LEAF_SIZE)
		if (get_le32(i->bytes + at) == leaf)
			return i->bytes + at + 8;
	return NULL;
}

/* Text of a fixed size, without the NULs and spaces around it. */
static void
add_trimmed(struct item *i, const char *key, const uint8_t *text,
    size_t size)
{
	const uint8_t *end = memchr(text, '\0', size);

	if (end != NULL)
		size = (size_t)(end - text);
	while (size > 0 && text[0] == ' ') {
		text++;
		size--;
	}
	while (size > 0 && text[size - 1] == ' ')
		size--;
	item_text(i, key, text, size);
}

/* The vendor: ebx, edx, ecx. */
static void
add_vendor(struct item *i)
{
	const uint8_t *registers = find_leaf(i, 0);
	uint8_t text[12];

	if (registers == NULL)
		return;
	memcpy(text, registers + 4, 4);
	memcpy(text + 4, registers + 12, 4);
	memcpy(text + 8, registers + 8, 4);
	add_trimmed(i, "vendor", text, sizeof(text));
}

static void
add_brand(struct item *i)
{
	uint8_t text[BRAND_LEAVES * REGISTERS_SIZE];
	const uint8_t *registers;
	unsigned k;

	for (k = 0; k < BRAND_LEAVES; k++) {
		if ((registers = find_leaf(i, BRAND_FIRST + k)) == NULL)
			return;
		memcpy(text + (size_t)k * REGISTERS_SIZE, registers,
		    REGISTERS_SIZE);
	}
	add_trimmed(i, "brand", text, sizeof(text));
}

void
decode_signature(struct item *i, uint32_t eax)
{
	unsigned family = eax >> 8 & 0xf, model = eax >> 4 & 0xf;

	/* The extended bits count where the manuals say so. */
	if (family >= 6)
		model |= (eax >> 16 & 0xf) << 4;
	if (family == 0xf)
		family += eax >> 20 & 0xff;
	item_count(i, "family", family);
	item_count(i, "model", model);
	item_count(i, "stepping", eax & 0xf);
}

void
decode_cpuid_policy(struct decode *d, struct item *i)
{
	const uint8_t *registers;

	(void)d;
	add_vendor(i);
	if ((registers = find_leaf(i, 1)) != NULL)
		decode_signature(i, get_le32(registers));
	add_brand(i);
	if ((registers = find_leaf(i, UINT32_C(0x80000008))) != NULL) {
		item_count(i, "physical_address_bits", registers[0]);
		item_count(i, "linear_address_bits", registers[1]);
	}
	item_each(i, "leaves", 0, LEAF_SIZE, fill_leaf);
}

void
decode_msr_policy(struct decode *d, struct item *i)
{
	(void)d;
	item_each(i, "msrs", 0, MSR_SIZE, decode_msr);
}
