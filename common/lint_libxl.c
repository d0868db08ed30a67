/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "lint_rule.h"
#include "types.h"

static int
check_header(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t flags = get_le32(rec->body + XL_FLAGS_OFFSET);

	l->json = flags & XL_FLAG_JSON;
	l->data = get_le32(rec->body + XL_DATA_LENGTH_OFFSET);
	if (flags & ~(XL_FLAG_JSON | XL_FLAG_STREAM_V2))
		return lint_wrong(l, LINT_XL_HEADER, rec, f, "mandatory "
		    "flags 0x%" PRIx32 ", xl knows 0x3", flags);
	return 0;
}

/* The optional data of a save file, or the first piece of them. */
static int
check_config(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t length;

	if (rec->size < 4)
		return lint_wrong(l, LINT_XL_HEADER, rec, f,
		    "no room for the length of a configuration");
	length = get_le32(rec->body);
	if (length > l->data - 4)
		return lint_wrong(l, LINT_XL_HEADER, rec, f, "a "
		    "configuration of %" PRIu32 " bytes in optional data of "
		    "%" PRIu32, length, l->data);
	if (length > rec->size - 4)
		return 0;	/* its end is in another piece */
	if (length == 0 || rec->body[4 + length - 1] != '\0')
		return lint_wrong(l, LINT_XL_HEADER, rec, f,
		    "its configuration does not end with a NUL");
	return 0;
}

static int
check_envelope(struct lint *l, const struct record *rec, struct fault *f)
{
	bool header = rec->offset == 0;

	if (header)
		l->xl = rec->size == XL_HEADER_SIZE &&
		    memcmp(rec->body, XL_MAGIC, XL_MAGIC_SIZE) == 0;
	if (!l->xl)
		return 0;
	if (header)
		return check_header(l, rec, f);
	return rec->offset == XL_HEADER_SIZE && l->json ?
	    check_config(l, rec, f) : 0;
}

/* A record's header, which comes as a piece of its own. */
static int
check_record(struct lint *l, const struct record *rec, struct fault *f)
{
	char name[TYPE_NAME_SIZE];
	bool emulator = rec->type == LIBXL_EMULATOR_XENSTORE_DATA ||
	    rec->type == LIBXL_EMULATOR_CONTEXT;

	if (rec->type > LIBXL_CHECKPOINT_STATE)
		return lint_wrong(l, LINT_LIBXL_TYPE, rec, f,
		    "libxl knows no such record, and refuses it");
	l->emulated |= emulator;
	if (emulator && l->guests == GUEST_PV)
		return lint_wrong(l, LINT_EMULATOR, rec, f,
		    "a PV guest has no device model");
	if (emulator && rec->length < LIBXL_EMULATOR_HEADER_SIZE)
		return lint_wrong(l, LINT_EMULATOR, rec, f, "length %" PRIu32
		    ", %s takes %u at least", rec->length,
		    type_libxl_name(rec->type, name),
		    LIBXL_EMULATOR_HEADER_SIZE);
	return 0;
}

/* Keys and values, each ended by a NUL, if they come in one piece. */
static int
check_pairs(struct lint *l, const struct record *rec, struct fault *f)
{
	const uint8_t *at = rec->body + LIBXL_EMULATOR_HEADER_SIZE, *end;
	const uint8_t *nul;
	unsigned strings = 0;

	if (rec->length < LIBXL_EMULATOR_HEADER_SIZE ||
	    rec->size < rec->length)
		return 0;
	for (end = rec->body + rec->length; at < end; at = nul + 1) {
		nul = memchr(at, '\0', (size_t)(end - at));
		if (nul == NULL)
			return lint_wrong(l, LINT_EMULATOR, rec, f,
			    "its last text does not end with a NUL");
		if (strings++ % 2 == 0 && (nul == at || *at == '/'))
			return lint_wrong(l, LINT_EMULATOR, rec, f,
			    "a key that is %s", nul == at ? "empty" :
			    "absolute");
	}
	if (strings % 2 != 0)
		return lint_wrong(l, LINT_EMULATOR, rec, f,
		    "a key without a value");
	return 0;
}

int
lint_libxl(struct lint *l, const struct record *rec, struct fault *f)
{
	if (rec->part == PART_ENVELOPE)
		return check_envelope(l, rec, f);
	if (rec->part == PART_LIBXL)
		return rec->size != RECORD_HEADER_SIZE ? 0 :
		    check_record(l, rec, f);
	return rec->type == LIBXL_EMULATOR_XENSTORE_DATA ?
	    check_pairs(l, rec, f) : 0;
}
