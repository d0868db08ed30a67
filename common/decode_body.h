/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode_body.h - the decoders of single records, and what they share.  For
 * the decode*.c files only.
 */
#ifndef DECODE_BODY_H
#define DECODE_BODY_H

#include "decode.h"
#include "decode_item.h"

/* decode_..(d, i): the fields of such a record's body, i's bytes, into i. */
void decode_pv_info(struct decode *d, struct item *i);
void decode_p2m_frames(struct decode *d, struct item *i);
void decode_shared_info(struct decode *d, struct item *i);
void decode_vcpu_basic(struct decode *d, struct item *i);
void decode_vcpu_extended(struct decode *d, struct item *i);
void decode_vcpu_xsave(struct decode *d, struct item *i);
void decode_vcpu_msrs(struct decode *d, struct item *i);
void decode_hvm_context(struct decode *d, struct item *i);
void decode_hvm_params(struct decode *d, struct item *i);
void decode_cpuid_policy(struct decode *d, struct item *i);
void decode_msr_policy(struct decode *d, struct item *i);
void decode_compressed(struct decode *d, struct item *i);
void decode_guest_config(struct decode *d, struct item *i);
void decode_seal_header(struct decode *d, struct item *i);
void decode_seal_chunk(struct decode *d, struct item *i);
void decode_part_header(struct decode *d, struct item *i);
void decode_part_chunk(struct decode *d, struct item *i);
void decode_check(struct decode *d, struct item *i);
void decode_digest(struct decode *d, struct item *i);
void decode_minisign(struct decode *d, struct item *i);

/* decode_our_header(i): the common header of our records; whether the rest is
 * of the one version that is known. */
bool decode_our_header(struct item *i);

/* decode_hvm_entry(i, code): the body of an entry of HVM_CONTEXT. */
void decode_hvm_entry(struct item *i, unsigned code);

/* decode_hvm_name(code): what kind of entry it is; NULL when not known. */
const char *decode_hvm_name(unsigned code);

/* decode_hvm_cpu(i): the body of an entry that is a vcpu. */
void decode_hvm_cpu(struct item *i);

/* decode_msr(i): 16 bytes: an MSR's index, and its value at offset 8. */
void decode_msr(struct item *i);

/* decode_signature(i, eax): family, model and stepping by CPUID's leaf 1. */
void decode_signature(struct item *i, uint32_t eax);

/* Names for struct field's bits. */
extern const char *const decode_cr0_bits[64];
extern const char *const decode_cr4_bits[64];
extern const char *const decode_efer_bits[64];
extern const char *const decode_rflags_bits[64];
extern const char *const decode_xcr0_bits[64];

#endif
