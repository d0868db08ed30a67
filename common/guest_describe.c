/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_xen.h"
#include "toolstack.h"

/* The value of a node in the domain's home as a number, 0 without one. */
static uint64_t
read_number(struct guest *g, const char *path)
{
	char *text = guest_read(g, path);
	uint64_t n = text == NULL ? 0 : strtoull(text, NULL, 10);

	free(text);
	return n;
}

/* The model of the first processor, for people. */
static void
read_cpu_model(char text[CONFIG_TEXT_SIZE])
{
	FILE *in = fopen("/proc/cpuinfo", "re");
	char line[CONFIG_TEXT_SIZE + 32];
	const char *colon;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		colon = strstr(line, ": ");
		if (strncmp(line, "model name", 10) != 0 || colon == NULL)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, CONFIG_TEXT_SIZE, "%s", colon + 2);
		break;
	}
	if (in != NULL)
		fclose(in);
}

static void
describe_host(struct guest *g, struct config *c)
{
	int version = xc_version(g->xc, XENVER_version, NULL);
	xen_extraversion_t extra = "";
	xen_changeset_info_t changeset = "";
	xen_capabilities_info_t capabilities = "";

	xc_version(g->xc, XENVER_extraversion, &extra);
	xc_version(g->xc, XENVER_changeset, &changeset);
	xc_version(g->xc, XENVER_capabilities, &capabilities);
	snprintf(c->xen_version, sizeof(c->xen_version), "%d.%d%.16s",
	    version >> 16, version & 0xffff, extra);
	snprintf(c->xen_changeset, sizeof(c->xen_changeset), "%.64s",
	    changeset);
	snprintf(c->xen_capabilities, sizeof(c->xen_capabilities), "%.255s",
	    capabilities);
	read_cpu_model(c->cpu_model);
}

bool
guest_has_device_model(const xc_domaininfo_t *info)
{
	return info->flags & XEN_DOMINF_hvm_guest &&
	    info->arch_config.emulation_flags != XEN_X86_EMU_LAPIC;
}

static enum config_type
type_of(const xc_domaininfo_t *info)
{
	if (!(info->flags & XEN_DOMINF_hvm_guest))
		return CONFIG_PV;
	return guest_has_device_model(info) ? CONFIG_HVM : CONFIG_PVH;
}

int
guest_describe(struct guest *g, struct config *c, struct fault *f)
{
	xc_domaininfo_t info;
	char *name;

	if (!guest_info(g, &info))
		return guest_fault(g, f, "is gone");
	c->type = type_of(&info);
	memcpy(c->uuid, info.handle, UUID_SIZE);
	name = guest_read(g, "name");
	if (name != NULL && keys_name_ok(name))
		snprintf(c->name, sizeof(c->name), "%s", name);
	else
		snprintf(c->name, sizeof(c->name), "domain-%u", g->domid);
	free(name);
	c->vcpus = (uint64_t)info.max_vcpu_id + 1;
	c->max_pages = info.max_pages;
	c->pages = info.tot_pages;
	c->target_kib = read_number(g, "memory/target");
	c->static_max_kib = read_number(g, "memory/static-max");
	c->hap = info.flags & XEN_DOMINF_hap;
	c->emulation_flags = info.arch_config.emulation_flags;
	c->misc_flags = info.arch_config.misc_flags;
	c->event_channels = 1023;	/* libxl's default */
	c->grant_frames = c->maptrack_frames = CONFIG_DEFAULT;
	c->grant_version = 2;
	if (c->type != CONFIG_PV && xc_get_paging_mempool_size(g->xc,
	    g->domid, &c->paging_pool) != 0)
		return guest_fault(g, f, "its paging pool is not known");
	guest_libxl_read(g, c);
	describe_host(g, c);
	return 0;
}

/*
 * Whether the domain has a device besides the suspend event channel: 1 with
 * its kind, 0, or -1 when xenstore does not tell.
 */
