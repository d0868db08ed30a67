/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "bytes.h"
#include "io.h"
#include "offer.h"
#include "strict.h"

#define MEMORY_MAX	(UINT64_C(1) << 60)	/* bytes */

/* A list of versions as bits; versions that have none are not ours. */
static int
take_versions(const struct strict *s, json_object *o, const char *key,
    uint32_t *versions)
{
	json_object *list = strict_get(s, o, key, json_type_array);
	uint64_t n;
	size_t i;

	if (list == NULL)
		return -1;
	for (i = 0; i < json_object_array_length(list); i++) {
		if (!strict_is_number(json_object_array_get_idx(list, i),
		    UINT32_MAX, &n))
			return strict_wrong(s, key);
		if (n < 32)
			*versions |= UINT32_C(1) << n;
	}
	return 0;
}

/* A word that the other host's tools do not know is 0. */
static int
take_words(const struct strict *s, json_object *o, struct policy *p)
{
	json_object *from, *value;
	uint8_t bytes[4];
	unsigned i;

	if ((from = strict_get(s, o, "policy", json_type_object)) == NULL)
		return -1;
	for (i = 0; i < POLICY_WORDS; i++) {
		if (!json_object_object_get_ex(from, policy_word(i), &value))
			continue;
		if (!strict_is_hex(value, bytes, sizeof(bytes)))
			return strict_wrong(s, policy_word(i));
		p->words[i] = get_be32(bytes);
	}
	return 0;
}

static int
take_type(const struct strict *s, json_object *o, struct offer_type *t)
{
	json_object *value;

	t->possible = true;
	if (strict_number(s, o, "vcpus", UINT32_MAX, &t->vcpus) == -1 ||
	    strict_flag(s, o, "hap", &t->hap) == -1 ||
	    strict_flag(s, o, "shadow", &t->shadow) == -1 ||
	    strict_text(s, o, "vendor", t->policy.vendor,
	    sizeof(t->policy.vendor)) == -1)
		return -1;
	if ((value = strict_get(s, o, "digest", json_type_string)) == NULL)
		return -1;
	if (!strict_is_hex(value, t->policy.digest, POLICY_DIGEST_SIZE))
		return strict_wrong(s, "digest");
	return take_words(s, o, &t->policy);
}

static int
take_types(const struct strict *s, json_object *o, struct offer *to)
{
	json_object *types, *value;
	const char *key;
	unsigned i;

	if ((types = strict_get(s, o, "types", json_type_object)) == NULL)
		return -1;
	for (i = 0; i < OFFER_TYPES; i++) {
		key = config_type_name((enum config_type)i);
		if (!json_object_object_get_ex(types, key, &value))
			continue;
		if (!json_object_is_type(value, json_type_object))
			return strict_wrong(s, key);
		if (take_type(s, value, &to->types[i]) == -1)
			return -1;
	}
	return 0;
}

static int
take_names(const struct strict *s, json_object *o, struct offer *to)
{
	json_object *list = strict_get(s, o, "names", json_type_array);
	const char *text;
	size_t i;

	if (list == NULL)
		return -1;
	for (i = 0; i < json_object_array_length(list); i++) {
		text = strict_string(json_object_array_get_idx(list, i));
		if (text == NULL)
			return strict_wrong(s, "names");
		if (offer_name(to, text, s->f) == -1)
			return -1;
	}
	return 0;
}

static int
take_uuids(const struct strict *s, json_object *o, struct offer *to)
{
	json_object *list = strict_get(s, o, "uuids", json_type_array);
	uint8_t uuid[UUID_SIZE];
	const char *text;
	size_t i;

	if (list == NULL)
		return -1;
	for (i = 0; i < json_object_array_length(list); i++) {
		text = strict_string(json_object_array_get_idx(list, i));
		if (text == NULL || !uuid_parse(text, uuid))
			return strict_wrong(s, "uuids");
		if (offer_uuid(to, uuid, s->f) == -1)
			return -1;
	}
	return 0;
}

