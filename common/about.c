/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "about.h"
#include "bytes.h"
#include "format.h"

int
about_begin(struct about *a, struct fault *f)
{
	*a = (struct about){ .o = json_object_new_object() };
	return a->o == NULL ? fault_set(f, EXIT_SYSTEM, "no memory") : 0;
}

void
about_free(struct about *a)
{
	json_object_put(a->o);
	free(a->envelope);
	*a = (struct about){ 0 };
}

static bool
has(const struct about *a, const char *key)
{
	return json_object_object_get_ex(a->o, key, NULL);
}

static void
put_kind(struct about *a, const char *kind)
{
	if (!has(a, "kind"))
		json_object_object_add(a->o, "kind",
		    json_object_new_string(kind));
}

/* Keeps the start of what stands before libxl's stream. */
static int
add_envelope(struct about *a, const struct record *rec, struct fault *f)
{
	size_t room = ABOUT_ENVELOPE_MAX - a->size;
	size_t n = rec->size < room ? rec->size : room;
	uint8_t *p = realloc(a->envelope, a->size + n + 1);

	if (p == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	memcpy(p + a->size, rec->body, n);
	a->envelope = p;
	a->size += n;
	return 0;
}

static void
end_envelope(struct about *a)
{
	bool virsh;

	if (a->size == 0 || has(a, "kind"))
		return;
	virsh = memcmp(a->envelope, VIRSH_MAGIC, VIRSH_MAGIC_SIZE) == 0;
	put_kind(a, virsh ? "virsh" : "xl");
	json_object_object_add(a->o, virsh ? "virsh" : "xl", virsh ?
	    decode_virsh_header(a->envelope, a->size) :
	    decode_xl_header(a->envelope, a->size));
}

static void
add_headers(struct about *a, const struct record *rec, json_object *body)
{
	put_kind(a, get_le32(rec->body + DOMAIN_TYPE_OFFSET) ==
	    DOMAIN_CONTAINER ? "container" : "image");
	json_object_object_add(a->o, "image", json_object_get(body));
}

/* The fields of a libxl record, whose body starts here. */
static void
add_libxl(struct about *a, const struct record *rec, json_object **body)
{
	json_object *list;

	if (!a->body_due)
		return;
	a->body_due = false;
	*body = decode_libxl(rec->type, rec->length, rec->body, rec->size <
	    rec->length ? rec->size : rec->length);
	if (*body == NULL || (rec->type != LIBXL_EMULATOR_CONTEXT &&
	    rec->type != LIBXL_EMULATOR_XENSTORE_DATA))
		return;
	if (!json_object_object_get_ex(a->o, "emulator", &list)) {
		list = json_object_new_array();
		json_object_object_add(a->o, "emulator", list);
	}
	if (json_object_array_length(list) < ABOUT_EMULATORS_MAX)
		json_object_array_add(list, json_object_get(*body));
}

/* What of the records tells something of the guest. */
static void
keep(struct about *a, const struct record *rec, json_object *body)
{
	static const struct {
		uint32_t type;
		const char *key;
	} kept[] = {
		{ REC_GUEST_CONFIG, "config" },
		{ REC_X86_PV_INFO, "pv" },
		{ REC_X86_CPUID_POLICY, "policy" },
	};
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (rec->type == kept[i].type && !has(a, kept[i].key))
			json_object_object_add(a->o, kept[i].key,
			    json_object_get(body));
}

int
about_add(struct about *a, const struct record *rec, json_object **body,
    struct fault *f)
{
	*body = NULL;
	switch (rec->part) {
	case PART_ENVELOPE:
		return add_envelope(a, rec, f);
	case PART_LIBXL:
		end_envelope(a);
		put_kind(a, "libxl");
		a->body_due = rec->length > 0;
		return 0;
	case PART_LIBXL_BODY:
		add_libxl(a, rec, body);
		return 0;
	case PART_IMAGE:
	case PART_RECORD:
		*body = decode_record(&a->decode, rec);
		if (*body == NULL)
			return fault_set(f, EXIT_SYSTEM, "no memory");
		if (rec->part == PART_IMAGE)
			add_headers(a, rec, *body);
		else
			keep(a, rec, *body);
		return 0;
	case PART_REST:
		a->after_end += rec->size;
		return 0;
	case PART_BODY:
	case PART_NONE:
		break;
	}
	return 0;
}
