/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "decode_item.h"

#define FRAME_MASK	UINT64_C(0x000ffffffffff000)	/* of a cr3 */
#define KEY_SIZE	64u	/* bytes of a key that is made, with its NUL */

static json_object *
new_value(const struct field *field, uint64_t n)
{
	uint64_t sign = UINT64_C(1) << (8 * field->size - 1);
	enum field_kind kind = field->kind;
	char text[24];

	if (kind == FIELD_COUNT)
		return json_object_new_uint64(n);
	if (kind == FIELD_SIGNED)
		return json_object_new_int64((int64_t)((n ^ sign) - sign));
	if (kind == FIELD_FRAME)
		n = (n & FRAME_MASK) >> 12;
	else if (kind == FIELD_FOLDED)
		n = (n >> 12 & 0xfffff) | (n & 0xfff) << 20;
	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	return json_object_new_string(text);
}

void
item_bits(struct item *i, const char *key, uint64_t n,
    const char *const *names)
{
	json_object *list = item_list(i, key);
	char text[24];
	int bit;

	for (bit = 0; bit < 64; bit++) {
		if (!(n >> bit & 1))
			continue;
		snprintf(text, sizeof(text), "bit_%d", bit);
		item_append(i, list, json_object_new_string(
		    names[bit] != NULL ? names[bit] : text));
	}
}

static void
add_one(struct item *i, const struct field *field, uint64_t n)
{
	char key[KEY_SIZE];

	if (field->seldom && n == 0)
		return;
	item_add(i, field->name, new_value(field, n));
	if (field->bits == NULL)
		return;
	snprintf(key, sizeof(key), "%s_bits", field->name);
	item_bits(i, key, n, field->bits);
}

/* As many of the list's numbers as are there.  Whether all are. */
static bool
add_list(struct item *i, const struct field *field)
{
	unsigned k, stride = field->stride > 0 ? field->stride : field->size;
	json_object *list = item_list(i, field->name);
	uint64_t n;

	for (k = 0; k < field->count; k++) {
		if (!item_get(i, field->offset + (size_t)k * stride,
		    field->size, &n))
			return false;
		item_append(i, list, new_value(field, n));
	}
	return true;
}

void
item_fields(struct item *i, const struct field *fields, size_t count)
{
	const struct field *field;
	bool there;
	uint64_t n;
	size_t k;

	for (k = 0; k < count; k++) {
		field = &fields[k];
		if (field->count > 0) {
			there = add_list(i, field);
		} else {
			there = item_get(i, field->offset, field->size, &n);
			if (there)
				add_one(i, field, n);
		}
		if (!there && !field->later)
			item_malformed(i, "%zu bytes, %s ends behind them",
			    i->size, field->name);
	}
}
