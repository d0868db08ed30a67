/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies are written here byte by byte, as the specifications say. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decoded.h"
#include "format.h"
#include "tap.h"
#include "types.h"

static void
put64(uint8_t *p, uint64_t v)
{
	put_le32(p, (uint32_t)v);
	put_le32(p + 4, (uint32_t)(v >> 32));
}

static void
test_image(void)
{
	uint8_t bytes[40] = { 255, 255, 255, 255, 255, 255, 255, 255,
	    'X', 'E', 'N', 'F', 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
	    1, 0, 0, 0, 12, 0, 0, 0, 4, 0, 0, 0, 17, 0, 0, 0 };
	struct record rec = { .part = PART_IMAGE, .body = bytes,
	    .size = sizeof(bytes) };
	struct decode d = { .width = 4 };
	json_object *o = decode_record(&d, &rec);

	is(o, "", "{ \"version\": 3, \"domain_type\": \"x86 PV\", "
	    "\"page_shift\": 12, \"xen_version\": \"4.17\" }");
	ok(d.guests == GUEST_PV && d.width == 0, "a PV guest's");
	json_object_put(o);
	bytes[24] = 2;
	bytes[32] = 0;
	bytes[36] = 1;
	o = decode_record(&d, &rec);
	is(o, "domain_type", "\"x86 HVM\"");
	is(o, "legacy_converter_version", "1");
	ok(d.guests == GUEST_HVM, "an HVM guest's");
	json_object_put(o);
	bytes[24] = 0;
	o = decode_record(&d, &rec);
	is(o, "", "{ \"version\": 3, \"domain_type\": \"container\", "
	    "\"page_shift\": 12 }");
	json_object_put(o);
	bytes[17] = 1;
	bytes[24] = 9;
	o = decode_record(&d, &rec);
	is(o, "malformed", "\"big-endian\"");
	ok(d.guests == 0, "no guest's");
	json_object_put(o);
	bytes[17] = 0;
	o = decode_record(&d, &rec);
	is(o, "domain_type", "\"type 9\"");
	json_object_put(o);
	rec.size = 39;
	o = decode_record(&d, &rec);
	is(o, "malformed", "\"39 bytes, at least 40 are due\"");
	json_object_put(o);
}

static void
test_pv(void)
{
	static const uint8_t info[8] = { 8, 4 };
	uint8_t p2m[8 + 8 * 6] = { 0 };
	struct decode d = { 0 };
	json_object *o;

	o = json_record(&d, REC_X86_PV_INFO, info, 8);
	is(o, "", "{ \"guest_width\": 8, \"page_table_levels\": 4 }");
	ok(d.width == 8, "words of 8 bytes");
	json_object_put(o);
	/* 0xbff / 512 + 1 frames: one more is there. */
	put_le32(p2m + 4, 0xbff);
	put64(p2m + 8, 0x20);
	put64(p2m + 16, 0x21);
	put64(p2m + 24, 0x22);
	put64(p2m + 32, 0x30);
	put64(p2m + 40, 0x2f);
	put64(p2m + 48, 0x2f);
	o = json_record(&d, REC_X86_PV_P2M_FRAMES, p2m, sizeof(p2m));
	is(o, "", "{ \"first_pfn\": \"0x0\", \"last_pfn\": \"0xbff\", "
	    "\"frames\": 6, \"ranges\": [ "
	    "{ \"first\": \"0x20\", \"last\": \"0x22\", \"count\": 3 }, "
	    "{ \"first\": \"0x30\", \"last\": \"0x2f\", \"count\": 2 }, "
	    "{ \"first\": \"0x2f\", \"last\": \"0x2f\", \"count\": 1 } ] }");
	json_object_put(o);
	o = json_record(&d, REC_X86_PV_P2M_FRAMES, p2m, sizeof(p2m) - 8);
	is(o, "malformed", "\"the pfns take 6 frames\"");
	json_object_put(o);
	d.width = 0;
	o = json_record(&d, REC_SHARED_INFO, p2m, 8);
	is(o, "malformed", "\"no X86_PV_INFO before it\"");
	json_object_put(o);
}

