/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "keys.h"
#include "now.h"
#include "outcome.h"
#include "receipt.h"

static const char *const results[] = {
	[OUTCOME_MOVED] = "moved", [OUTCOME_RESUMED] = "resumed", NULL
};

struct line {
	enum outcome result;
	uint64_t total, down;	/* ms */
	struct note note;
};

/* One line per key; xenrec.5 has the same table. */
#define NUMBER(word, member) \
	{ .name = word, .kind = KEY_NUMBER, \
	  .offset = offsetof(struct line, member) }
static const struct key keys[] = {
	{ .name = "move", .kind = KEY_HEX, .max = MOVE_SIZE,
	  .offset = offsetof(struct line, note.move) },
	{ .name = "result", .kind = KEY_WORD, .words = results,
	  .offset = offsetof(struct line, result) },
	{ .name = "uuid", .kind = KEY_UUID,
	  .offset = offsetof(struct line, note.uuid) },
	{ .name = "name", .kind = KEY_NAME,
	  .offset = offsetof(struct line, note.name) },
	NUMBER("domid", note.domid),
	NUMBER("total_ms", total),
	NUMBER("down_ms", down),
	NUMBER("rounds", note.rounds),
	NUMBER("pages_sent", note.pages_sent),
	NUMBER("records", note.records),
};

int
outcome_print(const struct note *n, enum outcome result, struct fault *f)
{
	uint64_t now = now_ms();
	struct line line = {
		.result = result, .note = *n, .total = now - n->begun,
		.down = n->stopped > 0 ? now - n->stopped : 0,
	};

	return line_print(keys_print(keys, sizeof(keys) / sizeof(keys[0]),
	    &line), f);
}
