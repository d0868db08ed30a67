/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "config.h"
#include "edit_config.h"
#include "edit_json.h"
#include "format.h"
#include "types.h"

#define LENGTH_SIZE	4u	/* of xl's configuration, in front of it */

bool
edit_config_any(const struct edit_config *c)
{
	return c->name != NULL || c->uuid_set || c->vcpus > 0 ||
	    c->memory_kib > 0;
}

/* Puts text in the place of what the record says. */
static int
put_text(struct record *rec, const char *text, struct fault *f)
{
	size_t size = strlen(text);

	if (size > GUEST_CONFIG_MAX - OUR_HEADER_SIZE)
		return record_fault(f, EXIT_REFUSED, rec,
		    "it would be longer than %u bytes", GUEST_CONFIG_MAX);
	if (record_reserve(rec, record_size((uint32_t)
	    (OUR_HEADER_SIZE + size)), f) == -1)
		return -1;
	memcpy(rec->body + OUR_HEADER_SIZE, text, size);
	record_set(rec, REC_GUEST_CONFIG, (uint32_t)(OUR_HEADER_SIZE + size));
	return 0;
}

static int
change_record(struct edit_config *c, struct record *rec, struct fault *f)
{
	struct edit_json json;
	struct config again;
	int result;

	if (edit_json_open(&json, (const char *)rec->body + OUR_HEADER_SIZE,
	    rec->length - OUR_HEADER_SIZE, f) == -1)
		return f->status == EXIT_SYSTEM ? -1 : record_fault(f,
		    EXIT_MALFORMED, rec, "not a JSON object");
	result = edit_json_guest(&json, c, f) == -1 ? -1 :
	    put_text(rec, json.text, f);
	edit_json_close(&json);
	if (result == -1)
		return -1;
	c->in_record = true;
	if (config_get(rec, &again, f) == 0)
		return 0;
	if (f->status == EXIT_MALFORMED)
		f->status = EXIT_REFUSED;
	return f->hint[0] != '\0' ? -1 : fault_hint(f,
	    "what is set is not all that it says; xenrec(5) has the rest");
}

/* xl's configuration, of `length` bytes with its NUL, in c->data. */
static int
change_data(struct edit_config *c, uint32_t length, struct fault *f)
{
	struct record *data = &c->data;
	size_t rest = data->size - LENGTH_SIZE - length, size;
	const char *text = (const char *)data->body + LENGTH_SIZE;
	struct edit_json json;

	if (edit_json_open(&json, text, strnlen(text, length), f) == -1)
		return f->status == EXIT_SYSTEM ? -1 : record_fault(f,
		    EXIT_MALFORMED, data,
		    "xl's configuration is not a JSON object");
	if (edit_json_xl(&json, c, f) == -1) {
		edit_json_close(&json);
		return -1;
	}
	size = strlen(json.text) + 1;
	if (LENGTH_SIZE + size + rest > EDIT_CONFIG_DATA_MAX) {
		edit_json_close(&json);
		return record_fault(f, EXIT_REFUSED, data, "what stands behind "
		    "xl's header would be longer than %u bytes",
		    EDIT_CONFIG_DATA_MAX);
	}
	if (record_reserve(data, LENGTH_SIZE + size + rest, f) == -1) {
		edit_json_close(&json);
		return -1;
	}
	memmove(data->body + LENGTH_SIZE + size,
	    data->body + LENGTH_SIZE + length, rest);
	memcpy(data->body + LENGTH_SIZE, json.text, size);
	put_le32(data->body, (uint32_t)size);
	data->size = LENGTH_SIZE + size + rest;
	put_le32(c->header.body + XL_DATA_LENGTH_OFFSET,
	    (uint32_t)data->size);
	edit_json_close(&json);
	c->in_xl = true;
	return 0;
}

/* All of the envelope is there: the header goes out, the data become *rec. */
static int
release(struct edit_config *c, struct record *rec, struct edited *out,
    struct fault *f)
{
	bool json = get_le32(c->header.body + XL_FLAGS_OFFSET) & XL_FLAG_JSON;
	uint32_t length = c->data.size < LENGTH_SIZE ? 0 :
	    get_le32(c->data.body);

	/* What makes no sense is left to lint. */
	if (json && length > 0 && length <= c->data.size - LENGTH_SIZE &&
	    change_data(c, length, f) == -1)
		return -1;
	if (edited_take(out, &c->header, f) == -1)
		return -1;
	record_move(rec, &c->data);
	return 0;
}

static int
take_header(struct edit_config *c, struct record *rec, struct fault *f)
{
	if (memcmp(rec->body, VIRSH_MAGIC, VIRSH_MAGIC_SIZE) == 0) {
		record_fault(f, EXIT_REFUSED, rec, "a virsh save file, whose "
		    "XML is not changed here");
		return fault_hint(f, "rec-split --explode takes it apart, and "
		    "puts it together with another XML");
	}
	c->left = get_le32(rec->body + XL_DATA_LENGTH_OFFSET);
	if (c->left > EDIT_CONFIG_DATA_MAX)
		return record_fault(f, EXIT_REFUSED, rec, "%u bytes behind "
		    "xl's header, the limit is %u", c->left,
		    EDIT_CONFIG_DATA_MAX);
	if (c->left == 0)
		return 0;
	if (record_reserve(&c->data, c->left, f) == -1)
		return -1;
	record_move(&c->header, rec);
	rec->part = PART_NONE;
	c->data.part = PART_ENVELOPE;
	c->data.offset = XL_HEADER_SIZE;
	return 0;
}

static int
take_envelope(struct edit_config *c, struct record *rec, struct edited *out,
    struct fault *f)
{
	if (rec->offset == 0)
		return take_header(c, rec, f);
	memcpy(c->data.body + c->data.size, rec->body, rec->size);
	c->data.size += rec->size;
	c->left -= (uint32_t)rec->size;
	rec->part = PART_NONE;
	return c->left > 0 ? 0 : release(c, rec, out, f);
}

/* Nothing says what is to be changed, and nothing that comes may. */
static int
refuse(const struct record *rec, struct fault *f)
{
	record_fault(f, EXIT_REFUSED, rec, "neither GUEST_CONFIG nor xl's "
	    "configuration comes before it: there is nothing to set");
	return fault_hint(f, "xc-emit puts GUEST_CONFIG in; xl restore takes "
	    "another configuration: xl restore CONFIG FILE");
}

int
edit_config_take(struct edit_config *c, struct record *rec,
    struct edited *out, struct fault *f)
{
	if (!edit_config_any(c))
		return 0;
	if (rec->part == PART_ENVELOPE)
		return take_envelope(c, rec, out, f);
	if (rec->part != PART_RECORD)
		return 0;
	if (rec->type == REC_GUEST_CONFIG && type_is_ours(rec))
		return change_record(c, rec, f);
	return c->in_record || c->in_xl || rec->type & RECORD_OPTIONAL ?
	    0 : refuse(rec, f);
}

void
edit_config_free(struct edit_config *c)
{
	record_free(&c->header);
	record_free(&c->data);
}
