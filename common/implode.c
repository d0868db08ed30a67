/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of the stream (format.h), gone through twice: to check, and to
 * write.
 */
#include "format.h"
#include "implode.h"
#include "implode_work.h"
#include "types.h"

static int
misplaced(const struct implode_name *n, const char *why, struct fault *f)
{
	fault_set(f, EXIT_MALFORMED, "%.255s: %s", n->name, why);
	return fault_hint(f, "a record stands where the number in its name "
	    "says; 000012a-... comes behind 000012-...");
}

/*
 * Records of libxl's from *next on, up to and with one of the type `last`.
 * LIBXC_CONTEXT, CHECKPOINT_END and END each end one such row, and no other.
 */
static int
put_libxl_row(struct implode *im, size_t *next, uint32_t last,
    struct fault *f)
{
	char buf[TYPE_NAME_SIZE];
	const struct implode_name *n;
	uint32_t type;

	while (*next < im->libxl_records.count) {
		n = &im->libxl_records.at[(*next)++];
		type = n->e.type;
		if (type != last && (type == LIBXL_LIBXC_CONTEXT ||
		    type == LIBXL_CHECKPOINT_END || type == LIBXL_END))
			return misplaced(n, last == LIBXL_LIBXC_CONTEXT ?
			    "it stands before the image" :
			    last == LIBXL_END ?
			    "it stands behind the image" :
			    "it stands inside a checkpoint", f);
		if (implode_record(im, n, f) == -1)
			return -1;
		if (type == last)
			return 0;
	}
	return fault_set(f, EXIT_MALFORMED, "a file libxl-...-%s.rec is "
	    "missing%s", type_libxl_name(last, buf),
	    last == LIBXL_CHECKPOINT_END ?
	    ": each CHECKPOINT needs its own" : "");
}

/* The image's records, and with each CHECKPOINT those of libxl's. */
static int
put_image(struct implode *im, size_t *next, struct fault *f)
{
	bool nested = im->libxl;
	const struct implode_name *n;
	size_t i;

	if (implode_image(im, f) == -1)
		return -1;
	for (i = 0; i < im->records.count; i++) {
		n = &im->records.at[i];
		if ((n->e.kind == EXPLODED_LIST ? implode_pages(im, n, f) :
		    implode_record(im, n, f)) == -1)
			return -1;
		if (n->e.type == REC_END)
			break;
		if (n->e.type == REC_CHECKPOINT && nested &&
		    put_libxl_row(im, next, LIBXL_CHECKPOINT_END, f) == -1)
			return -1;
	}
	if (i + 1 < im->records.count)
		return misplaced(&im->records.at[i + 1],
		    "it stands behind END", f);
	if (i + 1 == im->records.count)
		return 0;
	fault_set(f, EXIT_MALFORMED, "a file ...-END.rec is missing");
	return fault_hint(f, "an empty file of such a name, with a number "
	    "above all others, ends a stream");
}

static int
put_stream(struct implode *im, struct fault *f)
{
	size_t next = 0;

	if (im->envelope && implode_envelope(im, f) == -1)
		return -1;
	if (!im->libxl)
		return put_image(im, &next, f);
	if (implode_libxl(im, f) == -1 ||
	    put_libxl_row(im, &next, LIBXL_LIBXC_CONTEXT, f) == -1 ||
	    put_image(im, &next, f) == -1 ||
	    put_libxl_row(im, &next, LIBXL_END, f) == -1)
		return -1;
	return next == im->libxl_records.count ? 0 :
	    misplaced(&im->libxl_records.at[next], "it stands behind END", f);
}

int
implode_run(const char *dir, int out, struct fault *f)
{
	struct implode im = { .dir = -1, .check = true };
	int result = implode_names_read(&im, dir, f);

	if (result == 0 && !im.image) {
		fault_set(f, EXIT_MALFORMED, "%.200s: " EXPLODED_IMAGE
		    " is missing", dir);
		result = fault_hint(f, "no stream was exploded into a "
		    "directory without it");
	}
	/* What stands around an image is of a libxl stream. */
	if (im.envelope || im.libxl_records.count > 0)
		im.libxl = true;
	sink_open(&im.out, -1);
	if (result == 0)
		result = put_stream(&im, f);
	if (result == 0) {
		im.check = false;
		sink_open(&im.out, out);
		if (put_stream(&im, f) == -1 || sink_close(&im.out, f) == -1)
			result = -1;
	}
	implode_names_free(&im);
	return result;
}
