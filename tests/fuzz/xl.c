/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in front of a guest in a file of xl or of virsh: decoded
 * (decode.h), as the guest's configuration (xl_file.h), and loaded from a file
 * (envelope.h).  The input is the text; its headers are put in front.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decode.h"
#include "envelope.h"
#include "format.h"
#include "fuzz.h"
#include "xl_file.h"

static void
show(json_object *o)
{
	fuzz_holds(o != NULL, "there is an object");
	decode_print(fuzz_nowhere(), o, 0);
	json_object_put(o);
}

/* The file's front as one piece. */
static void
configure(uint8_t *front, size_t size)
{
	static const struct edit_config set = { .name = "other", .vcpus = 2 };
	struct record header = {
		.part = PART_ENVELOPE, .body = front, .size = XL_HEADER_SIZE,
	};
	struct record data = {
		.part = PART_ENVELOPE, .body = front + XL_HEADER_SIZE,
		.size = size - XL_HEADER_SIZE,
	};
	struct xl_file x = { .written = false };
	struct config c;
	struct sink out;
	struct fault f;

	if (xl_file_hold(&x, &header, &f) == -1 ||
	    xl_file_hold(&x, &data, &f) == -1 ||
	    xl_file_config(&x, &c, &f) == -1) {
		fuzz_failed(&f);
	} else {
		sink_open(&out, fuzz_output());
		if (xl_file_write(&x, &set, &out, &f) == -1)
			fuzz_failed(&f);
		fuzz_holds(sink_close(&out, &f) == 0, "the output closes");
	}
	xl_file_free(&x);
}

static void
load(enum envelope kind, const uint8_t *bytes, size_t size)
{
	struct fault f;
	char *text;

	(void)fuzz_input(bytes, size);
	text = envelope_load(kind, fuzz_input_path(), &f);
	if (text == NULL)
		fuzz_failed(&f);
	free(text);
}

static void
read_xl(const uint8_t *bytes, size_t size)
{
	size_t length = XL_HEADER_SIZE + XL_LENGTH_SIZE + size;
	uint8_t *front = calloc(length, 1);

	fuzz_holds(front != NULL, "there is memory");
	memcpy(front, XL_MAGIC, XL_MAGIC_SIZE);
	put_le32(front + XL_BYTEORDER_OFFSET, XL_BYTEORDER);
	put_le32(front + XL_FLAGS_OFFSET, XL_FLAG_JSON | XL_FLAG_STREAM_V2);
	put_le32(front + XL_DATA_LENGTH_OFFSET,
	    (uint32_t)(length - XL_HEADER_SIZE));
	put_le32(front + XL_HEADER_SIZE, (uint32_t)size);
	memcpy(front + XL_HEADER_SIZE + XL_LENGTH_SIZE, bytes, size);
	show(decode_xl_header(front, length));
	configure(front, length);
	load(ENVELOPE_XL, bytes, size);
	free(front);
}

static void
read_virsh(const uint8_t *bytes, size_t size)
{
	size_t length = VIRSH_HEADER_SIZE + size;
	uint8_t *front = calloc(length, 1);

	fuzz_holds(front != NULL, "there is memory");
	memcpy(front, VIRSH_MAGIC, VIRSH_MAGIC_SIZE);
	put_le32(front + VIRSH_VERSION_OFFSET, VIRSH_VERSION);
	put_le32(front + VIRSH_XML_LENGTH_OFFSET, (uint32_t)size);
	memcpy(front + VIRSH_HEADER_SIZE, bytes, size);
	show(decode_virsh_header(front, length));
	load(ENVELOPE_VIRSH, bytes, size);
	free(front);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size > 0 && bytes[0] == '<')
		read_virsh(bytes, size);
	else
		read_xl(bytes, size);
	return 0;
}
