/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format.h"
#include "kind.h"
#include "tap.h"

static void
test_known(void)
{
	static const struct {
		const char *bytes;
		enum part part;
		uint32_t size;
		const char *what;
	} known[] = {
		{ IMAGE_MAGIC "\0\0\0\3", PART_IMAGE, 40, "image" },
		{ LIBXL_MAGIC "\0\0\0\2\0\0\0\0", PART_LIBXL, 16, "libxl" },
		{ "Xen saved domain", PART_ENVELOPE, 48, "xl" },
		{ VIRSH_MAGIC, PART_ENVELOPE, 64, "virsh" },
	};
	struct kind kind;
	struct fault f;
	size_t i, n;
	bool good;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		/* Cut in its magic it is still taken for what it is. */
		for (n = 1, good = true; n <= KIND_PROBE_SIZE; n++)
			good = good && kind_probe((const uint8_t *)
			    known[i].bytes, n, &kind, &f) == 0 &&
			    kind.part == known[i].part &&
			    kind.header_size == known[i].size;
		ok(good, "a stream of %s", known[i].what);
	}
}

/* What is no stream, and what is another program's. */
static void
test_others(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		int status;
		const char *text;
	} others[] = {
		{ "Xen saved domaim", 16, EXIT_MALFORMED,
		    "the input is not a Xen domain image" },
		{ "LibxlFmu", 8, EXIT_MALFORMED,
		    "the input is not a Xen domain image" },
		{ "LinuxGuestRecord", 16, EXIT_REFUSED,
		    "the input is a save file of xend" },
		{ "LinuxGuestRecord", 15, EXIT_MALFORMED,
		    "the input is not a Xen domain image" },
		{ "LibvirtQemudPart", 16, EXIT_REFUSED,
		    "the input is a save file of libvirt's QEMU driver" },
		{ "\x1f\x8b", 2, EXIT_REFUSED, "the input is a gzip file" },
		{ "\x1f", 1, EXIT_MALFORMED,
		    "the input is not a Xen domain image" },
	};
	struct kind kind;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		faulty(kind_probe((const uint8_t *)others[i].bytes,
		    others[i].size, &kind, &f), &f, others[i].status,
		    others[i].text);
}

static void
test_check(void)
{
	uint8_t image[IMAGE_HEADERS_SIZE] = IMAGE_MAGIC "\0\0\0\2";
	uint8_t libxl[LIBXL_HEADER_SIZE] = LIBXL_MAGIC "\0\0\0\2";
	uint8_t xl[XL_HEADER_SIZE + 1] = XL_MAGIC
	    "\4\3\2\1\2\0\0\0\0\0\0\0\xfe\xff\xff\xff";
	struct kind kind;
	uint64_t left = 1;
	struct fault f;

	ok(kind_check_image(image, &left, &f) == 0 && left == 0,
	    "an image of version 2");
	image[17] = 0xfe;
	ok(kind_check_image(image, &left, &f) == 0,
	    "reserved options do not matter");
	image[17] = 1;
	faulty(kind_check_image(image, &left, &f), &f, EXIT_REFUSED,
	    "big-endian image");
	image[12] = 1;
	faulty(kind_check_image(image, &left, &f), &f, EXIT_REFUSED,
	    "image version 16777218, known are 2 and 3");
	image[11] = 'f';
	faulty(kind_check_image(image, &left, &f), &f, EXIT_MALFORMED,
	    "no image header where one has to be");

	ok(kind_check_libxl(libxl, &left, &f) == 0, "a libxl stream");
	libxl[15] = 0xfe;
	ok(kind_check_libxl(libxl, &left, &f) == 0, "from a converter");
	libxl[15] = 1;
	faulty(kind_check_libxl(libxl, &left, &f), &f, EXIT_REFUSED,
	    "big-endian libxl stream");

	ok(kind_probe(xl, 16, &kind, &f) == 0 &&
	    kind.check(xl, &left, &f) == 0 && left == 0xfffffffe,
	    "an xl file with nearly 4 GiB of data before its stream");
}

int
main(void)
{
	test_known();
	test_others();
	test_check();
	return tap_end();
}
