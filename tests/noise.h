/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * noise.h - whether fields are read where Xen's own headers have them: each
 * body is noise, and a field is looked up in it by offsetof.
 *
 *     make_noise();
 *     SAME(o, "max_pfn", 0, shared_info_x86_64, arch.max_pfn);
 */
#ifndef NOISE_H
#define NOISE_H

#include <inttypes.h>
#include <stddef.h>

#include "decoded.h"

/* What its headers show to the tools of a host only is wanted too. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): Xen's name for it */
#define __XEN_TOOLS__	1

static uint8_t noise[8192];

/* Bytes that are the same each time, and never 0. */
static inline void
make_noise(void)
{
	uint32_t state = 1;
	size_t k;

	for (k = 0; k < sizeof(noise); k++) {
		state = state * 1103515245 + 12345;
		noise[k] = (uint8_t)(state >> 16) | 1;
	}
}

/* One test, whether the field at that path is these bytes of the body. */
static inline void
same(json_object *o, const char *path, size_t offset, size_t size)
{
	char text[24];
	uint64_t n = 0;
	size_t k;

	for (k = 0; k < size; k++)
		n |= (uint64_t)noise[offset + k] << 8 * k;
	if (json_object_is_type(json_at(o, path), json_type_int))
		snprintf(text, sizeof(text), "%" PRIu64, n);
	else
		snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", n);
	is(o, path, text);
}

/* The same of a member of a struct of Xen's, which starts at base. */
#define SAME(o, path, base, type, member) \
	same(o, path, (base) + offsetof(struct type, member), \
	    sizeof(((struct type *)0)->member))

#endif
