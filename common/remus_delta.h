/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remus_delta.h - what changed in a page since the last checkpoint, as Xen 4.1
 * to 4.5 wrote it (tools/libxc/xc_compression.c at RELEASE-4.5.0).
 *
 *   page    := 0 | 0x80, the page | marker*
 *              - 0: nothing changed
 *   marker  := bit 7 set: as many words stay; clear: as many words follow
 *              - bits 6-0: 1 to 127 words of 4 bytes
 *              - to the end of the page, and not beyond
 */
#ifndef REMUS_DELTA_H
#define REMUS_DELTA_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

#define REMUS_WORD		4u	/* bytes */
#define REMUS_RUN_MAX		127u	/* words */
#define REMUS_SKIP		0x80u
#define REMUS_SAME		0x00u
#define REMUS_FULL		0x80u

/* Bytes of what remus_encode writes, and of what remus_decode takes. */
#define REMUS_ENCODED_MAX	(PAGE_SIZE + 9)
#define REMUS_DECODED_MAX	(PAGE_SIZE / REMUS_WORD * (1 + REMUS_WORD))

enum remus_result {
	REMUS_MORE,	/* the page ends behind in + size */
	REMUS_WHOLE,	/* a page, of nothing but what is in `in`, */
	REMUS_CHANGED,	/* or of what it held before too */
	REMUS_WRONG	/* a run of no words, or beyond the page's end */
};

/*
 * remus_decode(page, in, size, used): the page that begins at `in`, applied to
 * what *page holds; it took *used bytes.  With REMUS_MORE and REMUS_WRONG
 * *page is then nothing to rely on.
 */
enum remus_result remus_decode(uint8_t page[PAGE_SIZE], const uint8_t *in,
    size_t size, size_t *used);

/*
 * remus_encode(old, page, out): the page as changes to *old, or whole for NULL.
 * Returns how many bytes, at most REMUS_ENCODED_MAX.
 */
size_t remus_encode(const uint8_t *old, const uint8_t *page, uint8_t *out);

#endif
