/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "implode_work.h"
#include "kind.h"
#include "record.h"
#include "steady.h"
#include "types.h"

/*
 * Reads the header at the start of a file of headers, which has to be that
 * part of a stream.  *size: bytes that the file has to have by it.
 */
static int
read_header(struct steady *s, enum part part, uint64_t *size,
    struct fault *f)
{
	uint8_t header[KIND_HEADER_MAX];
	struct kind kind;
	uint64_t left = 0;

	if (s->size < KIND_PROBE_SIZE)
		return fault_set(f, EXIT_MALFORMED, "%s: %" PRIu64 " bytes, "
		    "fewer than such a header has", s->name, s->size);
	if (steady_read(s, header, KIND_PROBE_SIZE, f) == -1)
		return -1;
	if (kind_probe(header, KIND_PROBE_SIZE, &kind, f) == -1 ||
	    kind.part != part || s->size < kind.header_size)
		return fault_set(f, EXIT_MALFORMED, "%s: not the header that "
		    "belongs there", s->name);
	if (steady_read(s, header + KIND_PROBE_SIZE, kind.header_size -
	    KIND_PROBE_SIZE, f) == -1)
		return -1;
	if (kind.check(header, &left, f) == -1)
		return fault_within(f, s->name);
	*size = kind.header_size + left;
	return 0;
}

/* A file of headers, whose size has to be what the header itself says. */
static int
put_headers(struct implode *im, struct steady *s, enum part part,
    struct fault *f)
{
	uint64_t want = 0;

	if (read_header(s, part, &want, f) == -1)
		return -1;
	if (s->size != want) {
		fault_set(f, EXIT_MALFORMED, "%s: %" PRIu64 " bytes, %" PRIu64
		    " by what its header says", s->name, s->size, want);
		if (part == PART_ENVELOPE)
			fault_hint(f, "when a configuration gets longer or "
			    "shorter, so must the lengths in front of it");
		return -1;
	}
	s->offset = 0;
	if (!im->check && steady_copy(s, s->size, &im->out, f) == -1)
		return -1;
	return steady_check(s, f);
}

static int
put_header_file(struct implode *im, const char *name, enum part part,
    struct fault *f)
{
	struct steady s;
	int result;

	if (steady_open(&s, im->dir, name, f) == -1)
		return -1;
	result = put_headers(im, &s, part, f);
	steady_close(&s);
	return result;
}

int
implode_envelope(struct implode *im, struct fault *f)
{
	return put_header_file(im, EXPLODED_ENVELOPE, PART_ENVELOPE, f);
}

int
implode_libxl(struct implode *im, struct fault *f)
{
	return put_header_file(im, EXPLODED_LIBXL, PART_LIBXL, f);
}

int
implode_image(struct implode *im, struct fault *f)
{
	return put_header_file(im, EXPLODED_IMAGE, PART_IMAGE, f);
}

static int
check_length(const struct steady *s, const struct exploded *e,
    struct fault *f)
{
	uint64_t limit = e->libxl ? UINT32_MAX :
	    type_is_our_number(e->type) ? OUR_LENGTH_MAX : RECORD_LENGTH_MAX;

	/* NOLINTNEXTLINE(bugprone-branch-clone): alike, in two formats */
	if (e->type == (e->libxl ? LIBXL_END : REC_END) && s->size > 0)
		return fault_set(f, EXIT_MALFORMED, "%s: END with a body of %"
		    PRIu64 " bytes", s->name, s->size);
	if (s->size > limit)
		return fault_set(f, EXIT_REFUSED, "%s: %" PRIu64 " bytes, "
		    "limit %" PRIu64, s->name, s->size, limit);
	return 0;
}

/* The padding of a record: zeroes, but for what its file says that fits. */
static int
read_padding(const struct implode *im, const char *name, uint8_t *padding,
    size_t size, struct fault *f)
{
	char beside[EXPLODED_NAME_SIZE];
	struct steady s;
	int result = 0;

	memset(padding, 0, size);
	exploded_beside(name, EXPLODED_PADDING, beside);
	if (steady_open(&s, im->dir, beside, f) == -1)
		return f->status == EXIT_MALFORMED ? 0 : -1; /* it has none */
	if (s.size == size && (steady_read(&s, padding, size, f) == -1 ||
	    steady_check(&s, f) == -1))
		result = -1;
	steady_close(&s);
	return result;
}

static int
put_record(struct implode *im, struct steady *s, const struct exploded *e,
    struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE], padding[8];
	uint32_t length;
	size_t padded;

	if (check_length(s, e, f) == -1)
		return -1;
	if (im->check)
		return 0;
	length = (uint32_t)s->size;
	padded = record_size(length) - length;
	put_le32(header, e->type);
	put_le32(header + 4, length);
	if (padded > 0 &&
	    read_padding(im, s->name, padding, padded, f) == -1)
		return -1;
	/* What is empty may be END, behind which nothing may fail. */
	if (s->size == 0)
		return steady_check(s, f) == -1 ? -1 :
		    sink_put(&im->out, header, sizeof(header), f);
	if (sink_put(&im->out, header, sizeof(header), f) == -1 ||
	    steady_copy(s, s->size, &im->out, f) == -1 ||
	    steady_check(s, f) == -1)
		return -1;
	return sink_put(&im->out, padding, padded, f);
}

int
implode_record(struct implode *im, const struct implode_name *n,
    struct fault *f)
{
	struct steady s;
	int result;

	if (steady_open(&s, im->dir, n->name, f) == -1)
		return -1;
	result = put_record(im, &s, &n->e, f);
	steady_close(&s);
	return result;
}
