/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "image.h"
#include "lint.h"
#include "tap.h"

static void
test_good(void)
{
	static const char *const names[] = { "good-pv-3", "good-pv-2",
	    "good-hvm-3", "good-hvm-2", "good-config" };
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		load(names[i]);
		if (!ok(lint(&f) == 0, "%s is good", names[i]))
			printf("# %s\n", f.text);
	}
	load("good-pv-3");
	set_length(nth(REC_X86_PV_VCPU_BASIC, 1), 8);
	set_length(nth(REC_X86_PV_VCPU_XSAVE, 1), 8);
	set_length(nth(REC_X86_PV_VCPU_MSRS, 0), 8);
	set_length(nth(REC_X86_PV_VCPU_EXTENDED, 0), 8);
	ok(lint(&f) == 0, "vcpu records without a blob (erratum 1)");
	load("good-hvm-3");
	set_length(nth(REC_HVM_PARAMS, 0), 8);
	memset(nth(REC_HVM_PARAMS, 0)->body, 0, 8);
	ok(lint(&f) == 0, "HVM_PARAMS without entries (erratum 1)");
	nth(REC_X86_TSC_INFO, 0)->type = 0x80000013;
	ok(lint(&f) == 0, "an optional record");
}

static void
test_headers(void)
{
	struct fault f;

	load("good-hvm-3");
	image[0].body[DOMAIN_TYPE_OFFSET] = 0;
	faulty(lint(&f), &f, EXIT_REFUSED, "the stream is a container: the "
	    "guest is inside, encrypted or in parts");
	image[0].body[DOMAIN_TYPE_OFFSET] = 3;
	broken(EXIT_REFUSED,
	    "domain type 3, known are 1 (x86 PV) and 2 (x86 HVM)");
	image[0].body[DOMAIN_TYPE_OFFSET] = 2;
	image[0].body[DOMAIN_PAGE_SHIFT_OFFSET] = 21;
	broken(EXIT_MALFORMED, "page shift 21, Xen takes 12 only");
}

static void
test_types(void)
{
	static const struct {
		uint32_t type, status;
		const char *text;
	} types[] = {
		{ REC_CHECKPOINT, EXIT_REFUSED, "a checkpointed stream: "
		    "plain ones only are restored" },
		{ REC_DIRTY_PFN_LIST, EXIT_REFUSED, "a checkpointed stream: "
		    "plain ones only are restored" },
		{ REC_TOOLSTACK, EXIT_REFUSED, "a mandatory record that "
		    "Xen's restorer does not know" },
		{ 0x13, EXIT_REFUSED, "a mandatory record that Xen's "
		    "restorer does not know" },
		{ 0x7fffffff, EXIT_REFUSED, "a mandatory record that Xen's "
		    "restorer does not know" },
		{ REC_COMPRESSED, EXIT_REFUSED, "a mandatory record that "
		    "Xen's restorer does not know" },
		{ REC_SHARED_INFO, EXIT_MALFORMED, "it has no place in the "
		    "image of an HVM guest" },
		{ REC_X86_PV_INFO, EXIT_MALFORMED, "it has no place in the "
		    "image of an HVM guest" },
	};
	size_t i;

	load("good-hvm-3");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		image[4].type = types[i].type;
		broken((int)types[i].status, types[i].text);
	}
	load("good-pv-3");
	nth(REC_X86_TSC_INFO, 0)->type = REC_HVM_CONTEXT;
	broken(EXIT_MALFORMED, "it has no place in the image of a PV guest");
}

