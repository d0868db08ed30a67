/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"
#include "newfile.h"
#include "spill.h"

#define COPY_SIZE	((size_t)64 << 10)

/* A length in libxl's stream counts the header of a QEMU's data. */
#define QEMU_MAX	(UINT32_MAX - LIBXL_EMULATOR_HEADER_SIZE)

/*
 * libxl wants to know how long it is, and that it comes behind the image's
 * end, which nothing tells before: it is kept aside.
 */
static int
keep(struct legacy *l, struct fault *f)
{
	int fd = newfile_nameless(spill_directory(), f);

	if (fd == -1)
		return fault_hint(f, "TMPDIR names another directory");
	if (l->has_qemu) {
		close(fd);
		return legacy_fault(l, f, EXIT_MALFORMED, "a second one");
	}
	sink_open(&l->qemu, fd);
	l->has_qemu = true;
	return 0;
}

static int
take_data(struct legacy *l, uint64_t size, struct fault *f)
{
	if (size > QEMU_MAX)
		return legacy_fault(l, f, EXIT_REFUSED, "%" PRIu64 " bytes, "
		    "the limit is %u", size, QEMU_MAX);
	return keep(l, f) == -1 ? -1 : legacy_copy(l, size, &l->qemu, f);
}

/* All that comes.  That it was cut short cannot be seen. */
static int
take_rest(struct legacy *l, struct fault *f)
{
	uint8_t buf[COPY_SIZE];
	size_t got;

	if (keep(l, f) == -1)
		return -1;
	do {
		if (legacy_some(l, buf, sizeof(buf), &got, f) == -1 ||
		    sink_put(&l->qemu, buf, got, f) == -1)
			return -1;
		if (l->qemu.offset > QEMU_MAX)
			return legacy_fault(l, f, EXIT_REFUSED, "more than "
			    "%u bytes", QEMU_MAX);
	} while (got > 0);
	return 0;
}

/* The signature was taken. */
static int
take_qemu(struct legacy *l, const char *signature, struct fault *f)
{
	uint8_t header[5];
	uint32_t size;

	if (memcmp(signature, QEMU_XEND, QEMU_SIGNATURE_SIZE) != 0)
		return legacy_take_u32(l, &size, f) == -1 ? -1 :
		    take_data(l, size, f);
	if (l->frame != FRAME_XAPI)
		return take_rest(l, f);
	if (legacy_take(l, header, sizeof(header), f) == -1)
		return -1;
	if (header[0] != '\n')
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "no newline behind its signature");
	return take_data(l, get_be32(header + 1), f);
}

static int
take_record(struct legacy *l, struct fault *f)
{
	static const char *const signatures[] = {
		QEMU_LIBXL, QEMU_REMUS, QEMU_XEND,
	};
	char found[QEMU_SIGNATURE_SIZE];
	size_t i;

	legacy_part(l, "QEMU record");
	if (legacy_take(l, found, sizeof(found), f) == -1)
		return -1;
	for (i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		if (memcmp(found, signatures[i], sizeof(found)) == 0)
			return take_qemu(l, found, f);
	return legacy_fault(l, f, EXIT_MALFORMED, "signature '%.*s' is not "
	    "known", (int)sizeof(found), found);
}

/* Before XAPI's records there may be one: no type of theirs begins so. */
static int
look_for_record(struct legacy *l, struct fault *f)
{
	char first;

	legacy_part(l, "XAPI record");
	if (legacy_take(l, &first, 1, f) == -1)
		return -1;
	legacy_back(l, &first, 1);
	return first == QEMU_LIBXL[0] ? take_record(l, f) : 0;
}

/* Whether anything comes. */
static int
more(struct legacy *l, struct fault *f)
{
	uint8_t byte;
	size_t got;

	if (legacy_some(l, &byte, 1, &got, f) == -1)
		return -1;
	legacy_back(l, &byte, got);
	return got > 0;
}

static int
nothing_behind(struct legacy *l, const char *what, struct fault *f)
{
	int result = more(l, f);

	return result != 1 ? result : fault_set(f, EXIT_MALFORMED, "bytes "
	    "follow %s, from byte %" PRIu64 " on", what, legacy_at(l));
}

/* The records behind the stream, to the one that ends the file. */
static int
take_xapi_records(struct legacy *l, struct fault *f)
{
	uint8_t header[XAPI_HEADER_SIZE];
	uint64_t type;

	for (;;) {
		legacy_part(l, "XAPI record");
		if (legacy_take(l, header, sizeof(header), f) == -1)
			return -1;
		type = get_le64(header);
		if (type == XAPI_END)
			return nothing_behind(l, "XAPI's last record", f);
		if (type != XAPI_QEMU_TRADITIONAL && type != XAPI_QEMU)
			return legacy_fault(l, f, EXIT_REFUSED, "type 0x%"
			    PRIx64 " behind the stream: not known here, or "
			    "nothing that libxl's stream can hold", type);
		if (l->pv)
			return legacy_fault(l, f, EXIT_MALFORMED,
			    "QEMU's state of a PV guest");
		if (take_data(l, get_le64(header + 8), f) == -1)
			return -1;
	}
}

int
legacy_behind(struct legacy *l, struct fault *f)
{
	if (l->frame == FRAME_XAPI_2)
		return look_for_record(l, f) == -1 ? -1 :
		    take_xapi_records(l, f);
	if (!l->pv && take_record(l, f) == -1)
		return -1;
	return l->last || l->frame == FRAME_XAPI ?
	    nothing_behind(l, "the stream", f) : more(l, f);
}

/* The record's header is written; data may be NULL, and then the file's. */
static int
put_emulator(struct legacy *l, uint32_t type, const uint8_t *data,
    uint64_t size, struct fault *f)
{
	uint8_t buf[COPY_SIZE] = { 0 };
	uint32_t length = (uint32_t)size + LIBXL_EMULATOR_HEADER_SIZE;
	uint64_t at;
	size_t step;

	put_le32(buf, type);
	put_le32(buf + 4, length);
	if (sink_put(&l->out, buf, RECORD_HEADER_SIZE +
	    LIBXL_EMULATOR_HEADER_SIZE, f) == -1)
		return -1;
	for (at = 0; at < size; at += step) {
		step = size - at < sizeof(buf) ? (size_t)(size - at) :
		    sizeof(buf);
		if (data != NULL)
			memcpy(buf, data + at, step);
		else if (io_read_at(l->qemu.fd, buf, step, at, f) == -1)
			return -1;
		if (sink_put(&l->out, buf, step, f) == -1)
			return -1;
	}
	memset(buf, 0, 8);
	return sink_put(&l->out, buf, record_size(length) - length, f);
}

int
legacy_put_emulator(struct legacy *l, struct fault *f)
{
	if (l->physmap.length > 0 && put_emulator(l,
	    LIBXL_EMULATOR_XENSTORE_DATA, l->physmap.body, l->physmap.length,
	    f) == -1)
		return -1;
	return !l->has_qemu ? 0 : put_emulator(l, LIBXL_EMULATOR_CONTEXT,
	    NULL, l->qemu.offset, f);
}
