/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "dump.h"

#define LINE	16u

static void
print_line(FILE *out, const uint8_t *bytes, size_t at, size_t n)
{
	size_t i;

	fprintf(out, "%08zx ", at);
	for (i = 0; i < LINE; i++) {
		fputs(i == LINE / 2 ? "  " : " ", out);
		if (i < n)
			fprintf(out, "%02x", bytes[i]);
		else
			fputs("  ", out);
	}
	fputs("  |", out);
	for (i = 0; i < n; i++)
		fputc(bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.',
		    out);
	fputs("|\n", out);
}

void
dump_hex(FILE *out, const uint8_t *bytes, size_t size)
{
	size_t at, n;
	int starred = 0;

	for (at = 0; at < size; at += n) {
		n = size - at < LINE ? size - at : LINE;
		if (at > 0 && n == LINE &&
		    memcmp(bytes + at, bytes + at - LINE, LINE) == 0) {
			if (!starred)
				fputs("*\n", out);
			starred = 1;
			continue;
		}
		starred = 0;
		print_line(out, bytes + at, at, n);
	}
	fprintf(out, "%08zx\n", size);
}
