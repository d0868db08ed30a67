/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that are damaged: cut anywhere, changed at random, made to swell. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decoded.h"
#include "format.h"
#include "tap.h"

static FILE *nowhere;

/*
 * Each type's usual length; and which shorter ones are no damage that can be
 * seen: header and a multiple of unit.  Unit 0: any may be good.
 */
static const struct body {
	uint32_t type;
	size_t length, header, unit;
} bodies[] = {
	{ REC_X86_PV_INFO, 8, 8, 8 },
	{ REC_X86_PV_P2M_FRAMES, 40, 8, 8 },
	{ REC_X86_PV_VCPU_BASIC, 8 + 5168, 8, 5168 },
	{ REC_X86_PV_VCPU_EXTENDED, 8 + 128, 8, 0 },
	{ REC_X86_PV_VCPU_XSAVE, 8 + 16 + 832, 8, 0 },
	{ REC_X86_PV_VCPU_MSRS, 8 + 48, 8, 16 },
	{ REC_SHARED_INFO, 4096, 4096, 4096 },
	{ REC_X86_TSC_INFO, 24, 24, 24 },
	{ REC_HVM_CONTEXT, 3000, 0, 0 },
	{ REC_HVM_PARAMS, 8 + 48, 8 + 48, 16 },
	{ REC_X86_CPUID_POLICY, 240, 0, 24 },
	{ REC_X86_MSR_POLICY, 48, 0, 16 },
	{ REC_COMPRESSED, 60, 24, 0 },
	{ REC_GUEST_CONFIG, 60, 8, 0 },
	{ REC_DIRTY_PFN_LIST, 40, 0, 8 },
};

/* A body by a seed: noise, but for what steers the decoder. */
static void
make(const struct body *b, uint8_t *body, uint32_t seed)
{
	size_t k, at, length = b->length;
	unsigned code;

	for (k = 0; k < length; k++) {
		seed = seed * 1103515245 + 12345;
		body[k] = (uint8_t)(seed >> 16);
	}
	if (b->type == REC_COMPRESSED || b->type == REC_GUEST_CONFIG)
		memcpy(body, "\1\0\0\0xRec{\"a\":[{}]}", 18);
	if (b->type == REC_GUEST_CONFIG)
		memset(body + 18, ' ', length - 18);
	if (b->type == REC_HVM_PARAMS)
		put_le32(body, 3);
	/* Most handlers of traps, which are many, are not set. */
	if (b->type == REC_X86_PV_VCPU_BASIC)
		memset(body + 0x320, 0, 0xf00);
	if (b->type != REC_HVM_CONTEXT)
		return;
	/* Entries of all kinds and of odd lengths. */
	for (at = 0, code = 1; at + 8 < length; code++) {
		put_le16(body + at, (uint16_t)(code % 22));
		put_le32(body + at + 4, seed % 7 * 50 % (uint32_t)
		    (length - at - 8));
		at += 8 + get_le32(body + at + 4);
		seed = seed * 1103515245 + 12345;
	}
}

/* How long its JSON is, and whether malformed; now and then it is printed. */
static size_t
decode(unsigned width, uint32_t type, const uint8_t *body, size_t length,
    bool *malformed)
{
	static unsigned turn;
	struct decode d = { .width = width };
	json_object *o = json_record(&d, type, body, length);
	const char *text = json_object_to_json_string(o);
	size_t size = strlen(text);

	*malformed = strstr(text, "\"malformed\"") != NULL;
	if (turn++ % 16 == 0)
		decode_print(nowhere, o, 0);
	json_object_put(o);
	return size;
}

/* Cut at each byte: it says so, and has no more to say than the whole. */
static void
test_cut(const struct body *b, uint8_t *body)
{
	size_t whole, size, n, silent = 0;
	bool malformed;

	make(b, body, b->type);
	whole = decode(8, b->type, body, b->length, &malformed);
	for (n = 0; n < b->length; n++) {
		size = decode(8, b->type, body, n, &malformed);
		if (!malformed && (size > whole || n < b->header ||
		    (b->unit > 0 && (n - b->header) % b->unit != 0)))
			silent++;
	}
	ok(silent == 0, "type 0x%x cut at each of %zu bytes", b->type,
	    b->length);
}

static void
test_changed(const struct body *b, uint8_t *body)
{
	uint32_t seed, k, at;
	bool malformed;

	for (seed = 0; seed < 300; seed++) {
		make(b, body, seed);
		srand(seed);
		for (k = 0; k < seed % 20; k++) {
			at = (uint32_t)rand() % (uint32_t)b->length;
			body[at] = (uint8_t)(rand() % 3 == 0 ? 0xff :
			    rand());
		}
		decode(seed % 3 * 4, b->type, body, b->length, &malformed);
	}
	ok(true, "type 0x%x changed at random", b->type);
}

/* The same for what stands around the image; bytes are as large as size. */
static void
test_around(const char *name, json_object *(*fn)(const uint8_t *, size_t),
    const char *text, size_t size)
{
	uint8_t *bytes;
	json_object *o;
	unsigned seed;
	size_t n;

	for (seed = 0; seed < 2000; seed++) {
		bytes = malloc(size);
		memcpy(bytes, text, size);
		srand(seed);
		for (n = 0; n < 1 + seed % 5; n++)
			bytes[(size_t)rand() % size] = (uint8_t)rand();
		o = fn(bytes, size);
		decode_print(nowhere, o, 0);
		json_object_put(o);
		free(bytes);
	}
	for (n = 0; n <= size; n++) {
		bytes = malloc(n);
		memcpy(bytes, text, n);
		o = fn(bytes, n);
		decode_print(nowhere, o, 0);
		json_object_put(o);
		free(bytes);
	}
	ok(true, "%s changed and cut", name);
}

static json_object *
pairs_of(const uint8_t *bytes, size_t size)
{
	return decode_libxl(LIBXL_EMULATOR_XENSTORE_DATA, (uint32_t)size,
	    bytes, size);
}

static void
test_damage(void)
{
	static const char xl[] = "Xen saved domain, xl format\n \0 \r"
	    "\4\3\2\1\3\0\0\0\0\0\0\0\44\0\0\0\40\0\0\0"
	    "{\"c_info\":{\"name\":\"a\"},\"b\":[1]}";
	static const char xml[] = "libvirt-xml\n \0 \r\2\0\0\0\111\0\0\0"
	    "0123456789012345678901234567890123456789"
	    "<domain type='xen'><devices><disk type='a'><b c='d'/>"
	    "</disk></devices></domain>";
	static const char pairs[] = "\2\0\0\0\0\0\0\0a\0b\0c\0\0d\0e";
	static uint8_t body[8192];
	size_t k;

	for (k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++) {
		test_cut(&bodies[k], body);
		test_changed(&bodies[k], body);
	}
	test_around("xl's header", decode_xl_header, xl, sizeof(xl));
	test_around("libvirt's header", decode_virsh_header, xml,
	    sizeof(xml) - 1);
	test_around("libxl's pairs", pairs_of, pairs, sizeof(pairs));
}

int
main(void)
{
	if ((nowhere = fopen("/dev/null", "w")) == NULL)
		return 1;
	test_damage();
	fclose(nowhere);
	return tap_end();
}
