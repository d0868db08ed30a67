/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"
#include "types.h"

/* What a guest's width means (xen/include/public/xen.h). */
static const struct guest {
	uint32_t context;	/* bytes of a vcpu's */
	uint8_t  width, levels;
} guests[] = {
	{ VCPU_CONTEXT_SIZE_64, 8, 4 },
	{ VCPU_CONTEXT_SIZE_32, 4, 3 },
};

/*
 * p2m_size, whose upper half is 0 where it has one.  Where it has none the
 * first bytes behind it are not: all ones, or a chunk's id.
 */
static int
take_size(struct legacy *l, struct fault *f)
{
	uint8_t bytes[8];

	legacy_part(l, "head");
	if (legacy_take(l, bytes, sizeof(bytes), f) == -1)
		return -1;
	l->word = get_le32(bytes + 4) == 0 ? 8 : 4;
	legacy_back(l, bytes + l->word, sizeof(bytes) - l->word);
	l->p2m_size = get_le32(bytes);
	if (l->p2m_size == 0 || l->p2m_size > LEGACY_P2M_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED, "a guest of %" PRIu64
		    " pages, 1 to %" PRIu64 " can be", l->p2m_size,
		    LEGACY_P2M_MAX);
	return 0;
}

static int
take_kind(struct legacy *l, struct fault *f)
{
	static const uint8_t ones[8] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	uint8_t bytes[8];

	if (legacy_take(l, bytes, l->word, f) == -1)
		return -1;
	l->pv = memcmp(bytes, ones, l->word) == 0;
	if (!l->pv)
		legacy_back(l, bytes, l->word);
	return 0;
}

int
legacy_put_outer(struct legacy *l, uint8_t options, struct fault *f)
{
	uint8_t libxl[LIBXL_HEADER_SIZE + RECORD_HEADER_SIZE] = LIBXL_MAGIC;

	l->nested = l->frame == FRAME_XL || !l->pv;
	libxl[LIBXL_VERSION_OFFSET + 3] = LIBXL_VERSION;
	libxl[LIBXL_OPTIONS_OFFSET + 3] = options;
	put_le32(libxl + LIBXL_HEADER_SIZE, LIBXL_LIBXC_CONTEXT);
	return l->nested ? sink_put(&l->out, libxl, sizeof(libxl), f) : 0;
}

static int
put_headers(struct legacy *l, struct fault *f)
{
	uint8_t image[IMAGE_HEADERS_SIZE] = IMAGE_MAGIC;

	if (legacy_put_outer(l, LIBXL_CONVERTED, f) == -1)
		return -1;
	image[IMAGE_VERSION_OFFSET + 3] = IMAGE_VERSION_MAX;
	put_le32(image + DOMAIN_TYPE_OFFSET, l->pv ? DOMAIN_PV : DOMAIN_HVM);
	put_le16(image + DOMAIN_PAGE_SHIFT_OFFSET, PAGE_SHIFT);
	put_le32(image + DOMAIN_XEN_MINOR_OFFSET, DOMAIN_XEN_MINOR_CONVERTED);
	return sink_put(&l->out, image, sizeof(image), f);
}

static int
take_vcpu_block(struct legacy *l, uint32_t size, struct fault *f)
{
	size_t i;

	for (i = 0; i < sizeof(guests) / sizeof(guests[0]); i++)
		if (guests[i].context == size)
			l->width = guests[i].width;
	if (l->width == 0)
		return legacy_fault(l, f, EXIT_MALFORMED, "a vcpu of %" PRIu32
		    " bytes, %u and %u are known", size,
		    guests[0].context, guests[1].context);
	return legacy_copy(l, size, NULL, f);
}

static int
take_xcnt_block(struct legacy *l, uint32_t size, struct fault *f)
{
	uint32_t all;

	if (size < LEGACY_XCNT_SIZE)
		return legacy_fault(l, f, EXIT_MALFORMED, "xcnt of %" PRIu32
		    " bytes, 4 are needed", size);
	if (legacy_take_u32(l, &all, f) == -1)
		return -1;
	if (all < LEGACY_XSAVE_HEADER_SIZE || all > LEGACY_XSAVE_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED, "%" PRIu32 " bytes "
		    "of xsave, %u to %u can be", all,
		    LEGACY_XSAVE_HEADER_SIZE, LEGACY_XSAVE_MAX);
	l->xsave = all;
	return legacy_copy(l, size - LEGACY_XCNT_SIZE, NULL, f);
}

