/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode_item.h - JSON objects that are filled from foreign bytes, by tables.
 * For the decode*.c files only.
 *
 * Memory that runs out is noted once for a whole tree, and item_done gives
 * NULL then: nothing in between has to look.
 */
#ifndef DECODE_ITEM_H
#define DECODE_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

struct item {
	json_object *o;		/* the object; NULL when memory ran out */
	json_object *whole;	/* the one that says what is malformed */
	const uint8_t *bytes;	/* what it is decoded from */
	size_t   size;		/* bytes of that */
	bool    *failed;	/* memory ran out; one for the whole tree */
};

/* What a field is shown as. */
enum field_kind {
	FIELD_HEX,	/* "0x1f" */
	FIELD_COUNT,	/* 31; of at most 4 bytes */
	FIELD_SIGNED,	/* -1; of at most 4 bytes */
	FIELD_FRAME,	/* the frame that a cr3 names, "0x1f" */
	FIELD_FOLDED	/* the same of a 32-bit PV guest's cr3 */
};

/* An integer in the bytes, or several of them as a list. */
struct field {
	const char *name;
	enum field_kind kind;
	unsigned size;		/* bytes: 1, 2, 4 or 8 */
	unsigned offset;	/* bytes */
	unsigned count;		/* a list of so many; 0: just one */
	unsigned stride;	/* bytes from one to the next; 0: size */
	const char *const *bits;	/* 64 names, NULL where there is none */
	bool     seldom;	/* left out when it is 0 */
	bool     later;		/* not in older versions: may be missing */
};

#define HEX(text, bytes, at) \
	{ .name = text, .kind = FIELD_HEX, .size = bytes, .offset = at }
#define FLAGS(text, bytes, at, names) \
	{ .name = text, .kind = FIELD_HEX, .size = bytes, .offset = at, \
	  .bits = names }
#define SELDOM(text, bytes, at) \
	{ .name = text, .kind = FIELD_HEX, .size = bytes, .offset = at, \
	  .seldom = true }
#define LIST(text, bytes, at, number) \
	{ .name = text, .kind = FIELD_HEX, .size = bytes, .offset = at, \
	  .count = number }
#define COUNT(text, bytes, at) \
	{ .name = text, .kind = FIELD_COUNT, .size = bytes, .offset = at }

/* item_new(bytes, size, failed): an empty object.  *failed is set. */
struct item item_new(const uint8_t *bytes, size_t size, bool *failed);

/* item_done(i): the finished object, or NULL when memory ran out. */
json_object *item_done(struct item *i);

/* item_add(i, key, value): takes the value over; NULL: no memory. */
void item_add(struct item *i, const char *key, json_object *value);

/* item_append(i, list, value): the same for a list of the item's. */
void item_append(struct item *i, json_object *list, json_object *value);

void item_count(struct item *i, const char *key, uint64_t n);
void item_hex(struct item *i, const char *key, uint64_t n);
void item_flag(struct item *i, const char *key, bool flag);

/* item_text(i, key, text, size), item_string(i, key, text): as decode.h says
 * of texts. */
void item_text(struct item *i, const char *key, const void *text,
    size_t size);
void item_string(struct item *i, const char *key, const char *text);

/* item_format(i, key, fmt, ...): up to 200 bytes. */
void item_format(struct item *i, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* item_malformed(i, fmt, ...): what is wrong; the first one stays. */
void item_malformed(struct item *i, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* item_object(i, key): an object in the item, of the same bytes; what is
 * malformed is said in the item. */
struct item item_object(struct item *i, const char *key);

/* item_list(i, key): a list in the item; NULL without memory. */
json_object *item_list(struct item *i, const char *key);

/* item_entry(i, list, offset, size): an object that is appended to the list,
 * of these of the item's bytes, which have to be there. */
struct item item_entry(struct item *i, json_object *list, size_t offset,
    size_t size);

/* item_more(i, list, count): of so many entries, the list has its part. */
void item_more(struct item *i, json_object *list, uint64_t count);

/* item_room(list): whether the list takes one more entry. */
bool item_room(json_object *list);

/*
 * item_each(i, key, offset, unit, fill): a list of objects, one for each
 * `unit` bytes from offset to the end, which fill makes.  Bytes that are left
 * over are malformed.
 */
void item_each(struct item *i, const char *key, size_t offset, size_t unit,
    void (*fill)(struct item *entry));

/*
 * item_get(i, offset, size, n): the little-endian integer of 1, 2, 4 or 8
 * bytes.  False, and *n is 0, when it is not there.
 */
bool item_get(const struct item *i, size_t offset, unsigned size,
    uint64_t *n);

/* item_has(i, size): whether there are so many bytes; else malformed. */
bool item_has(struct item *i, size_t size);

/*
 * item_fields(i, fields, count): the fields that are there whole; malformed
 * if not all are.
 */
void item_fields(struct item *i, const struct field *fields, size_t count);

/* item_bits(i, key, n, names): the names of the bits that are set in n. */
void item_bits(struct item *i, const char *key, uint64_t n,
    const char *const *names);

#endif
