/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu_file.h - what QEMU migrates to a file with the capability mapped-ram:
 * where the blocks of its memory are, and whether it is whole.
 *
 *     configuration | ram: block*, pages | ram ... | devices | description
 *
 * Sources: docs/devel/migration/main.rst and mapped-ram.rst in qemu.git,
 * migration/savevm.c and ram.c.
 */
#ifndef QEMU_FILE_H
#define QEMU_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/*
 * All big-endian; a name has its length in the byte before it.
 *   file          := magic, u32 version 3, section*
 *   configuration := 7, u32 length, name of the machine, subsection*
 *   subsection    := 5, name, u32 version, fields:
 *     configuration/capabilities      u32 count, name of each
 *     configuration/target-page-bits  u32
 *     configuration/uuid              16 bytes
 *   command       := 8, u16 number, u16 length, bytes
 *   start         := 1, u32 id, name, u32 instance, u32 version, data, footer
 *   part          := 2, u32 id, data, footer
 *   end           := 3, u32 id, data, footer
 *   footer        := 0x7e, u32 id
 *   devices       := sections of type 4, which only QEMU can read; 0
 *   description   := 6, u32 length, JSON; the end of the file
 * data of start, of ram of version 4:
 *   u64 size of all blocks | MEM_SIZE, block*, words
 *   block: name, u64 length, u64 address with x-ignore-shared, and then
 *     0  4  version        1
 *     4  8  page size
 *    12  8  bitmap         where it is in the file
 *    20  8  pages          where they are
 *   and what follows is at pages + length.  Without both, x-ignore-shared left
 *   it out.  bitmap: bit n % 8 of byte n / 8 says that page n is in the file;
 *   otherwise it is zeroes.  (Words of the host's; those of a PC's are so.)
 * words: u64 each, up to one with EOS.
 */
#define QEMU_MAGIC		"QEVM"
#define QEMU_MAGIC_SIZE		4u
#define QEMU_VERSION		3u
#define QEMU_EOF		0u
#define QEMU_SECTION_START	1u
#define QEMU_SECTION_PART	2u
#define QEMU_SECTION_END	3u
#define QEMU_SUBSECTION		5u
#define QEMU_DESCRIPTION	6u
#define QEMU_CONFIGURATION	7u
#define QEMU_COMMAND		8u
#define QEMU_SECTION_FOOTER	0x7eu
#define QEMU_RAM		"ram"
#define QEMU_RAM_VERSION	4u
#define QEMU_FLAGS		UINT64_C(0xfff)	/* of a word */
#define QEMU_MEM_SIZE		0x4u
#define QEMU_EOS		0x10u
#define QEMU_MULTIFD_FLUSH	0x200u
#define QEMU_UUID_SIZE		16u
#define QEMU_PAGE_BITS_SIZE	4u
#define QEMU_MAPPED_RAM_VERSION	1u
#define QEMU_NAME_SIZE		256u	/* the longest, and a NUL */
#define QEMU_DESCRIPTION_FRONT	6u	/* EOF, 6, length */
#define QEMU_DESCRIPTION_MAX	(16u << 20)	/* bytes that are searched */

struct qemu_file {
	int      fd;
	uint64_t at, size;	/* in the file, in bytes */
	uint64_t from;		/* where that was which was read last */
	char     machine[QEMU_NAME_SIZE];
	bool     mapped_ram, ignore_shared;	/* capabilities */
	uint32_t section;	/* id of ram */
	uint64_t left;		/* bytes of the blocks that are to come */
};

struct qemu_block {
	char     name[QEMU_NAME_SIZE];
	uint64_t at;		/* of what says this, in the file */
	uint64_t length;	/* bytes, whole pages */
	uint64_t bitmap, pages;	/* in the file; both 0: not in it */
};

/*
 * qemu_file_open(q, fd, f): the file fd, from where that stands, up to its
 * memory.  fd stays the caller's.
 * qemu_file_block(q, b, f): the next block, all of which is in the file.  1,
 * or 0 behind the last.
 * qemu_file_end(q, f): behind the last: whether the file is whole.
 *
 * -1 with EXIT_SYSTEM; EXIT_MALFORMED; EXIT_REFUSED for another version, no
 * regular file, no mapped-ram, and what this does not know.
 */
int qemu_file_open(struct qemu_file *q, int fd, struct fault *f);
int qemu_file_block(struct qemu_file *q, struct qemu_block *b,
    struct fault *f);
int qemu_file_end(struct qemu_file *q, struct fault *f);

#endif
