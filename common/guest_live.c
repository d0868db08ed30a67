/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Live saves.  libxenguest (xg_sr_save.c in xen.git) asks before each round,
 * when it has taken Xen's log of dirty pages, and after it.  All is decided
 * after a round, when this file looks into the log itself: to stop then costs
 * the guest just the pages that were counted.
 */
#include <inttypes.h>
#include <sys/ioctl.h>

#include "format.h"
#include "guest_xen.h"
#include "now.h"

#define PFN_SIZE	8	/* bytes of a page's entry in PAGE_DATA */
#define LOOK_AGAIN	2	/* ms */
#define ALL		UINT64_MAX

/* How many pages the log has. */
static int
count_dirty(struct guest *g, unsigned mode, uint64_t *count)
{
	xc_shadow_op_stats_t stats = { 0 };

	if (xc_logdirty_control(g->xc, g->domid, XEN_DOMCTL_SHADOW_OP_PEEK,
	    NULL, 0, mode, &stats) < 0)
		return guest_fault(g, &g->save_fault, "its dirty pages "
		    "cannot be counted");
	*count = stats.dirty_count;
	return 0;
}

/*
 * The first round has an entry for each page number up to the guest's last,
 * and content only for those that it has.
 */
static void
begin_round(struct guest *g, uint64_t entries)
{
	struct save_round *r = &g->report->round[g->report->rounds];
	xc_domaininfo_t info;

	r->pages = entries;
	if (guest_info(g, &info) && info.tot_pages < entries)
		r->pages = info.tot_pages;
	if (entries == ALL)
		entries = r->pages;
	g->live.bytes = r->pages * PAGE_SIZE + entries * PFN_SIZE;
	g->live.round_began = now_us();
	if (g->report->rounds == 0)
		g->live.began = g->live.round_began;
}

static void
end_round(struct guest *g)
{
	struct save_round *r = &g->report->round[g->report->rounds++];

	r->us = now_us() - g->live.round_began;
	r->rate = precopy_rate(g->live.bytes, r->us);
	g->report->pages += r->pages;
	g->live.all_bytes += g->live.bytes;
}

/*
 * Waits until the pipe is empty: what is in it is not sent, and would have to
 * be while the guest stands still.
 */
static bool
await_taken(struct guest *g)
{
	int left;

	while (ioctl(g->how->out, FIONREAD, &left) == 0 && left > 0)
		if (guest_peer_gone(g, LOOK_AGAIN))
			return false;
	return true;
}

static int
give_up(struct guest *g)
{
	const struct save_report *r = g->report;
	uint64_t dirty = r->round[r->rounds - 1].dirty;

	fault_set(&g->save_fault, EXIT_REFUSED, "domain %s changes its memory "
	    "too fast: after %u rounds %" PRIu64 " pages are dirty, which "
	    "take %" PRIu64 " ms at %.1f MB/s, over the limit of %u ms; it "
	    "runs on", g->label, r->rounds, dirty,
	    precopy_estimate(dirty, r->rate), (double)r->rate / 1e6,
	    g->how->max_downtime);
	fault_hint(&g->save_fault, "allow more with --max-downtime, send it a "
	    "faster way, or when the guest has less to do");
	return XGS_POLICY_ABORT;
}

static int
decide(struct guest *g)
{
	const struct save_how *how = g->how;
	struct save_report *r = g->report;
	const struct precopy_limits limits = {
		.rounds = how->max_rounds < PRECOPY_ROUNDS_MAX ?
		    how->max_rounds : PRECOPY_ROUNDS_MAX,
		.stop_dirty = how->stop_dirty,
		.downtime = how->max_downtime,
	};

	r->rate = precopy_rate(g->live.all_bytes,
	    now_us() - g->live.began);
	switch (precopy_next(&limits, r->rounds,
	    r->round[r->rounds - 1].dirty, r->rate)) {
	case PRECOPY_ROUND:
		return XGS_POLICY_CONTINUE_PRECOPY;
	case PRECOPY_STOP:
		return XGS_POLICY_STOP_AND_COPY;
	default:
		return give_up(g);
	}
}

int
guest_precopy(struct precopy_stats stats, void *data)
{
	struct guest *g = data;
	struct save_report *r = g->report;

	if (guest_peer_gone(g, 0) || guest_look(g) == -1)
		return XGS_POLICY_ABORT;
	if (guest_enough(g)) {
		fault_set(&g->save_fault, EXIT_SYSTEM, "domain %s: ended "
		    "before its first checkpoint", g->label);
		return XGS_POLICY_ABORT;
	}
	if (stats.dirty_count >= 0) {
		begin_round(g, (uint64_t)stats.dirty_count);
		return XGS_POLICY_CONTINUE_PRECOPY;
	}
	if (!await_taken(g) ||
	    count_dirty(g, 0, &r->round[r->rounds].dirty) == -1)
		return XGS_POLICY_ABORT;
	end_round(g);
	if (g->how->tell_round != NULL)
		g->how->tell_round(r->rounds, &r->round[r->rounds - 1]);
	return decide(g);
}

void
guest_last_round(struct guest *g, bool begin)
{
	uint64_t count = ALL;

	if (!begin) {
		end_round(g);
		return;
	}
	/* This count is for the report alone: to fail does no harm. */
	if (g->live.on && count_dirty(g, XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL,
	    &count) == -1)
		g->save_fault.status = EXIT_DONE;
	begin_round(g, count);
}

void
guest_log_off(struct guest *g)
{
	xc_shadow_control(g->xc, g->domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
}

const char *
guest_log_missing(struct guest *g, const xc_domaininfo_t *info)
{
	xc_physinfo_t host = { 0 };

	if (info->flags & XEN_DOMINF_hap)
		return NULL;
	if (xc_physinfo(g->xc, &host) == 0 &&
	    host.capabilities & XEN_SYSCTL_PHYSCAP_shadow)
		return NULL;
	return "this hypervisor is built without shadow paging";
}