static void
test_vcpu(void)
{
	static uint8_t basic[8 + 5168];
	uint8_t xsave[8 + 16 + 576] = { 1 }, msrs[8 + 32] = { 1 };
	struct decode d = { .width = 8 };
	json_object *o;

	/* Offsets of the context: xen/include/public/arch-x86/xen.h. */
	put64(basic + 8 + 0x1390, 0x2a10000);
	put64(basic + 8 + 0x1360, 513);
	put64(basic + 8 + 0x12e0, 0x7a0b);
	put64(basic + 8 + 0x268, 0x3e00);
	put_le32(basic + 8 + 0x2d0 + 14 * 16, 14 | 4 << 8 | 0xe033u << 16);
	put64(basic + 8 + 0x2d0 + 14 * 16 + 8, 0xffffffff81000000);
	o = json_record(&d, REC_X86_PV_VCPU_BASIC, basic, sizeof(basic));
	is(o, "control.cr3", "\"0x2a10000\"");
	is(o, "control.cr3_pfn", "\"0x2a10\"");
	is(o, "start_info_pfn", "\"0x3e00\"");
	is(o, "gdt_frames", "[ \"0x7a0b\", \"0x0\" ]");
	is(o, "traps", "[ { \"vector\": 14, \"cs\": \"0xe033\", "
	    "\"address\": \"0xffffffff81000000\", \"privilege\": 0, "
	    "\"disables_events\": true } ]");
	is(o, "debug", "{ }");
	is(o, "malformed", "nothing");
	json_object_put(o);
	/* The pfn 0x123456 of a 32-bit guest, folded into 32 bits. */
	d.width = 4;
	put_le32(basic + 8 + 0xaa8, 0x23456001);
	o = json_record(&d, REC_X86_PV_VCPU_BASIC, basic, 8 + 2800);
	is(o, "control.cr3_pfn", "\"0x123456\"");
	is(o, "malformed", "nothing");
	json_object_put(o);
	o = json_record(&d, REC_X86_PV_VCPU_BASIC, basic, 8);
	is(o, "", "{ \"vcpu\": 0 }");
	json_object_put(o);

	put64(xsave + 8, 7);
	put64(xsave + 16, 0xe7);
	put64(xsave + 8 + 16 + 512, 3);
	o = json_record(&d, REC_X86_PV_VCPU_XSAVE, xsave, sizeof(xsave));
	is(o, "vcpu", "1");
	is(o, "xcr0_bits", "[ \"x87\", \"sse\", \"avx\" ]");
	is(o, "xcr0_accum", "\"0xe7\"");
	is(o, "xstate_bv", "\"0x3\"");
	is(o, "area_size", "576");
	json_object_put(o);

	put_le32(msrs + 8, 0xc0000103);
	put64(msrs + 16, 5);
	put_le32(msrs + 24, 0x12345678);
	put64(msrs + 32, 0xfedcba9876543210);
	o = json_record(&d, REC_X86_PV_VCPU_MSRS, msrs, sizeof(msrs));
	is(o, "", "{ \"vcpu\": 1, \"msrs\": [ { \"name\": \"TSC_AUX\", "
	    "\"index\": \"0xc0000103\", \"value\": \"0x5\" }, "
	    "{ \"index\": \"0x12345678\", "
	    "\"value\": \"0xfedcba9876543210\" } ] }");
	json_object_put(o);
}

static void
test_tsc(void)
{
	uint8_t tsc[24] = { 2 };
	struct decode d = { 0 };
	json_object *o;

	put_le32(tsc + 4, 2596136);
	put64(tsc + 8, UINT64_C(40610099504));
	tsc[16] = 3;
	o = json_record(&d, REC_X86_TSC_INFO, tsc, sizeof(tsc));
	is(o, "", "{ \"mode\": \"never_emulate\", \"khz\": 2596136, "
	    "\"nsec\": \"0x9748cf130\", \"incarnation\": 3, "
	    "\"seconds\": 40 }");
	json_object_put(o);
	tsc[0] = 4;
	o = json_record(&d, REC_X86_TSC_INFO, tsc, sizeof(tsc));
	is(o, "mode", "\"mode 4\"");
	json_object_put(o);
}

