/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "demand.h"
#include "format.h"
#include "tap.h"

static struct record rec;
static struct fault f;

static void
set(uint32_t type, const uint8_t *body, uint32_t length)
{
	if (record_reserve(&rec, record_size(length), &f) == -1)
		exit(1);
	memcpy(rec.body, body, length);
	record_set(&rec, type, length);
}

/* A HEADER, and the registers of vcpus 0 and 3. */
static void
test_context(void)
{
	static const uint8_t context[] = {
		1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 9, 0,
		2, 0, 0, 0, 2, 0, 0, 0, 2, 0,
		3, 0, 7, 0, 0, 0, 0, 0,
		2, 0, 3, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
	};
	static const uint8_t lies[] = {
		1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 2, 0, 9, 0, 0, 0, 0, 0,
	};
	struct demand d = { .vcpus = 4 };

	set(REC_HVM_CONTEXT, context, sizeof(context));
	ok(demand_take(&d, &rec, &f) == 0, "vcpu 3 of 4");
	d.vcpus = 3;
	faulty(demand_take(&d, &rec, &f), &f, EXIT_REFUSED, "record 0 "
	    "(HVM_CONTEXT) at byte 0: state of vcpu 3, and the domain is to "
	    "have 3");
	d.vcpus = 0;
	ok(demand_take(&d, &rec, &f) == 0, "any number will do");
	d.vcpus = 1;
	set(REC_HVM_CONTEXT, lies, sizeof(lies));
	ok(demand_take(&d, &rec, &f) == 0, "an entry longer than the record");
	set(REC_HVM_CONTEXT, context, 7);
	ok(demand_take(&d, &rec, &f) == 0, "less than an entry");
}

static void
test_pv(void)
{
	static const uint32_t types[] = { REC_X86_PV_VCPU_BASIC,
	    REC_X86_PV_VCPU_EXTENDED, REC_X86_PV_VCPU_XSAVE,
	    REC_X86_PV_VCPU_MSRS };
	static const uint8_t second[8] = { 1 };
	struct demand d = { .vcpus = 1 };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		set(types[i], second, 8);
		ok(demand_take(&d, &rec, &f) == -1 &&
		    f.status == EXIT_REFUSED, "vcpu 1 of 1, type %u",
		    (unsigned)types[i]);
		set(types[i], second, 3);
		ok(demand_take(&d, &rec, &f) == 0, "cut");
	}
}

/* Entries of one type without data. */
static void
set_pages(unsigned type, uint64_t pfn, uint32_t count)
{
	static uint8_t body[8 + 8 * 300];
	uint32_t i;

	put_le32(body, count);
	for (i = 0; i < count; i++)
		put_le64(body + 8 + 8 * (size_t)i,
		    (uint64_t)type << PFN_TYPE_SHIFT | (pfn + i));
	set(REC_PAGE_DATA, body, 8 + 8 * count);
}

static void
test_pages(void)
{
	struct demand d = { .memory_kib = 1024 };

	set_pages(0xe, 0, 200);
	ok(demand_take(&d, &rec, &f) == 0 && d.pages == 200, "200 pages");
	ok(demand_take(&d, &rec, &f) == 0 && d.pages == 200,
	    "they count once");
	set_pages(0xf, 1000, 100);
	ok(demand_take(&d, &rec, &f) == 0 && d.pages == 200,
	    "XTAB takes none");
	set_pages(0xd, 1000, 100);
	ok(demand_take(&d, &rec, &f) == 0 && d.pages == 200,
	    "BROKEN takes none");
	set_pages(0xe, 5000, 56);
	ok(demand_take(&d, &rec, &f) == 0 && d.pages == 256, "1 MiB");
	set_pages(0xe, 5056, 1);
	faulty(demand_take(&d, &rec, &f), &f, EXIT_REFUSED, "record 0 "
	    "(PAGE_DATA) at byte 0: pages of more than 1 MiB, which the "
	    "domain is to have");
	rec.body[0] = 9;
	ok(demand_take(&d, &rec, &f) == 0, "no pages at all");
	demand_free(&d);
}

int
main(void)
{
	test_context();
	test_pv();
	test_pages();
	record_free(&rec);
	return tap_end();
}
