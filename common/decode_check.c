/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "decode_body.h"
#include "format.h"
#include "types.h"
#include "uuid.h"

static void
bytes_in_hex(struct item *i, const char *key, size_t offset, size_t size)
{
	char text[2 * DIGEST_HASH_SIZE + 1];

	hex_print(i->bytes + offset, size, text);
	item_string(i, key, text);
}

void
decode_check(struct decode *d, struct item *i)
{
	static const struct field fields[] = {
		HEX("crc", 4, CHECK_CRC_OFFSET),
		HEX("list_crc", 4, CHECK_LIST_OFFSET),
		HEX("own_crc", 4, CHECK_OWN_OFFSET),
	};
	char name[TYPE_NAME_SIZE];
	bool start;

	(void)d;
	if (!decode_our_header(i) || !item_has(i, CHECK_SIZE))
		return;
	start = get_le16(i->bytes + OUR_FLAGS_OFFSET) & CHECK_START;
	if (start) {
		item_string(i, "of", "what stands before");
	} else {
		item_count(i, "of_record",
		    get_le64(i->bytes + CHECK_INDEX_OFFSET));
		item_string(i, "of_type", type_name(
		    get_le32(i->bytes + CHECK_TYPE_OFFSET), name));
	}
	item_count(i, "of_offset", get_le64(i->bytes + CHECK_OFFSET_OFFSET));
	item_count(i, "of_bytes", get_le64(i->bytes + CHECK_SIZE_OFFSET));
	item_flag(i, "blake2b",
	    get_le16(i->bytes + OUR_FLAGS_OFFSET) & CHECK_BLAKE2B);
	bytes_in_hex(i, "id", CHECK_ID_OFFSET, CHECK_ID_SIZE);
	item_fields(i, fields, COUNT_OF(fields));
}

void
decode_digest(struct decode *d, struct item *i)
{
	const uint8_t *b = i->bytes;

	(void)d;
	if (!decode_our_header(i) || !item_has(i, DIGEST_CONTEXT_OFFSET))
		return;
	item_flag(i, "blake2b",
	    get_le16(b + OUR_FLAGS_OFFSET) & DIGEST_BLAKE2B);
	bytes_in_hex(i, "id", CHECK_ID_OFFSET, CHECK_ID_SIZE);
	item_count(i, "records", get_le64(b + DIGEST_RECORDS_OFFSET));
	item_count(i, "bytes", get_le64(b + DIGEST_BYTES_OFFSET));
	item_count(i, "tail", get_le64(b + DIGEST_TAIL_OFFSET));
	bytes_in_hex(i, "digest", DIGEST_DIGEST_OFFSET, DIGEST_HASH_SIZE);
	bytes_in_hex(i, "tail_digest", DIGEST_TAIL_DIGEST_OFFSET,
	    DIGEST_HASH_SIZE);
	item_count(i, "time", get_le64(b + DIGEST_TIME_OFFSET));
	item_count(i, "sequence", get_le64(b + DIGEST_SEQUENCE_OFFSET));
	item_hex(i, "own_crc", get_le32(b + DIGEST_OWN_OFFSET));
	item_text(i, "context", b + DIGEST_CONTEXT_OFFSET,
	    i->size - DIGEST_CONTEXT_OFFSET);
}

void
decode_minisign(struct decode *d, struct item *i)
{
	(void)d;
	if (decode_our_header(i))
		item_text(i, "text", i->bytes + OUR_HEADER_SIZE,
		    i->size - OUR_HEADER_SIZE);
}