/* Lengths that no record of the type may have. */
static void
test_lengths(void)
{
	static const struct {
		const char *name;
		uint32_t type, length;
	} lengths[] = {
		{ "good-hvm-3", REC_X86_TSC_INFO, 23 },
		{ "good-hvm-3", REC_X86_TSC_INFO, 25 },
		{ "good-hvm-3", REC_X86_CPUID_POLICY, 0 },
		{ "good-hvm-3", REC_X86_CPUID_POLICY, 95 },
		{ "good-hvm-3", REC_X86_MSR_POLICY, 0 },
		{ "good-hvm-3", REC_X86_MSR_POLICY, 24 },
		{ "good-hvm-3", REC_STATIC_DATA_END, 8 },
		{ "good-hvm-3", REC_HVM_CONTEXT, 0 },
		{ "good-hvm-3", REC_HVM_PARAMS, 0 },
		{ "good-hvm-3", REC_HVM_PARAMS, 32 },
		{ "good-hvm-3", REC_PAGE_DATA, 8 },
		{ "good-hvm-3", REC_PAGE_DATA, 20 },
		{ "good-pv-3", REC_X86_PV_INFO, 7 },
		{ "good-pv-3", REC_X86_PV_INFO, 16 },
		{ "good-pv-3", REC_X86_PV_P2M_FRAMES, 8 },
		{ "good-pv-3", REC_X86_PV_P2M_FRAMES, 17 },
		{ "good-pv-3", REC_SHARED_INFO, 4095 },
		{ "good-pv-3", REC_X86_PV_VCPU_BASIC, 0 },
		{ "good-pv-3", REC_X86_PV_VCPU_BASIC, 5184 },
		{ "good-pv-3", REC_X86_PV_VCPU_EXTENDED, 7 },
		{ "good-pv-3", REC_X86_PV_VCPU_EXTENDED, 137 },
		{ "good-pv-3", REC_X86_PV_VCPU_XSAVE, 7 },
		{ "good-pv-3", REC_X86_PV_VCPU_XSAVE, (64 << 10) + 1 },
		{ "good-pv-3", REC_X86_PV_VCPU_MSRS, 16 },
	};
	struct record *rec;
	char text[100];
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		load(lengths[i].name);
		rec = nth(lengths[i].type, 0);
		set_length(rec, lengths[i].length);
		snprintf(text, sizeof(text), "length %u is none that it may "
		    "have", lengths[i].length);
		broken(EXIT_MALFORMED, text);
	}
}

static void
test_page_data(void)
{
	struct record *rec;

	load("good-hvm-3");
	rec = nth(REC_PAGE_DATA, 0);
	put_le32(rec->body, 0);
	broken(EXIT_MALFORMED, "no pfns");
	put_le32(rec->body, 0xffffffff);
	broken(EXIT_MALFORMED, "length 16448, 4294967295 pfns take more");
	put_le32(rec->body, 0x20000001);
	broken(EXIT_MALFORMED, "length 16448, 536870913 pfns take more");
	put_le32(rec->body, 7);
	set_length(rec, rec->length - 8);
	broken(EXIT_MALFORMED, "length 16440, its pfns take 16448");
	set_length(rec, rec->length + 16);
	broken(EXIT_MALFORMED, "length 16456, its pfns take 16448");
	set_length(rec, rec->length - 8);
	rec->body[8 + 7] = 0x50;
	broken(EXIT_MALFORMED, "pfn 0x0 is of the reserved type 5");
	rec->body[8 + 7] = 0x80;
	broken(EXIT_MALFORMED, "pfn 0x0 is of the reserved type 8");
	rec->body[8 + 7] = 0x10;
	rec->body[8 + 4] = 2;
	broken(EXIT_REFUSED, "pfn 0x200000000, the limit is 0x100000000");
	rec->body[8 + 4] = 1;
	rec->body[8 + 6] = 0xf0;
	ok(lint(&(struct fault){ 0 }) == 0,
	    "the limit itself, and reserved bits");
	load("good-pv-3");
	nth(REC_PAGE_DATA, 0)->body[8] = 16;
	broken(EXIT_MALFORMED, "pfn 0x10, the guest's last is 0xf");
}

