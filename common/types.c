/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "types.h"

#define ANY_LENGTH RECORD_LENGTH_MAX
#define OUR_LENGTH OUR_LENGTH_MAX
/*
 * Xen's restorer keeps these for each vcpu until END, so a bound of our own:
 * far more than any processor's state, and little even for 4096 vcpus.
 */
#define VCPU_LENGTH (64u << 10)

/*
 * Sizes: libxc-migration-stream.pandoc, and what xg_sr_restore*.c in xen.git
 * rejects.  Erratum 1 of the specification allows HVM_PARAMS without entries
 * and vcpu records without a blob.
 */
static const struct type types[] = {
	{ REC_END, "END", GUEST_ANY, 0, 0, 1 },
	{ REC_PAGE_DATA, "PAGE_DATA", GUEST_ANY, 16, ANY_LENGTH, 8 },
	{ REC_X86_PV_INFO, "X86_PV_INFO", GUEST_PV, 8, 8, 1 },
	{ REC_X86_PV_P2M_FRAMES, "X86_PV_P2M_FRAMES", GUEST_PV,
	    16, ANY_LENGTH, 8 },
	{ REC_X86_PV_VCPU_BASIC, "X86_PV_VCPU_BASIC", GUEST_PV,
	    8, 8 + 5168, 8 },
	{ REC_X86_PV_VCPU_EXTENDED, "X86_PV_VCPU_EXTENDED", GUEST_PV,
	    8, 8 + 128, 1 },
	{ REC_X86_PV_VCPU_XSAVE, "X86_PV_VCPU_XSAVE", GUEST_PV,
	    8, VCPU_LENGTH, 1 },
	{ REC_SHARED_INFO, "SHARED_INFO", GUEST_PV, 4096, 4096, 1 },
	{ REC_X86_TSC_INFO, "X86_TSC_INFO", GUEST_ANY, 24, 24, 1 },
	{ REC_HVM_CONTEXT, "HVM_CONTEXT", GUEST_HVM, 1, ANY_LENGTH, 1 },
	{ REC_HVM_PARAMS, "HVM_PARAMS", GUEST_HVM, 8, ANY_LENGTH, 16 },
	{ REC_TOOLSTACK, "TOOLSTACK", 0, 0, ANY_LENGTH, 1 },
	{ REC_X86_PV_VCPU_MSRS, "X86_PV_VCPU_MSRS", GUEST_PV,
	    8, VCPU_LENGTH, 16 },
	{ REC_VERIFY, "VERIFY", GUEST_ANY, 0, 0, 1 },
	{ REC_CHECKPOINT, "CHECKPOINT", 0, 0, 0, 1 },
	{ REC_DIRTY_PFN_LIST, "CHECKPOINT_DIRTY_PFN_LIST", 0,
	    0, ANY_LENGTH, 8 },
	{ REC_STATIC_DATA_END, "STATIC_DATA_END", GUEST_ANY, 0, 0, 1 },
	{ REC_X86_CPUID_POLICY, "X86_CPUID_POLICY", GUEST_ANY,
	    24, ANY_LENGTH, 24 },
	{ REC_X86_MSR_POLICY, "X86_MSR_POLICY", GUEST_ANY,
	    16, ANY_LENGTH, 16 },
	{ REC_COMPRESSED, "COMPRESSED", 0, 24, OUR_LENGTH, 1 },
	{ REC_SEAL_HEADER, "SEAL_HEADER", 0, 8, OUR_LENGTH, 1 },
	{ REC_SEAL_CHUNK, "SEAL_CHUNK", 0, 8, OUR_LENGTH, 1 },
	{ REC_PART_HEADER, "PART_HEADER", 0, 8, OUR_LENGTH, 1 },
	{ REC_PART_CHUNK, "PART_CHUNK", 0, 8, OUR_LENGTH, 1 },
	{ REC_GUEST_CONFIG, "GUEST_CONFIG", GUEST_ANY,
	    8, GUEST_CONFIG_MAX, 1 },
	{ REC_CHECK, "CHECK", 0, 8, OUR_LENGTH, 1 },
	{ REC_DIGEST, "DIGEST", 0, 8, OUR_LENGTH, 1 },
	{ REC_SIGNATURE, "SIGNATURE", 0, 8, OUR_LENGTH, 1 },
	{ REC_GUEST_STAYS, "GUEST_STAYS", GUEST_ANY,
	    STAYS_SIZE, STAYS_SIZE, 1 },
};

