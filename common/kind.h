/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kind.h - which kind of stream it is, told from its first bytes.
 */
#ifndef KIND_H
#define KIND_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

#define KIND_PROBE_SIZE	16u	/* bytes that kind_probe looks at */
#define KIND_HEADER_MAX	64u	/* bytes of the largest header */

struct kind {
	enum part part;		/* what the header is: PART_ENVELOPE, PART_LIBXL
				   or PART_IMAGE */
	uint32_t header_size;	/* bytes */

	/*
	 * Checks a whole header and sets *left to the bytes of data that
	 * follow it.  0, or -1 with EXIT_REFUSED (a version or byte order
	 * that is not known) or EXIT_MALFORMED.
	 */
	int (*check)(const uint8_t *header, uint64_t *left, struct fault *f);
};

/*
 * kind_probe(bytes, size, kind, f): sets *kind from the first size bytes of
 * the input, KIND_PROBE_SIZE of them where there are as many.
 * 0, or -1 with EXIT_MALFORMED, or EXIT_REFUSED for a format that is known
 * but not read here; the hint says what reads it.
 */
int kind_probe(const uint8_t *bytes, size_t size, struct kind *kind,
    struct fault *f);

/* kind_check_libxl, kind_check_image: as struct kind's check. */
int kind_check_libxl(const uint8_t *header, uint64_t *left, struct fault *f);
int kind_check_image(const uint8_t *header, uint64_t *left, struct fault *f);

#endif
