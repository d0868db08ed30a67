/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "policy.h"

#define BITS	32u

/* Of 80000001.edx: what AMD repeats from 1.edx, as Xen does for guests. */
#define AMD_COMMON	UINT32_C(0x0183f3ff)

enum { EAX, EBX, ECX, EDX };
enum { LOW, HIGH };

/*
 * One line per word.  A limit is the highest leaf that there is; of other
 * words each bit is a feature.  Names are Linux' where it has one, else
 * Xen's, from bit 0 on; those that are left out have none.
 */
static const struct word {
	const char *name;
	enum { LIMIT, LEAF, MSR } kind;
	uint32_t index, subleaf;	/* an MSR has no subleaf */
	unsigned part;		/* register of a leaf, half of an MSR */
	uint32_t ignored;	/* bits that do not count */
	const char *bits;
} words[POLICY_WORDS] = {
#define NONE POLICY_NO_SUBLEAF
#define BIT(n) (UINT32_C(1) << (n))
	{ "0.eax", LIMIT, 0, NONE, EAX, 0, "" },
	{ "7:0.eax", LIMIT, 7, 0, EAX, 0, "" },
	{ "80000000.eax", LIMIT, 0x80000000, NONE, EAX, 0, "" },
	{ "1.edx", LEAF, 1, NONE, EDX, BIT(28),
	    "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov "
	    "pat pse36 - clflush - dts acpi mmx fxsr sse sse2 ss ht tm - "
	    "pbe" },
	{ "1.ecx", LEAF, 1, NONE, ECX, BIT(21) | BIT(27),
	    "sse3 pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 - - "
	    "fma cx16 xtpr pdcm - pcid dca sse4_1 sse4_2 x2apic movbe popcnt "
	    "tsc_deadline_timer aes xsave osxsave avx f16c rdrand "
	    "hypervisor" },
	{ "80000001.edx", LEAF, 0x80000001, NONE, EDX, AMD_COMMON,
	    "- - - - - - - - - - - syscall - - - - - - - - nx - mmxext - - "
	    "fxsr_opt pdpe1gb rdtscp - lm 3dnowext 3dnow" },
	{ "80000001.ecx", LEAF, 0x80000001, NONE, ECX, BIT(1),
	    "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse "
	    "3dnowprefetch osvw ibs xop skinit wdt - lwp fma4 - - nodeid_msr "
	    "- tbm topoext - - - bpext - - mwaitx - -" },
	{ "d:1.eax", LEAF, 0xd, 1, EAX, 0,
	    "xsaveopt xsavec xgetbv1 xsaves" },
	{ "7:0.ebx", LEAF, 7, 0, EBX, BIT(6) | BIT(13),
	    "fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excp_only smep bmi2 "
	    "erms invpcid rtm cqm no_fpu_sel mpx rdt_a avx512f avx512dq "
	    "rdseed adx smap avx512ifma - clflushopt clwb intel_pt avx512pf "
	    "avx512er avx512cd sha_ni avx512bw avx512vl" },
	{ "7:0.ecx", LEAF, 7, 0, ECX, BIT(4),
	    "prefetchwt1 avx512vbmi umip pku ospke - avx512_vbmi2 shstk gfni "
	    "vaes vpclmulqdq avx512_vnni avx512_bitalg - avx512_vpopcntdq - "
	    "- - - - - - rdpid - - cldemote - movdiri movdir64b enqcmd" },
	{ "80000007.edx", LEAF, 0x80000007, NONE, EDX, 0,
	    "- - - - - - - hw_pstate itsc cpb efro" },
	{ "80000008.ebx", LEAF, 0x80000008, NONE, EBX, 0,
	    "clzero - xsaveerptr - - - - - - wbnoinvd - - ibpb - ibrs stibp "
	    "ibrs_always stibp_always ibrs_fast ibrs_same_mode no_lmsl - - "
	    "amd_ppin ssbd virt_ssbd ssb_no - psfd btc_no ibpb_ret" },
	{ "7:0.edx", LEAF, 7, 0, EDX, 0,
	    "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect "
	    "srbds_ctrl md_clear rtm_always_abort - tsx_force_abort serialize "
	    "hybrid_cpu tsxldtrk - - - ibt - - avx512_fp16 - - spec_ctrl "
	    "intel_stibp flush_l1d arch_capabilities core_capabilities "
	    "spec_ctrl_ssbd" },
	{ "7:1.eax", LEAF, 7, 1, EAX, 0,
	    "- - - - avx_vnni avx512_bf16 - - - - fzrm fsrs fsrc" },
	{ "80000021.eax", LEAF, 0x80000021, NONE, EAX, 0,
	    "- - lfence_dispatch - - verw_clear null_sel_clr_base - autoibrs "
	    "- - - - - - - - - - - - - - - - - - sbpb ibpb_brtype srso_no "
	    "srso_us_no srso_msr_fix" },
	{ "7:1.ebx", LEAF, 7, 1, EBX, 0, "intel_ppin" },
	{ "7:2.edx", LEAF, 7, 2, EDX, 0,
	    "intel_psfd ipred_ctrl rrsba_ctrl - bhi_ctrl mcdt_no" },
	{ "7:1.ecx", LEAF, 7, 1, ECX, 0, "" },
	{ "7:1.edx", LEAF, 7, 1, EDX, 0, "" },
	{ "80000021.ecx", LEAF, 0x80000021, NONE, ECX, 0,
	    "- tsa_sq_no tsa_l1_no" },
	{ "msr-10a.low", MSR, 0x10a, 0, LOW, BIT(2) | BIT(19),
	    "rdcl_no eibrs rsba skip_l1dfl intel_ssb_no mds_no "
	    "if_pschange_mc_no tsx_ctrl taa_no mcu_ctrl misc_pkg_ctrl "
	    "energy_filtering doitm sbdr_ssdp_no fbsdp_no psdp_no - fb_clear "
	    "fb_clear_ctrl rrsba bhi_no xapic_status - ovrclk_status pbrsb_no "
	    "gds_ctrl gds_no rfds_no rfds_clear" },
	{ "msr-10a.high", MSR, 0x10a, 0, HIGH, 0,
	    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - "
	    "its_no" },
	{ "msr-ce.low", MSR, 0xce, 0, LOW, 0,
	    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - "
	    "cpuid_faulting" },
#undef NONE
#undef BIT
};

