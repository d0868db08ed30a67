/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "crc.h"
#include "format.h"
#include "tally.h"
#include "types.h"

/* Pages with data in a PAGE_DATA record, from its header alone. */
static uint64_t
count_pages(const struct record *rec)
{
	uint64_t list;

	if (rec->type != REC_PAGE_DATA || rec->length < PAGE_DATA_HEADER_SIZE)
		return 0;
	list = PAGE_DATA_HEADER_SIZE + 8 * (uint64_t)get_le32(rec->body);
	return rec->length < list ? 0 : (rec->length - list) / PAGE_SIZE;
}

/* Hashes the line of the last record, now that its CRC is known. */
static void
close_record(struct tally *t)
{
	uint8_t line[12];

	if (!t->open)
		return;
	put_le32(line, t->type);
	put_le32(line + 4, t->length);
	put_le32(line + 8, t->crc);
	hash_add(&t->hash, line, sizeof(line));
	t->open = false;
}

void
tally_begin(struct tally *t)
{
	*t = (struct tally){ 0 };
	hash_begin(&t->hash, TALLY_DIGEST_SIZE);
}

void
tally_crc(struct record *rec)
{
	if (rec->part == PART_RECORD)
		rec->crc = crc_add(CRC_START, rec->body, rec->size);
}

/* Of libxl's stream all but the bytes in front of it, which say what the
 * domain is to be, as GUEST_CONFIG does. */
static bool
is_libxl(const struct record *rec)
{
	return rec->part == PART_LIBXL || rec->part == PART_LIBXL_BODY;
}

void
tally_add(struct tally *t, const struct record *rec)
{
	if (rec->part == PART_IMAGE)
		hash_add(&t->hash, rec->body, rec->size);
	if (rec->part == PART_BODY)
		t->crc = rec->crc;
	if (rec->part != PART_RECORD && !is_libxl(rec))
		return;
	close_record(t);
	if (is_libxl(rec)) {
		hash_add(&t->hash, rec->body, rec->size);
		return;
	}
	if (type_is_our_number(rec->type))
		return;
	t->records++;
	t->pages += count_pages(rec);
	t->open = true;
	t->type = rec->type;
	t->length = rec->length;
	t->crc = rec->crc;
}

void
tally_piece(struct tally *t, struct record *rec)
{
	if (rec->part == PART_BODY)
		rec->crc = crc_add(t->crc, rec->body, rec->size);
	else
		tally_crc(rec);
	tally_add(t, rec);
}

void
tally_end(struct tally *t, uint8_t digest[TALLY_DIGEST_SIZE])
{
	close_record(t);
	hash_end(&t->hash, digest, TALLY_DIGEST_SIZE);
}
