/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_format.h - streams of Xen 3.x to 4.5, and what they stand in.
 *
 * Sources, in xen.git:
 *   libxc   tools/libxc/xg_save_restore.h, xc_domain_save.c, xc_tmem.c at
 *           RELEASE-4.5.0; tools/python/xen/migration/legacy.py
 *   delta   tools/libxc/xc_compression.c at RELEASE-4.5.0
 *   xend    tools/python/xen/xend/XendCheckpoint.py at RELEASE-4.4.0
 *   QEMU    tools/libxl/libxl_dom.c at RELEASE-4.5.0
 * and in xapi-project/xenopsd.git:
 *   XAPI    doc/design/suspend-image-framing-format.md, xc/suspend_image.ml
 *
 *   stream  := [envelope], head, (body, tail, [QEMU record])*
 *   body    := (i32 id, chunk)*, i32 0
 *
 * A "word" is the saving toolstack's long: 4 or 8 bytes.  Little-endian but
 * where it is said.
 */
#ifndef LEGACY_FORMAT_H
#define LEGACY_FORMAT_H

#include <stdint.h>

/* xend: the magic, i32 (big-endian) bytes of the configuration, that. */
#define XEND_MAGIC		"LinuxGuestRecord"
#define XEND_MAGIC_SIZE		16u

/*
 * XAPI, until 2014: the first magic, the stream, and for HVM the signature of
 * QEMU's record, a newline, u32 (big-endian) length, data.  Later: the second,
 * and then records of u64 type, u64 length, data, to XAPI_END; the length of
 * a stream is not that of its data: it ends by itself.
 */
#define XAPI_MAGIC		"XenSavedDomain\n"
#define XAPI_2_MAGIC		"XenSavedDomv2-\n"
#define XAPI_MAGIC_SIZE		15u
#define XAPI_HEADER_SIZE	16u
#define XAPI_XENOPS		UINT64_C(0x000f) /* text about the VM */
#define XAPI_LIBXC		UINT64_C(0x00f0) /* Xen 4.6 and later */
#define XAPI_LIBXC_LEGACY	UINT64_C(0x00f2)
#define XAPI_QEMU_TRADITIONAL	UINT64_C(0x0f00)
#define XAPI_QEMU		UINT64_C(0x0f01)
#define XAPI_END		UINT64_C(0xffff)

/*
 * The head: a word of p2m_size.  For PV then: a word of all ones, u32 bytes of
 * blocks, blocks of {id[4], u32 size, data}; the pfns of the frames of the
 * guest's p2m, a word each.
 *   "vcpu"  a vcpu's context: its size tells the guest's width
 *   "extv"  128 bytes more for each vcpu in the tail
 *   "xcnt"  u32: 16 more than the bytes of each vcpu's xsave in the tail
 */
#define LEGACY_P2M_MAX		(UINT64_C(1) << 28) /* 28 bits of pfn */
#define LEGACY_BLOCK_SIZE	8u
#define LEGACY_BLOCK_ID_SIZE	4u
#define LEGACY_XCNT_SIZE	4u
#define LEGACY_XSAVE_HEADER_SIZE 16u	/* u64 mask, u64 size */
#define LEGACY_XSAVE_MAX	(1u << 20)	/* bytes; ours */
#define LEGACY_EXTENDED_SIZE	128u

/* Of what it becomes: X86_PV_INFO, X86_PV_P2M_FRAMES before its pfns, the xen
 * version (after a major one of 0) of a stream that was converted. */
#define PV_INFO_SIZE		8u
#define P2M_FRAMES_HEADER_SIZE	8u
#define DOMAIN_XEN_MINOR_CONVERTED 1u
#define TSC_INFO_SIZE		24u
#define HVM_PARAMS_HEADER_SIZE	8u
#define HVM_PARAM_SIZE		16u

/*
 * A chunk's id: over 0: as many words follow, each bits 31-28 a page's type,
 * 27-0 its pfn; then, but for deltas, 4096 bytes for each type below 13.
 */
#define LEGACY_BATCH_MAX	1024u
#define LEGACY_TYPE_SHIFT	28u
#define LEGACY_PFN_MASK		UINT32_C(0x0fffffff)
#define LEGACY_NO_PFN		UINT32_C(0xf0000000) /* was not mapped */
#define LEGACY_TYPE_RESERVED	5u	/* to 8 */
#define LEGACY_TYPE_PINNED	9u

