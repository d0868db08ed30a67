/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <sodium.h>

#include "bytes.h"
#include "config.h"
#include "format.h"
#include "types.h"

/* One line per key of the JSON object; xenrec.5 has the same table. */
enum kind { NUMBER, FLAG, TEXT, NAME, UUID, MOVE, INTENT, TYPE };

static const struct key {
	const char *name;
	enum kind kind;
	size_t offset;		/* of the member of struct config */
	bool required;
	uint64_t min, max, fallback;	/* NUMBER: bounds and default */
} keys[] = {
#define AT(member) offsetof(struct config, member)
	{ "move", MOVE, AT(move), true, 0, 0, 0 },
	{ "intent", INTENT, AT(snapshot), true, 0, 0, 0 },
	{ "type", TYPE, AT(type), true, 0, 0, 0 },
	{ "name", NAME, AT(name), true, 0, 0, 0 },
	{ "uuid", UUID, AT(uuid), true, 0, 0, 0 },
	{ "vcpus", NUMBER, AT(vcpus), true, 1, 4096, 0 },
	{ "max_pages", NUMBER, AT(max_pages), true, 1, UINT64_C(1) << 40, 0 },
	{ "pages", NUMBER, AT(pages), true, 1, UINT64_C(1) << 40, 0 },
	{ "target_kib", NUMBER, AT(target_kib), false,
	    0, UINT64_C(1) << 42, 0 },
	{ "static_max_kib", NUMBER, AT(static_max_kib), false,
	    0, UINT64_C(1) << 42, 0 },
	{ "paging_pool", NUMBER, AT(paging_pool), false,
	    0, UINT64_C(1) << 40, 0 },
	{ "hap", FLAG, AT(hap), false, 0, 0, 0 },
	{ "nested", FLAG, AT(nested), false, 0, 0, 0 },
	{ "vpmu", FLAG, AT(vpmu), false, 0, 0, 0 },
	{ "emulation_flags", NUMBER, AT(emulation_flags), false,
	    0, UINT32_MAX, 0 },
	{ "misc_flags", NUMBER, AT(misc_flags), false, 0, UINT32_MAX, 0 },
	{ "event_channels", NUMBER, AT(event_channels), false,
	    1, (UINT64_C(1) << 17) - 1, 1023 },
	{ "grant_frames", NUMBER, AT(grant_frames), false,
	    1, CONFIG_DEFAULT, CONFIG_DEFAULT },
	{ "maptrack_frames", NUMBER, AT(maptrack_frames), false,
	    0, CONFIG_DEFAULT, CONFIG_DEFAULT },
	{ "grant_version", NUMBER, AT(grant_version), false, 1, 2, 2 },
	{ "tool", TEXT, AT(tool), false, 0, 0, 0 },
	{ "time", TEXT, AT(time), false, 0, 0, 0 },
	{ "xen_version", TEXT, AT(xen_version), false, 0, 0, 0 },
	{ "xen_changeset", TEXT, AT(xen_changeset), false, 0, 0, 0 },
	{ "xen_capabilities", TEXT, AT(xen_capabilities), false, 0, 0, 0 },
	{ "cpu_model", TEXT, AT(cpu_model), false, 0, 0, 0 },
#undef AT
};
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static const char *const type_names[] = {
	[CONFIG_PV] = "pv", [CONFIG_PVH] = "pvh", [CONFIG_HVM] = "hvm",
};

const char *
config_type_name(enum config_type type)
{
	return type_names[type];
}

bool
config_name_ok(const char *text)
{
	size_t i, digits = 0;

	for (i = 0; text[i] != '\0'; i++) {
		/* U+0080 to U+009F control a terminal too. */
		if (iscntrl((unsigned char)text[i]) || text[i] == '/' ||
		    ((unsigned char)text[i] == 0xc2 &&
		    (unsigned char)text[i + 1] < 0xa0))
			return false;
		digits += isdigit((unsigned char)text[i]) != 0;
	}
	return i > 0 && i < CONFIG_NAME_SIZE && digits < i;
}

static json_object *
value_of(const struct config *c, const struct key *key)
{
	const uint8_t *p = (const uint8_t *)c + key->offset;
	char text[UUID_TEXT_SIZE];

	switch (key->kind) {
	case NUMBER:
		return json_object_new_uint64(*(const uint64_t *)p);
	case FLAG:
		return json_object_new_boolean(*(const bool *)p);
	case UUID:
		uuid_print(p, text);
		return json_object_new_string(text);
	case MOVE:
		hex_print(p, MOVE_SIZE, text);
		return json_object_new_string(text);
	case INTENT:
		return json_object_new_string(*(const bool *)p ? "snapshot" :
		    "move");
	case TYPE:
		return json_object_new_string(
		    type_names[*(const enum config_type *)p]);
	case TEXT:
	case NAME:
		return json_object_new_string((const char *)p);
	}
	return NULL;
}

