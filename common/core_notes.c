/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "core_notes.h"
#include "memory_run.h"
#include "elf_file.h"
#include "registers.h"

#define CORE_NAME	"CORE"

static uint8_t *
put_words(uint8_t *to, const uint64_t *word, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put_le64(to + 8 * i, word[i]);
	return to + 8 * count;
}

static void
put_prstatus(uint8_t *to, const struct registers *r, uint32_t id)
{
	const uint64_t *g = r->general;
	const struct segment *s = r->segment;
	const uint64_t word[] = {
		g[R15], g[R14], g[R13], g[R12], g[RBP], g[RBX], g[R11],
		g[R10], g[R9], g[R8], g[RAX], g[RCX], g[RDX], g[RSI], g[RDI],
		0,	/* rax of a system call */
		r->rip, s[SEGMENT_CS].selector, r->rflags, g[RSP],
		s[SEGMENT_SS].selector, s[SEGMENT_FS].base,
		s[SEGMENT_GS].base, s[SEGMENT_DS].selector,
		s[SEGMENT_ES].selector, s[SEGMENT_FS].selector,
		s[SEGMENT_GS].selector,
	};

	put_le32(to + PRSTATUS_PID, id + 1);	/* gdb wants no thread 0 */
	put_words(to + PRSTATUS_REGISTERS, word,
	    sizeof(word) / sizeof(word[0]));
}

static void
put_qemu(uint8_t *to, const struct registers *r)
{
	const uint64_t *g = r->general;
	const uint64_t word[] = {
		g[RAX], g[RBX], g[RCX], g[RDX], g[RSI], g[RDI], g[RSP],
		g[RBP], g[R8], g[R9], g[R10], g[R11], g[R12], g[R13], g[R14],
		g[R15], r->rip, r->rflags,
	};
	uint8_t *at = to + QEMU_NOTE_SEGMENTS;
	unsigned i;

	put_le32(to, QEMU_NOTE_VERSION);
	put_le32(to + 4, QEMU_NOTE_SIZE);
	put_words(to + QEMU_NOTE_REGISTERS, word,
	    sizeof(word) / sizeof(word[0]));
	for (i = 0; i < SEGMENTS; i++, at += QEMU_NOTE_SEGMENT_SIZE) {
		put_le32(at, r->segment[i].selector);
		put_le32(at + 4, r->segment[i].limit);
		put_le32(at + 8, r->segment[i].flags);
		put_le64(at + 16, r->segment[i].base);
	}
	put_words(to + QEMU_NOTE_CONTROL, r->cr, sizeof(r->cr) / 8);
	put_le64(to + QEMU_NOTE_KERNEL_GS, r->kernel_gs);
}

static size_t
vcpus_size(const struct state *s)
{
	return s->vcpus * (elf_note_size(CORE_NAME, PRSTATUS_SIZE) +
	    elf_note_size(QEMU_NOTE_NAME, QEMU_NOTE_SIZE));
}

/* All of the first kind, then all of the second, as QEMU has them. */
static void
put_vcpus(uint8_t *to, const struct state *s)
{
	struct registers r;
	size_t i;

	for (i = 0; i < s->vcpus; i++) {
		registers_read(&r, s, &s->vcpu[i]);
		put_prstatus(elf_note(to, CORE_NAME, NT_PRSTATUS,
		    PRSTATUS_SIZE), &r, s->vcpu[i].id);
		to += elf_note_size(CORE_NAME, PRSTATUS_SIZE);
	}
	for (i = 0; i < s->vcpus; i++) {
		registers_read(&r, s, &s->vcpu[i]);
		put_qemu(elf_note(to, QEMU_NOTE_NAME, 0, QEMU_NOTE_SIZE), &r);
		to += elf_note_size(QEMU_NOTE_NAME, QEMU_NOTE_SIZE);
	}
}

/* Where Linux has its note, which begins a page. */
struct vmcoreinfo {
	uint64_t pfn;
	uint32_t size;		/* of its text, 0: it was not found */
};

static bool
is_vmcoreinfo(const uint8_t *page)
{
	uint32_t size = get_le32(page + offsetof(Elf64_Nhdr, n_descsz));

	return get_le32(page) == sizeof(VMCOREINFO_NAME) &&
	    memcmp(page + sizeof(Elf64_Nhdr), VMCOREINFO_NAME,
	    sizeof(VMCOREINFO_NAME)) == 0 &&
	    memcmp(page + VMCOREINFO_TEXT_OFFSET, VMCOREINFO_TEXT,
	    sizeof(VMCOREINFO_TEXT) - 1) == 0 &&
	    size >= sizeof(VMCOREINFO_TEXT) && size <= VMCOREINFO_MAX;
}

static int
look(void *taker, const struct stored_entry *e, size_t count, uint8_t *bytes,
    struct fault *f)
{
	struct vmcoreinfo *v = taker;
	const uint8_t *page = bytes;
	size_t i;

	(void)f;
	for (i = 0; i < count; i++, page += PAGE_SIZE) {
		if (!is_vmcoreinfo(page))
			continue;
		v->pfn = e[i].pfn;
		v->size = get_le32(page + offsetof(Elf64_Nhdr, n_descsz));
		return 1;
	}
	return 0;
}

/* Its text, from the pages that have it.  1, 0 when one is not there, or -1. */
static int
read_text(const struct vmcoreinfo *v, struct memory *m, uint8_t *to,
    struct fault *f)
{
	uint8_t page[PAGE_SIZE];
	uint32_t from = VMCOREINFO_TEXT_OFFSET, left = v->size, n;
	uint64_t pfn;
	int found;

	for (pfn = v->pfn; left > 0; pfn++) {
		if ((found = stored_page(&m->stored, pfn, page, f)) != 1)
			return found;
		n = PAGE_SIZE - from < left ? PAGE_SIZE - from : left;
		memcpy(to, page + from, n);
		to += n;
		left -= n;
		from = 0;
	}
	return 1;
}

int
core_notes_make(struct core_notes *n, const struct state *s,
    struct memory *m, struct fault *f)
{
	struct vmcoreinfo v = { .size = 0 };
	int found = 0;

	*n = (struct core_notes){ .size = vcpus_size(s) };
	if (memory_each(m, look, &v, f) == -1)
		return -1;
	n->bytes = malloc(n->size + elf_note_size(VMCOREINFO_NAME, v.size));
	if (n->bytes == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	put_vcpus(n->bytes, s);
	if (v.size > 0)
		found = read_text(&v, m, elf_note(n->bytes + n->size,
		    VMCOREINFO_NAME, 0, v.size), f);
	if (found == 1)
		n->size += elf_note_size(VMCOREINFO_NAME, v.size);
	if (found == -1)
		core_notes_free(n);
	return found == -1 ? -1 : 0;
}

void
core_notes_free(struct core_notes *n)
{
	free(n->bytes);
	*n = (struct core_notes){ .size = 0 };
}
