/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lab-memory: prints how many pages the hypervisor has free.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include <xenctrl.h>

int main(void)
{
	xc_interface *xen = xc_interface_open(NULL, NULL, 0);
	xc_physinfo_t info = { 0 };

	if (!xen)
		err(1, "no hypervisor");
	if (xc_physinfo(xen, &info))
		err(1, "xc_physinfo");
	printf("%" PRIu64 "\n", info.free_pages);
	xc_interface_close(xen);
	return 0;
}
