/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "offer.h"
#include "tap.h"

#define ZEROS "00000000000000000000000000000000"
#define UUID "0123abcd-4567-89ef-0011-223344556677"

static const char least[] =
    "{\"offer\":1,\"tool\":\"xc-absorb 9\",\"time\":\"now\","
    "\"streams\":[2,3],\"records\":{\"GUEST_CONFIG\":[1]},"
    "\"xen\":{\"major\":4,\"minor\":17,\"extra\":\".7\","
    "\"changeset\":\"abc\"},\"free_memory\":5324800,\"cpus\":8,"
    "\"types\":{\"pvh\":{\"vcpus\":128,\"hap\":true,\"shadow\":false,"
    "\"vendor\":\"AuthenticAMD\",\"digest\":\"" ZEROS ZEROS "\","
    "\"policy\":{\"0.eax\":\"0000000d\",\"7:0.ebx\":\"00880129\"}}},"
    "\"names\":[\"Domain-0\",\"mail\"],\"uuids\":[\"" UUID "\"]}\n";

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

static int
parse(const char *text, struct offer *o, struct fault *f)
{
	return offer_parse(text, strlen(text), "here", o, f);
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

static char said[4000];

static void
say(const char *text)
{
	size_t n = strlen(said);

	snprintf(said + n, sizeof(said) - n, "%s\n", text);
}

static void
hear(const struct fault *f)
{
	say(f->text);
}

/* What offer_check says of a guest, all of it. */
static const char *
check(const struct offer *o, const struct offer_guest *g)
{
	struct fault f = { .status = EXIT_DONE };

	said[0] = '\0';
	if (offer_check(o, g, hear, &f) == -1) {
		hear(&f);
		if (f.status != EXIT_REFUSED)
			say("another status");
	}
	return said;
}

static void
says(const struct offer *o, const struct offer_guest *g, const char *want)
{
	ok(strcmp(check(o, g), want) == 0, "says: %.*s",
	    (int)strcspn(want, "\n"), want);
	if (strcmp(said, want) != 0)
		printf("# but: %s\n", said);
}

static void
test_check(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "web", .vcpus = 128,
	    .pages = 1024, .paging_pool = 1130496, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".3", "" } };
	struct offer o;
	struct fault f;

	if (!ok(parse(least, &o, &f) == 0, "an offer"))
		return;
	g.shown = o.types[CONFIG_PVH].policy;
	says(&o, &g, "");
	o.free_memory--;
	says(&o, &g, "the guest takes 5200 KiB of memory, that host has "
	    "5199 KiB free\n");
	o.free_memory++;
	c.in_xl = true;
	says(&o, &g, "the guest would come in a stream of libxl's, for its "
	    "devices, and that host has no xl\n");
	o.xl = true;
	says(&o, &g, "");
	c.in_xl = false;
	c.vcpus = 129;
	says(&o, &g, "the guest has 129 vcpus, that host takes at most 128 "
	    "for type pvh\n");
	c.vcpus = 1;
	strcpy(c.name, "mail");
	says(&o, &g, "that host has a domain with the name 'mail'\n");
	memcpy(c.uuid, o.uuids[0], UUID_SIZE);
	c.name[0] = 'M';
	says(&o, &g, "that host has a domain with the uuid " UUID "\n");
	c.uuid[15] ^= 1;
	c.hap = false;
	says(&o, &g, "the guest needs shadow paging, which that host "
	    "lacks\n");
	o.types[CONFIG_PVH].shadow = true;
	says(&o, &g, "");
	c.hap = true;
	o.types[CONFIG_PVH].hap = false;
	says(&o, &g, "the guest needs hardware-assisted paging, which that "
	    "host lacks\n");
	c.hap = false;
	says(&o, &g, "");
	c.type = CONFIG_PV;
	says(&o, &g, "that host takes no guests of type pv\n");
	c.type = CONFIG_HVM;
	says(&o, &g, "that host takes no guests of type hvm\n");
	o.types[CONFIG_PV] = o.types[CONFIG_PVH];
	c.type = CONFIG_PV;
	says(&o, &g, "");
	offer_free(&o);
}

