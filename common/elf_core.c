/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core_map.h"
#include "core_notes.h"
#include "memory_run.h"
#include "elf_file.h"
#include "elf_core.h"

#define HEADERS_AT_ONCE	1024u

struct work {
	struct memory *memory;
	struct sparse *out;
	struct state state;
	struct core_pages pages;
	struct core_map map;
	struct core_notes notes;
	uint64_t notes_at, pages_at;	/* in the file */
};

static uint64_t
segments(const struct work *w)
{
	return w->map.areas + 1;	/* notes come first */
}

static void
lay_out(struct work *w)
{
	w->notes_at = ELF_HEADER_SIZE + segments(w) * ELF_SEGMENT_SIZE;
	if (segments(w) >= PN_XNUM)
		w->notes_at += ELF_SECTION_SIZE;
	w->pages_at = stored_whole(w->notes_at + w->notes.size);
}

static int
put_header(const struct work *w, struct fault *f)
{
	uint8_t header[ELF_HEADER_SIZE];

	elf_core_header(header, EM_X86_64);
	elf_segments(header, ELF_HEADER_SIZE, segments(w));
	if (segments(w) >= PN_XNUM)
		elf_sections(header, w->notes_at - ELF_SECTION_SIZE, 1, 0);
	return sparse_put(w->out, header, sizeof(header), f);
}

static int
put_notes_segment(const struct work *w, struct fault *f)
{
	const Elf64_Phdr notes = {
		.p_type = PT_NOTE, .p_offset = w->notes_at,
		.p_filesz = w->notes.size, .p_memsz = w->notes.size,
	};
	uint8_t header[ELF_SEGMENT_SIZE];

	elf_segment(header, &notes);
	return sparse_put(w->out, header, sizeof(header), f);
}

static uint64_t
offset_of(const struct work *w, uint64_t physical)
{
	uint64_t pfn = physical >> PAGE_SHIFT;
	const struct core_run *run = core_pages_from(&w->pages, pfn);

	return w->pages_at + ((run->slot + (pfn - run->pfn)) << PAGE_SHIFT);
}

static int
put_segments(const struct work *w, struct fault *f)
{
	uint8_t headers[HEADERS_AT_ONCE * ELF_SEGMENT_SIZE];
	const struct core_area *a;
	Elf64_Phdr segment;
	size_t i, n = 0;

	/* As in QEMU's and Linux's, p_align is 0: by that crash tells them
	 * from the cores of netdump. */

	for (i = 0; i < w->map.areas; i++) {
		a = &w->map.area[i];
		segment = (Elf64_Phdr){
			.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
			.p_offset = offset_of(w, a->physical),
			.p_vaddr = a->virtual, .p_paddr = a->physical,
			.p_filesz = a->size, .p_memsz = a->size,
		};
		elf_segment(headers + ELF_SEGMENT_SIZE * n++, &segment);
		if (n < HEADERS_AT_ONCE && i + 1 < w->map.areas)
			continue;
		if (sparse_put(w->out, headers, ELF_SEGMENT_SIZE * n, f) == -1)
			return -1;
		n = 0;
	}
	return 0;
}

/* The one section, which says how many program headers there are. */
static int
put_section(const struct work *w, struct fault *f)
{
	uint8_t header[ELF_SECTION_SIZE];

	if (segments(w) < PN_XNUM)
		return 0;
	elf_section(header, &(Elf64_Shdr){ .sh_info =
	    (uint32_t)segments(w) });
	return sparse_put(w->out, header, sizeof(header), f);
}

static int
put_pages(void *taker, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	(void)e;
	return sparse_pages(taker, bytes, count, f);
}

static int
put_all(struct work *w, struct fault *f)
{
	lay_out(w);
	if (put_header(w, f) == -1 || put_notes_segment(w, f) == -1 ||
	    put_segments(w, f) == -1 || put_section(w, f) == -1 ||
	    sparse_put(w->out, w->notes.bytes, w->notes.size, f) == -1 ||
	    sparse_skip(w->out, w->pages_at - w->notes_at - w->notes.size,
	    f) == -1)
		return -1;
	return memory_each(w->memory, put_pages, w->out, f);
}

static int
map_virtual(struct work *w, struct fault *f)
{
	struct registers r;

	if (w->state.vcpus == 0) {
		fault_set(f, EXIT_REFUSED, "no vcpu's registers are in the "
		    "stream: nothing says where the page tables are");
		return fault_hint(f, "without --virtual they are not needed");
	}
	registers_read(&r, &w->state, &w->state.vcpu[0]);
	return core_map_virtual(&w->map, &w->pages, &r, w->memory, f);
}

static int
write_core(const struct convert *c, struct work *w, struct fault *f)
{
	if (state_read(&w->state, w->memory, f) == -1 ||
	    core_pages_read(&w->pages, w->memory, f) == -1)
		return -1;
	if ((c->virtual_addresses ? map_virtual(w, f) :
	    core_map_physical(&w->map, &w->pages, f)) == -1)
		return -1;
	if (core_notes_make(&w->notes, &w->state, w->memory, f) == -1)
		return -1;
	return put_all(w, f);
}

int
elf_core_write(const struct convert *c, struct memory *m,
    struct sparse *out, struct fault *f)
{
	struct work w = { .memory = m, .out = out };
	int result = write_core(c, &w, f);

	core_notes_free(&w.notes);
	core_map_free(&w.map);
	core_pages_free(&w.pages);
	state_free(&w.state);
	return result;
}
