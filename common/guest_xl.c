/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done by xl beneath: guests with devices or a device model.
 *
 * `xl save -p` leaves its guest resumed and paused, `-c` running; when nobody
 * takes its stream it lets the guest run again; the device model's state stays
 * in a file.  A guest that it was killed over is suspended, and its device
 * model stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest_xen.h"
#include "now.h"
#include "toolstack.h"

#define RELEASE_TOKEN	"release"
#define PATIENCE	15000u	/* ms for xl to see that its stream is gone */
#define DOMID_SIZE	12u
#define DEVICE_MODEL_FILE "/var/lib/xen/qemu-save.%u"

static struct toolstack
toolstack_of(const struct guest *g)
{
	return (struct toolstack){
		.tool = g->log.tool, .verbose = g->log.verbose,
	};
}

/* xl COMMAND DOMID [MORE]. */
static int
run(struct guest *g, const char *command, const char *more,
    const char *what, struct fault *f)
{
	struct toolstack t = toolstack_of(g);
	char domid[DOMID_SIZE], text[FAULT_TEXT_SIZE / 2];
	const char *argv[] = { "xl", command, domid, more, NULL };

	snprintf(domid, sizeof(domid), "%u", g->domid);
	snprintf(text, sizeof(text), "domain %s %s", g->label, what);
	return toolstack_run(&t, argv, text, f);
}

/* Takes what fired off the connection; a guest that has stopped is noted. */
static void
look_at_guest(struct guest *g)
{
	char **fired;

	while ((fired = xs_check_watch(g->xs)) != NULL)
		free(fired);
	if (g->report->stopped == 0 && guest_suspended(g))
		g->report->stopped = now_ms();
	else if (g->report->stopped != 0 && g->report->resumed == 0 &&
	    !guest_suspended(g) && !guest_paused(g))
		g->report->resumed = now_ms();
}

/*
 * Until xl has ended, or is killed because the peer has gone or spoken, and
 * xl, whose stream nobody takes then, does not end of itself.
 */
static void
attend(struct guest *g, struct toolstack *t, int peer)
{
	struct pollfd p[4] = {
		{ .fd = t->process, .events = POLLIN },
		{ .fd = t->messages, .events = POLLIN },
		{ .fd = xs_fileno(g->xs), .events = POLLIN },
		{ .fd = peer, .events = POLLIN },
	};
	uint64_t until = 0;
	int n;

	while (p[0].revents == 0) {
		n = poll(p, 4, until == 0 ? -1 : until <= now_ms() ? 0 :
		    (int)(until - now_ms()));
		if (n == 0) {
			toolstack_kill(t);
			return;
		}
		if (n == -1)
			continue;
		toolstack_read(t);
		if (p[1].revents & (POLLHUP | POLLERR))
			p[1].fd = -1;
		look_at_guest(g);
		if (p[3].revents != 0) {
			p[3].fd = -1;
			until = now_ms() + PATIENCE;
		}
	}
}

/* What is known of the guest once xl has saved it. */
static int
check_saved(struct guest *g, bool runs, struct fault *f)
{
	if (runs || guest_paused(g))
		return 0;
	return fault_set(f, EXIT_SYSTEM, "domain %s did not stay paused "
	    "after it was saved", g->label);
}

int
guest_save_by_xl(struct guest *g, const struct save_how *how,
    struct save_report *report, struct fault *f)
{
	struct toolstack t = toolstack_of(g);
	char domid[DOMID_SIZE];
	const char *argv[] = {
		"xl", "save", how->runs_on ? "-c" : "-p", domid,
		"/dev/stdout", NULL,
	};
	int result;

