/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_xen.h"

static void
log_message(xentoollog_logger *calls, xentoollog_level level, int err,
    const char *context, const char *format, va_list ap)
{
	struct guest_log *log = (struct guest_log *)calls;
	char text[FAULT_TEXT_SIZE / 2];

	vsnprintf(text, sizeof(text), format, ap);
	if (level >= XTL_ERROR && log->first[0] == '\0')
		memcpy(log->first, text, sizeof(text));
	if (log->verbose && level >= XTL_DETAIL)
		fprintf(stderr, "%s: %s: %s%s%s\n", log->tool,
		    context != NULL ? context : "xen", text,
		    err > 0 ? ": " : "", err > 0 ? strerror(err) : "");
}

static void
log_destroy(xentoollog_logger *calls)
{
	(void)calls;
}

struct guest *
guest_open(const char *tool, bool verbose, struct fault *f)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory");
		return NULL;
	}
	g->log = (struct guest_log){
		.calls = { .vmessage = log_message, .destroy = log_destroy },
		.tool = tool, .verbose = verbose,
	};
	g->peer = g->channel.port = -1;
	g->xc = xc_interface_open(&g->log.calls, NULL, 0);
	g->xs = xs_open(0);
	if (g->xc == NULL || g->xs == NULL) {
		fault_set(f, EXIT_SYSTEM, "cannot reach %s: %s",
		    g->xc == NULL ? "the hypervisor" : "xenstore",
		    strerror(errno));
		fault_hint(f, "run it as root in domain 0 of a Xen host");
		guest_close(g);
		return NULL;
	}
	return g;
}

void
guest_close(struct guest *g)
{
	if (g == NULL)
		return;
	if (g->channel.events != NULL)
		xenevtchn_close(g->channel.events);
	if (g->xs != NULL)
		xs_close(g->xs);
	if (g->xc != NULL)
		xc_interface_close(g->xc);
	free(g);
}

int
guest_fault(struct guest *g, struct fault *f, const char *what)
{
	int err = errno;

	fault_set(f, EXIT_SYSTEM, "domain %s: %s%s%s%s%s%s", g->label, what,
	    g->log.first[0] != '\0' ? ": " : "", g->log.first,
	    err != 0 ? " (" : "", err != 0 ? strerror(err) : "",
	    err != 0 ? ")" : "");
	g->log.first[0] = '\0';
	return -1;
}

bool
guest_info(struct guest *g, xc_domaininfo_t *info)
{
	return xc_domain_getinfolist(g->xc, g->domid, 1, info) == 1 &&
	    info->domain == g->domid;
}

int
guest_next(struct guest *g, uint32_t *next, xc_domaininfo_t *info)
{
	int n;

	do {
		n = xc_domain_getinfolist(g->xc, *next, 1, info);
		if (n == 1)
			*next = info->domain + 1u;
	} while (n == 1 && info->flags & XEN_DOMINF_dying);
	return n;
}

bool
guest_is_suspended(const xc_domaininfo_t *info)
{
	return info->flags & XEN_DOMINF_shutdown &&
	    (info->flags >> XEN_DOMINF_shutdownshift &
	    XEN_DOMINF_shutdownmask) == SHUTDOWN_suspend;
}

const char *
guest_path(const struct guest *g, const char *path,
    char buf[GUEST_PATH_SIZE])
{
	snprintf(buf, GUEST_PATH_SIZE, "/local/domain/%u%s%s", g->domid,
	    *path != '\0' ? "/" : "", path);
	return buf;
}

char *
guest_read(struct guest *g, const char *path)
{
	char buf[GUEST_PATH_SIZE];
	unsigned length;

	return xs_read(g->xs, XBT_NULL, guest_path(g, path, buf), &length);
}

uint32_t
guest_domid(const struct guest *g)
{
	return g->domid;
}

const uint8_t *
guest_uuid(const struct guest *g)
{
	return g->uuid;
}

const char *
guest_label(const struct guest *g)
{
	return g->label;
}

bool
guest_number(struct guest *g, const char *name, uint32_t *domid)
{
	char path[GUEST_PATH_SIZE], *value, **list;
	unsigned i, count = 0, length;
	bool found = false;

	list = xs_directory(g->xs, XBT_NULL, "/local/domain", &count);
	for (i = 0; list != NULL && i < count && !found; i++) {
		snprintf(path, sizeof(path), "/local/domain/%.10s/name",
		    list[i]);
		value = xs_read(g->xs, XBT_NULL, path, &length);
		found = value != NULL && strcmp(value, name) == 0;
		if (found)
			*domid = (uint32_t)strtoul(list[i], NULL, 10);
		free(value);
	}
	free(list);
	return found;
}

static void
set_label(struct guest *g)
{
	char *name = guest_read(g, "name");

	snprintf(g->label, sizeof(g->label), "%u", g->domid);
	if (name != NULL)
		snprintf(g->label, sizeof(g->label), "%u (%.*s)", g->domid,
		    (int)CONFIG_NAME_SIZE - 1, name);
	free(name);
}

int
guest_find(struct guest *g, const char *text, struct fault *f)
{
	size_t digits = strspn(text, "0123456789");
	xc_domaininfo_t info;

	if (digits > 0 && text[digits] == '\0' && digits < 6)
		g->domid = (uint32_t)strtoul(text, NULL, 10);
	else if (!guest_number(g, text, &g->domid))
		return fault_set(f, EXIT_SYSTEM,
		    "no domain '%s' on this host", text);
	if (g->domid == 0)
		return fault_set(f, EXIT_REFUSED,
		    "domain 0 is this host itself");
	if (!guest_info(g, &info))
		return fault_set(f, EXIT_SYSTEM, "no domain %u on this host",
		    g->domid);
	memcpy(g->uuid, info.handle, UUID_SIZE);
	set_label(g);
	return 0;
}

int
guest_at(struct guest *g, uint32_t domid, const uint8_t uuid[UUID_SIZE])
{
	xc_domaininfo_t info;
	int n = xc_domain_getinfolist(g->xc, domid, 1, &info);

	g->domid = domid;
	memmove(g->uuid, uuid, UUID_SIZE);
	set_label(g);
	if (n == -1)
		return -1;
	return n == 1 && info.domain == domid &&
	    !(info.flags & XEN_DOMINF_dying) &&
	    memcmp(info.handle, g->uuid, UUID_SIZE) == 0;
}
