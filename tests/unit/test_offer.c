/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "least_offer.h"
#include "tap.h"

/* The least offer, with `was` exchanged for `is`. */
static const char *
changed(const char *was, const char *is)
{
	static char text[4000];
	const char *at = strstr(least, was);

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - least), least,
	    is, at + strlen(was));
	return text;
}

static void
test_least(void)
{
	struct offer o;
	struct fault f;
	const struct offer_type *t = &o.types[CONFIG_PVH];

	if (!ok(parse(least, &o, &f) == 0, "the least")) {
		printf("# %s\n", f.text);
		return;
	}
	ok(o.streams == 0xc && o.configs == 2 && o.compressed == 0,
	    "versions");
	ok(!o.xl, "no xl, where it is not said");
	ok(o.xen.major == 4 && o.xen.minor == 17 &&
	    strcmp(o.xen.extra, ".7") == 0 &&
	    strcmp(o.xen.changeset, "abc") == 0 && o.cpus == 8 &&
	    o.free_memory == 5324800, "the host");
	ok(t->possible && t->vcpus == 128 && t->hap && !t->shadow &&
	    !o.types[CONFIG_PV].possible && !o.types[CONFIG_HVM].possible,
	    "types");
	ok(strcmp(t->policy.vendor, "AuthenticAMD") == 0 &&
	    t->policy.words[0] == 0xd && t->policy.words[1] == 0, "policy");
	ok(o.name_count == 2 && strcmp(o.names[1], "mail") == 0 &&
	    o.uuid_count == 1 && o.uuids[0][1] == 0x23, "what is taken");
	offer_free(&o);
	ok(parse(changed("{", "\n { \"from\":{\"the\":[\"future\"]},"), &o,
	    &f) == 0, "keys that are not known");
	offer_free(&o);
	ok(parse(changed("[2,3]", "[4,31,32,4294967295]"), &o, &f) == 0 &&
	    o.streams == 0x80000010, "versions that are not known");
	offer_free(&o);
	ok(parse(changed("\"mail\"", "\"7\",\"a/b\",\"\",\"\\u001b\""), &o,
	    &f) == 0 && o.name_count == 1,
	    "names that no guest of ours can have");
	offer_free(&o);
}

/* A key, what stands there, and what stands there instead. */
static const char *const wrong[][3] = {
	{ "offer", ":1,", ":\"1\"," },
	{ "offer", ":1,", ":1.0," },
	{ "offer", ":1,", ":-1," },
	{ "offer", ":1,", ":4294967297," },
	{ "offer", ":1,", ":null," },
	{ "tool", "\"xc-absorb 9\"", "9" },
	{ "tool", "absorb 9", "absorb\\u00009" },
	{ "time", "\"now\"", "[\"now\"]" },
	{ "streams", "[2,3]", "3" },
	{ "streams", "[2,3]", "{\"2\":3}" },
	{ "streams", "[2,3]", "[2,\"3\"]" },
	{ "streams", "[2,3]", "[2,null]" },
	{ "streams", "[2,3]", "[2,-3]" },
	{ "streams", "[2,3]", "[2,4294967296]" },
	{ "records", "{\"GUEST_CONFIG\":[1]}", "[1]" },
	{ "GUEST_CONFIG", "CONFIG\":[1]", "CONFIG\":1" },
	{ "COMPRESSED", "CONFIG\":[1]",
	    "CONFIG\":[1],\"COMPRESSED\":true" },
	{ "xen", "{\"major\":4,", "4,\"b\":{" },
	{ "major", ":4,", ":\"4\"," },
	{ "major", ":4,", ":65536," },
	{ "minor", ":17", ":99999999999999999999999" },
	{ "minor", ":17", ":1e1" },
	{ "extra", "\".7\"", "7" },
	{ "changeset", "\"abc\"", "true" },
	{ "xl", "\"cpus\"", "\"xl\":1,\"cpus\"" },
	{ "free_memory", "5324800", "-5324800" },
	{ "free_memory", "5324800", "1152921504606846977" },
	{ "free_memory", "5324800", "18446744073709551616" },
	{ "free_memory", "5324800", "\"much\"" },
	{ "cpus", ":8", ":8.5" },
	{ "types", "{\"pvh\":", "[],\"b\":{\"pvh\":" },
	{ "pvh", "\"pvh\":", "\"pvh\":[],\"b\":" },
	{ "pvh", "\"pvh\":", "\"pvh\":null,\"b\":" },
	{ "vcpus", "128", "4294967296" },
	{ "vcpus", "128", "{}" },
	{ "hap", ":true", ":1" },
	{ "shadow", ":false", ":\"false\"" },
	{ "vendor", "\"AuthenticAMD\"", "7" },
	{ "digest", ZEROS ZEROS, ZEROS "0" },
	{ "digest", ZEROS ZEROS, ZEROS ZEROS "00" },
	{ "digest", ZEROS ZEROS, ZEROS "0g000000000000000000000000"
	    "000000" },
	{ "policy", "{\"0.eax\":\"0000000d\",", "[],\"b\":{" },
	{ "0.eax", "\"0000000d\"", "13" },
	{ "0.eax", "\"0000000d\"", "\"d\"" },
	{ "0.eax", "\"0000000d\"", "\"0x00000d\"" },
	{ "0.eax", "\"0000000d\"", "\"00000000d\"" },
	{ "7:0.ebx", "\"00880129\"", "null" },
	{ "names", "[\"Domain-0\",\"mail\"]", "\"mail\"" },
	{ "names", "\"mail\"", "7" },
	{ "names", "\"mail\"", "[\"mail\"]" },
	{ "names", "\"mail\"", "\"ma\\u0000il\"" },
	{ "uuids", "[\"" UUID "\"]", "{}" },
	{ "uuids", "\"" UUID "\"", "\"\"" },
	{ "uuids", "\"" UUID "\"", "\"" UUID "0\"" },
	{ "uuids", "\"" UUID "\"", "7" },
};