int
config_put(const struct config *c, struct record *rec, struct fault *f)
{
	json_object *o = json_object_new_object(), *value;
	const char *text = NULL;
	size_t i, n;

	for (i = 0; o != NULL && i < KEY_COUNT; i++) {
		value = value_of(c, &keys[i]);
		if (value == NULL ||
		    json_object_object_add(o, keys[i].name, value) != 0)
			break;
	}
	if (i == KEY_COUNT)
		text = json_object_to_json_string_length(o,
		    JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	if (text == NULL) {
		json_object_put(o);
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	}
	if (record_reserve(rec, record_size((uint32_t)
	    (OUR_HEADER_SIZE + n)), f) == -1) {
		json_object_put(o);
		return -1;
	}
	put_le16(rec->body, OUR_VERSION);
	put_le16(rec->body + OUR_FLAGS_OFFSET, 0);
	memcpy(rec->body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4);
	memcpy(rec->body + OUR_HEADER_SIZE, text, n);
	record_set(rec, REC_GUEST_CONFIG, (uint32_t)(OUR_HEADER_SIZE + n));
	json_object_put(o);
	return 0;
}

static bool
take_number(const struct key *key, json_object *value, uint64_t *out)
{
	uint64_t n = json_object_get_uint64(value);

	if (json_object_get_type(value) != json_type_int ||
	    json_object_get_int64(value) < 0 || n < key->min || n > key->max)
		return false;
	*out = n;
	return true;
}

static bool
take_type(const char *text, enum config_type *out)
{
	size_t i;

	for (i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (strcmp(text, type_names[i]) == 0) {
			*out = (enum config_type)i;
			return true;
		}
	return false;
}

static bool
take_text(const struct key *key, const char *text, uint8_t *p)
{
	size_t n;

	switch (key->kind) {
	case TEXT:
		snprintf((char *)p, CONFIG_TEXT_SIZE, "%s", text);
		return true;
	case NAME:
		if (!config_name_ok(text))
			return false;
		memcpy(p, text, strlen(text) + 1);
		return true;
	case UUID:
		return uuid_parse(text, p);
	case MOVE:
		return strlen(text) == 2 * MOVE_SIZE && sodium_hex2bin(p,
		    MOVE_SIZE, text, 2 * MOVE_SIZE, NULL, &n, NULL) == 0 &&
		    n == MOVE_SIZE;
	case INTENT:
		*(bool *)p = strcmp(text, "snapshot") == 0;
		return *(bool *)p || strcmp(text, "move") == 0;
	case TYPE:
		return take_type(text, (enum config_type *)p);
	case NUMBER:
	case FLAG:
		break;
	}
	return false;
}

static bool
take_value(struct config *c, const struct key *key, json_object *value)
{
	uint8_t *p = (uint8_t *)c + key->offset;

	if (key->kind == NUMBER)
		return take_number(key, value, (uint64_t *)p);
	if (key->kind == FLAG) {
		*(bool *)p = json_object_get_boolean(value);
		return json_object_get_type(value) == json_type_boolean;
	}
	return json_object_get_type(value) == json_type_string &&
	    strlen(json_object_get_string(value)) ==
	    (size_t)json_object_get_string_len(value) &&
	    take_text(key, json_object_get_string(value), p);
}

/* Each key of the table from the object.  0 or -1. */
static int
take_keys(const struct record *rec, json_object *o, struct config *c,
    struct fault *f)
{
	json_object *value;
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (json_object_object_get_ex(o, keys[i].name, &value)) {
			if (!take_value(c, &keys[i], value))
				return record_fault(f, EXIT_MALFORMED, rec,
				    "\"%s\" has no value that it may have",
				    keys[i].name);
		} else if (keys[i].required) {
			return record_fault(f, EXIT_MALFORMED, rec,
			    "\"%s\" is missing", keys[i].name);
		} else if (keys[i].kind == NUMBER) {
			*(uint64_t *)((uint8_t *)c + keys[i].offset) =
			    keys[i].fallback;
		}
	}
	return 0;
}

int
config_get(const struct record *rec, struct config *c, struct fault *f)
{
	json_tokener *t;
	json_object *o;
	int result;

	*c = (struct config){ 0 };
	if (!type_is_ours(rec) || rec->length > GUEST_CONFIG_MAX)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "no configuration of this project's, or over %u bytes",
		    GUEST_CONFIG_MAX);
	if (get_le16(rec->body) != OUR_VERSION)
		return record_fault(f, EXIT_REFUSED, rec,
		    "version %u, known is %u", get_le16(rec->body),
		    OUR_VERSION);
	if ((t = json_tokener_new()) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, (const char *)rec->body +
	    OUR_HEADER_SIZE, (int)(rec->length - OUR_HEADER_SIZE));
	json_tokener_free(t);
	if (!json_object_is_type(o, json_type_object) ||
	    memchr(rec->body + OUR_HEADER_SIZE, '\0',
	    rec->length - OUR_HEADER_SIZE) != NULL) {
		json_object_put(o);
		return record_fault(f, EXIT_MALFORMED, rec,
		    "the configuration is not a JSON object");
	}
	result = take_keys(rec, o, c, f);
	json_object_put(o);
	return result;
}

int
config_check(const struct config *c, struct fault *f)
{
	struct record rec = { 0 };
	struct config again;
	int result = config_put(c, &rec, f);

	if (result == 0 && (result = config_get(&rec, &again, f)) == -1 &&
	    f->status == EXIT_MALFORMED)
		f->status = EXIT_REFUSED;
	record_free(&rec);
	return result;
}
