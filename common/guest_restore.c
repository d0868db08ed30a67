/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "guest_xen.h"
#include "toolstack.h"

#define KIB_PER_PAGE	(PAGE_SIZE / 1024u)
#define POOL_DEFAULT	((uint64_t)2 << 20)	/* bytes */
#define TIMER_MODE	1	/* no_delay_for_missed_ticks, as libxl does */

int
guest_by_uuid(struct guest *g, const uint8_t uuid[UUID_SIZE],
    uint32_t *domid)
{
	xc_domaininfo_t info;
	uint32_t next = 0;
	int more;

	while ((more = guest_next(g, &next, &info)) == 1)
		if (memcmp(info.handle, uuid, UUID_SIZE) == 0) {
			*domid = info.domain;
			return 1;
		}
	return more;
}

int
guest_check_free(struct guest *g, const struct config *c, struct fault *f)
{
	uint64_t memory = config_memory(c);
	char uuid[UUID_TEXT_SIZE];
	xc_physinfo_t host;
	uint32_t domid;
	int taken;

	snprintf(g->label, sizeof(g->label), "'%s'", c->name);
	if (c->in_xl && !toolstack_there()) {
		fault_set(f, EXIT_REFUSED, "the guest comes in a stream of "
		    "libxl's, and xl is not on this host's PATH");
		return fault_hint(f, "xl restores it");
	}
	if (c->type == CONFIG_HVM && !c->in_xl) {
		fault_set(f, EXIT_REFUSED, "the guest needs a device model, "
		    "whose state is not in the stream");
		return fault_hint(f, "xc-emit without --memory-only, or xl "
		    "save, puts it in");
	}
	if ((taken = guest_by_uuid(g, c->uuid, &domid)) == -1)
		return guest_fault(g, f, "the other domains are not known");
	if (taken == 1) {
		uuid_print(c->uuid, uuid);
		fault_set(f, EXIT_REFUSED, "domain %u of this host has the "
		    "uuid %s", domid, uuid);
		return fault_hint(f, "--uuid new makes a copy of its own");
	}
	if (guest_number(g, c->name, &domid)) {
		fault_set(f, EXIT_REFUSED, "domain %u of this host has the "
		    "name '%s'", domid, c->name);
		return fault_hint(f, "--name NAME gives it another");
	}
	if (c->in_xl)
		return 0;
	if (xc_physinfo(g->xc, &host) != 0)
		return guest_fault(g, f, "the host's memory is not known");
	if (host.free_pages * PAGE_SIZE < memory)
		return fault_set(f, EXIT_SYSTEM, "the guest takes %" PRIu64
		    " MiB, this host has %" PRIu64 " MiB free",
		    memory >> 20, host.free_pages * PAGE_SIZE >> 20);
	return 0;
}

/* As Xen takes it: -1 for its own default. */
static int32_t
frames(uint64_t n)
{
	return n > INT32_MAX ? -1 : (int32_t)n;
}

static struct xen_domctl_createdomain
create_args(const struct config *c)
{
	struct xen_domctl_createdomain a = {
		.max_vcpus = (uint32_t)c->vcpus,
		.max_evtchn_port = (uint32_t)c->event_channels,
		.max_grant_frames = frames(c->grant_frames),
		.max_maptrack_frames = frames(c->maptrack_frames),
		.grant_opts = XEN_DOMCTL_GRANT_version(
		    (uint32_t)c->grant_version),
		.arch = {
			.emulation_flags = (uint32_t)c->emulation_flags,
			.misc_flags = (uint32_t)c->misc_flags,
		},
	};

	memcpy(a.handle, c->uuid, UUID_SIZE);
	if (c->type == CONFIG_PV)
		return a;
	a.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_oos_off;
	if (c->hap)
		a.flags |= XEN_DOMCTL_CDF_hap;
	if (c->nested)
		a.flags |= XEN_DOMCTL_CDF_nested_virt;
	if (c->vpmu)
		a.flags |= XEN_DOMCTL_CDF_vpmu;
	return a;
}

