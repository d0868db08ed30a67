/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "reply.h"

static uint32_t
reply_crc(const uint8_t *bytes, const uint8_t set[PART_SET_SIZE])
{
	return crc_add(crc_add(CRC_START, set, PART_SET_SIZE), bytes,
	    REPLY_CRC_OFFSET);
}

void
reply_put(const struct reply *r, const uint8_t set[PART_SET_SIZE],
    uint8_t bytes[REPLY_SIZE])
{
	memset(bytes, 0, REPLY_SIZE);
	memcpy(bytes, REPLY_MAGIC, REPLY_MAGIC_SIZE);
	put_le16(bytes + REPLY_VERSION_OFFSET, REPLY_VERSION);
	put_le16(bytes + REPLY_KIND_OFFSET, (uint16_t)r->kind);
	put_le32(bytes + REPLY_VALUE_OFFSET, r->value);
	put_le64(bytes + REPLY_WRITTEN_OFFSET, r->written);
	put_le64(bytes + REPLY_CAME_OFFSET, r->came);
	put_le32(bytes + REPLY_CRC_OFFSET, reply_crc(bytes, set));
}

/* Mostly the greeting of some login script. */
static int
noise(const uint8_t *bytes, size_t size, struct fault *f)
{
	char text[REPLY_SIZE + 1];
	size_t i;

	for (i = 0; i < size && bytes[i] != '\n'; i++)
		text[i] = bytes[i] < ' ' || bytes[i] > '~' ? '?' :
		    (char)bytes[i];
	text[i] = '\0';
	fault_set(f, EXIT_MALFORMED, "what answers is no rec-split --collect: "
	    "\"%s\"", text);
	return fault_hint(f, "nothing but rec-split --feed may write there, no "
	    "login script either");
}

int
reply_get(const uint8_t *bytes, size_t size,
    const uint8_t set[PART_SET_SIZE], struct reply *r, struct fault *f)
{
	size_t known = size < REPLY_MAGIC_SIZE ? size : REPLY_MAGIC_SIZE;

	if (memcmp(bytes, REPLY_MAGIC, known) != 0)
		return noise(bytes, size, f);
	if (size < REPLY_SIZE)
		return 0;
	if (get_le16(bytes + REPLY_VERSION_OFFSET) != REPLY_VERSION)
		return fault_set(f, EXIT_REFUSED, "it answers by version %u, "
		    "known is %u", get_le16(bytes + REPLY_VERSION_OFFSET),
		    REPLY_VERSION);
	if (get_le32(bytes + REPLY_CRC_OFFSET) != reply_crc(bytes, set))
		return fault_set(f, EXIT_INTEGRITY, "its answer is damaged, "
		    "or for another set");
	*r = (struct reply){
		.kind = get_le16(bytes + REPLY_KIND_OFFSET),
		.value = get_le32(bytes + REPLY_VALUE_OFFSET),
		.written = get_le64(bytes + REPLY_WRITTEN_OFFSET),
		.came = get_le64(bytes + REPLY_CAME_OFFSET),
	};
	if (r->kind < REPLY_HELLO || r->kind > REPLY_DROPPED)
		return fault_set(f, EXIT_MALFORMED, "it answers by %u, which "
		    "means nothing", r->kind);
	return 0;
}
