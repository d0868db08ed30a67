/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "guest_xen.h"
#include "now.h"

/* libxenguest's callback: 1 when the guest is suspended. */
static int
suspend(void *data)
{
	struct guest *g = data;

	if (!guest_suspended(g)) {
		if (guest_suspend(g) == -1)
			return 0;
		g->report->stopped = now_ms();
	}
	guest_last_round(g, true);
	return 1;
}

/* libxenguest insists on it for PVH. */
int
guest_no_qemu(uint32_t domid, unsigned enable, void *data)
{
	(void)domid;
	(void)enable;
	(void)data;
	return 0;
}

/* The image is written, unless somebody let the guest run meanwhile. */
static int
end_save(struct guest *g, struct fault *f)
{
	guest_last_round(g, false);
	if (guest_suspended(g))
		return 0;
	return fault_set(f, EXIT_SYSTEM, "domain %s did not stay suspended "
	    "while it was saved", g->label);
}

/* What libxenguest says of a guest that is gone is about its pages. */
static void
end_failure(struct guest *g, struct fault *f)
{
	int err = errno;

	if (g->save_fault.status != EXIT_DONE || guest_look(g) == -1) {
		*f = g->save_fault;
		return;
	}
	errno = err;
	guest_fault(g, f, "saving failed");
}

int
guest_save(struct guest *g, const struct save_how *how,
    struct save_report *report, struct fault *f)
{
	struct save_callbacks calls = {
		.suspend = suspend, .switch_qemu_logdirty = guest_no_qemu,
		.precopy_policy = guest_precopy, .data = g,
	};
	bool before = guest_suspended(g);
	int result;

	if (how->by_xl)
		return guest_save_by_xl(g, how, report, f);
	*report = (struct save_report){ .rounds = 0 };
	g->how = how;
	g->report = report;
	g->peer = how->peer;
	g->save_fault.status = EXIT_DONE;
	if (!before && guest_channel_open(g, f) == -1)
		return -1;
	report->begun = true;
	g->live.on = how->live && !before;
	g->log.first[0] = '\0';
	errno = 0;
	result = how->pace.interval > 0 ? guest_save_checkpoints(g) :
	    xc_domain_save(g->xc, how->out, g->domid,
	    g->live.on ? XCFLAGS_LIVE : 0, &calls, XC_STREAM_PLAIN, -1);
	if (result == 0)
		result = how->pace.interval > 0 ? 0 : end_save(g, f);
	else
		end_failure(g, f);
	guest_channel_close(g);
	return result;
}
