/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "config.h"
#include "format.h"
#include "tap.h"

static const char least[] =
    "{\"move\":\"000102030405060708090a0b0c0d0e0f\",\"intent\":\"move\","
    "\"type\":\"pvh\",\"name\":\"guest\","
    "\"uuid\":\"0123abcd-4567-89ef-0011-223344556677\","
    "\"vcpus\":2,\"max_pages\":1000,\"pages\":900}";

/* Makes *rec a GUEST_CONFIG of this text. */
static void
set_text(struct record *rec, const char *text)
{
	uint32_t length = (uint32_t)(OUR_HEADER_SIZE + strlen(text));
	struct fault f;

	if (record_reserve(rec, record_size(length), &f) == -1)
		exit(1);
	memcpy(rec->body, "\1\0\0\0xRec", OUR_HEADER_SIZE);
	memcpy(rec->body + OUR_HEADER_SIZE, text, strlen(text));
	record_set(rec, REC_GUEST_CONFIG, length);
}

/* The least configuration, with `was` exchanged for `is`. */
static void
set_changed(struct record *rec, const char *was, const char *is)
{
	char text[1000];
	const char *at = strstr(least, was);

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - least), least,
	    is, at + strlen(was));
	set_text(rec, text);
}

static void
fill(struct config *c)
{
	memset(c, 0, sizeof(*c));
	memset(c->move, 0xa5, sizeof(c->move));
	memset(c->uuid, 0x5a, sizeof(c->uuid));
	c->snapshot = c->hap = c->vpmu = true;
	c->type = CONFIG_HVM;
	strcpy(c->name, "a \"name\" with \xc3\xa4 and \\");
	c->vcpus = 4096;
	c->max_pages = UINT64_C(1) << 40;
	c->pages = 1;
	c->target_kib = c->static_max_kib = UINT64_C(1) << 42;
	c->paging_pool = 123;
	c->emulation_flags = UINT32_MAX;
	c->misc_flags = 1;
	c->event_channels = (1 << 17) - 1;
	c->grant_frames = 64;
	c->maptrack_frames = 0;
	c->grant_version = 1;
	strcpy(c->tool, "tool");
	strcpy(c->time, "time");
	strcpy(c->xen_version, "4.17");
	strcpy(c->xen_changeset, "");
	memset(c->xen_capabilities, 'x', sizeof(c->xen_capabilities) - 1);
	strcpy(c->cpu_model, "a/b");
}

/* Each member by itself: what is between them may be anything. */
#define MEMBER(name)	{ offsetof(struct config, name), \
			  sizeof(((struct config *)NULL)->name) }
static const struct {
	size_t offset, size;
} members[] = {
	MEMBER(move), MEMBER(snapshot), MEMBER(type), MEMBER(name),
	MEMBER(uuid), MEMBER(vcpus), MEMBER(max_pages), MEMBER(pages),
	MEMBER(target_kib), MEMBER(static_max_kib), MEMBER(paging_pool),
	MEMBER(hap), MEMBER(nested), MEMBER(vpmu), MEMBER(emulation_flags),
	MEMBER(misc_flags), MEMBER(event_channels), MEMBER(grant_frames),
	MEMBER(maptrack_frames), MEMBER(grant_version), MEMBER(in_xl),
	MEMBER(from_xl), MEMBER(tool), MEMBER(time), MEMBER(xen_version),
	MEMBER(xen_changeset), MEMBER(xen_capabilities), MEMBER(cpu_model),
};

static bool
equal(const struct config *a, const struct config *b)
{
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (memcmp((const char *)a + members[i].offset,
		    (const char *)b + members[i].offset, members[i].size) != 0)
			return false;
	return true;
}

static void
test_round(struct record *rec)
{
	struct config c, got;
	struct fault f;

	fill(&c);
	ok(config_put(&c, rec, &f) == 0 && rec->type == REC_GUEST_CONFIG &&
	    rec->length < GUEST_CONFIG_MAX, "is put into a record");
	ok(config_get(rec, &got, &f) == 0 && equal(&c, &got),
	    "and taken from it");
}