	*report = (struct save_report){ .rounds = 1, .asked = SAVE_BY_XL };
	g->report = report;
	snprintf(domid, sizeof(domid), "%u", g->domid);
	if (!xs_watch(g->xs, "@releaseDomain", RELEASE_TOKEN))
		return guest_fault(g, f, "cannot be watched");
	report->begun = true;
	result = toolstack_start(&t, argv, -1, how->out, f);
	if (result == 0) {
		attend(g, &t, how->peer);
		result = t.pid != 0 ? toolstack_end(&t, "saving", f) :
		    fault_set(f, EXIT_SYSTEM, "given up: nobody takes the "
		    "stream of domain %s any more", g->label);
	}
	xs_unwatch(g->xs, "@releaseDomain", RELEASE_TOKEN);
	look_at_guest(g);
	return result == -1 ? -1 : check_saved(g, how->runs_on, f);
}

void
guest_tidy_after_xl(const struct guest *g)
{
	char path[GUEST_PATH_SIZE];

	snprintf(path, sizeof(path), DEVICE_MODEL_FILE, g->domid);
	unlink(path);
}

int
guest_continue_by_xl(struct guest *g, struct fault *f)
{
	xc_domaininfo_t info;

	if (!guest_info(g, &info) || !guest_has_device_model(&info))
		return 0;
	return run(g, "qemu-monitor-command", "cont",
	    "runs, but its device model may not", f);
}

int
guest_unpause_by_xl(struct guest *g, struct fault *f)
{
	return run(g, "unpause", NULL, "is not unpaused", f);
}

int
guest_destroy_by_xl(struct guest *g, struct fault *f)
{
	return run(g, "destroy", NULL, "is not destroyed", f);
}

/* The domain that xl made of the stream. */
static int
take_domain(struct guest *g, const struct config *c, struct fault *f)
{
	uint32_t domid;
	int there = guest_by_uuid(g, c->uuid, &domid);

	if (there == -1)
		return guest_fault(g, f, "is not found again");
	if (there == 0)
		return fault_set(f, EXIT_SYSTEM, "xl made no domain with the "
		    "uuid of '%s'", c->name);
	guest_at(g, domid, c->uuid);
	guest_adopt(g);
	return 0;
}

/*
 * The user's configuration, in which the last name and uuid count: those of
 * *c.  A descriptor, or -1 with *f set.
 */
static int
complete(const char *config_file, const struct config *c, struct fault *f)
{
	char buf[4096], uuid[UUID_TEXT_SIZE];
	int fd, from;
	ssize_t n = -1;

	if (strpbrk(c->name, "\"'\\") != NULL)
		return fault_set(f, EXIT_REFUSED, "xl's configuration takes "
		    "no name with quotes or backslashes: %s", c->name);
	uuid_print(c->uuid, uuid);
	fd = memfd_create("xl.cfg", 0);	/* xl inherits it */
	from = open(config_file, O_RDONLY | O_CLOEXEC);
	if (fd != -1 && from != -1)
		while ((n = read(from, buf, sizeof(buf))) > 0)
			if (write(fd, buf, (size_t)n) != n)
				break;
	if (n != 0 || dprintf(fd, "\nname = \"%s\"\nuuid = \"%s\"\n",
	    c->name, uuid) < 0)
		fault_set(f, EXIT_SYSTEM, "%s: %s", config_file,
		    strerror(errno));
	else
		f->status = EXIT_DONE;
	if (from != -1)
		close(from);
	if (f->status == EXIT_DONE)
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

int
guest_restore_by_xl(struct guest *g, const struct config *c,
    const char *config_file, int in, struct fault *f)
{
	struct toolstack t = toolstack_of(g);
	const char *argv[] = {
		"xl", "restore", "-p", "/dev/stdin", NULL, NULL,
	};
	char path[32];
	struct fault none;
	int given = -1, result;

	if (config_file != NULL) {
		if ((given = complete(config_file, c, f)) == -1)
			return -1;
		snprintf(path, sizeof(path), "/dev/fd/%d", given);
		argv[3] = path;
		argv[4] = "/dev/stdin";
	}
	result = toolstack_start(&t, argv, in, -1, f);
	if (result == 0)
		result = toolstack_end(&t, "restoring", f);
	if (given != -1)
		close(given);
	if (result == 0)
		return take_domain(g, c, f);
	/* What xl has left, if it was killed, is to be removed. */
	take_domain(g, c, &none);
	return -1;
}