void
policy_begin(struct policy_maker *m, struct policy *p)
{
	*p = (struct policy){ 0 };
	m->policy = p;
	hash_begin(&m->hash, POLICY_DIGEST_SIZE);
}

static void
hash_words(struct policy_maker *m, const uint32_t *values, size_t count)
{
	uint8_t bytes[4];
	size_t i;

	for (i = 0; i < count; i++) {
		put_le32(bytes, values[i]);
		hash_add(&m->hash, bytes, sizeof(bytes));
	}
}

void
policy_leaf(struct policy_maker *m, uint32_t leaf, uint32_t subleaf,
    const uint32_t regs[4])
{
	struct policy *p = m->policy;
	unsigned i;

	hash_words(m, (uint32_t[]){ leaf, subleaf, regs[EAX], regs[EBX],
	    regs[ECX], regs[EDX] }, 6);
	for (i = 0; i < POLICY_WORDS; i++)
		if (words[i].kind != MSR && words[i].index == leaf &&
		    words[i].subleaf == subleaf)
			p->words[i] = regs[words[i].part];
	if (leaf == 0) {
		put_le32((uint8_t *)p->vendor, regs[EBX]);
		put_le32((uint8_t *)p->vendor + 4, regs[EDX]);
		put_le32((uint8_t *)p->vendor + 8, regs[ECX]);
	}
}

void
policy_msr(struct policy_maker *m, uint32_t index, uint32_t flags,
    uint64_t value)
{
	uint32_t half[] = { (uint32_t)value, (uint32_t)(value >> 32) };
	unsigned i;

	hash_words(m, (uint32_t[]){ index, flags, half[LOW], half[HIGH] }, 4);
	for (i = 0; i < POLICY_WORDS; i++)
		if (words[i].kind == MSR && words[i].index == index)
			m->policy->words[i] = half[words[i].part];
}

void
policy_end(struct policy_maker *m)
{
	hash_end(&m->hash, m->policy->digest, POLICY_DIGEST_SIZE);
}

const char *
policy_word(unsigned i)
{
	return words[i].name;
}

/* Copies the name of a bit of the word; false if it has none. */
static bool
bit_name(const struct word *w, unsigned bit, char name[POLICY_TEXT_SIZE])
{
	const char *at = w->bits;

	for (; bit > 0 && *at != '\0'; bit--) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	if (*at == '\0' || *at == '-')
		return false;
	snprintf(name, POLICY_TEXT_SIZE, "%.*s", (int)strcspn(at, " "), at);
	return true;
}

static void
tell_bit(const struct word *w, unsigned bit, char text[POLICY_TEXT_SIZE])
{
	char name[POLICY_TEXT_SIZE];

	if (bit_name(w, bit, name))
		snprintf(text, POLICY_TEXT_SIZE, "%.40s (%s, bit %u)", name,
		    w->name, bit);
	else
		snprintf(text, POLICY_TEXT_SIZE, "%s, bit %u", w->name, bit);
}

bool
policy_missing(const struct policy *shown, const struct policy *there,
    unsigned *at, char text[POLICY_TEXT_SIZE])
{
	const struct word *w;
	uint32_t lack;
	unsigned bit;

	for (; *at < POLICY_WORDS * BITS; ++*at) {
		w = &words[*at / BITS];
		bit = *at % BITS;
		lack = shown->words[*at / BITS];
		if (w->kind == LIMIT) {
			if (bit > 0 || lack <= there->words[*at / BITS])
				continue;
			snprintf(text, POLICY_TEXT_SIZE, "CPUID leaves %#"
			    PRIx32 " to %#" PRIx32 " (%s)",
			    there->words[*at / BITS] + 1, lack, w->name);
		} else {
			lack &= ~there->words[*at / BITS] & ~w->ignored;
			if ((lack >> bit & 1) == 0)
				continue;
			tell_bit(w, bit, text);
		}
		++*at;
		return true;
	}
	return false;
}
