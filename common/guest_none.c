/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest.h where Xen's headers were missing: there is no guest to open, so
 * nothing but guest_open is ever called.
 */
#include <stddef.h>

#include "guest.h"

static int
none(struct fault *f)
{
	fault_set(f, EXIT_SYSTEM, "built without Xen's libraries");
	return fault_hint(f, "build it again with libxen-dev installed");
}

struct guest *
guest_open(const char *tool, bool verbose, struct fault *f)
{
	(void)tool;
	(void)verbose;
	none(f);
	return NULL;
}

void
guest_close(struct guest *g)
{
	(void)g;
}

int
guest_find(struct guest *g, const char *text, struct fault *f)
{
	(void)g;
	(void)text;
	return none(f);
}

int
guest_at(struct guest *g, uint32_t domid, const uint8_t uuid[UUID_SIZE])
{
	(void)g;
	(void)domid;
	(void)uuid;
	return -1;
}

uint32_t
guest_domid(const struct guest *g)
{
	(void)g;
	return 0;
}

const uint8_t *
guest_uuid(const struct guest *g)
{
	(void)g;
	return NULL;
}

const char *
guest_label(const struct guest *g)
{
	(void)g;
	return NULL;
}

int
guest_describe(struct guest *g, struct config *c, struct fault *f)
{
	(void)g;
	(void)c;
	return none(f);
}

int
guest_check(struct guest *g, enum save_way way, bool live, bool *by_xl,
    struct fault *f)
{
	(void)g;
	(void)way;
	(void)live;
	(void)by_xl;
	return none(f);
}

int
guest_offer(struct guest *g, struct offer *o, struct fault *f)
{
	(void)g;
	(void)o;
	return none(f);
}

int
guest_fits(struct guest *g, const struct config *c, const struct offer *o,
    void (*reason)(const struct fault *), struct fault *f)
{
	(void)g;
	(void)c;
	(void)o;
	(void)reason;
	return none(f);
}

int
guest_save(struct guest *g, const struct save_how *how,
    struct save_report *report, struct fault *f)
{
	(void)g;
	(void)how;
	(void)report;
	return none(f);
}

int
guest_take_back(struct guest *g, bool pause, bool by_xl, struct fault *f)
{
	(void)g;
	(void)pause;
	(void)by_xl;
	return none(f);
}

bool
guest_suspended(struct guest *g)
{
	(void)g;
	return false;
}

bool
guest_paused(struct guest *g)
{
	(void)g;
	return false;
}

uint64_t
guest_cpu(struct guest *g)
{
	(void)g;
	return 0;
}

int
guest_unpause(struct guest *g, struct fault *f)
{
	(void)g;
	return none(f);
}

int
guest_check_destroy(struct guest *g, bool by_xl, struct fault *f)
{
	(void)g;
	(void)by_xl;
	return none(f);
}

int
guest_destroy(struct guest *g, struct fault *f)
{
	(void)g;
	return none(f);
}

int
guest_by_uuid(struct guest *g, const uint8_t uuid[UUID_SIZE], uint32_t *domid)
{
	(void)g;
	(void)uuid;
	(void)domid;
	return -1;
}

int
guest_check_free(struct guest *g, const struct config *c, struct fault *f)
{
	(void)g;
	(void)c;
	return none(f);
}

int
guest_create(struct guest *g, const struct config *c, struct fault *f)
{
	(void)g;
	(void)c;
	return none(f);
}

int
guest_restore(struct guest *g, const struct config *c, int in,
    bool (*checkpoint)(void *listener), void *listener, struct fault *f)
{
	(void)g;
	(void)c;
	(void)in;
	(void)checkpoint;
	(void)listener;
	return none(f);
}

int
guest_restore_by_xl(struct guest *g, const struct config *c,
    const char *config_file, int in, struct fault *f)
{
	(void)g;
	(void)c;
	(void)config_file;
	(void)in;
	return none(f);
}

void
guest_adopt(struct guest *g)
{
	(void)g;
}

int
guest_abandon(struct guest *g, struct fault *f)
{
	(void)g;
	return none(f);
}

int
guest_mark(struct guest *g, const char *text, struct fault *f)
{
	(void)g;
	(void)text;
	return none(f);
}

int
guest_marks(struct guest *g, uint32_t *next, char **text, struct fault *f)
{
	(void)g;
	(void)next;
	*text = NULL;
	return none(f);
}
