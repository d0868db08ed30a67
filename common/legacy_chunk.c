/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"

static int
take_nothing(struct legacy *l, struct fault *f)
{
	(void)l;
	(void)f;
	return 0;
}

static int
take_vcpu_info(struct legacy *l, struct fault *f)
{
	uint8_t bytes[8];
	uint32_t id, i;

	if (legacy_take_u32(l, &id, f) == -1)
		return -1;
	if (id > LEGACY_VCPU_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED, "vcpu %" PRId32
		    " as the highest, the limit is %u", (int32_t)id,
		    LEGACY_VCPU_MAX);
	memset(l->online, 0, sizeof(l->online));
	for (i = 0; i <= id / 64; i++) {
		if (legacy_take(l, bytes, sizeof(bytes), f) == -1)
			return -1;
		l->online[i] = get_le64(bytes);
	}
	l->has_online = true;
	return 0;
}

static int
take_tsc_info(struct legacy *l, struct fault *f)
{
	uint8_t in[LEGACY_TSC_SIZE], *out;

	if (legacy_take(l, in, sizeof(in), f) == -1 ||
	    record_reserve(&l->rec, TSC_INFO_SIZE, f) == -1)
		return -1;
	out = l->rec.body;
	put_le32(out, get_le32(in));
	put_le32(out + 4, get_le32(in + 12));
	put_le64(out + 8, get_le64(in + 4));
	put_le32(out + 16, get_le32(in + 16));
	put_le32(out + 20, 0);
	return legacy_put(l, REC_X86_TSC_INFO, TSC_INFO_SIZE, f);
}

static int
take_last(struct legacy *l, struct fault *f)
{
	(void)f;
	l->last = true;
	return 0;
}

/* What is in the body that says so is not compressed yet. */
static int
take_compression(struct legacy *l, struct fault *f)
{
	(void)f;
	l->will_compress = true;
	return 0;
}

static const struct kind {
	const char *name;
	int (*take)(struct legacy *l, struct fault *f);
	uint32_t param;		/* or this: an HVM parameter */
} kinds[LEGACY_CHUNKS] = {
	[LEGACY_VERIFY] = { "ENABLE_VERIFY_MODE", take_nothing, 0 },
	[LEGACY_VCPU_INFO] = { "VCPU_INFO", take_vcpu_info, 0 },
	[LEGACY_IDENT_PT] = { "HVM_IDENT_PT", NULL, HVM_PARAM_IDENT_PT },
	[LEGACY_VM86_TSS] = { "HVM_VM86_TSS", NULL, HVM_PARAM_VM86_TSS },
	[LEGACY_TMEM] = { "TMEM", legacy_tmem, 0 },
	[LEGACY_TMEM_EXTRA] = { "TMEM_EXTRA", legacy_tmem_extra, 0 },
	[LEGACY_TSC_INFO] = { "TSC_INFO", take_tsc_info, 0 },
	[LEGACY_CONSOLE_PFN] = { "HVM_CONSOLE_PFN", NULL,
	    HVM_PARAM_CONSOLE_PFN },
	[LEGACY_LAST_CHECKPOINT] = { "LAST_CHECKPOINT", take_last, 0 },
	[LEGACY_ACPI_IOPORTS] = { "HVM_ACPI_IOPORTS_LOCATION", NULL,
	    HVM_PARAM_ACPI_IOPORTS },
	[LEGACY_VIRIDIAN] = { "HVM_VIRIDIAN", NULL, HVM_PARAM_VIRIDIAN },
	[LEGACY_COMPRESSED_DATA] = { "COMPRESSED_DATA", legacy_remus_data,
	    0 },
	[LEGACY_ENABLE_COMPRESSION] = { "ENABLE_COMPRESSION",
	    take_compression, 0 },
	[LEGACY_GENERATION_ID] = { "HVM_GENERATION_ID_ADDR", NULL,
	    HVM_PARAM_GENERATION_ID },
	[LEGACY_PAGING_RING] = { "HVM_PAGING_RING_PFN", NULL,
	    HVM_PARAM_PAGING_RING },
	[LEGACY_MONITOR_RING] = { "HVM_ACCESS_RING_PFN", NULL,
	    HVM_PARAM_MONITOR_RING },
	[LEGACY_SHARING_RING] = { "HVM_SHARING_RING_PFN", NULL,
	    HVM_PARAM_SHARING_RING },
	[LEGACY_TOOLSTACK] = { "TOOLSTACK", legacy_physmap, 0 },
	[LEGACY_IOREQ_SERVER_PFN] = { "HVM_IOREQ_SERVER_PFN", NULL,
	    HVM_PARAM_IOREQ_SERVER_PFN },
	[LEGACY_IOREQ_SERVER_PAGES] = { "HVM_NR_IOREQ_SERVER_PAGES", NULL,
	    HVM_PARAM_IOREQ_SERVER_PAGES },
};

