/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "bytes.h"
#include "decode_body.h"
#include "format.h"
#include "strict.h"
#include "suite.h"
#include "types.h"

bool
decode_our_header(struct item *i)
{
	if (!item_has(i, OUR_HEADER_SIZE))
		return false;
	if (memcmp(i->bytes + OUR_MAGIC_OFFSET, OUR_MAGIC, 4) != 0) {
		item_malformed(i, "not a record of this project's");
		return false;
	}
	item_count(i, "version", get_le16(i->bytes));
	return get_le16(i->bytes) == OUR_VERSION;
}

void
decode_compressed(struct decode *d, struct item *i)
{
	char name[TYPE_NAME_SIZE];

	(void)d;
	if (!decode_our_header(i) || !item_has(i, COMPRESSED_HEADER_SIZE))
		return;
	item_flag(i, "zstd",
	    get_le16(i->bytes + OUR_FLAGS_OFFSET) & COMPRESSED_ZSTD);
	item_string(i, "inner_type", type_name(
	    get_le32(i->bytes + COMPRESSED_TYPE_OFFSET), name));
	item_count(i, "inner_length",
	    get_le32(i->bytes + COMPRESSED_LENGTH_OFFSET));
	item_hex(i, "inner_crc", get_le32(i->bytes + COMPRESSED_CRC_OFFSET));
	item_count(i, "payload_length", i->size - COMPRESSED_HEADER_SIZE);
}

void
decode_seal_header(struct decode *d, struct item *i)
{
	const char *cipher;

	(void)d;
	if (!decode_our_header(i) || !item_has(i, SEAL_ENVELOPE_OFFSET))
		return;
	cipher = suite_name(get_le16(i->bytes + SEAL_SUITE_OFFSET));
	item_string(i, "cipher", cipher != NULL ? cipher : "not known");
	item_flag(i, "padded",
	    get_le16(i->bytes + OUR_FLAGS_OFFSET) & SEAL_PADDED);
	item_count(i, "chunk_size", get_le32(i->bytes + SEAL_CHUNK_OFFSET));
	item_count(i, "envelope_length",
	    get_le32(i->bytes + SEAL_LENGTH_OFFSET));
}

void
decode_seal_chunk(struct decode *d, struct item *i)
{
	(void)d;
	if (!decode_our_header(i) || !item_has(i, SEAL_TEXT_OFFSET))
		return;
	item_count(i, "number", get_le64(i->bytes + SEAL_NUMBER_OFFSET));
	item_flag(i, "last",
	    get_le16(i->bytes + OUR_FLAGS_OFFSET) & SEAL_LAST);
}

void
decode_part_header(struct decode *d, struct item *i)
{
	char set[2 * PART_SET_SIZE + 1];
	uint16_t flags;

	(void)d;
	if (!decode_our_header(i) || !item_has(i, PART_HEADER_SIZE))
		return;
	flags = get_le16(i->bytes + OUR_FLAGS_OFFSET);
	item_flag(i, "lane", flags & PART_LANE);
	item_string(i, "set", sodium_bin2hex(set, sizeof(set),
	    i->bytes + PART_SET_OFFSET, PART_SET_SIZE));
	item_count(i, "number", get_le32(i->bytes + PART_NUMBER_OFFSET));
	item_count(i, "parts", get_le32(i->bytes + PART_COUNT_OFFSET));
	item_flag(i, "in_turn", flags & PART_IN_TURN);
	item_count(i, "first_chunk", get_le64(i->bytes + PART_FIRST_OFFSET));
	item_count(i, "chunk_size", get_le32(i->bytes + PART_CHUNK_OFFSET));
}

void
decode_part_chunk(struct decode *d, struct item *i)
{
	uint16_t flags;

	(void)d;
	if (!decode_our_header(i) || !item_has(i, PART_PAYLOAD_OFFSET))
		return;
	flags = get_le16(i->bytes + OUR_FLAGS_OFFSET);
	item_count(i, "number",
	    get_le64(i->bytes + PART_CHUNK_NUMBER_OFFSET));
	item_flag(i, "last", flags & PART_LAST);
	item_flag(i, "checkpoint", flags & PART_CHECKPOINT);
	item_hex(i, "crc", get_le32(i->bytes + PART_CHUNK_CRC_OFFSET));
}

void
decode_guest_config(struct decode *d, struct item *i)
{
	json_object *config;

	(void)d;
	if (!decode_our_header(i))
		return;
	if (i->size > GUEST_CONFIG_MAX) {
		item_malformed(i, "%zu bytes, the limit is %u", i->size,
		    GUEST_CONFIG_MAX);
		return;
	}
	config = strict_object((const char *)i->bytes + OUR_HEADER_SIZE,
	    i->size - OUR_HEADER_SIZE);
	if (config != NULL)
		item_add(i, "config", config);
	else
		item_malformed(i, "not a JSON object");
}
