/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "keys.h"
#include "receipt.h"
#include "stop.h"

/* It has neither move nor result: no receipt, so it settles nothing. */
struct line {
	unsigned what;
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
	uint64_t kept, size, disk;
	struct config config;
};

static const char *const whats[] = { "image", NULL };
static const char *const types[] = {
	[CONFIG_PV] = "pv", [CONFIG_PVH] = "pvh", [CONFIG_HVM] = "hvm", NULL
};

/* One line per key; xenrec.5 has the same table. */
#define AT(member)	offsetof(struct line, member)
#define NUMBER(word, member) \
	{ .name = word, .kind = KEY_NUMBER, .offset = AT(member) }
static const struct key keys[] = {
	{ .name = "stored", .kind = KEY_WORD, .offset = AT(what),
	  .words = whats },
	NUMBER("records", records),
	NUMBER("pages", pages),
	{ .name = "digest", .kind = KEY_HEX, .offset = AT(digest),
	  .max = TALLY_DIGEST_SIZE },
	NUMBER("kept", kept),
	NUMBER("size", size),
	NUMBER("disk", disk),
	{ .name = "type", .kind = KEY_WORD, .offset = AT(config.type),
	  .words = types },
	{ .name = "uuid", .kind = KEY_UUID, .offset = AT(config.uuid) },
	{ .name = "name", .kind = KEY_NAME, .offset = AT(config.name) },
};
#define KEYS		(sizeof(keys) / sizeof(keys[0]))
#define CONFIG_KEYS	3u

static int
print(const struct keep *k, struct fault *f)
{
	const struct summary *s = &k->opener.summary;
	struct line line = {
		.records = s->records, .pages = s->pages,
		.kept = k->store.pages, .size = k->store.size,
		.disk = k->store.disk, .config = k->opener.config,
	};
	struct fault why;

	memcpy(line.digest, s->digest, sizeof(line.digest));
	if (line_print(keys_print(keys, k->opener.configured ? KEYS :
	    KEYS - CONFIG_KEYS, &line), &why) == 0)
		return 0;
	return fault_set(f, why.status, "%.150s is stored, but that could "
	    "not be said: %.150s", k->store.file.path, why.text);
}

static int
keep_piece(void *keeper, const struct record *rec, struct fault *f)
{
	return store_piece(keeper, rec, f);
}

int
keep_run(struct keep *k, const struct absorb *a, const char *path,
    bool replace, struct fault *f)
{
	struct store *s = &k->store;
	int result;

	k->opener = (struct opener){
		.overrides = &a->overrides, .lint.max_pfn = a->max_pfn,
		.keep = keep_piece, .keeper = s, .layers.memory = a->memory,
		.keys = a->keys,
	};
	if (store_open(s, path, replace, f) == -1)
		return -1;
	stop_by_signals(NULL, a->tool);
	stop_drops(&s->file);
	if (a->silence > 0)
		stop_by_silence(a->silence);
	result = opener_run(&k->opener, STDIN_FILENO, a->threads, f);
	stop_by_silence(0);
	if (result == -1 || store_end(s, f) == -1) {
		newfile_drop(&s->file);
		return -1;	/* a thread may still be at work on *k */
	}
	store_close(s);
	stop_drops(NULL);
	return print(k, f);
}