/* What has another id is skipped, as the old restorer did. */
static int
take_block(struct legacy *l, const uint8_t *header, uint32_t size,
    struct fault *f)
{
	if (memcmp(header, "vcpu", LEGACY_BLOCK_ID_SIZE) == 0)
		return take_vcpu_block(l, size, f);
	if (memcmp(header, "xcnt", LEGACY_BLOCK_ID_SIZE) == 0)
		return take_xcnt_block(l, size, f);
	if (memcmp(header, "extv", LEGACY_BLOCK_ID_SIZE) == 0)
		l->extended = true;
	return legacy_copy(l, size, NULL, f);
}

static int
take_extended(struct legacy *l, struct fault *f)
{
	uint8_t header[LEGACY_BLOCK_SIZE];
	uint32_t left, size;

	legacy_part(l, "extended information");
	if (legacy_take_u32(l, &left, f) == -1)
		return -1;
	while (left > 0) {
		if (left < sizeof(header))
			return legacy_fault(l, f, EXIT_MALFORMED, "%" PRIu32
			    " bytes behind its last block", left);
		if (legacy_take(l, header, sizeof(header), f) == -1)
			return -1;
		left -= (uint32_t)sizeof(header);
		size = get_le32(header + LEGACY_BLOCK_ID_SIZE);
		if (size > left)
			return legacy_fault(l, f, EXIT_MALFORMED, "a block of "
			    "%" PRIu32 " bytes, %" PRIu32 " are left", size,
			    left);
		if (take_block(l, header, size, f) == -1)
			return -1;
		left -= size;
	}
	if (l->width == 0)
		return legacy_fault(l, f, EXIT_MALFORMED, "no block vcpu, so "
		    "whether the guest has 32 or 64 bits is not known");
	return 0;
}

static int
put_pv_info(struct legacy *l, struct fault *f)
{
	const struct guest *guest = l->width == 8 ? &guests[0] : &guests[1];

	if (record_reserve(&l->rec, PV_INFO_SIZE, f) == -1)
		return -1;
	memset(l->rec.body, 0, PV_INFO_SIZE);
	l->rec.body[0] = guest->width;
	l->rec.body[1] = guest->levels;
	return legacy_put(l, REC_X86_PV_INFO, PV_INFO_SIZE, f);
}

/* A pfn for each frame of the guest's table, which has a guest's word for each
 * page. */
static int
take_frames(struct legacy *l, struct fault *f)
{
	uint32_t per_frame = PAGE_SIZE / l->width;
	uint32_t count = (uint32_t)((l->p2m_size - 1) / per_frame + 1);
	uint32_t length = P2M_FRAMES_HEADER_SIZE + count * 8;
	size_t size = count * l->word, i;
	uint8_t *pfn;

	legacy_part(l, "p2m frame list");
	if (legacy_take_body(l, &l->rec, P2M_FRAMES_HEADER_SIZE, size, f) == -1
	    || record_reserve(&l->rec, length, f) == -1)
		return -1;
	put_le32(l->rec.body, 0);
	put_le32(l->rec.body + 4, (uint32_t)(l->p2m_size - 1));
	/* From the last one on, as each may grow over those behind it. */
	pfn = l->rec.body + P2M_FRAMES_HEADER_SIZE;
	for (i = count; l->word == 4 && i-- > 0; )
		put_le64(pfn + 8 * i, get_le32(pfn + 4 * i));
	return legacy_put(l, REC_X86_PV_P2M_FRAMES, length, f);
}

int
legacy_head(struct legacy *l, struct fault *f)
{
	if (take_size(l, f) == -1 || take_kind(l, f) == -1 ||
	    put_headers(l, f) == -1)
		return -1;
	if (l->pv && (take_extended(l, f) == -1 || put_pv_info(l, f) == -1))
		return -1;
	if (legacy_put(l, REC_STATIC_DATA_END, 0, f) == -1)
		return -1;
	return l->pv ? take_frames(l, f) : 0;
}
