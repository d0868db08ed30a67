/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The nodes are those that libxl_create.c and libxl_console.c in xen.git
 * write for a domain without devices.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "guest_xen.h"

#define CONSOLE_LIMIT	1048576		/* bytes xenconsoled keeps back */

/* One node being written, in one transaction. */
struct writer {
	struct guest *g;
	xs_transaction_t t;
	bool failed;
};

enum owner { HOST_ONLY, GUEST_READS, GUEST_OWNS };

/* Sets a node; path starts at the domain's home unless it starts with '/'. */
static void __attribute__((format(printf, 4, 5)))
put(struct writer *w, enum owner owner, const char *path, const char *fmt,
    ...)
{
	char full[GUEST_PATH_SIZE], value[GUEST_PATH_SIZE];
	struct xs_permissions reads[2] = {
		{ .id = 0, .perms = XS_PERM_NONE },
		{ .id = w->g->domid, .perms = XS_PERM_READ },
	};
	struct xs_permissions owns = {
		.id = w->g->domid, .perms = XS_PERM_NONE,
	};
	va_list ap;

	if (w->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (path[0] == '/')
		snprintf(full, sizeof(full), "%s", path);
	else
		guest_path(w->g, path, full);
	w->failed = !xs_write(w->g->xs, w->t, full, value,
	    (unsigned)strlen(value));
	if (!w->failed && owner == GUEST_READS)
		w->failed = !xs_set_permissions(w->g->xs, w->t, full, reads,
		    2);
	if (!w->failed && owner == GUEST_OWNS)
		w->failed = !xs_set_permissions(w->g->xs, w->t, full, &owns,
		    1);
}

/* What the guest may write itself. */
static void
put_guests_own(struct writer *w)
{
	static const char *const paths[] = {
		"control/shutdown", "control/feature-poweroff",
		"control/feature-reboot", "control/feature-suspend",
		"control/sysrq", "device/suspend/event-channel", "data",
		"drivers", "feature", "attr", "error",
	};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		put(w, GUEST_OWNS, paths[i], "%s", "");
}

static void
put_identity(struct writer *w, const struct config *c)
{
	char uuid[UUID_TEXT_SIZE], vm[UUID_TEXT_SIZE + 4];
	char path[GUEST_PATH_SIZE];

	uuid_print(c->uuid, uuid);
	snprintf(vm, sizeof(vm), "/vm/%s", uuid);
	put(w, GUEST_READS, vm, "%s", "");
	snprintf(path, sizeof(path), "/vm/%s/uuid", uuid);
	put(w, GUEST_READS, path, "%s", uuid);
	snprintf(path, sizeof(path), "/vm/%s/name", uuid);
	put(w, GUEST_READS, path, "%s", c->name);
	snprintf(path, sizeof(path), "/libxl/%u/type", w->g->domid);
	put(w, HOST_ONLY, path, "%s", config_type_name(c->type));
	put(w, GUEST_READS, "", "%s", "");
	put(w, GUEST_READS, "vm", "%s", vm);
	put(w, GUEST_READS, "name", "%s", c->name);
	put(w, GUEST_READS, "domid", "%u", w->g->domid);
}

static void
put_resources(struct writer *w, const struct config *c)
{
	uint64_t kib = c->pages * (PAGE_SIZE / 1024), i;
	char path[GUEST_PATH_SIZE];

	put(w, GUEST_READS, "memory", "%s", "");
	put(w, GUEST_READS, "memory/static-max", "%" PRIu64,
	    c->static_max_kib > 0 ? c->static_max_kib : kib);
	put(w, GUEST_READS, "memory/target", "%" PRIu64,
	    c->target_kib > 0 ? c->target_kib : kib);
	put(w, GUEST_READS, "memory/videoram", "%s", "0");
	put(w, GUEST_READS, "cpu", "%s", "");
	for (i = 0; i < c->vcpus; i++) {
		snprintf(path, sizeof(path), "cpu/%" PRIu64 "/availability",
		    i);
		put(w, GUEST_READS, path, "%s", "online");
	}
}

static void
put_rings(struct writer *w, const struct guest_rings *r)
{
	put(w, GUEST_READS, "store/port", "%d", r->store_port);
	put(w, GUEST_READS, "store/ring-ref", "%lu", r->store_gfn);
	put(w, GUEST_READS, "console", "%s", "");
	put(w, GUEST_READS, "console/backend-id", "%s", "0");
	put(w, GUEST_READS, "console/limit", "%d", CONSOLE_LIMIT);
	put(w, GUEST_READS, "console/type", "%s", "xenconsoled");
	put(w, GUEST_READS, "console/output", "%s", "pty");
	put(w, GUEST_READS, "console/tty", "%s", "");
	put(w, GUEST_READS, "console/port", "%d", r->console_port);
	put(w, GUEST_READS, "console/ring-ref", "%lu", r->console_gfn);
}

int
guest_store(struct guest *g, const struct config *c,
    const struct guest_rings *rings)
{
	struct writer w = { .g = g };

	do {
		if ((w.t = xs_transaction_start(g->xs)) == XBT_NULL)
			return -1;
		put_identity(&w, c);
		put_resources(&w, c);
		put(&w, GUEST_READS, "device", "%s", "");
		put(&w, GUEST_READS, "control", "%s", "");
		put(&w, GUEST_READS,
		    "control/platform-feature-multiprocessor-suspend",
		    "%s", "1");
		put(&w, GUEST_READS,
		    "control/platform-feature-xs_reset_watches", "%s", "1");
		put_guests_own(&w);
		put_rings(&w, rings);
		if (w.failed) {
			xs_transaction_end(g->xs, w.t, true);
			return -1;
		}
		if (xs_transaction_end(g->xs, w.t, false))
			return guest_libxl_write(g, c);
	} while (errno == EAGAIN);
	return -1;
}

/*
 * libxl notes in /libxl/N/device/KIND/DEVICE where a device's backend has its
 * nodes: for a guest without devices that is its console's.
 */
static void
remove_backends(struct guest *g)
{
	char path[GUEST_PATH_SIZE], prefix[GUEST_PATH_SIZE], *backend;
	char **list;
	unsigned i, count = 0, length;

	snprintf(path, sizeof(path), "/libxl/%u/device/console", g->domid);
	snprintf(prefix, sizeof(prefix),
	    "/local/domain/0/backend/console/%u", g->domid);
	list = xs_directory(g->xs, XBT_NULL, path, &count);
	for (i = 0; list != NULL && i < count; i++) {
		snprintf(path, sizeof(path),
		    "/libxl/%u/device/console/%.10s/backend", g->domid,
		    list[i]);
		backend = xs_read(g->xs, XBT_NULL, path, &length);
		if (backend != NULL && strncmp(backend, prefix,
		    strlen(prefix)) == 0)
			xs_rm(g->xs, XBT_NULL, prefix);
		free(backend);
	}
	free(list);
}

void
guest_unstore(struct guest *g, const uint8_t uuid[UUID_SIZE])
{
	char path[GUEST_PATH_SIZE], text[UUID_TEXT_SIZE];

	remove_backends(g);
	xs_rm(g->xs, XBT_NULL, guest_path(g, "", path));
	snprintf(path, sizeof(path), "/libxl/%u", g->domid);
	xs_rm(g->xs, XBT_NULL, path);
	uuid_print(uuid, text);
	snprintf(path, sizeof(path), "/vm/%s", text);
	xs_rm(g->xs, XBT_NULL, path);
	guest_libxl_remove(g, uuid);
}