static void
test_pv(void)
{
	struct record *rec;

	load("good-pv-3");
	rec = nth(REC_X86_PV_INFO, 0);
	rec->body[1] = 3;
	broken(EXIT_MALFORMED,
	    "guest width 8 with 3 levels of page tables");
	rec->body[0] = 4;
	broken(EXIT_MALFORMED, "5168 bytes of registers, it takes 2800");
	rec->body[0] = 8;
	rec->body[1] = 4;
	rec = nth(REC_X86_PV_P2M_FRAMES, 0);
	put_le32(rec->body, 16);
	broken(EXIT_MALFORMED, "starts at pfn 16 and ends at 15");
	put_le32(rec->body, 0);
	put_le32(rec->body + 4, 512);
	broken(EXIT_MALFORMED, "length 16, 2 frames take 24");
	put_le32(rec->body + 4, 0xffffffff);
	broken(EXIT_MALFORMED, "length 16, 8388608 frames take 67108872");
	put_le32(rec->body + 4, 15);
	rec->body[8] = 16;
	broken(EXIT_MALFORMED, "frame at pfn 0x10, the last is 0xf");
	rec->body[8] = 3;
	rec = nth(REC_X86_PV_VCPU_XSAVE, 1);
	rec->body[0] = 2;
	broken(EXIT_REFUSED, "vcpu 2, the domain has 2");
	rec->body[0] = 1;
	set_length(rec, 8 + 15);
	broken(EXIT_MALFORMED, "15 bytes of state, it takes 16 at least");
	set_length(rec, 8 + 16);
	rec = nth(REC_X86_PV_VCPU_BASIC, 1);
	set_length(rec, 8 + 2800);
	broken(EXIT_MALFORMED, "2800 bytes of registers, it takes 5168");
	load("good-hvm-3");
	rec = nth(REC_HVM_PARAMS, 0);
	put_le32(rec->body, 4);
	broken(EXIT_MALFORMED, "length 56, its entries take 72");
	put_le32(rec->body, 0xffffffff);
	broken(EXIT_MALFORMED, "length 56, its entries take 68719476728");
}

/* What has to have come, and in which order. */
static void
test_order(void)
{
	struct record *rec;

	load("good-pv-3");
	drop(nth(REC_SHARED_INFO, 0));
	broken(EXIT_MALFORMED, "the image has no SHARED_INFO");
	load("good-pv-3");
	drop(nth(REC_X86_PV_P2M_FRAMES, 0));
	broken(EXIT_MALFORMED, "it comes before X86_PV_P2M_FRAMES");
	drop(nth(REC_PAGE_DATA, 0));
	drop(nth(REC_PAGE_DATA, 1));
	broken(EXIT_MALFORMED, "the image has no X86_PV_P2M_FRAMES");
	load("good-pv-3");
	drop(nth(REC_PAGE_DATA, 0));
	drop(nth(REC_PAGE_DATA, 1));
	broken(EXIT_MALFORMED, "the image has no PAGE_DATA");
	load("good-pv-3");
	drop(nth(REC_X86_PV_VCPU_BASIC, 0));
	broken(EXIT_MALFORMED, "the image has no registers of vcpu 0");
	load("good-pv-3");
	drop(nth(REC_X86_PV_INFO, 0));
	broken(EXIT_MALFORMED, "it comes before X86_PV_INFO");
	drop(nth(REC_X86_PV_P2M_FRAMES, 0));
	drop(nth(REC_PAGE_DATA, 0));
	drop(nth(REC_PAGE_DATA, 1));
	broken(EXIT_MALFORMED, "it comes before X86_PV_INFO");
	drop(nth(REC_SHARED_INFO, 0));
	broken(EXIT_MALFORMED, "it comes before X86_PV_INFO");
	load("good-pv-3");
	rec = nth(REC_X86_MSR_POLICY, 0);
	rec->type = REC_X86_PV_INFO;
	set_length(rec, 8);
	memcpy(rec->body, "\10\4", 2);
	broken(EXIT_MALFORMED, "it comes a second time");
}

static void
test_static_data(void)
{
	struct record *rec;

	load("good-pv-3");
	rec = nth(REC_X86_MSR_POLICY, 0);
	rec->type = REC_STATIC_DATA_END;
	set_length(rec, 0);
	broken(EXIT_MALFORMED, "it comes a second time");
	load("good-pv-3");
	drop(nth(REC_STATIC_DATA_END, 0));
	broken(EXIT_MALFORMED, "it comes before STATIC_DATA_END");
	load("good-hvm-3");
	drop(nth(REC_STATIC_DATA_END, 0));
	broken(EXIT_MALFORMED, "it comes before STATIC_DATA_END");
	load("good-hvm-3");
	drop(nth(REC_HVM_CONTEXT, 0));
	broken(EXIT_MALFORMED, "the image has no HVM_CONTEXT");
	load("good-empty");
	broken(EXIT_MALFORMED, "the image has no PAGE_DATA");
}

int
main(void)
{
	test_good();
	test_headers();
	test_types();
	test_lengths();
	test_page_data();
	test_pv();
	test_order();
	test_static_data();
	return tap_end();
}