static void
test_versions(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "web", .vcpus = 1,
	    .pages = 1, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".7", "" } };
	struct offer o;
	struct fault f;

	if (parse(least, &o, &f) == -1)
		return;
	g.shown = o.types[CONFIG_PVH].policy;
	g.xen.minor = 18;
	says(&o, &g, "that host has Xen 4.17.7, which is older than 4.18.7 "
	    "here\n");
	g.xen.major = 5;
	g.xen.minor = 0;
	says(&o, &g, "that host has Xen 4.17.7, which is older than 5.0.7 "
	    "here\n");
	g.xen.major = 3;
	g.xen.minor = 18;
	says(&o, &g, "");
	o.streams = 1 << 2 | 1 << 4;
	says(&o, &g, "that host does not read image version 3, in which the "
	    "guest would come\n");
	o.streams = 1 << 3;
	o.configs = 1 << 2;
	says(&o, &g, "that host does not read GUEST_CONFIG version 1, which "
	    "would come with the guest\n");
	offer_free(&o);
}

static void
test_policy(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "mail", .vcpus = 1,
	    .pages = 1, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".7", "" } };
	struct policy *there;
	struct offer o;
	struct fault f;

	if (parse(least, &o, &f) == -1)
		return;
	there = &o.types[CONFIG_PVH].policy;
	g.shown = *there;
	strcpy(g.shown.vendor, "GenuineIntel");
	g.shown.words[8] |= 0x40000004;	/* 7:0.ebx */
	o.name_count = 0;
	says(&o, &g, "");
	g.digest[31] = 1;
	says(&o, &g, "the guest was shown a processor of 'GenuineIntel', "
	    "that host has one of 'AuthenticAMD'\n"
	    "the guest was shown sgx (7:0.ebx, bit 2), which that host "
	    "lacks\n"
	    "the guest was shown avx512bw (7:0.ebx, bit 30), which that host "
	    "lacks\n");
	there->words[8] |= 0x40000004;
	strcpy(there->vendor, "GenuineIntel");
	says(&o, &g, "");
	o.name_count = 2;
	o.free_memory = 0;
	there->words[8] &= ~UINT32_C(8);
	says(&o, &g, "the guest was shown bmi1 (7:0.ebx, bit 3), which that "
	    "host lacks\n"
	    "the guest takes 4 KiB of memory, that host has 0 KiB free\n"
	    "that host has a domain with the name 'mail'\n");
	offer_free(&o);
}

/* What a host has is put into an offer: names that could not be read too. */
static void
test_names(void)
{
	static const char *const none[] = { "", "7", "a/b", "a\tb", "\xff",
	    "\xc3", "\xc3(", "a\xe2\x82", "\xf8\x80\x80\x80\x80" };
	char name[CONFIG_NAME_SIZE + 1];
	struct offer o;
	struct fault f;
	size_t i;

	offer_begin(&o);
	ok(o.streams == 0xc && o.configs == 2 && o.compressed == 2,
	    "an offer of these tools");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(offer_name(&o, none[i], &f) == 0 && o.name_count == 0,
		    "left out: %zu", i);
	memset(name, 'n', CONFIG_NAME_SIZE);
	name[CONFIG_NAME_SIZE] = '\0';
	ok(offer_name(&o, name, &f) == 0 && o.name_count == 0,
	    "left out: too long");
	ok(offer_name(&o, name + 1, &f) == 0 &&
	    offer_name(&o, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", &f) == 0 &&
	    o.name_count == 2 && strcmp(o.names[0], name + 1) == 0,
	    "names that are taken");
	offer_free(&o);
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
	test_check();
	test_versions();
	test_policy();
	test_names();
	return tap_end();
}
