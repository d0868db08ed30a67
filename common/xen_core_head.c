/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format_core.h"
#include "xen_core_head.h"

#define ABI_VERSION	1u	/* as Xen's tools write it */

static const char *const section_names[SECTIONS] = {
	[NONE] = "", [NAMES] = ".shstrtab", [NOTES] = ".note.Xen",
	[CONTEXTS] = ".xen_prstatus", [SHARED_INFO] = ".xen_shared_info",
	[PAGES] = ".xen_pages", [TABLE_PV] = ".xen_p2m",
	[TABLE_HVM] = ".xen_pfn",
};

/* All of them: size as in the file, and where the format asks for one. */
static const struct {
	uint32_t type;
	uint64_t align, entry;
} kinds[SECTIONS] = {
	[NAMES] = { .type = SHT_STRTAB },
	[NOTES] = { .type = SHT_NOTE },
	[CONTEXTS] = { SHT_PROGBITS, 8, VCPU_CONTEXT_SIZE_64 },
	[SHARED_INFO] = { SHT_PROGBITS, 8, PAGE_SIZE },
	[PAGES] = { SHT_PROGBITS, PAGE_SIZE, PAGE_SIZE },
	[TABLE_PV] = { SHT_PROGBITS, 8, 16 },
	[TABLE_HVM] = { SHT_PROGBITS, 8, 8 },
};

static bool
is_pv(const struct xen_core_head *h)
{
	return h->state->type == DOMAIN_PV;
}

/* Whether a section is in this core. */
static bool
has(const struct xen_core_head *h, unsigned i)
{
	switch (i) {
	case SHARED_INFO:
		return h->state->shared_info != NULL;
	case TABLE_PV:
		return is_pv(h);
	case TABLE_HVM:
		return !is_pv(h);
	default:
		return true;
	}
}

static size_t
notes_size(void)
{
	return elf_note_size(XEN_NOTE_NAME, 0) +
	    elf_note_size(XEN_NOTE_NAME, XEN_NOTE_HEADER_SIZE) +
	    elf_note_size(XEN_NOTE_NAME, XEN_NOTE_VERSION_SIZE) +
	    elf_note_size(XEN_NOTE_NAME, XEN_NOTE_FORMAT_SIZE);
}

void
xen_core_lay_out(struct xen_core_head *h, const struct state *state,
    uint64_t pages)
{
	Elf64_Shdr *s = h->section;
	uint32_t names = 0;
	uint64_t at = ELF_HEADER_SIZE;
	unsigned i;

	*h = (struct xen_core_head){ .state = state, .pages = pages };
	s[NOTES].sh_size = notes_size();
	s[CONTEXTS].sh_size = h->state->vcpus * VCPU_CONTEXT_SIZE_64;
	s[SHARED_INFO].sh_size = PAGE_SIZE;
	s[PAGES].sh_size = h->pages << PAGE_SHIFT;
	s[TABLE_PV].sh_size = h->pages * kinds[TABLE_PV].entry;
	s[TABLE_HVM].sh_size = h->pages * kinds[TABLE_HVM].entry;
	for (i = 0; i < SECTIONS; i++) {
		s[i].sh_name = names;
		s[i].sh_type = kinds[i].type;
		s[i].sh_addralign = kinds[i].align;
		s[i].sh_entsize = kinds[i].entry;
		names += (uint32_t)strlen(section_names[i]) + 1;
		at += has(h, i) ? ELF_SECTION_SIZE : 0;
	}
	for (i = NOTES; i < SECTIONS; i++) {
		if (!has(h, i))
			continue;
		if (i == PAGES)
			at = stored_whole(at);
		s[i].sh_offset = at;
		at += s[i].sh_size;
	}
	s[NAMES].sh_offset = at;
	s[NAMES].sh_size = names;
}

static int
put_headers(const struct xen_core_head *h, struct sparse *out,
    struct fault *f)
{
	uint8_t header[ELF_HEADER_SIZE + SECTIONS * ELF_SECTION_SIZE];
	uint8_t *at = header + ELF_HEADER_SIZE;
	unsigned i, count = 0;

	for (i = 0; i < SECTIONS; i++) {
		if (!has(h, i))
			continue;
		elf_section(at, &h->section[i]);
		at += ELF_SECTION_SIZE;
		count++;
	}
	elf_core_header(header, is_pv(h) && h->state->width == 4 ? EM_386 :
	    EM_X86_64);
	header[EI_ABIVERSION] = ABI_VERSION;
	elf_sections(header, ELF_HEADER_SIZE, count, NAMES);
	return sparse_put(out, header, (size_t)(at - header), f);
}

static int
put_note(struct sparse *out, uint32_t type, const uint8_t *bytes, size_t size,
    struct fault *f)
{
	uint8_t note[sizeof(Elf64_Nhdr) + 4 + XEN_NOTE_VERSION_SIZE];
	uint8_t *to = elf_note(note, XEN_NOTE_NAME, type, size);

	memcpy(to, bytes, size);
	return sparse_put(out, note, elf_note_size(XEN_NOTE_NAME, size),
	    f);
}

static int
put_notes(const struct xen_core_head *h, struct sparse *out, struct fault *f)
{
	uint8_t header[XEN_NOTE_HEADER_SIZE];
	uint8_t version[XEN_NOTE_VERSION_SIZE] = { 0 };
	uint8_t format[XEN_NOTE_FORMAT_SIZE];

	put_le64(header, is_pv(h) ? XEN_CORE_MAGIC_PV : XEN_CORE_MAGIC_HVM);
	put_le64(header + 8, h->state->vcpus);
	put_le64(header + 16, h->pages);
	put_le64(header + 24, PAGE_SIZE);
	put_le64(version, h->state->xen_major);
	put_le64(version + 8, h->state->xen_minor);
	put_le64(version + XEN_NOTE_VERSION_PAGE, PAGE_SIZE);
	put_le64(format, XEN_CORE_FORMAT);
	if (put_note(out, XEN_NOTE_NONE, format, 0, f) == -1 ||
	    put_note(out, XEN_NOTE_HEADER, header, sizeof(header), f) == -1 ||
	    put_note(out, XEN_NOTE_VERSION, version, sizeof(version), f) == -1)
		return -1;
	return put_note(out, XEN_NOTE_FORMAT, format, sizeof(format), f);
}

int
xen_core_put_head(const struct xen_core_head *h, struct sparse *out,
    struct fault *f)
{
	return put_headers(h, out, f) == -1 ? -1 : put_notes(h, out, f);
}

int
xen_core_put_names(struct sparse *out, struct fault *f)
{
	unsigned i;

	for (i = 0; i < SECTIONS; i++)
		if (sparse_put(out, section_names[i],
		    strlen(section_names[i]) + 1, f) == -1)
			return -1;
	return 0;
}
