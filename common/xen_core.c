/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "core_pages.h"
#include "elf_file.h"
#include "machine.h"
#include "registers.h"
#include "xen_core.h"

#define ENTRIES_AT_ONCE	4096u
#define ENTRY_MAX	16u
#define ABI_VERSION	1u	/* as Xen's tools write it */

/* In the order of their headers; of the bytes too, but for NAMES, the last. */
enum {
	NONE, NAMES, NOTES, CONTEXTS, SHARED_INFO, PAGES, TABLE_PV, TABLE_HVM,
	SECTIONS
};

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

struct work {
	struct memory *memory;
	struct sparse *out;
	struct state state;
	struct core_pages pages;
	struct machine machine;	/* of a PV guest */
	uint64_t kept;		/* pages that the core gets */
	Elf64_Shdr section[SECTIONS];
	uint8_t  table[ENTRIES_AT_ONCE * ENTRY_MAX];
	size_t   used;		/* bytes of it */
};

static bool
is_pv(const struct work *w)
{
	return w->state.type == DOMAIN_PV;
}

/* Whether a section is in this core. */
static bool
has(const struct work *w, unsigned i)
{
	switch (i) {
	case SHARED_INFO:
		return w->state.shared_info != NULL;
	case TABLE_PV:
		return is_pv(w);
	case TABLE_HVM:
		return !is_pv(w);
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

static void
lay_out(struct work *w)
{
	Elf64_Shdr *s = w->section;
	uint32_t names = 0;
	uint64_t at = ELF_HEADER_SIZE;
	unsigned i;

	s[NOTES].sh_size = notes_size();
	s[CONTEXTS].sh_size = w->state.vcpus * VCPU_CONTEXT_SIZE_64;
	s[SHARED_INFO].sh_size = PAGE_SIZE;
	s[PAGES].sh_size = w->kept << PAGE_SHIFT;
	s[TABLE_PV].sh_size = w->kept * kinds[TABLE_PV].entry;
	s[TABLE_HVM].sh_size = w->kept * kinds[TABLE_HVM].entry;
	for (i = 0; i < SECTIONS; i++) {
		s[i].sh_name = names;
		s[i].sh_type = kinds[i].type;
		s[i].sh_addralign = kinds[i].align;
		s[i].sh_entsize = kinds[i].entry;
		names += (uint32_t)strlen(section_names[i]) + 1;
		at += has(w, i) ? ELF_SECTION_SIZE : 0;
	}
	for (i = NOTES; i < SECTIONS; i++) {
		if (!has(w, i))
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
put_headers(struct work *w, struct fault *f)
{
	uint8_t header[ELF_HEADER_SIZE + SECTIONS * ELF_SECTION_SIZE];
	uint8_t *at = header + ELF_HEADER_SIZE;
	unsigned i, count = 0;

	for (i = 0; i < SECTIONS; i++) {
		if (!has(w, i))
			continue;
		elf_section(at, &w->section[i]);
		at += ELF_SECTION_SIZE;
		count++;
	}
	elf_core_header(header, is_pv(w) && w->state.width == 4 ? EM_386 :
	    EM_X86_64);
	header[EI_ABIVERSION] = ABI_VERSION;
	elf_sections(header, ELF_HEADER_SIZE, count, NAMES);
	return sparse_put(w->out, header, (size_t)(at - header), f);
}

static int
put_note(struct work *w, uint32_t type, const uint8_t *bytes, size_t size,
    struct fault *f)
{
	uint8_t note[sizeof(Elf64_Nhdr) + 4 + XEN_NOTE_VERSION_SIZE];
	uint8_t *to = elf_note(note, XEN_NOTE_NAME, type, size);

	memcpy(to, bytes, size);
	return sparse_put(w->out, note, elf_note_size(XEN_NOTE_NAME, size),
	    f);
}

static int
put_notes(struct work *w, struct fault *f)
{
	uint8_t header[XEN_NOTE_HEADER_SIZE];
	uint8_t version[XEN_NOTE_VERSION_SIZE] = { 0 };
	uint8_t format[XEN_NOTE_FORMAT_SIZE];

	put_le64(header, is_pv(w) ? XEN_CORE_MAGIC_PV : XEN_CORE_MAGIC_HVM);
	put_le64(header + 8, w->state.vcpus);
	put_le64(header + 16, w->kept);
	put_le64(header + 24, PAGE_SIZE);
	put_le64(version, w->state.xen_major);
	put_le64(version + 8, w->state.xen_minor);
	put_le64(version + XEN_NOTE_VERSION_PAGE, PAGE_SIZE);
	put_le64(format, XEN_CORE_FORMAT);
	if (put_note(w, XEN_NOTE_NONE, format, 0, f) == -1 ||
	    put_note(w, XEN_NOTE_HEADER, header, sizeof(header), f) == -1 ||
	    put_note(w, XEN_NOTE_VERSION, version, sizeof(version), f) == -1)
		return -1;
	return put_note(w, XEN_NOTE_FORMAT, format, sizeof(format), f);
}

static int
put_contexts(struct work *w, struct fault *f)
{
	uint8_t context[VCPU_CONTEXT_SIZE_64];
	const struct state_vcpu *vcpu;
	struct registers r;
	size_t i;

	for (i = 0; i < w->state.vcpus; i++) {
		vcpu = &w->state.vcpu[i];
		if (is_pv(w)) {
			if (machine_context(&w->machine, vcpu, context, f) ==
			    -1)
				return -1;
		} else {
			registers_read(&r, &w->state, vcpu);
			registers_context(&r, context);
			memcpy(context, vcpu->bytes, VCPU_FPU_SIZE);
		}
		if (sparse_put(w->out, context, sizeof(context), f) == -1)
			return -1;
	}
	return 0;
}

static int
put_shared_info(struct work *w, struct fault *f)
{
	return w->state.shared_info == NULL ? 0 :
	    sparse_put(w->out, w->state.shared_info, PAGE_SIZE, f);
}

/* Pages as the guest had them; those that it did not have any more go. */
static int
put_pv_pages(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	struct work *w = taker;
	uint8_t *to = bytes, *page = bytes;
	uint64_t mfn;
	size_t i;
	int found;

	for (i = 0; i < count; i++, page += PAGE_SIZE) {
		found = machine_frame(&w->machine, e[i].pfn, &mfn, f);
		if (found == 0)
			continue;
		if (found == -1 ||
		    machine_page(&w->machine, &e[i], page, f) == -1)
			return -1;
		if (to != page)
			memcpy(to, page, PAGE_SIZE);
		to += PAGE_SIZE;
	}
	return core_pages_put(w->out, bytes, (size_t)(to - bytes) / PAGE_SIZE,
	    f);
}

static int
put_hvm_pages(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	struct work *w = taker;

	(void)e;
	return core_pages_put(w->out, bytes, count, f);
}

static int
put_pages(struct work *w, struct fault *f)
{
	uint64_t end = w->section[CONTEXTS].sh_offset +
	    w->section[CONTEXTS].sh_size;

	if (w->state.shared_info != NULL)
		end += PAGE_SIZE;
	if (sparse_skip(w->out, w->section[PAGES].sh_offset - end, f) == -1)
		return -1;
	return core_pages_each(w->memory, is_pv(w) ? put_pv_pages :
	    put_hvm_pages, w, f);
}

static int
flush_table(struct work *w, struct fault *f)
{
	size_t n = w->used;

	w->used = 0;
	return sparse_put(w->out, w->table, n, f);
}

/* A page's line of the table. */
static int
put_entry(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f)
{
	put_le64(w->table + w->used, pfn);
	w->used += 8;
	if (is_pv(w)) {
		put_le64(w->table + w->used, mfn);
		w->used += 8;
	}
	return w->used < sizeof(w->table) ? 0 : flush_table(w, f);
}

static int
count_entry(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f)
{
	(void)pfn;
	(void)mfn;
	(void)f;
	w->kept++;
	return 0;
}

/* Each page of the core, by number, to `each`. */
static int
each_page(struct work *w,
    int (*each)(struct work *w, uint64_t pfn, uint64_t mfn, struct fault *f),
    struct fault *f)
{
	const struct core_run *run = w->pages.run;
	uint64_t pfn, mfn = XEN_CORE_INVALID;
	int found = 1;
	size_t i;

	for (i = 0; i < w->pages.runs; i++)
		for (pfn = run[i].pfn; pfn < run[i].pfn + run[i].count;
		    pfn++) {
			if (is_pv(w))
				found = machine_frame(&w->machine, pfn, &mfn,
				    f);
			if (found == -1 ||
			    (found == 1 && each(w, pfn, mfn, f) == -1))
				return -1;
		}
	return 0;
}

static int
put_names(struct work *w, struct fault *f)
{
	unsigned i;

	for (i = 0; i < SECTIONS; i++)
		if (sparse_put(w->out, section_names[i],
		    strlen(section_names[i]) + 1, f) == -1)
			return -1;
	return 0;
}

static int
check_kept(const struct work *w, struct fault *f)
{
	if (w->kept > 0 || w->pages.pages == 0)
		return 0;
	fault_set(f, EXIT_REFUSED, "the guest's P2M has no frame for any of "
	    "its %" PRIu64 " pages", w->pages.pages);
	return fault_hint(f, "--to elf-core needs no P2M");
}

/* What the core does not have. */
static void
tell(const struct convert *c, const struct work *w)
{
	if (c->quiet || !is_pv(w))
		return;
	if (w->kept < w->pages.pages)
		fault_tell(c->tool, "%" PRIu64 " pages that the guest's P2M "
		    "does not have are left out", w->pages.pages - w->kept);
	if (w->machine.cleared > 0)
		fault_tell(c->tool, "%" PRIu64 " entries of page tables are "
		    "cleared: the guest's P2M has no frame for them",
		    w->machine.cleared);
}

static int
put_all(struct work *w, struct fault *f)
{
	if (each_page(w, count_entry, f) == -1 || check_kept(w, f) == -1)
		return -1;
	lay_out(w);
	if (put_headers(w, f) == -1 || put_notes(w, f) == -1 ||
	    put_contexts(w, f) == -1 || put_shared_info(w, f) == -1 ||
	    put_pages(w, f) == -1 || each_page(w, put_entry, f) == -1 ||
	    flush_table(w, f) == -1)
		return -1;
	return put_names(w, f);
}

int
xen_core_write(const struct convert *c, struct memory *m,
    struct sparse *out, struct fault *f)
{
	struct work w = { .memory = m, .out = out };
	int result = -1;

	if (state_read(&w.state, m, f) == 0 &&
	    core_pages_read(&w.pages, m, f) == 0 &&
	    (!is_pv(&w) || machine_open(&w.machine, m, &w.state, f) == 0))
		result = put_all(&w, f);
	if (result == 0)
		tell(c, &w);
	machine_close(&w.machine);
	core_pages_free(&w.pages);
	state_free(&w.state);
	return result;
}
