/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * digest-of - prints the digest of its input, as make-guest does of a long
 * stream that it made.
 *
 *     make-guest 64 1024 2> made | rec-null | digest-of > came
 *     cmp made came
 */
#include <err.h>
#include <errno.h>
#include <unistd.h>

#include "digest.h"
#include "fault.h"

int
main(void)
{
	static char piece[1 << 20];
	struct digest *d = digest_new();
	ssize_t n;

	if (d == NULL)
		err(EXIT_SYSTEM, "digest-of");
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) != 0) {
		if (n == -1 && errno != EINTR)
			err(EXIT_SYSTEM, "digest-of: read");
		if (n > 0)
			digest_add(d, piece, (size_t)n);
	}
	if (digest_print(d, STDOUT_FILENO) == -1)
		err(EXIT_SYSTEM, "digest-of: write");
	return EXIT_DONE;
}
