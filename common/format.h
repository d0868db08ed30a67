/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * format.h - every offset and magic number: Xen's here, ours in
 * format_ours.h.
 *
 * Sources, in xen.git:
 *   libxc   docs/specs/libxc-migration-stream.pandoc (image version 3)
 *   libxl   docs/specs/libxl-migration-stream.pandoc (version 2)
 *   xl      tools/xl/xl.h, struct save_file_header
 * and in libvirt.git:
 *   virsh   src/libxl/libxl_conf.h, struct _libxlSavefileHeader
 *
 *   stream  := image | libxl | xl header, libxl | virsh header, libxl
 *   libxl   := libxl header, libxl record*
 *              - LIBXC_CONTEXT is followed by an image and then by libxl
 *                records again; the last record is END
 *   image   := image header, domain header, record*, END record
 *   record  := type, length, body, 0-7 bytes up to a multiple of 8
 *
 * In a checkpointed libxl stream each CHECKPOINT record of the image is
 * followed by libxl records up to CHECKPOINT_END, and then by records of
 * the image again, without headers.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdint.h>

/*
 * image header, 24 bytes, always big-endian
 *   0  8  marker    all ones
 *   8  4  id        "XENF"
 *  12  4  version   2 or 3
 *  16  2  options   bit 0: what follows is big-endian
 *  18  6  reserved
 * domain header, 16 bytes, little-endian like everything after it
 *   0  4  type        1 x86 PV, 2 x86 HVM and PVH; 0 in our containers
 *   4  2  page_shift  12
 *   6  2  reserved
 *   8  4  xen_major
 *  12  4  xen_minor
 */
#define IMAGE_HEADER_SIZE	24u
#define DOMAIN_HEADER_SIZE	16u
#define IMAGE_HEADERS_SIZE	(IMAGE_HEADER_SIZE + DOMAIN_HEADER_SIZE)
#define IMAGE_MAGIC		"\xff\xff\xff\xff\xff\xff\xff\xffXENF"
#define IMAGE_MAGIC_SIZE	12u
#define IMAGE_VERSION_OFFSET	12u
#define IMAGE_VERSION_MIN	2u
#define IMAGE_VERSION_MAX	3u
#define IMAGE_OPTIONS_OFFSET	16u
#define IMAGE_BIG_ENDIAN	1u
#define IMAGE_RESERVED_OFFSET	18u
#define DOMAIN_TYPE_OFFSET	24u	/* from the image header's start */
#define DOMAIN_PAGE_SHIFT_OFFSET 28u
#define DOMAIN_RESERVED_OFFSET	30u
#define DOMAIN_XEN_MAJOR_OFFSET	32u
#define DOMAIN_XEN_MINOR_OFFSET	36u
#define DOMAIN_CONTAINER	0u
#define DOMAIN_PV		1u
#define DOMAIN_HVM		2u
#define PAGE_SHIFT		12u
#define PAGE_SIZE		4096u

/* record header: u32 type, u32 length of the body without its padding */
#define RECORD_HEADER_SIZE	8u
#define RECORD_OPTIONAL		UINT32_C(0x80000000)
#define RECORD_LENGTH_MAX	(128u << 20)	/* bytes; Xen's REC_LENGTH_MAX */
#define OUR_LENGTH_MAX		(RECORD_LENGTH_MAX + (64u << 10))

#define REC_END			UINT32_C(0x00)
#define REC_PAGE_DATA		UINT32_C(0x01)
#define REC_X86_PV_INFO		UINT32_C(0x02)
#define REC_X86_PV_P2M_FRAMES	UINT32_C(0x03)
#define REC_X86_PV_VCPU_BASIC	UINT32_C(0x04)
#define REC_X86_PV_VCPU_EXTENDED UINT32_C(0x05)
#define REC_X86_PV_VCPU_XSAVE	UINT32_C(0x06)
#define REC_SHARED_INFO		UINT32_C(0x07)
#define REC_X86_TSC_INFO	UINT32_C(0x08)
#define REC_HVM_CONTEXT		UINT32_C(0x09)
#define REC_HVM_PARAMS		UINT32_C(0x0a)
#define REC_TOOLSTACK		UINT32_C(0x0b)
#define REC_X86_PV_VCPU_MSRS	UINT32_C(0x0c)
#define REC_VERIFY		UINT32_C(0x0d)
#define REC_CHECKPOINT		UINT32_C(0x0e)
#define REC_DIRTY_PFN_LIST	UINT32_C(0x0f)
#define REC_STATIC_DATA_END	UINT32_C(0x10)
#define REC_X86_CPUID_POLICY	UINT32_C(0x11)
#define REC_X86_MSR_POLICY	UINT32_C(0x12)

/*
 * PAGE_DATA body: u32 count, u32 reserved, u64 pfn[count], then 4096 bytes
 * for each pfn whose type has data.  pfn: bits 63-60 type, 51-0 number.
 */
#define PAGE_DATA_HEADER_SIZE	8u
#define PFN_TYPE_SHIFT		60u
#define PFN_MASK		UINT64_C(0x000fffffffffffff)
#define PAGE_TYPE_BROKEN	0xdu	/* from here on: no data */

