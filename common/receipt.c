/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "io.h"
#include "receipt.h"

static void
add_hex(json_object *o, const char *key, const uint8_t *bytes, size_t size)
{
	char text[2 * TALLY_DIGEST_SIZE + 1];

	hex_print(bytes, size, text);
	json_object_object_add(o, key, json_object_new_string(text));
}

static json_object *
receipt_new(const struct config *c, const struct summary *s, bool running,
    uint32_t domid)
{
	json_object *o = json_object_new_object();
	char uuid[UUID_TEXT_SIZE];

	uuid_print(c->uuid, uuid);
	add_hex(o, "move", c->move, MOVE_SIZE);
	json_object_object_add(o, "result",
	    json_object_new_string(running ? "running" : "paused"));
	json_object_object_add(o, "domid", json_object_new_int64(domid));
	json_object_object_add(o, "uuid", json_object_new_string(uuid));
	json_object_object_add(o, "name", json_object_new_string(c->name));
	json_object_object_add(o, "records",
	    json_object_new_uint64(s->records));
	json_object_object_add(o, "pages", json_object_new_uint64(s->pages));
	add_hex(o, "digest", s->digest, TALLY_DIGEST_SIZE);
	return o;
}

int
receipt_print(const struct config *c, const struct summary *s, bool running,
    uint32_t domid)
{
	json_object *o = receipt_new(c, s, running, domid);
	struct iovec iov[2] = {
		{ .iov_base = (void *)json_object_to_json_string_ext(o,
		    JSON_C_TO_STRING_PLAIN) },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	struct fault f;
	struct sink out;
	int result;

	iov[0].iov_len = strlen(iov[0].iov_base);
	sink_open(&out, STDOUT_FILENO);
	result = sink_write(&out, iov, 2, &f);
	json_object_put(o);
	return result == -1 ? -1 : sink_close(&out, &f);
}
