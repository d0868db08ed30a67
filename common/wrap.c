/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "envelope.h"
#include "format.h"
#include "hold.h"
#include "layers.h"
#include "pages.h"
#include "stream.h"
#include "types.h"
#include "wrap.h"

#define FRONT_MAX	(UINT64_C(16) << 20)	/* bytes before the image */

struct wrap {
	const struct convert *c;
	struct stream in;
	struct sink *out;
	bool bare;		/* an image alone is wanted, */
	enum envelope kind;	/* or this in front of libxl's records */
	char *text;		/* of the envelope, or NULL */
	bool keeps;		/* the input's is kept */
	bool begun;		/* all in front of the image's records is out */
	bool lossy;		/* it was said what is left out */
	struct hold front;	/* it, while the envelope is not known */
};

/* The configuration may be in the image's first record. */
static bool
waits(const struct wrap *w)
{
	return w->kind == ENVELOPE_XL && !w->keeps && w->text == NULL;
}

static int
take_envelope(struct wrap *w, const struct record *rec, struct fault *f)
{
	if (rec->offset == 0)
		w->keeps = w->kind != ENVELOPE_NONE && w->text == NULL &&
		    envelope_found(rec->body, rec->size) == w->kind &&
		    (w->kind != ENVELOPE_XL || envelope_has_config(rec->body));
	return w->keeps ? stream_write(w->out, rec, f) : 0;
}

static int
put_libxl(struct wrap *w, uint32_t type, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE] = { 0 };

	put_le32(header, type);
	return sink_put(w->out, header, sizeof(header), f);
}

static int
put_libxl_header(struct wrap *w, struct fault *f)
{
	uint8_t header[LIBXL_HEADER_SIZE] = { 0 };

	memcpy(header, LIBXL_MAGIC, LIBXL_MAGIC_SIZE);
	put_be32(header + LIBXL_VERSION_OFFSET, LIBXL_VERSION);
	return sink_put(w->out, header, sizeof(header), f) == -1 ? -1 :
	    put_libxl(w, LIBXL_LIBXC_CONTEXT, f);
}

static int
put_envelope(struct wrap *w, struct fault *f)
{
	if (w->kind == ENVELOPE_VIRSH && w->text == NULL) {
		fault_set(f, EXIT_REFUSED, "no XML comes with the stream, "
		    "which says to virsh what the guest is");
		return fault_hint(f, "--config FILE gives it some");
	}
	if (w->kind == ENVELOPE_XL && w->text == NULL && !w->c->quiet)
		fault_tell(w->c->tool, "no configuration comes with the "
		    "stream: xl restore has to be given one, or --config here");
	return envelope_write(w->kind, w->text, w->out, f);
}

static int
begin(struct wrap *w, struct fault *f)
{
	w->begun = true;
	if (!w->keeps && put_envelope(w, f) == -1)
		return -1;
	if (!w->bare && !w->in.nested && put_libxl_header(w, f) == -1)
		return -1;
	return hold_write(&w->front, w->out, f);
}

/* What is in front of the image's first record, or that. */
static int
take_front(struct wrap *w, const struct record *rec, struct fault *f)
{
	struct config config;

	if (waits(w) && rec->part != PART_RECORD) {
		w->front.max = FRONT_MAX;
		return hold_add(&w->front, rec, f) == 0 ? 0 :
		    fault_hint(f, "--config FILE, and nothing is held");
	}
	if (waits(w) && rec->type == REC_GUEST_CONFIG && type_is_ours(rec) &&
	    (config_get(rec, &config, f) == -1 ||
	    (w->text = envelope_guess(&config, f)) == NULL))
		return -1;
	return begin(w, f);
}

/* A record of libxl's where none is wanted. */
static int
drop_libxl(struct wrap *w, const struct record *rec, struct fault *f)
{
	if (stream_ends(&w->in, rec))
		return stream_write(w->out, &record_end, f);
	if (rec->part != PART_LIBXL || w->lossy ||
	    rec->type == LIBXL_END || rec->type == LIBXL_LIBXC_CONTEXT ||
	    rec->type == LIBXL_CHECKPOINT_END ||
	    rec->type == LIBXL_CHECKPOINT_STATE)
		return 0;
	w->lossy = true;
	if (!w->c->force) {
		record_fault(f, EXIT_REFUSED, rec, "an image alone has no "
		    "place for a device model's state");
		return fault_hint(f, "-f leaves it out: the guest does not "
		    "run without");
	}
	if (!w->c->quiet)
		fault_tell(w->c->tool, "the device model's state is left out");
	return 0;
}

/* A record of an image that had nothing around it. */
static int
take_bare(struct wrap *w, const struct record *rec, struct fault *f)
{
	if (stream_write(w->out, rec, f) == -1)
		return -1;
	if (rec->type == REC_END)
		return put_libxl(w, LIBXL_END, f);
	if (rec->type == REC_CHECKPOINT)
		return put_libxl(w, LIBXL_CHECKPOINT_END, f);
	return 0;
}

static int
take(struct wrap *w, struct record *rec, struct fault *f)
{
	if (rec->part == PART_ENVELOPE)
		return take_envelope(w, rec, f);
	if (rec->part == PART_RECORD && (layers_refuse(rec, f) == -1 ||
	    (w->c->limits_streams &&
	    pages_limit(rec, w->c->max_pfn, f) == -1)))
		return -1;
	if (!w->begun && take_front(w, rec, f) == -1)
		return -1;
	if (!w->begun)
		return 0;
	if (w->bare && (rec->part == PART_LIBXL ||
	    rec->part == PART_LIBXL_BODY))
		return drop_libxl(w, rec, f);
	/* Behind the image's END a libxl record may be wrong still. */
	if (w->bare && w->in.nested && rec->part == PART_RECORD &&
	    rec->type == REC_END)
		return 0;
	if (!w->bare && !w->in.nested && rec->part == PART_RECORD)
		return take_bare(w, rec, f);
	return stream_write(w->out, rec, f);
}

static int
take_all(struct wrap *w, int in, struct fault *f)
{
	struct record rec = { .body = NULL };
	int more;

	if (stream_open(&w->in, in, f) == -1)
		return -1;
	w->in.whole = w->c->limits_streams;	/* as pages_limit needs them */
	w->in.through = w->out;
	w->in.ended = upstream_both;
	w->in.asked = &w->c->sources;
	while ((more = stream_next(&w->in, &rec, f)) == 1)
		if (take(w, &rec, f) == -1) {
			more = -1;
			break;
		}
	stream_close(&w->in);
	record_free(&rec);
	return more;
}

static int
wrap(struct wrap *w, int in, struct fault *f)
{
	int result;

	if (w->kind != ENVELOPE_NONE && w->c->config != NULL &&
	    (w->text = envelope_load(w->kind, w->c->config, f)) == NULL)
		return -1;
	result = take_all(w, in, f);
	hold_free(&w->front);
	free(w->text);
	return result;
}

int
wrap_bare(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	return wrap(&(struct wrap){ .c = c, .out = out, .bare = true }, in, f);
}

int
wrap_libxl(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	return wrap(&(struct wrap){ .c = c, .out = out }, in, f);
}

int
wrap_xl(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	return wrap(&(struct wrap){ .c = c, .out = out,
	    .kind = ENVELOPE_XL }, in, f);
}

int
wrap_virsh(const struct convert *c, int in, struct sink *out,
    struct fault *f)
{
	return wrap(&(struct wrap){ .c = c, .out = out,
	    .kind = ENVELOPE_VIRSH }, in, f);
}
