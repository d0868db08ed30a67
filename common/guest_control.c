/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done to a domain: it is paused, runs on, is taken back or removed. */
#include "guest_xen.h"
#include "now.h"

/* Whether only xl can do it: 1, 0, or -1 with *f set. */
static int
takes_xl(struct guest *g, struct fault *f)
{
	char what[CONFIG_TEXT_SIZE];
	xc_domaininfo_t info;
	int has;

	if (!guest_info(g, &info))
		return guest_fault(g, f, "is gone");
	if ((has = guest_has_toolstack(g, &info, what)) == -1)
		return guest_fault(g, f, "its devices are not known");
	return has;
}

int
guest_unpause(struct guest *g, struct fault *f)
{
	int by_xl = takes_xl(g, f);

	if (by_xl != 0)
		return by_xl == 1 ? guest_unpause_by_xl(g, f) : -1;
	return xc_domain_unpause(g->xc, g->domid) == 0 ? 0 :
	    guest_fault(g, f, "cannot be unpaused");
}

bool
guest_suspended(struct guest *g)
{
	xc_domaininfo_t info;

	return guest_info(g, &info) && guest_is_suspended(&info);
}

bool
guest_paused(struct guest *g)
{
	xc_domaininfo_t info;

	return guest_info(g, &info) && info.flags & XEN_DOMINF_paused;
}

uint64_t
guest_cpu(struct guest *g)
{
	xc_domaininfo_t info;

	return guest_info(g, &info) ? info.cpu_time : 0;
}

int
guest_run_on(struct guest *g, struct fault *f)
{
	if (xc_domain_resume(g->xc, g->domid, 1) != 0)
		return guest_fault(g, f, "cannot be resumed");
	if (g->report != NULL)
		g->report->resumed = now_ms();
	if (!xs_resume_domain(g->xs, g->domid))
		return guest_fault(g, f, "runs again, but xenstore was not "
		    "told");
	return 0;
}

/* A guest that is paused, whose resumption is noted too. */
static int
unpause(struct guest *g, struct fault *f)
{
	if (guest_unpause(g, f) == -1)
		return -1;
	if (g->report != NULL)
		g->report->resumed = now_ms();
	return 0;
}

/* For another reason than a suspend. */
static bool
has_shut_down(struct guest *g)
{
	xc_domaininfo_t info;

	return guest_info(g, &info) && info.flags & XEN_DOMINF_shutdown &&
	    !guest_is_suspended(&info);
}

int
guest_take_back(struct guest *g, bool pause, bool by_xl, struct fault *f)
{
	struct fault late = { .status = EXIT_DONE };
	bool paused = by_xl && guest_paused(g);

	guest_channel_forget(g);
	guest_withdraw(g);
	guest_log_off(g);
	/* The process that saved it knows that no request is under way. */
	if (g->report == NULL && !paused)
		guest_await_late(g);
	if (by_xl)
		guest_tidy_after_xl(g);
	if (has_shut_down(g))
		return fault_set(f, EXIT_SYSTEM,
		    "domain %s has shut down", g->label);
	if (!guest_suspended(g))
		return paused && !pause ? unpause(g, f) : 0;
	if (pause && !paused && xc_domain_pause(g->xc, g->domid) != 0)
		guest_fault(g, &late, "cannot be paused: it runs");
	/* A guest that runs before its device model loses what it says. */
	if (by_xl)
		guest_continue_by_xl(g, &late);
	if (guest_run_on(g, f) == -1 ||
	    (paused && !pause && unpause(g, f) == -1))
		return -1;
	if (late.status == EXIT_DONE)
		return 0;
	*f = late;
	return -1;
}

int
guest_check_destroy(struct guest *g, bool by_xl, struct fault *f)
{
	if (guest_suspended(g) || (by_xl && guest_paused(g)))
		return 0;
	fault_set(f, EXIT_REFUSED, "domain %s is not suspended", g->label);
	return fault_hint(f, "xl destroy takes a running guest");
}

int
guest_destroy(struct guest *g, struct fault *f)
{
	int by_xl = takes_xl(g, f);

	if (by_xl != 0)
		return by_xl == 1 ? guest_destroy_by_xl(g, f) : -1;
	if (xc_domain_destroy(g->xc, g->domid) != 0)
		return guest_fault(g, f, "cannot be destroyed");
	guest_unstore(g, g->uuid);
	return 0;
}