/* The last value of each counts. */
static int
take_param(struct legacy *l, unsigned chunk, struct fault *f)
{
	uint8_t bytes[LEGACY_PARAM_SIZE];
	unsigned i;

	if (l->pv)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "of an HVM guest, in a PV guest's stream");
	if (legacy_take(l, bytes, sizeof(bytes), f) == -1)
		return -1;
	for (i = 0; i < l->param_count && l->params[i] != chunk; i++)
		;
	if (i == l->param_count)
		l->params[l->param_count++] = chunk;
	l->param[chunk] = get_le64(bytes + 4);
	return 0;
}

static int
put_params(struct legacy *l, struct fault *f)
{
	uint32_t length = HVM_PARAMS_HEADER_SIZE + l->param_count *
	    HVM_PARAM_SIZE;
	uint8_t *p;
	unsigned i;

	if (l->param_count == 0)
		return 0;
	if (record_reserve(&l->rec, length, f) == -1)
		return -1;
	put_le64(l->rec.body, l->param_count);
	p = l->rec.body + HVM_PARAMS_HEADER_SIZE;
	for (i = 0; i < l->param_count; i++, p += HVM_PARAM_SIZE) {
		put_le64(p, kinds[l->params[i]].param);
		put_le64(p + 8, l->param[l->params[i]]);
	}
	return legacy_put(l, REC_HVM_PARAMS, length, f);
}

/* The first one also tells a PV guest that nothing else tells. */
static int
wrong_chunk(const struct legacy *l, int32_t id, struct fault *f)
{
	if (l->number == 0 && id > 0)
		return legacy_fault(l, f, EXIT_REFUSED, "missing extended "
		    "information: a PV guest of before Xen 3.1, very old, or "
		    "a batch of %" PRId32 " pages, the limit is %u", id,
		    LEGACY_BATCH_MAX);
	if (id > 0)
		return legacy_fault(l, f, EXIT_MALFORMED, "a batch of %" PRId32
		    " pages, the limit is %u", id, LEGACY_BATCH_MAX);
	return legacy_fault(l, f, EXIT_MALFORMED, "id %" PRId32
	    ", known are down to %d", id, 1 - LEGACY_CHUNKS);
}

static int
take_chunk(struct legacy *l, int32_t id, struct fault *f)
{
	const struct kind *kind;

	if (id > 0 && id <= (int32_t)LEGACY_BATCH_MAX) {
		l->part = "pages";
		return legacy_batch(l, (uint32_t)id, f);
	}
	if (id > 0 || id <= -LEGACY_CHUNKS)
		return wrong_chunk(l, id, f);
	kind = &kinds[-id];
	l->part = kind->name;
	return kind->take != NULL ? kind->take(l, f) :
	    take_param(l, (unsigned)-id, f);
}

int
legacy_body(struct legacy *l, struct fault *f)
{
	uint32_t id;

	for (;;) {
		legacy_part(l, "id");
		l->is_chunk = true;
		l->number = l->chunks++;
		if (legacy_take_u32(l, &id, f) == -1)
			return -1;
		if (id == 0)
			break;
		if (take_chunk(l, (int32_t)id, f) == -1)
			return -1;
	}
	l->part = "end of body";
	if (l->remus != NULL && legacy_remus_flush(l, f) == -1)
		return -1;
	return put_params(l, f);
}
