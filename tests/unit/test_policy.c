/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "policy.h"
#include "tap.h"

#define NONE POLICY_NO_SUBLEAF

/* Some leaves of an AMD processor, and the MSRs that Xen knows. */
static void
make(struct policy *p)
{
	struct policy_maker m;

	policy_begin(&m, p);
	policy_leaf(&m, 0, NONE, (uint32_t[]){ 0xd, 0x68747541, 0x444d4163,
	    0x69746e65 });
	policy_leaf(&m, 1, NONE, (uint32_t[]){ 0x800f12, 0x10800,
	    0xf6f83203, 0x178bfbfd });
	policy_leaf(&m, 7, 0, (uint32_t[]){ 2, 0x880129, 0, 0x20000000 });
	policy_leaf(&m, 7, 1, (uint32_t[]){ 0x10, 0, 0, 0 });
	policy_leaf(&m, 0x80000000, NONE, (uint32_t[]){ 0x8000001e, 1, 2,
	    3 });
	policy_leaf(&m, 0x80000001, NONE, (uint32_t[]){ 0, 0, 0x77,
	    0x24500800 });
	policy_msr(&m, 0xce, 0, 0x80000000);
	policy_msr(&m, 0x10a, 0, UINT64_C(0x4000000000000009));
	policy_end(&m);
}

static uint32_t *
word(struct policy *p, const char *name)
{
	unsigned i;

	for (i = 0; i < POLICY_WORDS; i++)
		if (strcmp(policy_word(i), name) == 0)
			return &p->words[i];
	printf("# no word %s\n", name);
	exit(1);
}

static void
test_words(void)
{
	static const struct {
		const char *name;
		uint32_t value;
	} want[] = {
		{ "0.eax", 0xd }, { "7:0.eax", 2 },
		{ "80000000.eax", 0x8000001e }, { "1.ecx", 0xf6f83203 },
		{ "1.edx", 0x178bfbfd }, { "7:0.ebx", 0x880129 },
		{ "7:0.edx", 0x20000000 }, { "7:1.eax", 0x10 },
		{ "80000001.ecx", 0x77 }, { "80000001.edx", 0x24500800 },
		{ "msr-ce.low", 0x80000000 }, { "msr-10a.low", 9 },
		{ "msr-10a.high", 0x40000000 }, { "d:1.eax", 0 },
	};
	struct policy p, again;
	struct policy_maker m;
	uint8_t digest[POLICY_DIGEST_SIZE];
	size_t i;

	make(&p);
	ok(strcmp(p.vendor, "AuthenticAMD") == 0, "the vendor");
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ok(*word(&p, want[i].name) == want[i].value, "word %s",
		    want[i].name);
	make(&again);
	ok(strcmp(p.vendor, again.vendor) == 0 &&
	    memcmp(p.digest, again.digest, sizeof(p.digest)) == 0 &&
	    memcmp(p.words, again.words, sizeof(p.words)) == 0,
	    "the same again");
	policy_begin(&m, &again);
	policy_leaf(&m, 1, NONE, (uint32_t[]){ 2, 3, 4, 5 });
	policy_msr(&m, 6, 7, UINT64_C(0x900000008));
	policy_end(&m);
	/* The bytes of the man page's list, made here by hand. */
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)
	    "\1\0\0\0\xff\xff\xff\xff\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0"
	    "\6\0\0\0\7\0\0\0\10\0\0\0\11\0\0\0", 40, NULL, 0);
	ok(memcmp(digest, again.digest, sizeof(digest)) == 0, "the digest");
}

/* What is missing when one bit of a word there is not. */
static void
lacks(const char *name, unsigned bit, const char *want)
{
	char text[POLICY_TEXT_SIZE] = "";
	struct policy shown, there;
	unsigned at = 0;
	bool more;

	make(&shown);
	there = shown;
	*word(&shown, name) |= UINT32_C(1) << bit;
	*word(&there, name) &= ~(UINT32_C(1) << bit);
	more = policy_missing(&shown, &there, &at, text);
	ok(more == (want != NULL) && (!more || strcmp(text, want) == 0),
	    "%s bit %u: %s", name, bit, want != NULL ? want : "nothing");
	if (more)
		ok(!policy_missing(&shown, &there, &at, text), "nothing "
		    "else");
}

static void
test_limits(void)
{
	char text[POLICY_TEXT_SIZE] = "";
	struct policy shown, there;
	unsigned at = 0;

	make(&shown);
	there = shown;
	*word(&there, "0.eax") = 0x10;
	*word(&there, "7:0.eax") = 1;
	*word(&there, "80000000.eax") = 0x80000008;
	ok(policy_missing(&shown, &there, &at, text) &&
	    strcmp(text, "CPUID leaves 0x2 to 0x2 (7:0.eax)") == 0,
	    "%s", text);
	ok(policy_missing(&shown, &there, &at, text) && strcmp(text,
	    "CPUID leaves 0x80000009 to 0x8000001e (80000000.eax)") == 0,
	    "%s", text);
	ok(!policy_missing(&shown, &there, &at, text),
	    "more leaves are no harm");
}

int
main(void)
{
	test_words();
	lacks("7:0.ebx", 5, "avx2 (7:0.ebx, bit 5)");
	lacks("1.ecx", 25, "aes (1.ecx, bit 25)");
	lacks("1.ecx", 0, "sse3 (1.ecx, bit 0)");
	lacks("1.ecx", 31, "hypervisor (1.ecx, bit 31)");
	lacks("1.edx", 31, "pbe (1.edx, bit 31)");
	lacks("7:0.ebx", 31, "avx512vl (7:0.ebx, bit 31)");
	lacks("80000001.edx", 29, "lm (80000001.edx, bit 29)");
	lacks("80000021.eax", 31, "srso_msr_fix (80000021.eax, bit 31)");
	lacks("d:1.eax", 3, "xsaves (d:1.eax, bit 3)");
	lacks("d:1.eax", 4, "d:1.eax, bit 4");
	lacks("7:1.ecx", 31, "7:1.ecx, bit 31");
	lacks("1.edx", 10, "1.edx, bit 10");
	lacks("msr-10a.low", 0, "rdcl_no (msr-10a.low, bit 0)");
	lacks("msr-10a.high", 30, "its_no (msr-10a.high, bit 30)");
	lacks("msr-ce.low", 31, "cpuid_faulting (msr-ce.low, bit 31)");
	lacks("1.edx", 28, NULL);		/* ht */
	lacks("1.ecx", 21, NULL);		/* x2apic */
	lacks("1.ecx", 27, NULL);		/* osxsave */
	lacks("80000001.ecx", 1, NULL);		/* cmp_legacy */
	lacks("80000001.edx", 0, NULL);		/* fpu, again */
	lacks("80000001.edx", 24, NULL);	/* fxsr, again */
	lacks("7:0.ebx", 6, NULL);		/* fdp_excp_only */
	lacks("7:0.ebx", 13, NULL);		/* no_fpu_sel */
	lacks("7:0.ecx", 4, NULL);		/* ospke */
	lacks("msr-10a.low", 2, NULL);		/* rsba */
	lacks("msr-10a.low", 19, NULL);		/* rrsba */
	test_limits();
	return tap_end();
}
