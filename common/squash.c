/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The CRC of all bytes tells whether the last pass has read what the first
 * one has.  With regroup, what comes before the first PAGE_DATA and the pages
 * are handed on, and then all is read again from the start, so that a change
 * of what was read in between shows in the CRC, too.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "crc.h"
#include "latest.h"
#include "layers.h"
#include "regroup.h"
#include "spill.h"
#include "squash.h"
#include "stream.h"

struct passes {
	struct squash *squash;
	struct latest latest;
	struct stream in;
	struct record rec;
	struct spill spill;	/* fd -1: the input is a regular file */
	int      again;		/* what the other passes read, */
	uint64_t start;		/* from there */
	uint32_t crc;		/* of what this pass has read */
	uint32_t whole_crc;	/* of what the first has */
	bool     not_taken;	/* what is wrong is what take says */
};

/* Where the stream starts, or a file to keep it in. */
static int
find_start(struct passes *p, struct fault *f)
{
	struct stat st;
	off_t start;

	p->again = p->squash->in;
	if (fstat(p->again, &st) == -1)
		return fault_set(f, EXIT_SYSTEM, "stat of the input: %s",
		    strerror(errno));
	if (!S_ISREG(st.st_mode)) {
		if (spill_open(&p->spill, p->squash->spill_max, f) == -1)
			return -1;
		p->again = p->spill.out.fd;
		return 0;
	}
	if ((start = lseek(p->again, 0, SEEK_CUR)) == -1)
		return fault_set(f, EXIT_SYSTEM, "seek in the input: %s",
		    strerror(errno));
	p->start = (uint64_t)start;
	return 0;
}

/* The piece as it stands in the stream. */
static void
add_crc(struct passes *p)
{
	uint8_t header[RECORD_HEADER_SIZE];

	if (p->rec.part == PART_RECORD) {
		put_le32(header, p->rec.type);
		put_le32(header + 4, p->rec.length);
		p->crc = crc_add(p->crc, header, sizeof(header));
	}
	p->crc = crc_add(p->crc, p->rec.body, p->rec.size);
}

static bool
is_record(const struct record *rec, uint32_t type)
{
	return rec->part == PART_RECORD && rec->type == type;
}

/* What cannot be told apart by pfn and place alone. */
static int
refuse(const struct record *rec, struct fault *f)
{
	if (is_record(rec, REC_VERIFY)) {
		record_fault(f, EXIT_REFUSED, rec, "the pages behind it are "
		    "compared by a restore, not taken");
		return fault_hint(f, "it is a stream to debug Xen with; save "
		    "the guest without");
	}
	if (is_record(rec, REC_CHECKPOINT)) {
		record_fault(f, EXIT_REFUSED, rec, "a checkpointed stream is "
		    "not squashed");
		return fault_hint(f, "each of its checkpoints is a guest of "
		    "its own");
	}
	return rec->part == PART_RECORD ? layers_refuse(rec, f) : 0;
}

static int
first_pass(struct passes *p, struct fault *f)
{
	int more;

	while ((more = stream_next(&p->in, &p->rec, f)) == 1) {
		if (refuse(&p->rec, f) == -1 || (p->spill.out.fd != -1 &&
		    spill_keep(&p->spill, &p->rec, f) == -1))
			return -1;
		add_crc(p);
		if (is_record(&p->rec, REC_PAGE_DATA) &&
		    latest_note(&p->latest, &p->rec, f) == -1)
			return -1;
	}
	p->whole_crc = p->crc;
	p->squash->spilled = p->spill.out.offset;
	return more;
}

static int
changed(struct fault *f)
{
	fault_set(f, EXIT_SYSTEM, "the input has changed while it was read");
	return fault_hint(f, "nobody may write to the file meanwhile");
}

/* What the first pass found good, only a change makes a wrong stream. */
static int
misread(struct fault *f)
{
	return f->status == EXIT_SYSTEM ? -1 : changed(f);
}

static int
hand_on(struct passes *p, struct record *rec, struct fault *f)
{
	struct squash *s = p->squash;
	struct pages pages;

	if (rec->part == PART_NONE)
		return 0;
	if (is_record(rec, REC_PAGE_DATA)) {
		if (pages_open(&pages, rec, f) == -1)
			return -1;
		s->entries += pages.count;
		s->pages += pages.full;
	}
	return s->take(s->taker, rec, f);
}

