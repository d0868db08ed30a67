/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "format.h"
#include "layers.h"
#include "pages.h"
#include "stream.h"
#include "v3.h"

static const struct record static_data_end = {
	.part = PART_RECORD, .type = REC_STATIC_DATA_END,
};

/* An image on its way to a version. */
struct change {
	const struct convert *c;
	uint32_t version;	/* that it gets */
	bool     changes;	/* it has another one */
	bool     marked;	/* its STATIC_DATA_END came */
	bool     drops;		/* the record whose pieces come */
	bool     poorer;	/* without a policy that it had */
	struct sink *out;
};

static int
mark(struct change *c, const struct record *rec, struct fault *f)
{
	if (rec->type == REC_STATIC_DATA_END)
		c->marked = true;
	if (c->marked || (rec->type != REC_X86_PV_P2M_FRAMES &&
	    rec->type != REC_PAGE_DATA && rec->type != REC_END))
		return 0;
	c->marked = true;
	return stream_write(c->out, &static_data_end, f);
}

static void
leave_out(struct change *c, const struct record *rec)
{
	bool policy = rec->type == REC_X86_CPUID_POLICY ||
	    rec->type == REC_X86_MSR_POLICY;

	c->drops = policy || rec->type == REC_STATIC_DATA_END;
	c->poorer |= policy;
}

static int
take(struct change *c, struct record *rec, struct fault *f)
{
	uint8_t *version;

	if (rec->part == PART_IMAGE) {
		version = rec->body + IMAGE_VERSION_OFFSET;
		c->changes = get_be32(version) != c->version;
		put_be32(version, c->version);
	}
	if (rec->part == PART_RECORD) {
		if (layers_refuse(rec, f) == -1 ||
		    (c->c->limits_streams &&
		    pages_limit(rec, c->c->max_pfn, f) == -1))
			return -1;
		if (c->changes && c->version == IMAGE_VERSION_MIN)
			leave_out(c, rec);
		else if (c->changes && mark(c, rec, f) == -1)
			return -1;
	}
	if (c->drops && (rec->part == PART_RECORD || rec->part == PART_BODY))
		return 0;
	return stream_write(c->out, rec, f);
}

static int
change_version(struct change *c, int in, struct fault *f)
{
	struct record rec = { .body = NULL };
	struct stream s;
	int more;

	if (stream_open(&s, in, f) == -1)
		return -1;
	s.whole = c->c->limits_streams;	/* as pages_limit needs them */
	s.ended = upstream_both;
	s.asked = &c->c->sources;
	while ((more = stream_next(&s, &rec, f)) == 1) {
		if (take(c, &rec, f) == -1) {
			more = -1;
			break;
		}
		s.through = c->drops ? NULL : c->out;
	}
	stream_close(&s);
	record_free(&rec);
	return more;
}

int
v3_write(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	return change_version(&(struct change){
	    .c = c, .version = IMAGE_VERSION_MAX, .out = out }, in, f);
}

int
v2_write(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	struct change change = {
		.c = c, .version = IMAGE_VERSION_MIN, .out = out,
	};

	if (change_version(&change, in, f) == -1)
		return -1;
	if (change.poorer && !c->quiet)
		fault_tell(c->tool, "the CPUID and MSR policies are left out, "
		    "which image version 2 has not");
	return 0;
}