/* Below 0: */
enum legacy_chunk {
	LEGACY_VERIFY = 1,
	LEGACY_VCPU_INFO,	/* i32 highest id, u64 online[id / 64 + 1] */
	LEGACY_IDENT_PT,	/* an HVM parameter: u32, u64 value */
	LEGACY_VM86_TSS,
	LEGACY_TMEM,
	LEGACY_TMEM_EXTRA,
	LEGACY_TSC_INFO,	/* u32 mode, u64 ns, u32 kHz, u32 incarnation */
	LEGACY_CONSOLE_PFN,
	LEGACY_LAST_CHECKPOINT,
	LEGACY_ACPI_IOPORTS,
	LEGACY_VIRIDIAN,
	LEGACY_COMPRESSED_DATA,	/* word size, bytes */
	LEGACY_ENABLE_COMPRESSION,
	LEGACY_GENERATION_ID,
	LEGACY_PAGING_RING,
	LEGACY_MONITOR_RING,
	LEGACY_SHARING_RING,
	LEGACY_TOOLSTACK,	/* u32 size, bytes */
	LEGACY_IOREQ_SERVER_PFN,
	LEGACY_IOREQ_SERVER_PAGES,
	LEGACY_CHUNKS
};
#define LEGACY_VCPU_MAX		4095u
#define LEGACY_PARAM_SIZE	12u
#define LEGACY_TSC_SIZE		20u

/* HVM parameters (xen/include/public/hvm/params.h). */
#define HVM_PARAM_STORE_PFN	1u
#define HVM_PARAM_IOREQ_PFN	5u
#define HVM_PARAM_BUFIOREQ_PFN	6u
#define HVM_PARAM_VIRIDIAN	9u
#define HVM_PARAM_IDENT_PT	12u
#define HVM_PARAM_VM86_TSS	15u
#define HVM_PARAM_CONSOLE_PFN	17u
#define HVM_PARAM_ACPI_IOPORTS	19u
#define HVM_PARAM_PAGING_RING	27u
#define HVM_PARAM_MONITOR_RING	28u
#define HVM_PARAM_SHARING_RING	29u
#define HVM_PARAM_IOREQ_SERVER_PFN 32u
#define HVM_PARAM_IOREQ_SERVER_PAGES 33u
#define HVM_PARAM_GENERATION_ID	34u

/*
 * TOOLSTACK: u32 version, u32 count, entries of u64 phys_offset, u64
 * start_addr, u64 size, u32 name_length, name with its NUL; in 8-byte words 4
 * bytes of nothing behind each.
 */
#define TOOLSTACK_VERSION	1u
#define TOOLSTACK_HEADER_SIZE	8u
#define TOOLSTACK_ENTRY_SIZE	28u
#define TOOLSTACK_GAP(word)	((word) == 8 ? 4u : 0u)
#define TOOLSTACK_MAX		(1u << 20)	/* bytes; ours */

/*
 * TMEM: u32 version, max_pools, ~0, flags, weight, cap, ~0, then pools of u32
 * id, u32 flags, u32 pages, u64 uuid[2], pages of u64 oid[3], u32 index, data;
 * an oid of all ones ends a pool's pages early, an id of ~0 the pools.
 * TMEM_EXTRA: u32 pool, u64 oid[3], u32 index, to a pool of ~0.
 */
#define TMEM_HEADER_SIZE	28u
#define TMEM_POOL_SIZE		24u	/* without its id */
#define TMEM_PAGES_OFFSET	4u
#define TMEM_OID_SIZE		24u
#define TMEM_INDEX_SIZE		4u
#define TMEM_NO_POOL		UINT32_MAX
#define TMEM_PAGE_SHIFT(flags)	(12 + ((flags) >> 4 & 0xf))

/* QEMU's record: a signature, u32 length, data; to the end of the input for
 * the last of these. */
#define QEMU_SIGNATURE_SIZE	21u
#define QEMU_LIBXL		"DeviceModelRecord0002"
#define QEMU_REMUS		"RemusDeviceModelState"
#define QEMU_XEND		"QemuDeviceModelRecord"

/* The tails: PV u32 count, words, vcpus, shared info; HVM u64 pfn[3], u32
 * length, context. */
#define LEGACY_HVM_TAIL_SIZE	28u

#endif