/* What a domain gets besides its creation, in libxl's order. */
static int
set_limits(struct guest *g, const struct config *c, struct fault *f)
{
	uint64_t pool = c->paging_pool > 0 ? c->paging_pool : POOL_DEFAULT;
	uint64_t kib = c->max_pages * KIB_PER_PAGE;

	if (xc_domain_max_vcpus(g->xc, g->domid, (unsigned)c->vcpus) != 0)
		return guest_fault(g, f, "it does not get its vcpus");
	if (xc_domain_setmaxmem(g->xc, g->domid, kib) != 0)
		return guest_fault(g, f, "its memory limit is not taken");
	if (xc_domain_set_tsc_info(g->xc, g->domid, 0, 0, 0, 0) != 0)
		return guest_fault(g, f, "its TSC mode is not taken");
	if (c->type == CONFIG_PV)
		return xc_domain_set_memmap_limit(g->xc, g->domid, kib) == 0
		    ? 0 : guest_fault(g, f, "its memory map is not taken");
	if (xc_hvm_param_set(g->xc, g->domid, HVM_PARAM_TIMER_MODE,
	    TIMER_MODE) != 0)
		return guest_fault(g, f, "its timer mode is not taken");
	if (xc_set_paging_mempool_size(g->xc, g->domid, pool) != 0)
		return guest_fault(g, f, "it does not get its paging pool");
	return 0;
}

void
guest_adopt(struct guest *g)
{
	g->created = true;
}

int
guest_create(struct guest *g, const struct config *c, struct fault *f)
{
	struct xen_domctl_createdomain args = create_args(c);

	g->domid = 0;		/* Xen chooses */
	g->log.first[0] = '\0';
	errno = 0;
	if (xc_domain_create(g->xc, &g->domid, &args) != 0)
		return guest_fault(g, f, "cannot be created");
	g->created = true;
	memcpy(g->uuid, c->uuid, UUID_SIZE);
	snprintf(g->label, sizeof(g->label), "%u (%s)", g->domid, c->name);
	return 0;
}

/* libxenguest's callback: a stream of old without a CPU policy. */
static int
static_data_done(unsigned missing, void *data)
{
	struct guest *g = data;

	if (!(missing & XGR_SDD_MISSING_CPUID))
		return 0;
#if XEN_DOMCTL_INTERFACE_VERSION >= 0x16
	return xc_cpuid_apply_policy(g->xc, g->domid, true, NULL, 0, true,
	    false, false, NULL, NULL, NULL);
#else
	return xc_cpuid_apply_policy(g->xc, g->domid, true, NULL, 0, true,
	    false, false, NULL, NULL);
#endif
}

/* libxenguest's callback: a CHECKPOINT came. */
static int
take_checkpoint(void *data)
{
	struct guest *g = data;

	return g->checkpoint(g->listener) ? XGR_CHECKPOINT_SUCCESS :
	    XGR_CHECKPOINT_FAILOVER;
}

int
guest_restore(struct guest *g, const struct config *c, int in,
    bool (*checkpoint)(void *listener), void *listener, struct fault *f)
{
	struct restore_callbacks calls = {
		.static_data_done = static_data_done,
		.checkpoint = take_checkpoint, .data = g,
	};
	struct guest_rings r = { 0 };

	g->checkpoint = checkpoint;
	g->listener = listener;
	if (set_limits(g, c, f) == -1)
		return -1;
	r.store_port = xc_evtchn_alloc_unbound(g->xc, g->domid, 0);
	r.console_port = xc_evtchn_alloc_unbound(g->xc, g->domid, 0);
	if (r.store_port < 0 || r.console_port < 0)
		return guest_fault(g, f, "it does not get event channels");
	errno = 0;
	if (xc_domain_restore(g->xc, in, g->domid,
	    (unsigned)r.store_port, &r.store_gfn, 0,
	    (unsigned)r.console_port, &r.console_gfn, 0,
	    checkpoint != NULL ? XC_STREAM_REMUS : XC_STREAM_PLAIN, &calls,
	    -1) != 0)
		return guest_fault(g, f, "restoring failed");
	if (guest_store(g, c, &r) == -1)
		return guest_fault(g, f, "its nodes and configuration cannot "
		    "be stored");
	if (!xs_introduce_domain(g->xs, g->domid, r.store_gfn,
	    (unsigned)r.store_port))
		return guest_fault(g, f, "xenstore does not take the guest");
	return 0;
}

int
guest_abandon(struct guest *g, struct fault *f)
{
	if (!g->created)
		return 0;
	g->created = false;
	if (guest_destroy(g, f) == -1)
		return fault_hint(f, "it is left over: xl destroy %u",
		    g->domid);
	return 0;
}