static void
test_wrong(void)
{
	struct offer o;
	char text[200];
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "here: \"%s\" has no value that "
		    "it may have", wrong[i][0]);
		faulty(parse(changed(wrong[i][1], wrong[i][2]), &o, &f), &f,
		    EXIT_MALFORMED, text);
	}
}

static void
test_missing(void)
{
	static const char *const keys[] = { "offer", "tool", "time",
	    "streams", "records", "xen", "major", "minor", "extra",
	    "changeset", "free_memory", "cpus", "types", "vcpus", "hap",
	    "shadow", "vendor", "digest", "policy", "names", "uuids" };
	char key[50], text[200];
	struct offer o;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(key, sizeof(key), "\"%s\":", keys[i]);
		snprintf(text, sizeof(text), "here: \"%s\" is missing",
		    keys[i]);
		faulty(parse(changed(key, "\"other\":"), &o, &f), &f,
		    EXIT_MALFORMED, text);
	}
	faulty(parse("{\"offer\":2}", &o, &f), &f, EXIT_REFUSED,
	    "here: version 2, known is 1");
	faulty(parse("{\"offer\":0}", &o, &f), &f, EXIT_REFUSED,
	    "here: version 0, known is 1");
}

static void
test_json(void)
{
	static const char *const texts[] = { "", " ", "null", "[]", "1", "{",
	    "{\"a\":}", "{\"a\":1,}", "\"{}\"", "{} {}", "{}x", "{/**/}",
	    "{\"a\":\"\xff\"}", "\xef\xbb\xbf{}" };
	static char big[OFFER_MAX + 1];
	char text[sizeof(least) + 8];
	struct offer o;
	struct fault f;
	size_t i, good = 0;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		faulty(parse(texts[i], &o, &f), &f, EXIT_MALFORMED,
		    "here: not a JSON object");
	for (i = 0; i < strlen(least) - 1; i++)
		good += offer_parse(least, i, "here", &o, &f) == 0 ||
		    f.status != EXIT_MALFORMED;
	ok(good == 0, "cut anywhere");
	memcpy(text, least, sizeof(least));
	memcpy(text + sizeof(least), "{}", 2);
	faulty(offer_parse(text, sizeof(least) + 2, "here", &o, &f), &f,
	    EXIT_MALFORMED, "here: not a JSON object");
	memset(big, '[', sizeof(big));
	memcpy(big, "{\"a\":", 5);
	faulty(offer_parse(big, OFFER_MAX, "here", &o, &f), &f,
	    EXIT_MALFORMED, "here: not a JSON object");
	memset(big, '9', sizeof(big));
	memcpy(big, "{\"offer\":", 9);
	big[OFFER_MAX - 1] = '}';
	faulty(offer_parse(big, OFFER_MAX, "here", &o, &f), &f,
	    EXIT_MALFORMED, "here: \"offer\" has no value that it may have");
	memset(big, ' ', sizeof(big));
	memcpy(big, least, sizeof(least) - 1);
	ok(offer_parse(big, OFFER_MAX, "here", &o, &f) == 0, "1 MiB");
	offer_free(&o);
	faulty(offer_parse(big, OFFER_MAX + 1, "here", &o, &f), &f,
	    EXIT_MALFORMED, "here: over 1048576 bytes");
}

/* As many names as there is room for. */
static void
test_many(void)
{
	char *text = malloc(OFFER_MAX);
	char *at = strstr(least, "\"mail\"") - least + text;
	struct offer o;
	struct fault f;
	size_t count = 1;

	memcpy(text, least, sizeof(least));
	for (; at < text + OFFER_MAX - 200; at += 4, count++)
		memcpy(at, "\"a\",", 4);
	snprintf(at - 1, 200, "],\"uuids\":[]}");
	ok(parse(text, &o, &f) == 0 && o.name_count == count,
	    "%zu names", count);
	offer_free(&o);
	free(text);
}

/* Damage of any kind: it is an offer still, or it is refused. */
static void
test_noise(void)
{
	char text[sizeof(least)];
	uint32_t random = 1;
	unsigned i, n, taken = 0, refused = 0;
	struct offer o;
	struct fault f;

	for (i = 0; i < 50000; i++) {
		memcpy(text, least, sizeof(least));
		for (n = 0; n < 1 + i % 4; n++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			text[random % (sizeof(least) - 1)] = i % 2 > 0 ?
			    (char)(random >> 16) :
			    "{}[],:\"\\0129-.eu"[(random >> 16) % 16];
		}
		if (offer_parse(text, sizeof(least) - 1, "here", &o, &f) ==
		    0) {
			taken++;
			offer_free(&o);
		} else {
			refused += f.status == EXIT_MALFORMED ||
			    f.status == EXIT_REFUSED;
		}
	}
	ok(taken > 0 && refused > 0 && taken + refused == i,
	    "of %u that are damaged %u are offers still", i, taken);
}

int
main(void)
{
	test_least();
	test_wrong();
	test_missing();
	test_json();
	test_many();
	test_noise();
	return tap_end();
}