static void
test_least(struct record *rec)
{
	struct config c;
	struct fault f;

	set_text(rec, least);
	ok(config_get(rec, &c, &f) == 0 && c.type == CONFIG_PVH &&
	    !c.snapshot && c.vcpus == 2 && c.move[15] == 15 &&
	    strcmp(c.name, "guest") == 0, "the least");
	ok(c.event_channels == 1023 && c.grant_frames == CONFIG_DEFAULT &&
	    c.maptrack_frames == CONFIG_DEFAULT && c.grant_version == 2 &&
	    c.target_kib == 0 && !c.hap && c.tool[0] == '\0',
	    "the rest is as it is by default");
	set_changed(rec, "{", "{\"from\":{\"the\":[\"future\"]},");
	ok(config_get(rec, &c, &f) == 0, "keys that are not known");
	set_changed(rec, "{", "{\"tool\":\"" "0123456789012345678901234567"
	    "890123456789012345678901234567890123456789012345678901234567890"
	    "890123456789012345678901234567890123456789012345678901234567890"
	    "890123456789012345678901234567890123456789012345678901234567890"
	    "890123456789012345678901234567890123456789012345678901234567890"
	    "\",");
	ok(config_get(rec, &c, &f) == 0 &&
	    strlen(c.tool) == CONFIG_TEXT_SIZE - 1, "a long text is cut");
}

/* A key, and values that it may not have. */
static void
test_wrong(struct record *rec)
{
	static const char *const wrong[][3] = {
		{ "move", "\"000102030405060708090a0b0c0d0e0f\"",
		    "\"000102030405060708090a0b0c0d0e\"" },
		{ "move", "\"000102030405060708090a0b0c0d0e0f\"",
		    "\"000102030405060708090a0b0c0d0e0g\"" },
		{ "move", "\"000102030405060708090a0b0c0d0e0f\"", "1" },
		{ "intent", "\"move\",\"type\"", "\"Move\",\"type\"" },
		{ "type", "\"pvh\"", "\"\"" },
		{ "type", "\"pvh\"", "null" },
		{ "uuid", "\"0123abcd-", "\"0123abcd0" },
		{ "vcpus", ":2,", ":0," },
		{ "vcpus", ":2,", ":4097," },
		{ "vcpus", ":2,", ":-1," },
		{ "vcpus", ":2,", ":2.0," },
		{ "vcpus", ":2,", ":\"2\"," },
		{ "vcpus", ":2,", ":true," },
		{ "vcpus", ":2,", ":18446744073709551617," },
		{ "max_pages", ":1000", ":0" },
		{ "max_pages", ":1000", ":1099511627777" },
		{ "pages", ":900", ":0" },
		{ "pages", ":900", ":1099511627777" },
		{ "target_kib", "}", ",\"target_kib\":4398046511105}" },
		{ "static_max_kib", "}",
		    ",\"static_max_kib\":4398046511105}" },
		{ "paging_pool", "}", ",\"paging_pool\":1099511627777}" },
		{ "hap", "}", ",\"hap\":1}" },
		{ "nested", "}", ",\"nested\":\"true\"}" },
		{ "vpmu", "}", ",\"vpmu\":null}" },
		{ "emulation_flags", "}",
		    ",\"emulation_flags\":4294967296}" },
		{ "misc_flags", "}", ",\"misc_flags\":4294967296}" },
		{ "event_channels", "}", ",\"event_channels\":0}" },
		{ "event_channels", "}", ",\"event_channels\":131072}" },
		{ "grant_frames", "}", ",\"grant_frames\":0}" },
		{ "grant_frames", "}", ",\"grant_frames\":4294967296}" },
		{ "maptrack_frames", "}",
		    ",\"maptrack_frames\":4294967296}" },
		{ "grant_version", "}", ",\"grant_version\":0}" },
		{ "grant_version", "}", ",\"grant_version\":3}" },
		{ "tool", "}", ",\"tool\":7}" },
	};
	char text[200];
	struct config c;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_changed(rec, wrong[i][1], wrong[i][2]);
		snprintf(text, sizeof(text), "record 0 (GUEST_CONFIG) at byte "
		    "0: \"%s\" has no value that it may have", wrong[i][0]);
		faulty(config_get(rec, &c, &f), &f, EXIT_MALFORMED, text);
	}
}

static void
test_missing(struct record *rec)
{
	static const char *const keys[] = { "move", "intent", "type", "name",
	    "uuid", "vcpus", "max_pages", "pages" };
	char key[50], text[200];
	struct config c;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(key, sizeof(key), "\"%s\":", keys[i]);
		set_changed(rec, key, "\"other\":");
		snprintf(text, sizeof(text), "record 0 (GUEST_CONFIG) at byte "
		    "0: \"%s\" is missing", keys[i]);
		faulty(config_get(rec, &c, &f), &f, EXIT_MALFORMED, text);
	}
}

static void
test_json(struct record *rec)
{
	static const char *const texts[] = { "", "null", "[]", "1", "{",
	    "{\"a\":}", "{\"a\":1,}", "\"{}\"", "{} {}", "{}x" };
	struct config c;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		set_text(rec, texts[i]);
		ok(config_get(rec, &c, &f) == -1 &&
		    f.status == EXIT_MALFORMED && strcmp(f.text,
		    "record 0 (GUEST_CONFIG) at byte 0: not a JSON object")
		    == 0, "no object: %.1s (%zu)",
		    texts[i], i);
	}
}

