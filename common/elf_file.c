/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "elf_file.h"

#define EHDR(field)	offsetof(Elf64_Ehdr, e_##field)
#define PHDR(field)	offsetof(Elf64_Phdr, p_##field)
#define SHDR(field)	offsetof(Elf64_Shdr, sh_##field)

void
elf_core_header(uint8_t to[ELF_HEADER_SIZE], unsigned machine)
{
	memset(to, 0, ELF_HEADER_SIZE);
	memcpy(to, ELFMAG, SELFMAG);
	to[EI_CLASS] = ELFCLASS64;
	to[EI_DATA] = ELFDATA2LSB;
	to[EI_VERSION] = EV_CURRENT;
	put_le16(to + EHDR(type), ET_CORE);
	put_le16(to + EHDR(machine), (uint16_t)machine);
	put_le32(to + EHDR(version), EV_CURRENT);
	put_le16(to + EHDR(ehsize), ELF_HEADER_SIZE);
}

void
elf_segments(uint8_t to[ELF_HEADER_SIZE], uint64_t offset, uint64_t count)
{
	put_le64(to + EHDR(phoff), offset);
	put_le16(to + EHDR(phentsize), ELF_SEGMENT_SIZE);
	put_le16(to + EHDR(phnum), count < PN_XNUM ? (uint16_t)count :
	    PN_XNUM);
}

void
elf_sections(uint8_t to[ELF_HEADER_SIZE], uint64_t offset, unsigned count,
    unsigned names)
{
	put_le64(to + EHDR(shoff), offset);
	put_le16(to + EHDR(shentsize), ELF_SECTION_SIZE);
	put_le16(to + EHDR(shnum), (uint16_t)count);
	put_le16(to + EHDR(shstrndx), (uint16_t)names);
}

void
elf_segment(uint8_t to[ELF_SEGMENT_SIZE], const Elf64_Phdr *s)
{
	put_le32(to + PHDR(type), s->p_type);
	put_le32(to + PHDR(flags), s->p_flags);
	put_le64(to + PHDR(offset), s->p_offset);
	put_le64(to + PHDR(vaddr), s->p_vaddr);
	put_le64(to + PHDR(paddr), s->p_paddr);
	put_le64(to + PHDR(filesz), s->p_filesz);
	put_le64(to + PHDR(memsz), s->p_memsz);
	put_le64(to + PHDR(align), s->p_align);
}

void
elf_section(uint8_t to[ELF_SECTION_SIZE], const Elf64_Shdr *s)
{
	put_le32(to + SHDR(name), s->sh_name);
	put_le32(to + SHDR(type), s->sh_type);
	put_le64(to + SHDR(flags), s->sh_flags);
	put_le64(to + SHDR(addr), s->sh_addr);
	put_le64(to + SHDR(offset), s->sh_offset);
	put_le64(to + SHDR(size), s->sh_size);
	put_le32(to + SHDR(link), s->sh_link);
	put_le32(to + SHDR(info), s->sh_info);
	put_le64(to + SHDR(addralign), s->sh_addralign);
	put_le64(to + SHDR(entsize), s->sh_entsize);
}

/* Names and contents fill whole words. */
static size_t
whole(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

size_t
elf_note_size(const char *name, size_t size)
{
	return sizeof(Elf64_Nhdr) + whole(strlen(name) + 1) + whole(size);
}

uint8_t *
elf_note(uint8_t *to, const char *name, uint32_t type, size_t size)
{
	size_t length = strlen(name) + 1;

	memset(to, 0, elf_note_size(name, size));
	put_le32(to + offsetof(Elf64_Nhdr, n_namesz), (uint32_t)length);
	put_le32(to + offsetof(Elf64_Nhdr, n_descsz), (uint32_t)size);
	put_le32(to + offsetof(Elf64_Nhdr, n_type), type);
	memcpy(to + sizeof(Elf64_Nhdr), name, length);
	return to + sizeof(Elf64_Nhdr) + whole(length);
}
