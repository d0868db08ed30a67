/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format_core.h"
#include "state.h"

static int
take_headers(struct state *s, const struct record *rec, struct fault *f)
{
	s->type = get_le32(rec->body + DOMAIN_TYPE_OFFSET);
	s->xen_major = get_le32(rec->body + DOMAIN_XEN_MAJOR_OFFSET);
	s->xen_minor = get_le32(rec->body + DOMAIN_XEN_MINOR_OFFSET);
	if (s->type != DOMAIN_PV && s->type != DOMAIN_HVM)
		return record_fault(f, EXIT_REFUSED, rec, "domain type %" PRIu32
		    " is neither PV nor HVM", s->type);
	return 0;
}

static int
take_pv_info(struct state *s, const struct record *rec, struct fault *f)
{
	if (rec->length != PV_INFO_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is not %u", rec->length, PV_INFO_SIZE);
	s->width = rec->body[0];
	s->levels = rec->body[1];
	if ((s->width != 8 || s->levels != 4) &&
	    (s->width != 4 || s->levels != 3))
		return record_fault(f, EXIT_MALFORMED, rec, "no guest has %u "
		    "bytes in a word and %u levels of page tables", s->width,
		    s->levels);
	return 0;
}

/* What follows means nothing without a word's width. */
static int
need_width(const struct state *s, const struct record *rec, struct fault *f)
{
	return s->width != 0 ? 0 : record_fault(f, EXIT_MALFORMED, rec,
	    "it comes before X86_PV_INFO");
}

static int
take_p2m(struct state *s, const struct record *rec, struct fault *f)
{
	uint64_t first, last, per, n;
	uint64_t *word;

	if (need_width(s, rec, f) == -1)
		return -1;
	per = PAGE_SIZE / s->width;
	if (rec->length < P2M_HEADER_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is below %u", rec->length, P2M_HEADER_SIZE);
	first = get_le32(rec->body) / per;
	last = get_le32(rec->body + 4) / per;
	if (first > last || rec->length !=
	    P2M_HEADER_SIZE + (last - first + 1) * 8)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is not that of the frames for pfns 0x%" PRIx32 " to 0x%"
		    PRIx32, rec->length, get_le32(rec->body),
		    get_le32(rec->body + 4));
	for (n = first; n <= last; n++) {
		if ((word = pfns_put(s->p2m, n, f)) == NULL)
			return -1;
		*word = 1 + (get_le64(rec->body + P2M_HEADER_SIZE +
		    8 * (n - first)) & PFN_MASK);
	}
	return 0;
}

static int
take_shared_info(struct state *s, const struct record *rec, struct fault *f)
{
	if (rec->length != PAGE_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is not %u", rec->length, PAGE_SIZE);
	if (s->shared_info == NULL &&
	    (s->shared_info = malloc(PAGE_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	memcpy(s->shared_info, rec->body, PAGE_SIZE);
	return 0;
}

/* The place of vcpu `id`, which is made if need be.  NULL with *f set. */
static struct state_vcpu *
place(struct state *s, const struct record *rec, uint32_t id, struct fault *f)
{
	struct state_vcpu *larger;
	size_t n = 0;

	while (n < s->vcpus && s->vcpu[n].id < id)
		n++;
	if (n < s->vcpus && s->vcpu[n].id == id)
		return &s->vcpu[n];
	if (s->vcpus == STATE_VCPUS_MAX) {
		record_fault(f, EXIT_REFUSED, rec, "over %u vcpus",
		    STATE_VCPUS_MAX);
		return NULL;
	}
	larger = reallocarray(s->vcpu, s->vcpus + 1, sizeof(*larger));
	if (larger == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory");
		return NULL;
	}
	s->vcpu = larger;
	memmove(larger + n + 1, larger + n, (s->vcpus - n) * sizeof(*larger));
	s->vcpus++;
	larger[n] = (struct state_vcpu){ .id = id };
	return &larger[n];
}

static int
add_vcpu(struct state *s, const struct record *rec, uint32_t id,
    const uint8_t *bytes, size_t size, struct fault *f)
{
	struct state_vcpu *vcpu = place(s, rec, id, f);
	uint8_t *copy;

	if (vcpu == NULL)
		return -1;
	if ((copy = realloc(vcpu->bytes, size)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	memcpy(copy, bytes, size);
	vcpu->bytes = copy;
	vcpu->size = size;
	return 0;
}

/* Xen 4.6 to 4.8 sent empty ones too. */
static int
take_pv_vcpu(struct state *s, const struct record *rec, struct fault *f)
{
	uint32_t size;

	if (need_width(s, rec, f) == -1)
		return -1;
	size = s->width == 8 ? VCPU_CONTEXT_SIZE_64 : VCPU_CONTEXT_SIZE_32;
	if (rec->length == VCPU_HEADER_SIZE)
		return 0;
	if (rec->length != VCPU_HEADER_SIZE + size)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is not %" PRIu32, rec->length, VCPU_HEADER_SIZE + size);
	return add_vcpu(s, rec, get_le32(rec->body),
	    rec->body + VCPU_HEADER_SIZE, size, f);
}

static int
take_hvm_vcpu(struct state *s, const struct record *rec, uint32_t at,
    uint32_t size, struct fault *f)
{
	const uint8_t *entry = rec->body + at;

	if (size < HVM_CPU_SIZE_MIN)
		return record_fault(f, EXIT_MALFORMED, rec, "the CPU at byte %"
		    PRIu32 " of it has %" PRIu32 " bytes, not %u", at, size,
		    HVM_CPU_SIZE_MIN);
	return add_vcpu(s, rec, get_le16(entry + 2), entry + HVM_ENTRY_SIZE,
	    HVM_CPU_SIZE_MIN, f);
}

static int
take_hvm_context(struct state *s, const struct record *rec, struct fault *f)
{
	uint32_t at, size;
	unsigned type;

	for (at = 0; rec->length - at >= HVM_ENTRY_SIZE;
	    at += HVM_ENTRY_SIZE + size) {
		type = get_le16(rec->body + at);
		size = get_le32(rec->body + at + 4);
		if (size > rec->length - at - HVM_ENTRY_SIZE)
			return record_fault(f, EXIT_MALFORMED, rec, "the entry "
			    "at byte %" PRIu32 " of it, type %u, has %" PRIu32
			    " bytes and passes its end", at, type, size);
		if (type == HVM_SAVE_END)
			return 0;
		if (type == HVM_SAVE_CPU &&
		    take_hvm_vcpu(s, rec, at, size, f) == -1)
			return -1;
	}
	return record_fault(f, EXIT_MALFORMED, rec, "it has no end entry");
}

static const struct {
	uint32_t domain, type;
	int    (*take)(struct state *s, const struct record *rec,
	    struct fault *f);
} takers[] = {
	{ DOMAIN_PV, REC_X86_PV_INFO, take_pv_info },
	{ DOMAIN_PV, REC_X86_PV_P2M_FRAMES, take_p2m },
	{ DOMAIN_PV, REC_SHARED_INFO, take_shared_info },
	{ DOMAIN_PV, REC_X86_PV_VCPU_BASIC, take_pv_vcpu },
	{ DOMAIN_HVM, REC_HVM_CONTEXT, take_hvm_context },
};

static int
take(void *taker, const struct record *rec, struct fault *f)
{
	struct state *s = taker;
	size_t i;

	if (rec->part == PART_IMAGE)
		return take_headers(s, rec, f);
	if (rec->part != PART_RECORD)
		return 0;
	for (i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (takers[i].domain == s->type && takers[i].type == rec->type)
			return takers[i].take(s, rec, f);
	return 0;
}

int
state_read(struct state *s, struct memory *m, struct fault *f)
{
	*s = (struct state){ .p2m = pfns_new() };
	if (s->p2m == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	if (memory_records(m, take, s, f) == 0)
		return 0;
	state_free(s);
	return -1;
}

void
state_free(struct state *s)
{
	size_t n;

	for (n = 0; n < s->vcpus; n++)
		free(s->vcpu[n].bytes);
	free(s->vcpu);
	free(s->shared_info);
	pfns_free(s->p2m);
	*s = (struct state){ .vcpus = 0 };
}
