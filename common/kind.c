/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "kind.h"
#include "legacy.h"

#define LEGACY_HINT \
    "rec-convert --to v3 translates streams of Xen 4.5 and older"

int
kind_check_image(const uint8_t *header, uint64_t *left, struct fault *f)
{
	uint32_t version = get_be32(header + IMAGE_VERSION_OFFSET);

	*left = 0;
	if (memcmp(header, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
		return fault_set(f, EXIT_MALFORMED,
		    "no image header where one has to be");
	if (version < IMAGE_VERSION_MIN || version > IMAGE_VERSION_MAX)
		return fault_set(f, EXIT_REFUSED, "image version %" PRIu32
		    ", known are 2 and 3", version);
	if (get_be16(header + IMAGE_OPTIONS_OFFSET) & IMAGE_BIG_ENDIAN)
		return fault_set(f, EXIT_REFUSED, "big-endian image");
	return 0;
}

int
kind_check_libxl(const uint8_t *header, uint64_t *left, struct fault *f)
{
	uint32_t version = get_be32(header + LIBXL_VERSION_OFFSET);

	*left = 0;
	if (memcmp(header, LIBXL_MAGIC, LIBXL_MAGIC_SIZE) != 0)
		return fault_set(f, EXIT_MALFORMED,
		    "no libxl header where one has to be");
	if (version != LIBXL_VERSION)
		return fault_set(f, EXIT_REFUSED, "libxl stream version %"
		    PRIu32 ", known is 2", version);
	if (get_be32(header + LIBXL_OPTIONS_OFFSET) & LIBXL_BIG_ENDIAN)
		return fault_set(f, EXIT_REFUSED, "big-endian libxl stream");
	return 0;
}

static int
check_xl(const uint8_t *header, uint64_t *left, struct fault *f)
{
	uint32_t flags = get_le32(header + XL_FLAGS_OFFSET);

	if (memcmp(header, XL_MAGIC, XL_MAGIC_SIZE) != 0)
		return fault_set(f, EXIT_MALFORMED, "damaged xl header");
	if (get_le32(header + XL_BYTEORDER_OFFSET) != XL_BYTEORDER)
		return fault_set(f, EXIT_REFUSED,
		    "xl file of a host with another byte order");
	if (!(flags & XL_FLAG_STREAM_V2)) {
		fault_set(f, EXIT_REFUSED, "xl file with a legacy stream");
		return fault_hint(f, LEGACY_HINT);
	}
	*left = get_le32(header + XL_DATA_LENGTH_OFFSET);
	return 0;
}

static int
check_virsh(const uint8_t *header, uint64_t *left, struct fault *f)
{
	uint32_t version = get_le32(header + VIRSH_VERSION_OFFSET);

	if (version != VIRSH_VERSION)
		return fault_set(f, EXIT_REFUSED, "virsh file version %"
		    PRIu32 ", known is 2", version);
	*left = get_le32(header + VIRSH_XML_LENGTH_OFFSET);
	return 0;
}

static const struct {
	const char *magic;
	size_t size;
	struct kind kind;
} kinds[] = {
	{ IMAGE_MAGIC, IMAGE_MAGIC_SIZE,
	    { PART_IMAGE, IMAGE_HEADERS_SIZE, kind_check_image } },
	{ LIBXL_MAGIC, LIBXL_MAGIC_SIZE,
	    { PART_LIBXL, LIBXL_HEADER_SIZE, kind_check_libxl } },
	{ XL_MAGIC, KIND_PROBE_SIZE,
	    { PART_ENVELOPE, XL_HEADER_SIZE, check_xl } },
	{ VIRSH_MAGIC, VIRSH_MAGIC_SIZE,
	    { PART_ENVELOPE, VIRSH_HEADER_SIZE, check_virsh } },
};

static const struct {
	const char *magic;
	size_t size;
	const char *name, *hint;
} others[] = {
	{ "LinuxGuestRecord", 16, "a save file of xend", LEGACY_HINT },
	{ "XenSavedDom", 11, "a suspend image of XAPI",
	    "rec-convert --to v3 takes the stream out of it" },
	{ "LibvirtQemud", 12, "a save file of libvirt's QEMU driver",
	    "it holds a QEMU guest, not a Xen one" },
	{ "age-encryption.o", 16, "an age file", "age -d opens it" },
	{ "\x28\xb5\x2f\xfd", 4, "a zstd file", "zstd -d opens it" },
	{ "\xfd" "7zXZ", 6, "an xz file", "xz -d opens it" },
	{ "\x1f\x8b", 2, "a gzip file", "gzip -d opens it" },
	{ "\x04\x22\x4d\x18", 4, "an lz4 file", "lz4 -d opens it" },
};

int
kind_probe(const uint8_t *bytes, size_t size, struct kind *kind,
    struct fault *f)
{
	size_t i, n;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		n = size < kinds[i].size ? size : kinds[i].size;
		if (memcmp(bytes, kinds[i].magic, n) == 0) {
			*kind = kinds[i].kind;
			return 0;
		}
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (size < others[i].size ||
		    memcmp(bytes, others[i].magic, others[i].size) != 0)
			continue;
		fault_set(f, EXIT_REFUSED, "the input is %s",
		    others[i].name);
		return fault_hint(f, "%s", others[i].hint);
	}
	if (legacy_known(bytes, size)) {
		fault_set(f, EXIT_REFUSED,
		    "the input is a legacy stream");
		return fault_hint(f, LEGACY_HINT);
	}
	return fault_set(f, EXIT_MALFORMED,
	    "the input is not a Xen domain image");
}
