/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xl_file.h: memory that runs out while a save file's front is held, read and
 * changed.  What else may stand there is for 20-ends.t.
 */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "starve.h"
#include "tap.h"
#include "xl_file.h"

#define CONFIG	"{\"c_info\":{\"type\":\"hvm\",\"name\":\"web\",\"uuid\":" \
		"\"6f1b9c3a-55d2-4a7e-9a3c-0d4f5e6a7b8c\"}}"
#define SIZE	(XL_HEADER_SIZE + XL_LENGTH_SIZE + sizeof(CONFIG))

static void
make(uint8_t front[SIZE])
{
	memset(front, 0, SIZE);
	memcpy(front, XL_MAGIC, XL_MAGIC_SIZE);
	put_le32(front + XL_FLAGS_OFFSET, XL_FLAG_JSON);
	put_le32(front + XL_HEADER_SIZE, sizeof(CONFIG));
	memcpy(front + SIZE - sizeof(CONFIG), CONFIG, sizeof(CONFIG));
}

static int
change(uint8_t front[SIZE], struct fault *f)
{
	static const struct edit_config set = { .name = "other", .vcpus = 2 };
	struct record header = {
		.part = PART_ENVELOPE, .body = front, .size = XL_HEADER_SIZE,
	};
	struct record data = {
		.part = PART_ENVELOPE, .body = front + XL_HEADER_SIZE,
		.size = SIZE - XL_HEADER_SIZE, .offset = XL_HEADER_SIZE,
	};
	struct xl_file x = { .written = false };
	struct sink nowhere;
	struct config c;
	int result = -1;

	sink_open(&nowhere, -1);
	if (xl_file_hold(&x, &header, f) == 0 &&
	    xl_file_hold(&x, &data, f) == 0 &&
	    xl_file_config(&x, &c, f) == 1)
		result = xl_file_write(&x, &set, &nowhere, f);
	xl_file_free(&x);
	return result;
}

int
main(void)
{
	uint8_t front[SIZE];
	struct fault f;
	long n, wrong = 0;
	int result;

	make(front);
	for (n = 1; starve(n), result = change(front, &f), starved(); n++)
		wrong += result == -1 && f.status != EXIT_SYSTEM;
	ok(result == 0 && (n > 20 || !starves()), "%ld allocations", n - 1);
	ok(wrong == 0, "each that fails is said to");
	return tap_end();
}