static int
hand_on_batch(void *passes, struct record *rec, struct fault *f)
{
	struct passes *p = passes;

	p->not_taken = hand_on(p, rec, f) == -1;
	return p->not_taken ? -1 : 0;
}

static int
second_pass(struct passes *p, struct fault *f)
{
	int more;

	while ((more = stream_next(&p->in, &p->rec, f)) == 1) {
		add_crc(p);
		if (stream_ends(&p->in, &p->rec) && p->crc != p->whole_crc)
			return changed(f);
		if (is_record(&p->rec, REC_PAGE_DATA) &&
		    latest_keep(&p->latest, &p->rec, f) == -1)
			return misread(f);
		if (hand_on(p, &p->rec, f) == -1)
			return -1;
	}
	return more == 0 ? 0 : misread(f);
}

static int
hand_on_batches(struct passes *p, struct fault *f)
{
	if (regroup_run(&p->latest, p->again, p->start, &p->rec,
	    hand_on_batch, p, f) == 0)
		return 0;
	return p->not_taken ? -1 : misread(f);
}

/* With regroup: up to the first PAGE_DATA, and all pages. */
static int
pass_of_pages(struct passes *p, struct fault *f)
{
	int more;

	while ((more = stream_next(&p->in, &p->rec, f)) == 1) {
		if (stream_ends(&p->in, &p->rec))
			return 0;
		if (is_record(&p->rec, REC_PAGE_DATA))
			return hand_on_batches(p, f);
		if (hand_on(p, &p->rec, f) == -1)
			return -1;
	}
	return more == 0 ? changed(f) : misread(f);
}

/* And what is behind it. */
static int
pass_of_rest(struct passes *p, struct fault *f)
{
	bool behind = false;
	int more;

	while ((more = stream_next(&p->in, &p->rec, f)) == 1) {
		add_crc(p);
		if (stream_ends(&p->in, &p->rec) && p->crc != p->whole_crc)
			return changed(f);
		if (is_record(&p->rec, REC_PAGE_DATA))
			behind = true;
		else if ((behind || stream_ends(&p->in, &p->rec)) &&
		    hand_on(p, &p->rec, f) == -1)
			return -1;
	}
	return more == 0 ? 0 : misread(f);
}

/* A pass over the stream that fd has where it stands. */
static int
pass(struct passes *p, int fd, int (*run)(struct passes *, struct fault *),
    struct fault *f)
{
	int result;

	if (stream_open(&p->in, fd, f) == -1)
		return -1;
	p->in.whole = true;
	p->crc = CRC_START;
	result = run(p, f);
	stream_close(&p->in);
	return result;
}

static int
pass_again(struct passes *p, int (*run)(struct passes *, struct fault *),
    struct fault *f)
{
	if (lseek(p->again, (off_t)p->start, SEEK_SET) == -1)
		return fault_set(f, EXIT_SYSTEM, "seek to byte %" PRIu64
		    ": %s", p->start, strerror(errno));
	return pass(p, p->again, run, f);
}

static int
run_passes(struct passes *p, struct fault *f)
{
	struct squash *s = p->squash;

	if (find_start(p, f) == -1 || pass(p, s->in, first_pass, f) == -1)
		return -1;
	if (!s->regroup && pass_again(p, second_pass, f) == -1)
		return -1;
	if (s->regroup && (pass_again(p, pass_of_pages, f) == -1 ||
	    pass_again(p, pass_of_rest, f) == -1))
		return -1;
	s->left_entries = p->latest.entries - s->entries;
	s->left_pages = p->latest.pages - s->pages;
	return 0;
}

int
squash_run(struct squash *s, struct fault *f)
{
	struct passes p = { .squash = s, .spill.out.fd = -1 };
	int result;

	s->entries = s->pages = s->left_entries = s->left_pages = 0;
	s->spilled = 0;
	if (latest_begin(&p.latest, f) == -1)
		return -1;
	result = run_passes(&p, f);
	latest_free(&p.latest);
	record_free(&p.rec);
	if (p.spill.out.fd != -1)
		spill_close(&p.spill);
	return result;
}
