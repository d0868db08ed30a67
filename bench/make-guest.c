/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-guest - the stream of a made-up guest, for measuring.
 *
 *     make-guest MIB > stream
 *     make-guest MIB STREAM 2> digest > stream
 *
 * A first round with all pages, 1024 to a record as Xen sends them, and a
 * second one with the 8 % that changed.  All is made before the first byte is
 * written, and the rest takes little more than the pipe does.
 *
 * STREAM: the guest is live until the stream has so many MiB.  In each round
 * one page in 100 changes by two words, the same pages each time, and one in
 * 500 others, as mix_changed has it.  SIGTERM makes the round the last one.
 * The digest is printed at the end.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bytes.h"
#include "digest.h"
#include "fault.h"
#include "format.h"
#include "mix.h"
#include "opts.h"

#define BATCH		1024u		/* pages of a record */
#define CHANGED		80u		/* in 1000 pages */
#define HOT_RUN		64u		/* pages that are hot together */
#define HOT		100u		/* of so many runs one is hot */
#define COLD		500u		/* of so many other pages one changes */

struct batch {
	struct digest *digest;	/* of all that was sent */
	uint64_t     sent;	/* bytes */
	unsigned     count;
	uint64_t     pfn[BATCH];
	struct iovec iov[1 + BATCH];	/* the head, and pages */
	uint8_t      head[RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE +
	    8 * BATCH];
};

static void
send_all(struct batch *b, struct iovec *iov, unsigned count)
{
	unsigned i;
	ssize_t n;

	for (i = 0; i < count; i++) {
		digest_add(b->digest, iov[i].iov_base, iov[i].iov_len);
		b->sent += iov[i].iov_len;
	}
	while (count > 0) {
		n = writev(STDOUT_FILENO, iov,
		    (int)(count < IOV_MAX ? count : IOV_MAX));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			err(EXIT_SYSTEM, "make-guest: write");
		for (; count > 0 && (size_t)n >= iov->iov_len; iov++, count--)
			n -= (ssize_t)iov->iov_len;
		if (count > 0) {
			iov->iov_base = (uint8_t *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
}

static void
send_bytes(struct batch *b, const uint8_t *p, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)p, size };

	send_all(b, &iov, 1);
}

static void
send_headers(struct batch *b)
{
	uint8_t h[IMAGE_HEADERS_SIZE] = { 0 };

	memcpy(h, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	h[IMAGE_VERSION_OFFSET + 3] = IMAGE_VERSION_MAX;
	put_le32(h + DOMAIN_TYPE_OFFSET, DOMAIN_HVM);
	put_le16(h + DOMAIN_PAGE_SHIFT_OFFSET, PAGE_SHIFT);
	put_le32(h + DOMAIN_XEN_MAJOR_OFFSET, 4);
	put_le32(h + DOMAIN_XEN_MINOR_OFFSET, 17);
	send_bytes(b, h, sizeof h);
}

/* Pages are a multiple of 8 bytes: a record needs no padding. */
static void
flush(struct batch *b)
{
	size_t head = RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE +
	    8 * (size_t)b->count;
	size_t i;

	if (b->count == 0)
		return;
	memset(b->head, 0, head);
	put_le32(b->head, REC_PAGE_DATA);
	put_le32(b->head + 4, (uint32_t)(head - RECORD_HEADER_SIZE +
	    (size_t)b->count * PAGE_SIZE));
	put_le32(b->head + RECORD_HEADER_SIZE, b->count);
	for (i = 0; i < b->count; i++)
		put_le64(b->head + head - 8 * (b->count - i), b->pfn[i]);
	b->iov[0] = (struct iovec){ b->head, head };
	send_all(b, b->iov, 1 + b->count);
	b->count = 0;
}

static void
add(struct batch *b, uint64_t pfn, const uint8_t *page)
{
	b->pfn[b->count++] = pfn;
	b->iov[b->count] = (struct iovec){ (void *)(uintptr_t)page,
	    PAGE_SIZE };
	if (b->count == BATCH)
		flush(b);
}

static void
send_all_pages(struct batch *b, struct mix *m, uint64_t pages)
{
	uint64_t pfn;

	for (pfn = 0; pfn < pages; pfn++)
		add(b, pfn, mix_page(m, pfn));
	flush(b);
}

static uint8_t changed[BATCH][PAGE_SIZE];

static void
send_changed(struct batch *b, const struct mix *m, uint64_t pages)
{
	uint64_t pfn;

	for (pfn = 0; pfn < pages; pfn++) {
		if (mix_hash(pfn ^ pages << 32) % 1000 >= CHANGED)
			continue;
		mix_changed(m, pfn, changed[b->count]);
		add(b, pfn, changed[b->count]);
	}
	flush(b);
}

/* A page as it is in that round: a clock in it, and what the time is for. */
static void
send_page(struct batch *b, const struct mix *m, uint64_t pfn, uint64_t round)
{
	uint8_t *page = changed[b->count];

	mix_changed(m, pfn, page);
	put_le64(page + 8 * (mix_hash(pfn) % (PAGE_SIZE / 8)), round);
	put_le64(page + 8 * (mix_hash(pfn ^ round << 40) % (PAGE_SIZE / 8)),
	    mix_hash(round));
	add(b, pfn, page);
}

static void
send_round(struct batch *b, const struct mix *m, uint64_t pages,
    uint64_t round, uint64_t limit)
{
	uint64_t pfn;

	for (pfn = 0; pfn < pages && b->sent < limit; pfn++)
		if (mix_hash(pfn / HOT_RUN) % HOT == 0 ||
		    mix_hash(pfn ^ round << 40) % COLD == 0)
			send_page(b, m, pfn, round);
	flush(b);
}

static volatile sig_atomic_t enough;

static void
is_enough(int signal)
{
	(void)signal;
	enough = 1;
}

int
main(int argc, char *argv[])
{
	const struct sigaction action = { .sa_handler = is_enough };
	static struct mix m;
	static struct batch b;
	static uint8_t end[RECORD_HEADER_SIZE];
	long mib, stream = 0;
	uint64_t pages, limit, round;

	if (argc < 2 || argc > 3 ||
	    opts_number(argv[1], 1, 1L << 24, &mib) == -1 ||
	    (argc == 3 && opts_number(argv[2], 1, 1L << 24, &stream) == -1))
		opts_wrong("make-guest", "give one number of MiB, or two");
	pages = (uint64_t)mib << (20 - PAGE_SHIFT);
	limit = (uint64_t)stream << 20;
	b.digest = digest_new();
	if (b.digest == NULL || mix_make(&m) == -1 ||
	    (stream > 0 && sigaction(SIGTERM, &action, NULL) == -1))
		err(EXIT_SYSTEM, "make-guest");
	send_headers(&b);
	send_all_pages(&b, &m, pages);
	send_changed(&b, &m, pages);
	for (round = 2; b.sent < limit && !enough; round++)
		send_round(&b, &m, pages, round, limit);
	send_bytes(&b, end, sizeof end);
	if (stream > 0 && digest_print(b.digest, STDERR_FILENO) == -1)
		err(EXIT_SYSTEM, "make-guest: the digest");
	return EXIT_DONE;
}
