/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <unistd.h>

#include <json-c/json.h>

#include "io.h"
#include "offer.h"

static void
add_text(json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void
add_number(json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_object_new_uint64(n));
}

static json_object *
add_object(json_object *o, const char *key)
{
	json_object *value = json_object_new_object();

	json_object_object_add(o, key, value);
	return value;
}

static json_object *
add_list(json_object *o, const char *key)
{
	json_object *value = json_object_new_array();

	json_object_object_add(o, key, value);
	return value;
}

/* The numbers of the bits that are set. */
static void
add_versions(json_object *o, const char *key, uint32_t versions)
{
	json_object *list = add_list(o, key);
	int v;

	for (v = 0; v < 32; v++)
		if (versions >> v & 1)
			json_object_array_add(list, json_object_new_int(v));
}

static void
add_type(json_object *types, enum config_type type,
    const struct offer_type *t)
{
	char digest[2 * POLICY_DIGEST_SIZE + 1], word[9];
	json_object *o, *policy;
	unsigned i;

	if (!t->possible)
		return;
	o = add_object(types, config_type_name(type));
	add_number(o, "vcpus", t->vcpus);
	json_object_object_add(o, "hap", json_object_new_boolean(t->hap));
	json_object_object_add(o, "shadow",
	    json_object_new_boolean(t->shadow));
	add_text(o, "vendor", t->policy.vendor);
	hex_print(t->policy.digest, POLICY_DIGEST_SIZE, digest);
	add_text(o, "digest", digest);
	policy = add_object(o, "policy");
	for (i = 0; i < POLICY_WORDS; i++) {
		snprintf(word, sizeof(word), "%08x", t->policy.words[i]);
		add_text(policy, policy_word(i), word);
	}
}

static void
add_taken(json_object *to, const struct offer *o)
{
	json_object *list = add_list(to, "names");
	char uuid[UUID_TEXT_SIZE];
	size_t i;

	for (i = 0; i < o->name_count; i++)
		json_object_array_add(list,
		    json_object_new_string(o->names[i]));
	list = add_list(to, "uuids");
	for (i = 0; i < o->uuid_count; i++) {
		uuid_print(o->uuids[i], uuid);
		json_object_array_add(list, json_object_new_string(uuid));
	}
}

/* What had no memory is missing or null, which offer_parse does not take. */
static json_object *
offer_object(const struct offer *o)
{
	json_object *to = json_object_new_object(), *part;
	unsigned i;

	add_number(to, "offer", OFFER_VERSION);
	add_text(to, "tool", o->tool);
	add_text(to, "time", o->time);
	add_versions(to, "streams", o->streams);
	part = add_object(to, "records");
	add_versions(part, "COMPRESSED", o->compressed);
	add_versions(part, "GUEST_CONFIG", o->configs);
	part = add_object(to, "xen");
	add_number(part, "major", o->xen.major);
	add_number(part, "minor", o->xen.minor);
	add_text(part, "extra", o->xen.extra);
	add_text(part, "changeset", o->xen.changeset);
	json_object_object_add(to, "xl", json_object_new_boolean(o->xl));
	add_number(to, "free_memory", o->free_memory);
	add_number(to, "cpus", o->cpus);
	part = add_object(to, "types");
	for (i = 0; i < OFFER_TYPES; i++)
		add_type(part, (enum config_type)i, &o->types[i]);
	add_taken(to, o);
	return to;
}

int
offer_print(const struct offer *o, struct fault *f)
{
	json_object *json = offer_object(o);
	struct iovec iov[2] = { { .iov_base = NULL },
	    { .iov_base = "\n", .iov_len = 1 } };
	struct offer again;
	struct sink out;
	int result;

	iov[0].iov_base = (void *)json_object_to_json_string_length(json,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
	    &iov[0].iov_len);
	if (iov[0].iov_base == NULL) {
		result = fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	} else if (iov[0].iov_len >= OFFER_MAX) {
		result = fault_set(f, EXIT_SYSTEM, "this host's offer is "
		    "over %u bytes", OFFER_MAX);
	} else if (offer_parse(iov[0].iov_base, iov[0].iov_len,
	    "this host's offer", &again, f) == -1) {
		f->status = EXIT_SYSTEM;
		result = -1;
	} else {
		offer_free(&again);
		sink_open(&out, STDOUT_FILENO);
		result = sink_write(&out, iov, 2, f);
		if (result == 0)
			result = sink_close(&out, f);
	}
	json_object_put(json);
	return result;
}