static void
test_hvm(void)
{
	uint8_t context[8 + 8 + 8 + 4 + 8] = { 19, 0, 2, 0, 8, 0, 0, 0,
	    1, 2, 0, 0, 0, 0, 0, 0x80, 77, 0, 1, 0, 4 };
	uint8_t params[8 + 32] = { 2 };
	struct decode d = { 0 };
	json_object *o;

	o = json_record(&d, REC_HVM_CONTEXT, context, sizeof(context));
	is(o, "", "{ \"entries\": [ { \"name\": \"TSC_ADJUST\", "
	    "\"type\": 19, \"instance\": 2, \"length\": 8, "
	    "\"adjust\": \"0x8000000000000201\" }, { \"type\": 77, "
	    "\"instance\": 1, \"length\": 4 } ] }");
	json_object_put(o);
	o = json_record(&d, REC_HVM_CONTEXT, context, 28);
	is(o, "malformed", "\"no END entry at byte 28\"");
	json_object_put(o);
	context[20] = 200;
	o = json_record(&d, REC_HVM_CONTEXT, context, sizeof(context));
	is(o, "malformed", "\"entry 1 at byte 16 is longer than the "
	    "record\"");
	is(o, "entries.1.length", "200");
	json_object_put(o);
	memset(context + 16, 0, 8);
	o = json_record(&d, REC_HVM_CONTEXT, context, sizeof(context));
	is(o, "bytes_after_end", "12");
	json_object_put(o);

	params[8] = 17;
	put64(params + 16, 0xfefff);
	put64(params + 24, UINT64_C(1) << 40);
	o = json_record(&d, REC_HVM_PARAMS, params, sizeof(params));
	is(o, "", "{ \"count\": 2, \"params\": [ { \"name\": "
	    "\"CONSOLE_PFN\", \"index\": \"0x11\", \"value\": "
	    "\"0xfefff\" }, { \"index\": \"0x10000000000\", "
	    "\"value\": \"0x0\" } ] }");
	json_object_put(o);
	params[0] = 3;
	o = json_record(&d, REC_HVM_PARAMS, params, sizeof(params));
	is(o, "malformed", "\"2 params are there\"");
	json_object_put(o);
}

/* An HVM_CONTEXT of one entry, which begins with that number. */
static json_object *
entry(uint16_t type, uint32_t size, uint32_t number)
{
	static uint8_t body[8 + 16 + 8 * (DECODE_LIST_MAX + 3) + 8];
	struct decode d = { 0 };

	put_le16(body, type);
	put_le32(body + 4, size);
	memset(body + 8, 0, sizeof(body) - 8);
	put_le32(body + 8, number);
	return json_record(&d, REC_HVM_CONTEXT, body, 8 + size + 8);
}

/* Numbers that an entry says, and those that its length comes to. */
static void
test_hvm_counts(void)
{
	json_object *o = entry(20, 8 + 32, 2);

	is(o, "entries.0.name", "\"CPU_MSR\"");
	is(o, "entries.0.malformed", "nothing");
	is(o, "entries.0.msrs.1.index", "\"0x0\"");
	json_object_put(o);
	o = entry(20, 8 + 32, 1);
	is(o, "entries.0.malformed", "\"2 msrs are there\"");
	json_object_put(o);
	o = entry(20, 8, UINT32_MAX);
	is(o, "entries.0.malformed", "\"0 msrs are there\"");
	json_object_put(o);
	o = entry(4, 16 + 8 * (DECODE_LIST_MAX + 3), 0);
	is(o, "entries.0.name", "\"IOAPIC\"");
	is(o, "entries.0.more", "3");
	ok(json_object_array_length(json_at(o, "entries.0.redirections")) ==
	    DECODE_LIST_MAX, "a list of redirections is cut");
	json_object_put(o);
}

