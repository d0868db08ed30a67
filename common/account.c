/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "account.h"
#include "keys.h"
#include "receipt.h"

/* It has neither move nor result: no receipt, so it settles nothing. */
struct line {
	unsigned what;
	uint64_t bytes, records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
	struct config config;
};

static const char *const whats[] = { "stream", NULL };
static const char *const intents[] = { "move", "snapshot", NULL };
static const char *const types[] = {
	[CONFIG_PV] = "pv", [CONFIG_PVH] = "pvh", [CONFIG_HVM] = "hvm", NULL
};

/* One line per key; xenrec.5 has the same table. */
#define AT(member)	offsetof(struct line, member)
#define NUMBER(word) \
	{ .name = #word, .kind = KEY_NUMBER, .offset = AT(word) }
#define TEXT(word) \
	{ .name = #word, .kind = KEY_TEXT, .offset = AT(config.word) }
static const struct key keys[] = {
	{ .name = "tested", .kind = KEY_WORD, .offset = AT(what),
	  .words = whats },
	NUMBER(bytes),
	NUMBER(records),
	NUMBER(pages),
	{ .name = "digest", .kind = KEY_HEX, .offset = AT(digest),
	  .max = TALLY_DIGEST_SIZE },
	{ .name = "intent", .kind = KEY_FLAG, .offset = AT(config.snapshot),
	  .words = intents },
	{ .name = "type", .kind = KEY_WORD, .offset = AT(config.type),
	  .words = types },
	{ .name = "uuid", .kind = KEY_UUID, .offset = AT(config.uuid) },
	{ .name = "name", .kind = KEY_NAME, .offset = AT(config.name) },
	TEXT(time),
	TEXT(xen_version),
};

int
account_print(const struct opener *o, struct fault *f)
{
	struct line line = {
		.bytes = o->bytes, .records = o->summary.records,
		.pages = o->summary.pages, .config = o->config,
	};

	memcpy(line.digest, o->summary.digest, sizeof(line.digest));
	return line_print(keys_print(keys, sizeof(keys) / sizeof(keys[0]),
	    &line), f);
}
