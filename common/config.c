/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "config.h"
#include "format.h"
#include "ours.h"
#include "types.h"

static const char *const intents[] = { "move", "snapshot", NULL };
static const char *const types[] = {
	[CONFIG_PV] = "pv", [CONFIG_PVH] = "pvh", [CONFIG_HVM] = "hvm", NULL
};

/* One line per key of the JSON object; xenrec.5 has the same table. */
#define AT(member)	offsetof(struct config, member)
#define NUMBER(member, least, most, otherwise) \
	{ .name = #member, .kind = KEY_NUMBER, .offset = AT(member), \
	  .min = least, .max = most, .fallback = otherwise }
#define FLAG(member) \
	{ .name = #member, .kind = KEY_FLAG, .offset = AT(member) }
#define TEXT(member) \
	{ .name = #member, .kind = KEY_TEXT, .offset = AT(member) }
static const struct key keys[] = {
	{ .name = "move", .kind = KEY_HEX, .offset = AT(move),
	  .required = true, .max = MOVE_SIZE },
	{ .name = "intent", .kind = KEY_FLAG, .offset = AT(snapshot),
	  .required = true, .words = intents },
	{ .name = "type", .kind = KEY_WORD, .offset = AT(type),
	  .required = true, .words = types },
	{ .name = "name", .kind = KEY_NAME, .offset = AT(name),
	  .required = true },
	{ .name = "uuid", .kind = KEY_UUID, .offset = AT(uuid),
	  .required = true },
	{ .name = "vcpus", .kind = KEY_NUMBER, .offset = AT(vcpus),
	  .required = true, .min = 1, .max = 4096 },
	{ .name = "max_pages", .kind = KEY_NUMBER, .offset = AT(max_pages),
	  .required = true, .min = 1, .max = UINT64_C(1) << 40 },
	{ .name = "pages", .kind = KEY_NUMBER, .offset = AT(pages),
	  .required = true, .min = 1, .max = UINT64_C(1) << 40 },
	NUMBER(target_kib, 0, UINT64_C(1) << 42, 0),
	NUMBER(static_max_kib, 0, UINT64_C(1) << 42, 0),
	NUMBER(paging_pool, 0, UINT64_C(1) << 40, 0),
	FLAG(hap),
	FLAG(nested),
	FLAG(vpmu),
	NUMBER(emulation_flags, 0, UINT32_MAX, 0),
	NUMBER(misc_flags, 0, UINT32_MAX, 0),
	NUMBER(event_channels, 1, (UINT64_C(1) << 17) - 1, 1023),
	NUMBER(grant_frames, 1, CONFIG_DEFAULT, CONFIG_DEFAULT),
	NUMBER(maptrack_frames, 0, CONFIG_DEFAULT, CONFIG_DEFAULT),
	NUMBER(grant_version, 1, 2, 2),
	TEXT(tool),
	TEXT(time),
	TEXT(xen_version),
	TEXT(xen_changeset),
	TEXT(xen_capabilities),
	TEXT(cpu_model),
};
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

const char *
config_type_name(enum config_type type)
{
	return types[type];
}

uint64_t
config_memory(const struct config *c)
{
	return c->pages * PAGE_SIZE + c->paging_pool;
}

int
config_put(const struct config *c, struct record *rec, struct fault *f)
{
	char *text = keys_print(keys, KEY_COUNT, c);
	uint32_t length;
	int result;

	if (text == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	length = (uint32_t)(OUR_HEADER_SIZE + strlen(text));
	if ((result = record_reserve(rec, record_size(length), f)) == 0) {
		ours_put(rec->body, 0);
		memcpy(rec->body + OUR_HEADER_SIZE, text,
		    length - OUR_HEADER_SIZE);
		record_set(rec, REC_GUEST_CONFIG, length);
	}
	free(text);
	return result;
}

int
config_get(const struct record *rec, struct config *c, struct fault *f)
{
	struct fault why;

	*c = (struct config){ 0 };
	if (!type_is_ours(rec) || rec->length > GUEST_CONFIG_MAX)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "no configuration of this project's, or over %u bytes",
		    GUEST_CONFIG_MAX);
	if (get_le16(rec->body) != OUR_VERSION)
		return record_fault(f, EXIT_REFUSED, rec,
		    "version %u, known is %u", get_le16(rec->body),
		    OUR_VERSION);
	if (keys_parse(keys, KEY_COUNT, (const char *)rec->body +
	    OUR_HEADER_SIZE, rec->length - OUR_HEADER_SIZE, c, &why) == 0)
		return 0;
	return record_fault(f, why.status, rec, "%s", why.text);
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

/* A flag that is neither may be both. */
static bool
is_flag(const bool *flag)
{
	unsigned char byte;

	memcpy(&byte, flag, 1);
	return byte <= 1;
}

static bool
is_sound(const struct config *c)
{
	const bool *const flags[] = { &c->snapshot, &c->hap, &c->nested,
	    &c->vpmu, &c->in_xl, &c->from_xl };
	const char *const texts[] = { c->tool, c->time, c->xen_version,
	    c->xen_changeset, c->xen_capabilities, c->cpu_model };
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!is_flag(flags[i]))
			return false;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strnlen(texts[i], CONFIG_TEXT_SIZE) == CONFIG_TEXT_SIZE)
			return false;
	return (unsigned)c->type <= CONFIG_HVM &&
	    strnlen(c->name, CONFIG_NAME_SIZE) < CONFIG_NAME_SIZE;
}

int
config_trust(const struct config *c, struct fault *f)
{
	/* xl says by itself what it does not take, but for the name. */
	if (is_sound(c) && (c->in_xl && c->from_xl ? keys_name_ok(c->name) :
	    config_check(c, f) == 0))
		return 0;
	return fault_set(f, EXIT_SYSTEM, "what reads the stream sends no "
	    "configuration");
}