static void
test_policy(void)
{
	/* Of a real processor: family 23, model 1, stepping 2. */
	static const uint32_t leaves[][6] = {
		{ 0, 0xffffffff, 13, 0x68747541, 0x444d4163, 0x69746e65 },
		{ 1, 0xffffffff, 0x800f12, 0, 0, 0 },
		{ 0xd, 1, 0xf, 0, 0, 0 },
		{ 0x80000002, 0xffffffff, 0x20444d41, 0x43595045,
		    0x6f725020, 0x73736563 },
		{ 0x80000003, 0xffffffff, 0x726f, 0, 0, 0 },
		{ 0x80000004, 0xffffffff, 0, 0, 0, 0 },
		{ 0x80000008, 0xffffffff, 0x3028, 0, 0, 0 },
	};
	uint8_t body[sizeof(leaves)], msr[16] = { 0x0a, 1 };
	struct decode d = { 0 };
	json_object *o;
	size_t i;

	for (i = 0; i < sizeof(leaves) / 4; i++)
		put_le32(body + 4 * i, leaves[i / 6][i % 6]);
	o = json_record(&d, REC_X86_CPUID_POLICY, body, sizeof(body));
	is(o, "vendor", "\"AuthenticAMD\"");
	is(o, "family", "23");
	is(o, "model", "1");
	is(o, "stepping", "2");
	is(o, "brand", "\"AMD EPYC Processor\"");
	is(o, "physical_address_bits", "40");
	is(o, "linear_address_bits", "48");
	is(o, "leaves.0", "{ \"leaf\": \"0x0\", \"eax\": \"0xd\", \"ebx\": "
	    "\"0x68747541\", \"ecx\": \"0x444d4163\", \"edx\": "
	    "\"0x69746e65\" }");
	is(o, "leaves.2.subleaf", "\"0x1\"");
	json_object_put(o);
	/* An Intel one: family 6, model 0x9e, stepping 10. */
	put_le32(body + 24 + 8, 0x906ea);
	o = json_record(&d, REC_X86_CPUID_POLICY, body, sizeof(body));
	is(o, "family", "6");
	is(o, "model", "158");
	is(o, "stepping", "10");
	json_object_put(o);
	msr[8] = 0x6b;
	o = json_record(&d, REC_X86_MSR_POLICY, msr, sizeof(msr));
	is(o, "", "{ \"msrs\": [ { \"name\": \"ARCH_CAPABILITIES\", "
	    "\"index\": \"0x10a\", \"value\": \"0x6b\" } ] }");
	json_object_put(o);
}

static void
test_ours(void)
{
	static const char config[] = "\1\0\0\0xRec{\"name\":\"guest\","
	    "\"pages\":7,\"new_key\":{\"a\":[1,null]}}";
	static const uint8_t compressed[24 + 5] = { 1, 0, 1, 0,
	    'x', 'R', 'e', 'c', 9, 0, 0, 0, 16, 1, 0, 0, 4, 3, 2, 1 };
	uint8_t list[20] = { 0 };
	struct decode d = { 0 };
	json_object *o;

	o = json_record(&d, REC_GUEST_CONFIG, config, sizeof(config) - 1);
	is(o, "", "{ \"version\": 1, \"config\": { \"name\": \"guest\", "
	    "\"pages\": 7, \"new_key\": { \"a\": [ 1, null ] } } }");
	json_object_put(o);
	o = json_record(&d, REC_GUEST_CONFIG, config, sizeof(config) - 2);
	is(o, "malformed", "\"not a JSON object\"");
	json_object_put(o);
	o = json_record(&d, REC_COMPRESSED, compressed, sizeof(compressed));
	is(o, "", "{ \"version\": 1, \"zstd\": true, \"inner_type\": "
	    "\"HVM_CONTEXT\", \"inner_length\": 272, \"inner_crc\": "
	    "\"0x1020304\", \"payload_length\": 5 }");
	json_object_put(o);
	o = json_record(&d, REC_COMPRESSED, config, sizeof(list));
	is(o, "malformed", "\"20 bytes, at least 24 are due\"");
	json_object_put(o);
	o = json_record(&d, REC_COMPRESSED, list, sizeof(list));
	is(o, "", "{ \"malformed\": \"not a record of this project's\" }");
	json_object_put(o);
	o = json_record(&d, REC_DIRTY_PFN_LIST, list, 16);
	is(o, "", "{ \"count\": 2 }");
	json_object_put(o);
	o = json_record(&d, REC_END, NULL, 0);
	is(o, "", "{ }");
	json_object_put(o);
	o = json_record(&d, 0x80000077, list, sizeof(list));
	is(o, "", "{ }");
	json_object_put(o);
}

int
main(void)
{
	test_image();
	test_pv();
	test_vcpu();
	test_tsc();
	test_hvm();
	test_hvm_counts();
	test_policy();
	test_ours();
	return tap_end();
}
