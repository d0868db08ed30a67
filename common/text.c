/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "text.h"

static void
append(struct text *t, const char *s, size_t size)
{
	if (size > TEXT_SIZE - t->size)
		return;
	memcpy(t->bytes + t->size, s, size);
	t->size += size;
}

void
text_put(struct text *t, const char *s)
{
	append(t, s, strlen(s));
}

/* With zeroes in front, so many digits at least. */
static void
put_digits(struct text *t, uint64_t n, unsigned least)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0 || sizeof(digits) - at < least);
	append(t, digits + at, sizeof(digits) - at);
}

void
text_number(struct text *t, uint64_t n)
{
	put_digits(t, n, 1);
}

void
text_size(struct text *t, uint64_t bytes)
{
	static const char *const units[] = {
		" B", " KiB", " MiB", " GiB", " TiB", " PiB",
	};
	unsigned unit = 0;
	uint64_t tenths;

	while (unit < 5 && bytes >> 10 * (unit + 1) > 0)
		unit++;
	put_digits(t, bytes >> 10 * unit, 1);
	if (unit > 0) {
		tenths = ((bytes >> 10 * (unit - 1)) & 1023) * 10 / 1024;
		append(t, ".", 1);
		put_digits(t, tenths, 1);
	}
	text_put(t, units[unit]);
}

void
text_duration(struct text *t, uint64_t seconds)
{
	uint64_t minutes = seconds / 60;

	if (minutes >= 60) {
		put_digits(t, minutes / 60, 1);
		append(t, ":", 1);
	}
	put_digits(t, minutes % 60, minutes >= 60 ? 2 : 1);
	append(t, ":", 1);
	put_digits(t, seconds % 60, 2);
}

void
text_key(struct text *t, const char *key, uint64_t n)
{
	text_put(t, ",\"");
	text_put(t, key);
	text_put(t, "\":");
	text_number(t, n);
}
