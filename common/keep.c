/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apart.h"
#include "keep.h"
#include "keys.h"
#include "receipt.h"
#include "stop.h"
#include "store.h"

/* It has neither move nor result: no receipt, so it settles nothing. */
struct line {
	unsigned what;
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
	uint64_t kept, size, disk;
	bool     configured;	/* there is a config */
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

_Static_assert(sizeof(struct line) <= APART_RESULT_MAX, "no room for it");

/* What is stored, and from where. */
struct keeping {
	struct store store;
	struct opener opener;
	const struct absorb *absorb;
};

static int
keep_piece(void *keeper, const struct record *rec, struct fault *f)
{
	return store_piece(keeper, rec, f);
}

/* In a process of its own: the file is whole, and has no name yet. */
static int
fill(void *keeping, void *result, struct fault *f)
{
	struct keeping *k = keeping;
	const struct summary *s = &k->opener.summary;
	struct line *line = result;

	stop_drops(NULL);
	if (k->absorb->silence > 0)
		stop_by_silence(k->absorb->silence);
	if (opener_run(&k->opener, STDIN_FILENO, k->absorb->threads, f) == -1)
		return -1;
	stop_by_silence(0);
	if (store_end(&k->store, f) == -1)
		return -1;
	*line = (struct line){
		.records = s->records, .pages = s->pages,
		.kept = k->store.pages, .size = k->store.size,
		.disk = k->store.disk, .config = k->opener.config,
		.configured = k->opener.configured,
	};
	memcpy(line->digest, s->digest, sizeof(line->digest));
	return 0;
}

static int
print(struct line *line, const char *path, struct fault *f)
{
	struct config *c = &line->config;
	struct fault why;

	/* It comes from a process that looked at foreign bytes. */
	line->what = 0;
	c->name[CONFIG_NAME_SIZE - 1] = '\0';
	c->type = (unsigned)c->type <= CONFIG_HVM ? c->type : CONFIG_PV;
	if (line_print(keys_print(keys, line->configured ? KEYS :
	    KEYS - CONFIG_KEYS, line), &why) == 0)
		return 0;
	return fault_set(f, why.status, "%.150s is stored, but that could "
	    "not be said: %.150s", path, why.text);
}

int
keep_run(const struct absorb *a, const char *path, bool replace,
    struct fault *f)
{
	struct keeping k = {
		.opener = {
			.overrides = &a->overrides,
			.lint.max_pfn = a->max_pfn, .keep = keep_piece,
			.keeper = &k.store, .layers.memory = a->memory,
			.keys = a->keys,
		},
		.absorb = a,
	};
	struct apart apart;
	struct line line;
	int result;

	if (store_open(&k.store, path, replace, f) == -1)
		return -1;
	stop_by_signals(NULL, a->tool);
	stop_drops(&k.store.file);
	result = apart_fork(&apart, fill, &k, f);
	if (result == 0 && a->keys != NULL)
		keyring_free(a->keys);
	if (result == 0)
		result = apart_end(&apart, &line, sizeof(line), f);
	if (result == 0)
		result = newfile_publish(&k.store.file, f);
	store_close(&k.store);
	stop_drops(NULL);
	return result == 0 ? print(&line, path, f) : -1;
}
