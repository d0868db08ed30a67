/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elf_file.h - the parts of an ELF file of 64 bits, little-endian, as bytes.
 * Source: <elf.h>, and the System V ABI, chapter 4.
 */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_HEADER_SIZE		sizeof(Elf64_Ehdr)
#define ELF_SEGMENT_SIZE	sizeof(Elf64_Phdr)
#define ELF_SECTION_SIZE	sizeof(Elf64_Shdr)

/*
 * elf_core_header(to, machine): the header of a core; its tables are to be put
 * in by elf_segments and elf_sections.
 */
void elf_core_header(uint8_t to[ELF_HEADER_SIZE], unsigned machine);

/*
 * elf_segments(to, offset, count): it has so many program headers, at that
 * byte.  From PN_XNUM on the count stands in section 0 (elf_sections).
 * elf_sections(to, offset, count, names): the same of section headers; names
 * is the number of the one that has their names.
 */
void elf_segments(uint8_t to[ELF_HEADER_SIZE], uint64_t offset,
    uint64_t count);
void elf_sections(uint8_t to[ELF_HEADER_SIZE], uint64_t offset,
    unsigned count, unsigned names);

/* elf_segment(to, s), elf_section(to, s): one such header. */
void elf_segment(uint8_t to[ELF_SEGMENT_SIZE], const Elf64_Phdr *s);
void elf_section(uint8_t to[ELF_SECTION_SIZE], const Elf64_Shdr *s);

/* elf_note_size(name, size): bytes of a note with a content of size bytes. */
size_t elf_note_size(const char *name, size_t size);

/*
 * elf_note(to, name, type, size): a note without content; returns where that
 * goes, as zeroes.  Its size is elf_note_size.
 */
uint8_t *elf_note(uint8_t *to, const char *name, uint32_t type, size_t size);

#endif