static void
test_record(struct record *rec)
{
	static char big[GUEST_CONFIG_MAX];
	struct config c;
	struct fault f;
	size_t n = sizeof(least) - 2;

	memcpy(big, least, n);
	memset(big + n, ' ', sizeof(big) - n - OUR_HEADER_SIZE - 1);
	big[sizeof(big) - OUR_HEADER_SIZE - 1] = '}';
	set_text(rec, big);
	ok(rec->length == GUEST_CONFIG_MAX && config_get(rec, &c, &f) == 0,
	    "64 KiB");
	big[sizeof(big) - OUR_HEADER_SIZE - 1] = ' ';
	big[sizeof(big) - OUR_HEADER_SIZE] = '}';
	set_text(rec, big);
	faulty(config_get(rec, &c, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(GUEST_CONFIG) at byte 0: no configuration of this project's, "
	    "or over 65536 bytes");
	set_text(rec, least);
	rec->body[0] = 2;
	faulty(config_get(rec, &c, &f), &f, EXIT_REFUSED, "record 0 "
	    "(GUEST_CONFIG) at byte 0: version 2, known is 1");
	rec->body[0] = 1;
	rec->body[4] = 'X';
	ok(config_get(rec, &c, &f) == -1 && f.status == EXIT_MALFORMED,
	    "another magic");
	set_text(rec, least);
	memcpy(rec->body + rec->length, "\0x", 2);
	rec->length += 2;
	ok(config_get(rec, &c, &f) == -1 && f.status == EXIT_MALFORMED,
	    "a NUL and more behind the text");
	rec->length = 7;
	ok(config_get(rec, &c, &f) == -1 && f.status == EXIT_MALFORMED,
	    "shorter than our header");
}

static void
test_name(struct record *rec)
{
	static const char *const good[] = { "a", "1a", "guest-1.example",
	    "with space", "\xc3\xa4", "-" };
	static const char *const wrong[] = { "", "7", "0123", "a/b", "/",
	    "a\nb", "\033[1m", "\x7f" };
	char name[CONFIG_NAME_SIZE + 1];
	struct config c;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(keys_name_ok(good[i]), "'%s' is a name", good[i]);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!keys_name_ok(wrong[i]), "number %zu is none", i);
	memset(name, 'n', sizeof(name));
	name[CONFIG_NAME_SIZE] = '\0';
	ok(!keys_name_ok(name), "too long");
	name[CONFIG_NAME_SIZE - 1] = '\0';
	ok(keys_name_ok(name), "just long enough");
	set_changed(rec, "\"guest\"", "\"..\\/guest\"");
	faulty(config_get(rec, &c, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(GUEST_CONFIG) at byte 0: \"name\" has no value that it may "
	    "have");
	set_changed(rec, "\"guest\"", "\"gu\\u0000est\"");
	ok(config_get(rec, &c, &f) == -1, "a name with a NUL");
}

/* What another process may send, and a record never has. */
static void
test_trust(struct record *rec)
{
	struct config c, good;
	struct fault f;

	test_round(rec);
	ok(config_get(rec, &good, &f) == 0 && config_trust(&good, &f) == 0,
	    "what a record gives is trusted");
	c = good;
	memset(c.name, 'n', sizeof(c.name));
	faulty(config_trust(&c, &f), &f, EXIT_SYSTEM, "what reads the stream "
	    "sends no configuration");
	c = good;
	memset(c.cpu_model, 'n', sizeof(c.cpu_model));
	ok(config_trust(&c, &f) == -1, "a text without its NUL");
	c = good;
	memset(&c.type, 0xff, sizeof(c.type));
	ok(config_trust(&c, &f) == -1, "a type that is none");
	c = good;
	memset(&c.hap, 2, sizeof(c.hap));
	ok(config_trust(&c, &f) == -1, "a flag that is neither");
	c = good;
	c.vcpus = 4097;
	ok(config_trust(&c, &f) == -1, "a number out of its bounds");
	c = good;
	c.in_xl = c.from_xl = true;
	c.vcpus = 8192;
	ok(config_trust(&c, &f) == 0, "of xl's xl decides");
	snprintf(c.name, sizeof(c.name), "a/b");
	ok(config_trust(&c, &f) == -1, "but for the name");
}

int
main(void)
{
	struct record rec = { 0 };

	test_round(&rec);
	test_least(&rec);
	test_wrong(&rec);
	test_missing(&rec);
	test_json(&rec);
	test_record(&rec);
	test_name(&rec);
	test_trust(&rec);
	record_free(&rec);
	return tap_end();
}
