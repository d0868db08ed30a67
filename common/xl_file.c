/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "edit_json.h"
#include "format.h"
#include "strict.h"
#include "xl_file.h"

#define HELD_MAX	(UINT64_C(1) << 20)	/* bytes */
#define LENGTH_SIZE	4u	/* of the configuration, in front of it */
#define KIB_PER_PAGE	(PAGE_SIZE / 1024u)

int
xl_file_hold(struct xl_file *x, const struct record *rec, struct fault *f)
{
	struct hold *h = rec->part == PART_ENVELOPE ? &x->envelope : &x->rest;

	if (rec->part == PART_ENVELOPE && rec->offset == 0)
		x->is_xl = rec->size == XL_HEADER_SIZE &&
		    memcmp(rec->body, XL_MAGIC, XL_MAGIC_SIZE) == 0;
	h->max = HELD_MAX;
	if (h->size + rec->size > h->max)
		return record_fault(f, EXIT_REFUSED, rec, "more than %" PRIu64
		    " bytes stand before the image", h->max);
	return hold_add(h, rec, f);
}

/* xl's JSON, without its NUL: its first byte, or NULL. */
static const char *
json_text(const struct xl_file *x, size_t *size)
{
	const uint8_t *at = x->envelope.buffer.body + XL_HEADER_SIZE;
	size_t room = x->envelope.size;
	uint32_t length;

	if (!x->is_xl || room < XL_HEADER_SIZE + LENGTH_SIZE ||
	    !(get_le32(at - XL_HEADER_SIZE + XL_FLAGS_OFFSET) & XL_FLAG_JSON))
		return NULL;
	length = get_le32(at);
	if (length == 0 || length > room - XL_HEADER_SIZE - LENGTH_SIZE)
		return NULL;
	*size = strnlen((const char *)at + LENGTH_SIZE, length);
	return (const char *)at + LENGTH_SIZE;
}

static int
malformed(struct fault *f)
{
	return fault_set(f, EXIT_MALFORMED, "xl's configuration in front of "
	    "the stream is none: no JSON object with c_info's name, uuid and "
	    "type");
}

static int
parse_type(const char *text, enum config_type *type)
{
	unsigned i;

	for (i = CONFIG_PV; i <= CONFIG_HVM; i++)
		if (text != NULL &&
		    strcmp(text, config_type_name((enum config_type)i)) == 0) {
			*type = (enum config_type)i;
			return 0;
		}
	return -1;
}

/* What c_info says, which has to be there. */
static int
take_identity(json_object *o, struct config *c)
{
	json_object *info, *name, *uuid, *type;
	const char *text;

	if (!json_object_object_get_ex(o, "c_info", &info) ||
	    !json_object_object_get_ex(info, "name", &name) ||
	    !json_object_object_get_ex(info, "uuid", &uuid) ||
	    !json_object_object_get_ex(info, "type", &type))
		return -1;
	if ((text = strict_string(name)) == NULL || !keys_name_ok(text))
		return -1;
	snprintf(c->name, sizeof(c->name), "%s", text);
	if ((text = strict_string(uuid)) == NULL ||
	    !uuid_parse(text, c->uuid))
		return -1;
	return parse_type(strict_string(type), &c->type);
}

/* What b_info says; libxl's defaults are one vcpu, and no limit known here. */
static void
take_size(json_object *o, struct config *c)
{
	json_object *info, *value;
	uint64_t n;

	c->vcpus = 1;
	c->pages = UINT32_MAX;
	if (!json_object_object_get_ex(o, "b_info", &info))
		return;
	if (json_object_object_get_ex(info, "max_vcpus", &value) &&
	    strict_is_number(value, UINT16_MAX, &n))
		c->vcpus = n;
	if (json_object_object_get_ex(info, "max_memkb", &value) &&
	    strict_is_number(value, INT64_MAX, &n))
		c->pages = c->max_pages = n / KIB_PER_PAGE;
}

int
xl_file_config(const struct xl_file *x, struct config *c, struct fault *f)
{
	size_t size;
	const char *text = json_text(x, &size);
	json_object *o;
	int result;

	if (text == NULL)
		return 0;
	*c = (struct config){ .in_xl = true, .from_xl = true };
	if ((o = strict_object(text, size)) == NULL)
		return errno == ENOMEM ? strict_none(f) : malformed(f);
	result = take_identity(o, c);
	take_size(o, c);
	json_object_put(o);
	return result == -1 ? malformed(f) : 1;
}

static int
put_header(struct sink *out, uint32_t flags, uint32_t size, struct fault *f)
{
	uint8_t header[XL_HEADER_SIZE] = { 0 };

	memcpy(header, XL_MAGIC, XL_MAGIC_SIZE);
	put_le32(header + XL_BYTEORDER_OFFSET, XL_BYTEORDER);
	put_le32(header + XL_FLAGS_OFFSET, flags);
	put_le32(header + XL_DATA_LENGTH_OFFSET, size);
	return sink_put(out, header, sizeof(header), f);
}

/* Header and configuration, in which *set is set. */
static int
put_config(struct sink *out, const char *text, size_t size,
    const struct edit_config *set, struct fault *f)
{
	struct edit_json json;
	uint8_t length[LENGTH_SIZE];
	int result = -1;

	if (edit_json_open(&json, text, size, f) == -1)
		return f->status == EXIT_SYSTEM ? -1 : malformed(f);
	if (edit_json_xl(&json, set, f) == 0) {
		size = strlen(json.text) + 1;
		put_le32(length, (uint32_t)size);
		if (put_header(out, XL_FLAG_JSON | XL_FLAG_STREAM_V2,
		    (uint32_t)(LENGTH_SIZE + size), f) == 0 &&
		    sink_put(out, length, sizeof(length), f) == 0)
			result = sink_put(out, json.text, size, f);
	}
	edit_json_close(&json);
	return result;
}

int
xl_file_write(struct xl_file *x, const struct edit_config *set,
    struct sink *out, struct fault *f)
{
	size_t size;
	const char *text = json_text(x, &size);

	x->written = true;
	if (set != NULL && text == NULL) {
		fault_set(f, EXIT_REFUSED, "no configuration of xl's comes "
		    "with the stream, which says what devices the guest has");
		return fault_hint(f, "--config FILE gives it one");
	}
	if ((set == NULL ? put_header(out, XL_FLAG_STREAM_V2, 0, f) :
	    put_config(out, text, size, set, f)) == -1)
		return -1;
	hold_free(&x->envelope);
	return hold_write(&x->rest, out, f);
}

void
xl_file_free(struct xl_file *x)
{
	hold_free(&x->envelope);
	hold_free(&x->rest);
}
