/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lab-logdirty DOMID: prints whether Xen keeps a log of the pages that the
 * domain writes to: on or off.  Xen cannot be asked, but refuses to switch
 * on what is on; if this program has switched it on, it switches it off.
 *
 * lab-logdirty DOMID on|off: switches it.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

static xc_interface *xen;
static uint32_t domid;

/* Returns 0, or the error. */
static int switch_log(int on)
{
	unsigned op = on ? XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY
	                 : XEN_DOMCTL_SHADOW_OP_OFF;

	return xc_shadow_control(xen, domid, op, NULL, 0) ? errno : 0;
}

static void must(int error)
{
	if (error)
		errx(1, "domain %u: %s", domid, strerror(error));
}

static int log_is_on(void)
{
	int error = switch_log(1);

	if (error == EINVAL)
		return 1;
	if (error == EOPNOTSUPP)
		return 0; /* a PV guest, and no shadow paging in Xen */
	must(error);
	must(switch_log(0));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 3)
		errx(2, "usage: lab-logdirty DOMID [on|off]");
	xen = xc_interface_open(NULL, NULL, 0);
	if (!xen)
		err(1, "no hypervisor");
	domid = (uint32_t)strtoul(argv[1], NULL, 10);
	if (argc == 3)
		must(switch_log(strcmp(argv[2], "on") == 0));
	else
		puts(log_is_on() ? "on" : "off");
	xc_interface_close(xen);
	return 0;
}
