/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format.h"
#include "guest_xen.h"
#include "offer.h"
#include "toolstack.h"

#define PV_VCPUS_MAX	4096u	/* GUEST_CONFIG's; Xen's is 8192 */

static void
read_xen(struct guest *g, struct xen_version *xen)
{
	int version = xc_version(g->xc, XENVER_version, NULL);
	xen_extraversion_t extra = "";
	xen_changeset_info_t changeset = "";

	xc_version(g->xc, XENVER_extraversion, &extra);
	xc_version(g->xc, XENVER_changeset, &changeset);
	xen->major = (uint64_t)version >> 16;
	xen->minor = (uint64_t)version & 0xffff;
	snprintf(xen->extra, sizeof(xen->extra), "%.16s", extra);
	snprintf(xen->changeset, sizeof(xen->changeset), "%.64s", changeset);
}

/* The leaves and MSRs of a policy of Xen's, with room for all. */
static int
make_policy(struct guest *g, const xc_cpu_policy_t *from,
    xen_cpuid_leaf_t *leaves, uint32_t leaf_count, xen_msr_entry_t *msrs,
    uint32_t msr_count, struct policy *p)
{
	struct policy_maker m;
	uint32_t i;

	if (xc_cpu_policy_serialise(g->xc, from, leaves, &leaf_count, msrs,
	    &msr_count) != 0)
		return -1;
	policy_begin(&m, p);
	for (i = 0; i < leaf_count; i++)
		policy_leaf(&m, leaves[i].leaf, leaves[i].subleaf,
		    (uint32_t[]){ leaves[i].a, leaves[i].b, leaves[i].c,
		    leaves[i].d });
	for (i = 0; i < msr_count; i++)
		policy_msr(&m, msrs[i].idx, msrs[i].flags, msrs[i].val);
	policy_end(&m);
	return 0;
}

/*
 * *p is what the domain was shown, or without one of them in `index`, that
 * policy of Xen's for all.
 */
static int
read_policy(struct guest *g, const unsigned *index, struct policy *p,
    struct fault *f)
{
	xc_cpu_policy_t *from = xc_cpu_policy_init();
	xen_cpuid_leaf_t *leaves = NULL;
	xen_msr_entry_t *msrs = NULL;
	uint32_t leaf_count, msr_count;
	int result = -1;

	if (from != NULL &&
	    xc_cpu_policy_get_size(g->xc, &leaf_count, &msr_count) == 0) {
		leaves = calloc(leaf_count, sizeof(*leaves));
		msrs = calloc(msr_count, sizeof(*msrs));
	}
	if (leaves != NULL && msrs != NULL)
		result = index != NULL ?
		    xc_cpu_policy_get_system(g->xc, *index, from) :
		    xc_cpu_policy_get_domain(g->xc, g->domid, from);
	if (result == 0)
		result = make_policy(g, from, leaves, leaf_count, msrs,
		    msr_count, p);
	if (result != 0)
		result = guest_fault(g, f, "what is known of the processor "
		    "cannot be read");
	free(leaves);
	free(msrs);
	xc_cpu_policy_destroy(from);
	return result;
}

/* The most that this host can show to a guest of that type. */
static int
read_system_policy(struct guest *g, enum config_type type, struct policy *p,
    struct fault *f)
{
	unsigned index = type == CONFIG_PV ? XEN_SYSCTL_cpu_policy_pv_max :
	    XEN_SYSCTL_cpu_policy_hvm_max;

	return read_policy(g, &index, p, f);
}

static int
offer_types(struct guest *g, struct offer *o, uint32_t has, struct fault *f)
{
	struct offer_type *pv = &o->types[CONFIG_PV];
	struct offer_type *pvh = &o->types[CONFIG_PVH];

	pv->possible = has & XEN_SYSCTL_PHYSCAP_pv;
	pv->vcpus = PV_VCPUS_MAX;
	pvh->hap = has & XEN_SYSCTL_PHYSCAP_hap;
	pvh->shadow = has & XEN_SYSCTL_PHYSCAP_shadow;
	pvh->possible = has & XEN_SYSCTL_PHYSCAP_hvm &&
	    (pvh->hap || pvh->shadow);
	pvh->vcpus = HVM_MAX_VCPUS;
	if (pv->possible &&
	    read_system_policy(g, CONFIG_PV, &pv->policy, f) == -1)
		return -1;
	if (!pvh->possible)
		return 0;
	if (read_system_policy(g, CONFIG_PVH, &pvh->policy, f) == -1)
		return -1;
	if (o->xl)
		o->types[CONFIG_HVM] = *pvh;
	return 0;
}

/* Those that guest_number finds. */
static int
offer_names(struct guest *g, struct offer *o, struct fault *f)
{
	char path[GUEST_PATH_SIZE], *name, **list;
	unsigned i, count = 0, length;
	int result = 0;

	list = xs_directory(g->xs, XBT_NULL, "/local/domain", &count);
	if (list == NULL)
		return guest_fault(g, f, "xenstore does not list the domains");
	for (i = 0; i < count && result == 0; i++) {
		snprintf(path, sizeof(path), "/local/domain/%.10s/name",
		    list[i]);
		name = xs_read(g->xs, XBT_NULL, path, &length);
		if (name != NULL)
			result = offer_name(o, name, f);
		free(name);
	}
	free(list);
	return result;
}

static int
offer_uuids(struct guest *g, struct offer *o, struct fault *f)
{
	xc_domaininfo_t info;
	uint32_t next = 0;
	int more;

	while ((more = guest_next(g, &next, &info)) == 1)
		if (offer_uuid(o, info.handle, f) == -1)
			return -1;
	return more == 0 ? 0 : guest_fault(g, f,
	    "Xen does not list the domains");
}

int
guest_offer(struct guest *g, struct offer *o, struct fault *f)
{
	time_t now = time(NULL);
	xc_physinfo_t host;
	struct tm tm;

	offer_begin(o);
	snprintf(g->label, sizeof(g->label), "0");
	snprintf(o->tool, sizeof(o->tool), "%s %s", g->log.tool,
	    XENREC_VERSION);
	if (gmtime_r(&now, &tm) != NULL)
		strftime(o->time, sizeof(o->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	read_xen(g, &o->xen);
	if (xc_physinfo(g->xc, &host) != 0)
		return guest_fault(g, f, "Xen does not tell of the host");
	o->free_memory = host.free_pages * PAGE_SIZE;
	o->cpus = host.nr_cpus;
	o->xl = toolstack_there();
	if (offer_types(g, o, host.capabilities, f) == 0 &&
	    offer_names(g, o, f) == 0 && offer_uuids(g, o, f) == 0)
		return 0;
	offer_free(o);
	return -1;
}

int
guest_fits(struct guest *g, const struct config *c, const struct offer *o,
    void (*reason)(const struct fault *), struct fault *f)
{
	struct offer_guest guest = { .config = c };
	struct policy here;

	read_xen(g, &guest.xen);
	if (read_policy(g, NULL, &guest.shown, f) == -1 ||
	    read_system_policy(g, c->type, &here, f) == -1)
		return -1;
	memcpy(guest.digest, here.digest, POLICY_DIGEST_SIZE);
	return offer_check(o, &guest, reason, f);
}
