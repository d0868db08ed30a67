/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expr.h"
#include "format.h"
#include "tap.h"

static struct expr expr;
static struct fault f;

static bool
parses(const char *text)
{
	expr_free(&expr);
	return expr_parse(&expr, text, &f) == 0;
}

static bool
selects(uint32_t type, uint64_t index)
{
	struct record rec = { .part = PART_RECORD, .type = type,
	    .index = index };

	return expr_record(&expr, &rec);
}

static void
test_types(void)
{
	ok(parses("type=PAGE_DATA") && !expr_has_pages(&expr),
	    "a type selects records");
	ok(selects(REC_PAGE_DATA, 7) && !selects(REC_VERIFY, 7) &&
	    expr_page(&expr, 5), "by their type, with all their pages");
	ok(parses("type=X86_PV_VCPU_BASIC,0x80000013,GUEST_CONFIG,2"),
	    "a list of names and numbers");
	ok(selects(REC_X86_PV_VCPU_BASIC, 0) && selects(0x80000013, 0) &&
	    selects(REC_GUEST_CONFIG, 0) && selects(REC_X86_PV_INFO, 0) &&
	    !selects(REC_X86_PV_VCPU_EXTENDED, 0) &&
	    !selects(0x80000012, 0) && !selects(0x80000014, 0),
	    "selects them and no other");
}

static void
test_ranges(void)
{
	unsigned i, wrong = 0;

	ok(parses("index=9,3-5,4-7,20-20"), "ranges in any order, that meet");
	for (i = 0; i < 30; i++)
		wrong += selects(REC_END, i) !=
		    ((i >= 3 && i <= 7) || i == 9 || i == 20);
	ok(wrong == 0, "they are the numbers that they name");
	ok(parses("index=5,3-9,4") && selects(0, 9) && selects(0, 8) &&
	    !selects(0, 10), "one inside another takes nothing from it");
	ok(parses("pfn=0x10-0x1F,0XfFFFFfffFFFFf,7") &&
	    expr_has_pages(&expr), "pfns in hexadecimal");
	ok(expr_page(&expr, 16) && expr_page(&expr, 31) &&
	    !expr_page(&expr, 32) && !expr_page(&expr, 15) &&
	    expr_page(&expr, PFN_MASK) && expr_page(&expr, 7) &&
	    !expr_page(&expr, 0), "they are those");
	ok(selects(REC_END, 99), "they say nothing of records");
	ok(parses("index=0-18446744073709551615") && selects(0, UINT64_MAX) &&
	    selects(0, 0), "all of them");
}

static void
test_and(void)
{
	ok(parses("  type=PAGE_DATA\tand index=3 and  pfn=1 "),
	    "blanks, tabs, three terms");
	ok(expr.count == 3 && selects(REC_PAGE_DATA, 3) &&
	    !selects(REC_PAGE_DATA, 4) && !selects(REC_END, 3) &&
	    expr_page(&expr, 1) && !expr_page(&expr, 2), "all have to hold");
	ok(parses("pfn=1-5 and pfn=4-9") && expr_page(&expr, 5) &&
	    !expr_page(&expr, 3) && !expr_page(&expr, 6),
	    "the same key twice: what both select");
}

static void
test_wrong(void)
{
	static const struct {
		const char *text, *said;
	} tests[] = {
		{ "", "at character 1, the end: no term" },
		{ "   ", "at character 4, the end: no term" },
		{ "indx=3", "at character 1, 'indx=3': no term" },
		{ "TYPE=END", "at character 1, 'TYPE=END': no term" },
		{ "type=END and indx=3",
		    "at character 14, 'indx=3': no term" },
		{ "type=PAGES", "at character 6, 'PAGES': no type of record" },
		{ "type=", "at character 6, the end: no type of record" },
		{ "type=END,",
		    "at character 10, the end: no type of record" },
		{ "type=0x100000000", "at character 6, '0x100000000': a type "
		    "is at most 0xffffffff" },
		{ "type=0x", "at character 6, '0x': no number" },
		{ "index=x", "at character 7, 'x': no number" },
		{ "index=1,,2", "at character 9, ',2': no number" },
		{ "index=1-", "at character 9, the end: no number" },
		{ "index=-1", "at character 7, '-1': no number" },
		{ "index=18446744073709551616", "at character 7, "
		    "'18446744073709551616': the number is too large" },
		{ "pfn=0x10000000000000", "at character 5, "
		    "'0x10000000000000': a pfn is at most 0xfffffffffffff" },
		{ "pfn=9-5", "at character 5, '9-5': the range ends before it "
		    "begins" },
		{ "pfn=9;5", "at character 6, ';5': ',', a blank or the end "
		    "should be here" },
		{ "pfn=12a", "at character 7, 'a': ',', a blank or the end "
		    "should be here" },
		{ "pfn=1 or pfn=2",
		    "at character 7, 'or': 'and' should be here" },
		{ "pfn=1 pfn=2",
		    "at character 7, 'pfn=2': 'and' should be here" },
		{ "pfn=1 andpfn=2",
		    "at character 7, 'andpfn=2': 'and' should be here" },
		{ "pfn=1 and", "at character 10, the end: no term" },
	};
	size_t i;
	int result;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		result = parses(tests[i].text) ? 0 : -1;
		faulty(result, &f, EXIT_USAGE, tests[i].said);
		ok(f.hint[0] != '\0', "with a hint");
	}
	expr_free(&expr);
}

int
main(void)
{
	test_types();
	test_ranges();
	test_and();
	test_wrong();
	return tap_end();
}
