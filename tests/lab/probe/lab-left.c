/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lab-left: prints what Xen itself has of guests: the domains but 0, also
 * those that xl does not see any more, as
 *
 *   domain 7 runs        or stands (paused or shut down), or dying
 *
 * and the grants, as xl debug-keys g has them written to Xen's console.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <xenctrl.h>

enum { DOMAINS_MAX = 64 };

static char text[1 << 15];

static void print_domains(xc_interface *xen)
{
	static xc_domaininfo_t info[DOMAINS_MAX];
	int count = xc_domain_getinfolist(xen, 1, DOMAINS_MAX, info);

	if (count < 0)
		err(1, "xc_domain_getinfolist");
	for (int i = 0; i < count; i++)
		printf("domain %u %s\n", info[i].domain,
		       info[i].flags & XEN_DOMINF_dying ? "dying" :
		       info[i].flags & (XEN_DOMINF_paused | XEN_DOMINF_shutdown) ?
		       "stands" : "runs");
}

/* Reads what the console has behind index into text; returns how much. */
static unsigned read_console(xc_interface *xen, uint32_t *index)
{
	unsigned size = sizeof text - 1;

	if (xc_readconsolering(xen, text, &size, 0, 1, index))
		err(1, "xc_readconsolering");
	text[size] = 0;
	return size;
}

static void print_grants(xc_interface *xen)
{
	static char key[] = "g";
	uint32_t index = 0;

	while (read_console(xen, &index))
		;
	if (xc_send_debug_keys(xen, key))
		err(1, "xc_send_debug_keys");
	read_console(xen, &index);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, "grant-table for") || strstr(line, "[0x"))
			puts(line);
}

int main(void)
{
	xc_interface *xen = xc_interface_open(NULL, NULL, 0);

	if (!xen)
		err(1, "no hypervisor");
	print_domains(xen);
	print_grants(xen);
	xc_interface_close(xen);
	return 0;
}
