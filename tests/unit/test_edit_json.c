/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit_json.h: what is no object, and memory that runs out at each place.
 * What else is set is for 46-edit.t.
 */
#include <string.h>

#include "edit_json.h"
#include "starve.h"
#include "tap.h"

typedef int setter(struct edit_json *j, const struct edit_config *c,
    struct fault *f);

static const struct edit_config all = {
	.name = "other", .uuid = { 1 }, .uuid_set = true, .vcpus = 3,
	.memory_kib = 65536,
};

static int
edit(const char *text, setter *set, char out[1000], struct fault *f)
{
	struct edit_json j;
	int result;

	if (edit_json_open(&j, text, strlen(text), f) == -1)
		return -1;
	result = set(&j, &all, f);
	if (result == 0)
		snprintf(out, 1000, "%s", j.text);
	edit_json_close(&j);
	return result;
}

/* json-c may do without what it does not get: then the same comes out. */
static void
test_starved(const char *what, const char *text, setter *set)
{
	char want[1000], out[1000];
	struct fault f;
	long n, said = 0, wrong = 0;
	int result;

	ok(edit(text, set, want, &f) == 0, "%s: all is set", what);
	for (n = 1; starve(n), result = edit(text, set, out, &f), starved();
	    n++) {
		said += result == -1 && f.status == EXIT_SYSTEM &&
		    strcmp(f.text, "no memory for JSON") == 0;
		wrong += result == -1 ? f.status != EXIT_SYSTEM :
		    strcmp(out, want) != 0;
	}
	ok(result == 0 && wrong == 0 && (said > 20 || !starves()),
	    "%s: %ld times it is said that there is no memory", what, said);
}

static void
test_no_object(const char *text, int status, const char *why)
{
	char out[1000];
	struct fault f;

	faulty(edit(text, edit_json_xl, out, &f), &f, status, why);
}

int
main(void)
{
	test_starved("GUEST_CONFIG", "{\"name\":\"mail\",\"later\":[true]}",
	    edit_json_guest);
	test_starved("xl's", "{\"c_info\":{\"name\":\"mail\"},\"vtpms\":[]}",
	    edit_json_xl);
	test_no_object("[]", EXIT_MALFORMED, "not a JSON object");
	test_no_object("{\"c_info\":7}", EXIT_REFUSED,
	    "xl's configuration has a \"c_info\" that is no object");
	test_no_object("{\"b_info\":null}", EXIT_REFUSED,
	    "xl's configuration has a \"b_info\" that is no object");
	return tap_end();
}
