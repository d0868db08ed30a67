/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "decode.h"
#include "decode_item.h"
#include "utf8.h"

#define SHORT_SIZE	201u	/* bytes of a formatted text, with its NUL */
#define REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD */

struct item
item_new(const uint8_t *bytes, size_t size, bool *failed)
{
	struct item i = { .bytes = bytes, .size = size, .failed = failed };

	i.o = i.whole = json_object_new_object();
	*failed = i.o == NULL;
	return i;
}

json_object *
item_done(struct item *i)
{
	if (!*i->failed)
		return i->o;
	json_object_put(i->o);
	return NULL;
}

void
item_add(struct item *i, const char *key, json_object *value)
{
	if (i->o != NULL && value != NULL &&
	    json_object_object_add(i->o, key, value) == 0)
		return;
	json_object_put(value);
	*i->failed = true;
}

void
item_append(struct item *i, json_object *list, json_object *value)
{
	if (list != NULL && value != NULL &&
	    json_object_array_add(list, value) == 0)
		return;
	json_object_put(value);
	*i->failed = true;
}

static json_object *
new_hex(uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	return json_object_new_string(text);
}

void
item_count(struct item *i, const char *key, uint64_t n)
{
	item_add(i, key, json_object_new_uint64(n));
}

void
item_hex(struct item *i, const char *key, uint64_t n)
{
	item_add(i, key, new_hex(n));
}

void
item_flag(struct item *i, const char *key, bool flag)
{
	item_add(i, key, json_object_new_boolean(flag));
}

void
item_text(struct item *i, const char *key, const void *text, size_t size)
{
	char clean[DECODE_TEXT_MAX + sizeof(REPLACEMENT)];
	const uint8_t *p = text;
	size_t used = 0, step;
	uint32_t code;

	while (size > 0 && used < DECODE_TEXT_MAX) {
		if ((step = utf8_next(p, size, &code)) > 0) {
			if (used + step > DECODE_TEXT_MAX)
				break;
			memcpy(clean + used, p, step);
			used += step;
		} else {
			memcpy(clean + used, REPLACEMENT,
			    sizeof(REPLACEMENT) - 1);
			used += sizeof(REPLACEMENT) - 1;
			step = 1;
		}
		p += step;
		size -= step;
	}
	item_add(i, key, json_object_new_string_len(clean, (int)used));
}

void
item_string(struct item *i, const char *key, const char *text)
{
	item_text(i, key, text, strlen(text));
}

void
item_format(struct item *i, const char *key, const char *fmt, ...)
{
	char text[SHORT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	item_string(i, key, text);
}

void
item_malformed(struct item *i, const char *fmt, ...)
{
	char text[SHORT_SIZE];
	struct item whole = *i;
	va_list ap;

	whole.o = i->whole;
	if (whole.o != NULL &&
	    json_object_object_get_ex(whole.o, "malformed", NULL))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	item_string(&whole, "malformed", text);
}

struct item
item_object(struct item *i, const char *key)
{
	struct item inner = *i;

	inner.o = json_object_new_object();
	item_add(i, key, inner.o);
	/* What could not be added is gone. */
	if (*i->failed)
		inner.o = inner.whole = NULL;
	return inner;
}

json_object *
item_list(struct item *i, const char *key)
{
	json_object *list = json_object_new_array();

	item_add(i, key, list);
	return *i->failed ? NULL : list;
}

struct item
item_entry(struct item *i, json_object *list, size_t offset, size_t size)
{
	struct item entry = { .bytes = i->bytes + offset, .size = size,
	    .failed = i->failed };

	entry.o = entry.whole = json_object_new_object();
	item_append(i, list, entry.o);
	if (*i->failed)
		entry.o = entry.whole = NULL;
	return entry;
}

bool
item_room(json_object *list)
{
	return list != NULL &&
	    json_object_array_length(list) < DECODE_LIST_MAX;
}

void
item_more(struct item *i, json_object *list, uint64_t count)
{
	size_t have = list == NULL ? 0 : json_object_array_length(list);

	if (count > have)
		item_count(i, "more", count - have);
}

void
item_each(struct item *i, const char *key, size_t offset, size_t unit,
    void (*fill)(struct item *entry))
{
	json_object *list = item_list(i, key);
	struct item entry;
	size_t count, k;

	if (!item_has(i, offset))
		return;
	count = (i->size - offset) / unit;
	for (k = 0; k < count && item_room(list); k++) {
		entry = item_entry(i, list, offset + k * unit, unit);
		fill(&entry);
	}
	item_more(i, list, count);
	if ((i->size - offset) % unit != 0)
		item_malformed(i, "%zu bytes in entries of %zu",
		    i->size - offset, unit);
}

bool
item_get(const struct item *i, size_t offset, unsigned size, uint64_t *n)
{
	const uint8_t *p;

	*n = 0;
	if (offset > i->size || size > i->size - offset)
		return false;
	p = i->bytes + offset;
	switch (size) {
	case 1:
		*n = p[0];
		return true;
	case 2:
		*n = get_le16(p);
		return true;
	case 4:
		*n = get_le32(p);
		return true;
	default:
		*n = get_le64(p);
		return true;
	}
}

bool
item_has(struct item *i, size_t size)
{
	if (i->size >= size)
		return true;
	item_malformed(i, "%zu bytes, at least %zu are due", i->size, size);
	return false;
}
