/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.h - what Xen shows of the processor: to a guest, or to the luckiest
 * guest that a host could have.
 *
 * Of a CPU policy, which is a list of CPUID leaves and MSRs, it keeps the
 * words that say what there is, and a digest of everything.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"

#define POLICY_DIGEST_SIZE	32u
#define POLICY_VENDOR_SIZE	13u	/* with the NUL */
#define POLICY_WORDS		23u
#define POLICY_NO_SUBLEAF	UINT32_MAX
#define POLICY_TEXT_SIZE	128u

struct policy {
	char     vendor[POLICY_VENDOR_SIZE];	/* as CPUID has it */
	uint8_t  digest[POLICY_DIGEST_SIZE];
	uint32_t words[POLICY_WORDS];
};

/* A policy that is being made from leaves and MSRs, in Xen's order. */
struct policy_maker {
	struct policy *policy;
	struct hash hash;
};

/* policy_begin(m, p): *p is empty, and *m makes it. */
void policy_begin(struct policy_maker *m, struct policy *p);

/*
 * policy_leaf(m, leaf, subleaf, regs): one CPUID leaf with its eax, ebx, ecx,
 * edx; subleaf may be POLICY_NO_SUBLEAF.  policy_msr(m, index, flags, value):
 * one MSR, after the leaves.
 */
void policy_leaf(struct policy_maker *m, uint32_t leaf, uint32_t subleaf,
    const uint32_t regs[4]);
void policy_msr(struct policy_maker *m, uint32_t index, uint32_t flags,
    uint64_t value);

/* policy_end(m): the policy is made; its digest is set. */
void policy_end(struct policy_maker *m);

/*
 * policy_word(i): the name of words[i], as "7:0.ebx" (leaf, subleaf, register,
 * in hex) or "msr-10a.low".
 */
const char *policy_word(unsigned i);

/*
 * policy_missing(shown, there, at, text): the next thing in *shown that
 * *there lacks, in words; *at is 0 at first.  False when there is no more.
 * What the toolstack may show anywhere, what changes while the guest runs,
 * and what says that the processor lacks something does not count.
 */
bool policy_missing(const struct policy *shown, const struct policy *there,
    unsigned *at, char text[POLICY_TEXT_SIZE]);

#endif