static int
take_xen(const struct strict *s, json_object *o, struct xen_version *xen)
{
	json_object *from = strict_get(s, o, "xen", json_type_object);

	if (from == NULL ||
	    strict_number(s, from, "major", UINT16_MAX, &xen->major) == -1 ||
	    strict_number(s, from, "minor", UINT16_MAX, &xen->minor) == -1 ||
	    strict_text(s, from, "extra", xen->extra, sizeof(xen->extra)) ==
	    -1)
		return -1;
	return strict_text(s, from, "changeset", xen->changeset,
	    sizeof(xen->changeset));
}

/* A type that is not there is not read. */
static int
take_records(const struct strict *s, json_object *o, struct offer *to)
{
	json_object *from = strict_get(s, o, "records", json_type_object);

	if (from == NULL || (json_object_object_get_ex(from, "COMPRESSED",
	    NULL) &&
	    take_versions(s, from, "COMPRESSED", &to->compressed) == -1))
		return -1;
	return !json_object_object_get_ex(from, "GUEST_CONFIG", NULL) ? 0 :
	    take_versions(s, from, "GUEST_CONFIG", &to->configs);
}

/* Another version may be about other keys. */
static int
take_offer(const struct strict *s, json_object *o, struct offer *to)
{
	uint64_t version;

	if (strict_number(s, o, "offer", UINT32_MAX, &version) == -1)
		return -1;
	if (version != OFFER_VERSION)
		return fault_set(s->f, EXIT_REFUSED, "%.200s: version %u, "
		    "known is %u", s->source, (unsigned)version,
		    OFFER_VERSION);
	if (strict_text(s, o, "tool", to->tool, sizeof(to->tool)) == -1 ||
	    strict_text(s, o, "time", to->time, sizeof(to->time)) == -1 ||
	    take_versions(s, o, "streams", &to->streams) == -1 ||
	    take_records(s, o, to) == -1 ||
	    take_xen(s, o, &to->xen) == -1 ||
	    (json_object_object_get_ex(o, "xl", NULL) &&
	    strict_flag(s, o, "xl", &to->xl) == -1) ||
	    strict_number(s, o, "free_memory", MEMORY_MAX, &to->free_memory)
	    == -1 ||
	    strict_number(s, o, "cpus", UINT32_MAX, &to->cpus) == -1 ||
	    take_types(s, o, to) == -1 ||
	    take_names(s, o, to) == -1)
		return -1;
	return take_uuids(s, o, to);
}

int
offer_parse(const char *text, size_t size, const char *source,
    struct offer *o, struct fault *f)
{
	struct strict s = { .source = source, .f = f };
	json_object *json;
	int result;

	*o = (struct offer){ 0 };
	if (size > OFFER_MAX)
		return fault_set(f, EXIT_MALFORMED, "%.200s: over %u bytes",
		    source, OFFER_MAX);
	if ((json = strict_parse(&s, text, size)) == NULL)
		return -1;
	if ((result = take_offer(&s, json, o)) == -1)
		offer_free(o);
	json_object_put(json);
	return result;
}

/* All that is there, but not more than one byte too much. */
static int
read_all(int fd, const char *source, struct offer *o, struct fault *f)
{
	char *text = malloc(OFFER_MAX + 1);
	struct source in;
	size_t size;
	int result;

	if (text == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for an offer");
	result = source_open(&in, fd, f);
	if (result == 0) {
		result = source_read(&in, text, OFFER_MAX + 1, &size, f);
		source_close(&in);
	}
	if (result == 0)
		result = offer_parse(text, size, source, o, f);
	free(text);
	return result;
}

int
offer_read(const char *path, struct offer *o, struct fault *f)
{
	int fd, result;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "the offer", o, f);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return fault_set(f, EXIT_SYSTEM, "%.200s: %s", path,
		    strerror(errno));
	result = read_all(fd, path, o, f);
	close(fd);
	return result;
}