static int
has_device(struct guest *g, char kind[CONFIG_TEXT_SIZE])
{
	char path[GUEST_PATH_SIZE], buf[GUEST_PATH_SIZE], **kinds, **list;
	unsigned i, n = 0, count;
	int found = 0;

	kinds = xs_directory(g->xs, XBT_NULL, guest_path(g, "device", path),
	    &n);
	if (kinds == NULL)
		return errno == ENOENT ? 0 : -1;
	for (i = 0; i < n && found == 0; i++) {
		if (strcmp(kinds[i], "suspend") == 0)
			continue;
		snprintf(buf, sizeof(buf), "device/%.64s", kinds[i]);
		count = 0;
		list = xs_directory(g->xs, XBT_NULL,
		    guest_path(g, buf, path), &count);
		if (list == NULL && errno != ENOENT)
			found = -1;
		else if (count > 0)
			found = 1;
		free(list);
		snprintf(kind, CONFIG_TEXT_SIZE, "devices (%.64s)", kinds[i]);
	}
	free(kinds);
	return found;
}

int
guest_has_toolstack(struct guest *g, const xc_domaininfo_t *info,
    char what[CONFIG_TEXT_SIZE])
{
	if (!guest_has_device_model(info))
		return has_device(g, what);
	snprintf(what, CONFIG_TEXT_SIZE, "a device model");
	return 1;
}

/* Whether Xen can say which pages the guest changes. */
static int
check_live(struct guest *g, const xc_domaininfo_t *info, struct fault *f)
{
	const char *missing = guest_log_missing(g, info);

	if (missing == NULL && type_of(info) == CONFIG_HVM)
		missing = "its device model changes its memory too";
	if (missing == NULL)
		return 0;
	fault_set(f, EXIT_REFUSED, "domain %s cannot be saved live: %s",
	    g->label, missing);
	return fault_hint(f, "without --live it stands still, but is saved");
}

/* A guest that can only be saved by xl. */
static int
check_xl(struct guest *g, const xc_domaininfo_t *info, enum save_way way,
    const char *what, bool live, struct fault *f)
{
	if (way == SAVE_CHECKPOINTS) {
		fault_set(f, EXIT_REFUSED, "domain %s has %s, of which "
		    "checkpoints hold nothing", g->label, what);
		return fault_hint(f, "xl remus sends checkpoints with its "
		    "disks; --memory-only leaves them out");
	}
	if (way == SAVE_WITHOUT_XL || !toolstack_there()) {
		fault_set(f, EXIT_REFUSED, "domain %s has %s", g->label,
		    what);
		return fault_hint(f, "%s; --memory-only leaves them out, for "
		    "looking into the guest's memory",
		    way == SAVE_WITHOUT_XL ? "without --no-xl xl saves it" :
		    "xl saves it, but is not on this host's PATH");
	}
	if (guest_is_suspended(info)) {
		fault_set(f, EXIT_REFUSED, "domain %s is suspended, and xl "
		    "saves only one that runs", g->label);
		return fault_hint(f, "xc-emit --resume %u, then again",
		    g->domid);
	}
	if (!live)
		return 0;
	fault_set(f, EXIT_REFUSED, "domain %s is saved by xl, which does not "
	    "save live", g->label);
	return fault_hint(f, "xl migrate -s rec-ssh moves it live");
}

int
guest_check(struct guest *g, enum save_way way, bool live, bool *by_xl,
    struct fault *f)
{
	xc_domaininfo_t info;
	char what[CONFIG_TEXT_SIZE] = "to be saved by xl";
	int has;

	if (!guest_info(g, &info))
		return fault_set(f, EXIT_SYSTEM, "domain %s is gone",
		    g->label);
	if (info.flags & XEN_DOMINF_dying ||
	    (info.flags & XEN_DOMINF_shutdown && !guest_is_suspended(&info)))
		return fault_set(f, EXIT_REFUSED,
		    "domain %s has shut down or crashed", g->label);
	if (info.flags & XEN_DOMINF_paused && !guest_is_suspended(&info)) {
		fault_set(f, EXIT_REFUSED, "domain %s is paused: it cannot "
		    "answer a request to suspend", g->label);
		return fault_hint(f, "xl unpause %u, then again", g->domid);
	}
	if (live && !guest_is_suspended(&info) &&
	    check_live(g, &info, f) == -1)
		return -1;
	*by_xl = false;
	if (way == SAVE_MEMORY_ONLY)
		return 0;
	if ((has = guest_has_toolstack(g, &info, what)) == -1)
		return guest_fault(g, f, "its devices are not known");
	if (has == 0 && way != SAVE_WITH_XL)
		return 0;
	*by_xl = true;
	return check_xl(g, &info, way, what, live, f);
}