/*
 * What is inside a PV guest's records and pages (xen/include/public/xen.h,
 * arch-x86/xen*.h), for words of 8 and 4 bytes.  X86_PV_VCPU_BASIC has the
 * vcpu's context behind a header of 8 bytes: u32 vcpu id, u32 reserved.
 */
#define VCPU_HEADER_SIZE	8u
#define VCPU_CONTEXT_SIZE_64	5168u
#define VCPU_CONTEXT_SIZE_32	2800u
#define VCPU_EDX_64		0x268u	/* user_regs.rdx; vcpu 0: start info */
#define VCPU_EDX_32		0x20cu
#define VCPU_GDT_FRAMES_64	0x12e0u	/* 16 words */
#define VCPU_GDT_FRAMES_32	0xa50u
#define VCPU_GDT_ENTRIES_64	0x1360u
#define VCPU_GDT_ENTRIES_32	0xa90u
#define VCPU_CR_64		0x1378u	/* 8 words */
#define VCPU_CR_32		0xa9cu
#define VCPU_GDT_ENTRIES_MAX	7168u	/* FIRST_RESERVED_GDT_ENTRY */
#define GDT_ENTRIES_PER_FRAME	512u

#define START_INFO_MAGIC	"xen-3.0-x86_"
#define START_INFO_MAGIC_SIZE	12u
#define START_INFO_STORE_64	56u
#define START_INFO_STORE_32	44u
#define START_INFO_CONSOLE_64	72u
#define START_INFO_CONSOLE_32	52u

/* A page table's entries: bit 0 present, bit 7 a large page, 12-51 frame. */
#define PTE_PRESENT		UINT64_C(1)
#define PTE_COUNT		512u
#define PTE_FRAME(pte)		((pte) >> 12 & UINT64_C(0xffffffffff))

/*
 * HVM_CONTEXT (xen/include/public/hvm/save.h): entries of u16 type, u16
 * instance, u32 length and a body, without padding.
 */
#define HVM_ENTRY_SIZE		8u
#define HVM_SAVE_END		0u
#define HVM_SAVE_HEADER		1u
#define HVM_SAVE_CPU		2u
#define HVM_SAVE_HEADER_SIZE	24u
#define HVM_SAVE_MAGIC		UINT32_C(0x54381286)
#define HVM_SAVE_VERSION	1u

/*
 * libxl header, 16 bytes, big-endian: "LibxlFmt", u32 version, u32 options
 * (bit 0: what follows is big-endian, bit 1: made from a legacy stream).
 * Records: framing as above, lengths without limit, types of their own.
 */
#define LIBXL_HEADER_SIZE	16u
#define LIBXL_MAGIC		"LibxlFmt"
#define LIBXL_MAGIC_SIZE	8u
#define LIBXL_VERSION_OFFSET	8u
#define LIBXL_VERSION		2u
#define LIBXL_OPTIONS_OFFSET	12u
#define LIBXL_BIG_ENDIAN	1u
#define LIBXL_CONVERTED		2u

#define LIBXL_END		UINT32_C(0)
#define LIBXL_LIBXC_CONTEXT	UINT32_C(1)
#define LIBXL_EMULATOR_XENSTORE_DATA UINT32_C(2)
#define LIBXL_EMULATOR_CONTEXT	UINT32_C(3)
#define LIBXL_CHECKPOINT_END	UINT32_C(4)
#define LIBXL_CHECKPOINT_STATE	UINT32_C(5)

/* EMULATOR_ records: u32 emulator, u32 index, and then data. */
#define LIBXL_EMULATOR_HEADER_SIZE 8u

/*
 * xl header, 48 bytes in the byte order of the host that wrote it
 *   0 32  magic
 *  32  4  byteorder            0x01020304
 *  36  4  mandatory_flags      1 JSON configuration, 2 libxl stream follows
 *  40  4  optional_flags
 *  44  4  optional_data_len    bytes that follow the header: u32 length of
 *                             the configuration, which ends with a NUL
 */
#define XL_HEADER_SIZE		48u
#define XL_MAGIC		"Xen saved domain, xl format\n \0 \r"
#define XL_MAGIC_SIZE		32u
#define XL_BYTEORDER_OFFSET	32u
#define XL_BYTEORDER		UINT32_C(0x01020304)
#define XL_FLAGS_OFFSET		36u
#define XL_FLAG_JSON		1u
#define XL_FLAG_STREAM_V2	2u
#define XL_OPTIONAL_FLAGS_OFFSET 40u
#define XL_DATA_LENGTH_OFFSET	44u
#define XL_LENGTH_SIZE		4u	/* the u32 behind the header */

/*
 * virsh header, 64 bytes: magic, u32 version, u32 bytes of XML that follow and
 * end with a NUL, reserved
 */
#define VIRSH_HEADER_SIZE	64u
#define VIRSH_MAGIC		"libvirt-xml\n \0 \r"
#define VIRSH_MAGIC_SIZE	16u
#define VIRSH_VERSION_OFFSET	16u
#define VIRSH_VERSION		2u
#define VIRSH_XML_LENGTH_OFFSET	20u

#include "format_ours.h"

#endif
