/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "bytes.h"
#include "manifest.h"
#include "put.h"
#include "seal.h"
#include "stream.h"
#include "types.h"

struct manifest {
	struct seal_header header;
	char *envelope;		/* a copy, into which kinds points */
	struct age_list kinds;
	uint64_t chunks, bytes;
	bool complete;
};

static int
take_header(struct manifest *m, const struct record *rec, struct fault *f)
{
	if (rec->type != REC_SEAL_HEADER || !type_is_ours(rec))
		return fault_set(f, EXIT_REFUSED,
		    "the stream is not encrypted");
	if (seal_look(rec, &m->header, f) == -1)
		return -1;
	if ((m->envelope = malloc(m->header.envelope_size + 1)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	memcpy(m->envelope, m->header.envelope, m->header.envelope_size);
	return age_list((const uint8_t *)m->envelope,
	    m->header.envelope_size, &m->kinds, f);
}

static int
take_record(struct manifest *m, const struct record *rec, struct fault *f)
{
	if (type_is_check(rec))
		return 0;
	if (m->envelope == NULL)
		return take_header(m, rec, f);
	if (rec->type == REC_SEAL_CHUNK && rec->length >= SEAL_TEXT_OFFSET +
	    CHUNK_HEADER_SIZE + SEAL_TAG_SIZE) {
		m->chunks++;
		m->bytes += rec->length - SEAL_TEXT_OFFSET -
		    CHUNK_HEADER_SIZE - SEAL_TAG_SIZE;
	}
	m->complete |= rec->type == REC_END;
	return 0;
}

static int
read_all(struct manifest *m, int in, struct fault *f)
{
	struct record rec = { 0 };
	struct stream s;
	int result;

	if (stream_open(&s, in, f) == -1)
		return -1;
	s.pass_after_end = true;
	while ((result = stream_next(&s, &rec, f)) == 1) {
		if (rec.part == PART_RECORD)
			result = take_record(m, &rec, f);
		else if (rec.part == PART_REST)
			break;
		else if (rec.part != PART_IMAGE && rec.part != PART_BODY)
			result = fault_set(f, EXIT_REFUSED,
			    "the stream is not encrypted");
		if (result == -1)
			break;
	}
	stream_close(&s);
	record_free(&rec);
	return result;
}

static void
print_text(const struct manifest *m, FILE *out)
{
	size_t i;

	fprintf(out, "cipher      %s\n", suite_name(m->header.suite));
	fprintf(out, "keys        %zu:", m->kinds.count);
	for (i = 0; i < m->kinds.count; i++)
		fprintf(out, "%s %.*s", i == 0 ? "" : ",",
		    (int)m->kinds.types[i].size, m->kinds.types[i].at);
	fprintf(out, "\nchunks      %" PRIu64 " of %" PRIu32 " KiB%s\n",
	    m->chunks, m->header.chunk >> 10,
	    m->header.padded ? ", padded" : "");
	fprintf(out, "size        %.1f MiB at most\n",
	    (double)m->bytes / (1 << 20));
	fprintf(out, "end         %s\n", m->complete ? "complete" :
	    "incomplete");
}

static void
print_json(const struct manifest *m, FILE *out)
{
	json_object *o = json_object_new_object();
	json_object *keys = json_object_new_array();
	size_t i;

	json_object_object_add(o, "cipher",
	    json_object_new_string(suite_name(m->header.suite)));
	for (i = 0; i < m->kinds.count; i++)
		json_object_array_add(keys, json_object_new_string_len(
		    m->kinds.types[i].at, (int)m->kinds.types[i].size));
	json_object_object_add(o, "keys", keys);
	put_number(o, "chunks", m->chunks);
	put_number(o, "chunk_size", m->header.chunk);
	put_number(o, "bytes", m->bytes);
	json_object_object_add(o, "padded",
	    json_object_new_boolean(m->header.padded));
	json_object_object_add(o, "complete",
	    json_object_new_boolean(m->complete));
	put_line(out, o);
}

int
manifest_print(int in, FILE *out, bool json, struct fault *f)
{
	struct manifest m = { .chunks = 0 };
	int result = read_all(&m, in, f);

	if (m.kinds.count > 0 && json)
		print_json(&m, out);
	else if (m.kinds.count > 0)
		print_text(&m, out);
	free(m.envelope);
	return result;
}
