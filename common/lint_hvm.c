/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "lint_rule.h"

/* HEADER comes first, and END last. */
static int
check_entry(struct lint *l, const struct record *rec, uint32_t at,
    struct fault *f)
{
	const uint8_t *entry = rec->body + at;
	uint32_t type = get_le16(entry), length = get_le32(entry + 4);

	if (at == 0 && (type != HVM_SAVE_HEADER ||
	    length < HVM_SAVE_HEADER_SIZE ||
	    get_le32(entry + HVM_ENTRY_SIZE) != HVM_SAVE_MAGIC ||
	    get_le32(entry + HVM_ENTRY_SIZE + 4) != HVM_SAVE_VERSION))
		return lint_wrong(l, LINT_HVM_CONTEXT, rec, f,
		    "it does not start with HEADER of version 1");
	if (type == HVM_SAVE_CPU && get_le16(entry + 2) >= l->vcpus) {
		record_fault(f, EXIT_REFUSED, rec, "vcpu %u, the domain has "
		    "%" PRIu64, get_le16(entry + 2), l->vcpus);
		fault_hint(f, "--max-vcpus gives it more");
		return lint_tell(l, LINT_VCPU, f);
	}
	return 0;
}

int
lint_hvm_context(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t at = 0, left, length;

	for (;;) {
		left = rec->length - at;
		if (left < HVM_ENTRY_SIZE)
			return lint_wrong(l, LINT_HVM_CONTEXT, rec, f,
			    "it ends at byte %" PRIu32 " without END", at);
		length = get_le32(rec->body + at + 4);
		if (length > left - HVM_ENTRY_SIZE)
			return lint_wrong(l, LINT_HVM_CONTEXT, rec, f,
			    "the entry at its byte %" PRIu32 " is longer "
			    "than what is left", at);
		if (get_le16(rec->body + at) == HVM_SAVE_END && at > 0)
			return 0;
		if (check_entry(l, rec, at, f) == -1)
			return -1;
		at += HVM_ENTRY_SIZE + length;
	}
}

int
lint_hvm_params(struct lint *l, const struct record *rec, struct fault *f)
{
	uint64_t want = 8 + 16 * (uint64_t)get_le32(rec->body);

	if (rec->length != want)
		return lint_wrong(l, LINT_HVM_PARAMS, rec, f, "length %"
		    PRIu32 ", its entries take %" PRIu64, rec->length, want);
	if (get_le32(rec->body + 4) != 0)
		return lint_wrong(l, LINT_RESERVED, rec, f,
		    "its reserved field is not zero");
	return 0;
}
