/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "decode_body.h"
#include "format.h"

#define EMULATOR_HEADER_SIZE	8u	/* u32 emulator, u32 index */
#define QEMU_MAGIC		"QEVM"

static const char *const emulators[] = {
	"unknown", "qemu-traditional", "qemu",
};

static const char *const states[] = {
	"new", "svm_suspended", "svm_ready", "svm_resumed",
};

/* The text of a number, or the number where it has none. */
static void
add_word(struct item *i, const char *key, size_t offset,
    const char *const *words, size_t count)
{
	uint64_t n;

	if (!item_get(i, offset, 4, &n))
		return;
	if (n < count)
		item_string(i, key, words[n]);
	else
		item_format(i, key, "%u", (unsigned)n);
}

static bool
take_emulator(struct item *i)
{
	static const struct field fields[] = { COUNT("index", 4, 4) };

	add_word(i, "emulator", 0, emulators, COUNT_OF(emulators));
	item_fields(i, fields, COUNT_OF(fields));
	return i->size >= EMULATOR_HEADER_SIZE;
}

/* The text up to the next NUL; *at is moved behind it.  False: no NUL. */
static bool
take_text(struct item *i, size_t *at, const uint8_t **text, size_t *size)
{
	const uint8_t *end;

	*text = i->bytes + *at;
	end = memchr(*text, '\0', i->size - *at);
	*size = end == NULL ? i->size - *at : (size_t)(end - *text);
	*at += *size + (end != NULL);
	return end != NULL;
}

static void
decode_xenstore_data(struct item *i, uint32_t length)
{
	size_t at = EMULATOR_HEADER_SIZE, key_size, value_size;
	const uint8_t *key, *value;
	json_object *list;
	struct item pair;
	uint64_t count = 0;

	if (!take_emulator(i))
		return;
	list = item_list(i, "pairs");
	for (; at < i->size; count++) {
		if (!take_text(i, &at, &key, &key_size) ||
		    at == i->size ||
		    !take_text(i, &at, &value, &value_size)) {
			if (length == i->size)
				item_malformed(i, "no pairs of texts that "
				    "end with NUL");
			break;
		}
		if (!item_room(list))
			continue;
		pair = item_entry(i, list, 0, 0);
		item_text(&pair, "key", key, key_size);
		item_text(&pair, "value", value, value_size);
	}
	item_more(i, list, count);
	if (length > i->size)
		item_count(i, "more_bytes", length - i->size);
}

static void
decode_emulator_context(struct item *i, uint32_t length)
{
	const uint8_t *state;

	if (!take_emulator(i))
		return;
	item_count(i, "size", length - EMULATOR_HEADER_SIZE);
	state = i->bytes + EMULATOR_HEADER_SIZE;
	if (i->size >= EMULATOR_HEADER_SIZE + 8 &&
	    memcmp(state, QEMU_MAGIC, 4) == 0)
		item_count(i, "qemu_version", get_be32(state + 4));
}

static void
decode_checkpoint_state(struct item *i, uint32_t length)
{
	(void)length;
	if (item_has(i, 4))
		add_word(i, "state", 0, states, COUNT_OF(states));
}

static const struct {
	uint32_t type;
	void (*decode)(struct item *i, uint32_t length);
} decoders[] = {
	{ LIBXL_EMULATOR_XENSTORE_DATA, decode_xenstore_data },
	{ LIBXL_EMULATOR_CONTEXT, decode_emulator_context },
	{ LIBXL_CHECKPOINT_STATE, decode_checkpoint_state },
};

json_object *
decode_libxl(uint32_t type, uint32_t length, const uint8_t *bytes,
    size_t size)
{
	struct item i;
	bool failed;
	size_t k;

	i = item_new(bytes, size > length ? length : size, &failed);
	for (k = 0; k < COUNT_OF(decoders); k++)
		if (decoders[k].type == type)
			decoders[k].decode(&i, length);
	return item_done(&i);
}

json_object *
decode_libxl_header(const uint8_t *bytes, size_t size)
{
	struct item i;
	bool failed;

	i = item_new(bytes, size, &failed);
	if (item_has(&i, LIBXL_HEADER_SIZE)) {
		if (memcmp(bytes, LIBXL_MAGIC, LIBXL_MAGIC_SIZE) != 0)
			item_malformed(&i, "no libxl header");
		item_count(&i, "version",
		    get_be32(bytes + LIBXL_VERSION_OFFSET));
		item_flag(&i, "from_legacy_stream", get_be32(bytes +
		    LIBXL_OPTIONS_OFFSET) & LIBXL_CONVERTED);
	}
	return item_done(&i);
}
