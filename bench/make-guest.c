/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-guest - the stream of a made-up guest, for measuring.
 *
 *     make-guest MIB > stream
 *
 * A first round with all pages, 1024 to a record as Xen sends them, and a
 * second one with the 8 % that changed.  All is made before the first byte is
 * written, and the rest takes little more than the pipe does.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bytes.h"
#include "fault.h"
#include "format.h"
#include "mix.h"
#include "opts.h"

#define BATCH		1024u		/* pages of a record */
#define CHANGED		80u		/* in 1000 pages */

struct batch {
	unsigned     count;
	uint64_t     pfn[BATCH];
	struct iovec iov[1 + BATCH];	/* the head, and pages */
	uint8_t      head[RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE +
	    8 * BATCH];
};

static void
send_all(struct iovec *iov, unsigned count)
{
	ssize_t n;

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
send_bytes(const uint8_t *p, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)p, size };

	send_all(&iov, 1);
}

static void
send_headers(void)
{
	uint8_t h[IMAGE_HEADERS_SIZE] = { 0 };

	memcpy(h, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	h[IMAGE_VERSION_OFFSET + 3] = IMAGE_VERSION_MAX;
	put_le32(h + DOMAIN_TYPE_OFFSET, DOMAIN_HVM);
	put_le16(h + DOMAIN_PAGE_SHIFT_OFFSET, PAGE_SHIFT);
	put_le32(h + DOMAIN_XEN_MAJOR_OFFSET, 4);
	put_le32(h + DOMAIN_XEN_MINOR_OFFSET, 17);
	send_bytes(h, sizeof h);
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
	send_all(b->iov, 1 + b->count);
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

int
main(int argc, char *argv[])
{
	static struct mix m;
	static struct batch b;
	static uint8_t changed[BATCH][PAGE_SIZE], end[RECORD_HEADER_SIZE];
	uint64_t pfn, pages;
	long mib;

	if (argc != 2 || opts_number(argv[1], 1, 1L << 24, &mib) == -1)
		opts_wrong("make-guest", "give a number of MiB");
	pages = (uint64_t)mib << (20 - PAGE_SHIFT);
	if (mix_make(&m) == -1)
		err(EXIT_SYSTEM, "make-guest");
	send_headers();
	for (pfn = 0; pfn < pages; pfn++)
		add(&b, pfn, mix_page(&m, pfn));
	flush(&b);
	for (pfn = 0; pfn < pages; pfn++) {
		if (mix_hash(pfn ^ pages << 32) % 1000 >= CHANGED)
			continue;
		mix_changed(&m, pfn, changed[b.count]);
		add(&b, pfn, changed[b.count]);
	}
	flush(&b);
	send_bytes(end, sizeof end);
	return EXIT_DONE;
}