static const char *const libxl_names[] = {
	[LIBXL_END] = "END",
	[LIBXL_LIBXC_CONTEXT] = "LIBXC_CONTEXT",
	[LIBXL_EMULATOR_XENSTORE_DATA] = "EMULATOR_XENSTORE_DATA",
	[LIBXL_EMULATOR_CONTEXT] = "EMULATOR_CONTEXT",
	[LIBXL_CHECKPOINT_END] = "CHECKPOINT_END",
	[LIBXL_CHECKPOINT_STATE] = "CHECKPOINT_STATE",
};

static const struct {
	uint32_t type;
	const char *undo;
} layers[] = {
	{ REC_COMPRESSED, "rec-compress -d" },
	{ REC_SEAL_HEADER, "rec-encrypt -d" },
	{ REC_PART_HEADER, "rec-split -j" },
	{ REC_CHECK, "rec-checksum -d" },
};

const struct type *
type_find(uint32_t type)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

const char *
type_name(uint32_t type, char buf[TYPE_NAME_SIZE])
{
	const struct type *t = type_find(type);

	if (t != NULL)
		return t->name;
	snprintf(buf, TYPE_NAME_SIZE, "type 0x%08" PRIx32, type);
	return buf;
}

const char *
type_libxl_name(uint32_t type, char buf[TYPE_NAME_SIZE])
{
	if (type < sizeof(libxl_names) / sizeof(libxl_names[0]))
		return libxl_names[type];
	snprintf(buf, TYPE_NAME_SIZE, "type 0x%08" PRIx32, type);
	return buf;
}

/* A number as type_name writes it; strtoul would take signs and blanks. */
static bool
parse_number(const char *word, uint32_t *type)
{
	size_t digits = strncmp(word, "0x", 2) == 0 ?
	    strspn(word + 2, "0123456789abcdefABCDEF") : 0;

	if (digits < 1 || digits > 8 || word[2 + digits] != '\0')
		return false;
	*type = (uint32_t)strtoul(word + 2, NULL, 16);
	return true;
}

bool
type_parse(const char *word, uint32_t *type)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, word) == 0) {
			*type = types[i].type;
			return true;
		}
	return parse_number(word, type);
}

bool
type_libxl_parse(const char *word, uint32_t *type)
{
	uint32_t i;

	for (i = 0; i < sizeof(libxl_names) / sizeof(libxl_names[0]); i++)
		if (strcmp(libxl_names[i], word) == 0) {
			*type = i;
			return true;
		}
	return parse_number(word, type);
}

bool
type_is_our_number(uint32_t type)
{
	return (type & ~RECORD_OPTIONAL) >> 16 == REC_COMPRESSED >> 16 &&
	    type_find(type) != NULL;
}

bool
type_is_ours(const struct record *rec)
{
	return rec->part == PART_RECORD && rec->length >= OUR_HEADER_SIZE &&
	    type_is_our_number(rec->type) &&
	    memcmp(rec->body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4) == 0;
}

bool
type_is_check(const struct record *rec)
{
	return (rec->type == REC_CHECK || rec->type == REC_DIGEST ||
	    rec->type == REC_SIGNATURE) && type_is_ours(rec);
}

const char *
type_undo(uint32_t type)
{
	size_t i;

	for (i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		if (layers[i].type == type)
			return layers[i].undo;
	return NULL;
}

bool
type_has_layers(const struct record *rec)
{
	return rec->part == PART_RECORD && rec->type != REC_END &&
	    rec->type != REC_CHECKPOINT;
}
