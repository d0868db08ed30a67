/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "explode.h"
#include "explode_file.h"
#include "format.h"
#include "stop.h"
#include "stream.h"

struct explode {
	struct explode_files files;
	struct explode_pages pages;
	struct explode_file file;	/* of the envelope or of a libxl
					   record, which come in pieces */
	struct exploded libxl;		/* that record */
	uint64_t left;			/* bytes of its body to come */
	uint8_t  padding[8];		/* what came of its padding */
	size_t   padded;
};

static int
put_record(struct explode *e, const struct exploded *name,
    const uint8_t *bytes, size_t size, struct fault *f)
{
	char buf[EXPLODED_NAME_SIZE];

	exploded_put(name, buf);
	return explode_file_whole(&e->files, buf, bytes, size, f);
}

/* The padding of a record, where it says anything. */
static int
put_padding(struct explode *e, struct exploded name, const uint8_t *bytes,
    size_t size, struct fault *f)
{
	static const uint8_t zeroes[8];

	if (memcmp(bytes, zeroes, size) == 0)
		return 0;
	name.kind = EXPLODED_PADDING;
	return put_record(e, &name, bytes, size, f);
}

/* What came in pieces is over: another part of the stream begins. */
static int
end_pieces(struct explode *e, struct fault *f)
{
	size_t padded = e->padded;

	e->padded = 0;
	if (explode_file_close(&e->file, f) == -1)
		return -1;
	return put_padding(e, e->libxl, e->padding, padded, f);
}

static int
take_envelope(struct explode *e, const struct record *rec, struct fault *f)
{
	if (!e->file.open && explode_file_open(&e->files, EXPLODED_ENVELOPE,
	    &e->file, f) == -1)
		return -1;
	return explode_file_put(&e->file, rec->body, rec->size, f);
}

/* libxl's header, or that of a record, whose body then comes in pieces. */
static int
take_libxl(struct explode *e, const struct record *rec, struct fault *f)
{
	char name[EXPLODED_NAME_SIZE];

	if (rec->size == LIBXL_HEADER_SIZE)
		return explode_file_whole(&e->files, EXPLODED_LIBXL,
		    rec->body, rec->size, f);
	e->libxl = (struct exploded){
		.libxl = true, .type = rec->type, .number = rec->index,
	};
	e->left = rec->length;
	exploded_put(&e->libxl, name);
	return explode_file_open(&e->files, name, &e->file, f);
}

static int
take_libxl_body(struct explode *e, const struct record *rec, struct fault *f)
{
	size_t size = e->left < rec->size ? (size_t)e->left : rec->size;

	memcpy(e->padding + e->padded, rec->body + size, rec->size - size);
	e->padded += rec->size - size;
	e->left -= size;
	return explode_file_put(&e->file, rec->body, size, f);
}

static int
take_record(struct explode *e, const struct record *rec, struct fault *f)
{
	const struct exploded name = {
		.type = rec->type, .number = rec->index,
	};
	int added;

	if (rec->type == REC_PAGE_DATA) {
		added = explode_pages_add(&e->pages, &e->files, rec, f);
		if (added != 0)
			return added == 1 ? 0 : -1;
	}
	if (explode_pages_end(&e->pages, f) == -1 ||
	    put_record(e, &name, rec->body, rec->length, f) == -1)
		return -1;
	return put_padding(e, name, rec->body + rec->length,
	    rec->size - rec->length, f);
}

static int
take_piece(struct explode *e, const struct record *rec, struct fault *f)
{
	if (rec->part == PART_ENVELOPE)
		return take_envelope(e, rec, f);
	if (rec->part == PART_LIBXL_BODY)
		return take_libxl_body(e, rec, f);
	if (end_pieces(e, f) == -1)
		return -1;
	switch (rec->part) {
	case PART_LIBXL:
		return take_libxl(e, rec, f);
	case PART_IMAGE:
		return explode_file_whole(&e->files, EXPLODED_IMAGE,
		    rec->body, rec->size, f);
	default:
		return take_record(e, rec, f);
	}
}

static int
take_stream(struct explode *e, int in, struct fault *f)
{
	struct record rec = { 0 };
	struct stream stream;
	int got;

	if (stream_open(&stream, in, f) == -1)
		return -1;
	stream.whole = true;
	while ((got = stream_next(&stream, &rec, f)) == 1)
		if (take_piece(e, &rec, f) == -1) {
			got = -1;
			break;
		}
	record_free(&rec);
	stream_close(&stream);
	return got;
}

static void
drop(const void *folder)
{
	folder_drop(folder);
}

int
explode_run(int in, const char *dir, struct fault *f)
{
	struct explode e = { .left = 0 };
	struct fault other;
	int result;

	stop_does(drop, &e.files.folder);
	result = folder_open(&e.files.folder, dir, f);
	if (result == 0)
		result = take_stream(&e, in, f);
	if (result == 0 && (end_pieces(&e, f) == -1 ||
	    folder_publish(&e.files.folder, f) == -1))
		result = -1;
	if (result == -1) {
		explode_file_close(&e.file, &other);
		explode_pages_end(&e.pages, &other);
	}
	folder_close(&e.files.folder);
	stop_does(NULL, NULL);
	return result;
}
