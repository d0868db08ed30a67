/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "utf8.h"

/* The first byte's fixed bits, and the least character of that length. */
static const struct {
	uint8_t mask, lead;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

size_t
utf8_next(const uint8_t *p, size_t size, uint32_t *code)
{
	size_t length, i;

	for (length = 1; length <= 4; length++)
		if ((p[0] & forms[length - 1].mask) == forms[length - 1].lead)
			break;
	if (length > 4 || length > size)
		return 0;
	*code = p[0] & (uint8_t)~forms[length - 1].mask;
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < forms[length - 1].least || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

bool
utf8_is_plain(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} moving[] = {
		{ 0, 0x1f },		/* C0 */
		{ 0x7f, 0x9f },		/* DEL, C1 */
		{ 0xad, 0xad },		/* soft hyphen */
		{ 0x61c, 0x61c },	/* Arabic letter mark */
		{ 0x200b, 0x200f },	/* without width; direction */
		{ 0x2028, 0x202e },	/* lines; direction */
		{ 0x2060, 0x206f },	/* without width; direction */
		{ 0xfeff, 0xfeff },	/* byte order mark */
		{ 0xfff9, 0xfffb },	/* annotation */
		{ 0xe0000, 0xe0fff },	/* tags */
	};
	size_t i;

	if (code >= ' ' && code < 0x7f)
		return true;
	for (i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (code >= moving[i].first && code <= moving[i].last)
			return false;
	return true;
}

void
utf8_print(FILE *out, const char *text, size_t size, bool key)
{
	const uint8_t *p = (const uint8_t *)text;
	uint32_t code;
	size_t step;

	for (; size > 0; size -= step, p += step) {
		step = utf8_next(p, size, &code);
		if (step == 0 || !utf8_is_plain(code)) {
			putc('?', out);
			step += step == 0;
		} else if (key && code == '_') {
			putc(' ', out);
		} else {
			fwrite(p, 1, step, out);
		}
	}
}

void
utf8_plain(char *to, size_t room, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t left = strlen(text), step;
	uint32_t code;

	for (; left > 0; left -= step, p += step) {
		step = utf8_next(p, left, &code);
		if (step >= room || room == 1)
			break;
		if (step == 0 || !utf8_is_plain(code)) {
			*to++ = '?';
			room--;
			step += step == 0;
		} else {
			memcpy(to, p, step);
			to += step;
			room -= step;
		}
	}
	*to = '\0';
}
