/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for one direction at a time is enough: the collector always reads,
 * and so does who sent this.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door.h"
#include "feed.h"
#include "io.h"
#include "sandbox.h"

#define PIECE	((size_t)256 << 10)

struct feed {
	struct source in, back;
	struct sink to, out;
	uint8_t *piece;
};

/* One piece on; *ended when there is none any more. */
static int
carry(struct feed *d, struct source *from, struct sink *to, bool *ended,
    struct fault *f)
{
	size_t got;

	if (source_some(from, d->piece, PIECE, &got, f) == -1)
		return -1;
	*ended = got == 0;
	return got == 0 ? 0 : sink_put(to, d->piece, got, f);
}

/* What came in goes to the collector, until either does not want any more. */
static void
forward(struct feed *d, struct pollfd *in)
{
	struct fault gone;
	bool ended;

	if (carry(d, &d->in, &d->to, &ended, &gone) == 0 && !ended)
		return;
	in->fd = -1;
	shutdown(d->to.fd, SHUT_WR);
}

static int
run(struct feed *d, struct fault *f)
{
	struct pollfd p[3] = {
		{ .fd = d->in.fd, .events = POLLIN },
		{ .fd = d->back.fd, .events = POLLIN },
		{ .fd = d->out.fd },
	};
	bool ended = false;
	struct fault gone;

	while (!ended) {
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return fault_set(f, EXIT_SYSTEM, "poll: %s",
			    strerror(errno));
		if (p[1].revents != 0) {
			/* A collector that fails has not read everything. */
			if (carry(d, &d->back, &d->out, &ended, &gone) == -1)
				break;
		} else if (p[2].revents != 0) {
			break;	/* nobody reads the answers */
		} else if (p[0].revents != 0) {
			forward(d, &p[0]);
		}
	}
	return 0;
}

int
feed_run(const char *path, int in, int out, struct fault *f)
{
	struct feed d = { .piece = malloc(PIECE) };
	int fd = door_enter(path, FEED_WAIT_MS, f), result;

	if (fd == -1)
		return -1;
	if (d.piece == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	signal(SIGPIPE, SIG_IGN);
	if (sandbox_enter(&(struct sandbox){ .talks = true }, f) == -1 ||
	    source_open(&d.in, in, f) == -1 ||
	    source_open(&d.back, fd, f) == -1)
		return -1;
	sink_open(&d.to, fd);
	sink_open(&d.out, out);
	result = run(&d, f);
	source_close(&d.in);
	source_close(&d.back);
	free(d.piece);
	close(fd);
	return result;
}
