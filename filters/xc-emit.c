/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit - a domain of this host, or a stored image, as a stream.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb | xc-emit --settle
 *     xc-emit --image mail.img | xc-absorb
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <sodium.h>

#include "fault.h"
#include "guest.h"
#include "newfile.h"
#include "pair.h"
#include "replay.h"
#include "sandbox.h"
#include "stop.h"
#include "xc-emit.h"

/* One of several reasons. */
static void
tell_reason(const struct fault *f)
{
	fault_print(name, f);
}

/* -v: after each round of a live save. */
static void
tell_round(unsigned number, const struct save_round *r)
{
	fault_tell(name, "round %u: %" PRIu64 " pages, %.1f MB/s, %" PRIu64
	    " dirty", number, r->pages, (double)r->rate / 1e6, r->dirty);
}

/* --image.  Returns the exit status. */
static int
emit_image(const struct options *o)
{
	struct newfile *file = o->emit.file;
	struct fault f;
	int result;

	stop_by_signals(NULL, name);
	stop_drops(file);
	if (o->emit.silence > 0)
		stop_by_silence(o->emit.silence);
	if (sandbox_enter(&(struct sandbox){
	    .read = (char *const *)&o->image_path, .reads = 1,
	    .file = o->out_path, .replaces = o->replace }, &f) == -1)
		fault_exit(name, &f);
	result = replay_file(o->image_path, file, &f);
	if (file != NULL)
		newfile_close(file);
	stop_drops(NULL);
	if (result == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* -o, or else stdout, is there to be written to. */
static void
open_output(struct options *o, struct newfile *file)
{
	struct fault f;

	if (o->out_path == NULL) {
		opts_no_terminal(name, STDOUT_FILENO);
		return;
	}
	if (newfile_open(file, o->out_path, o->replace, &f) == -1)
		fault_exit(name, &f);
	o->emit.file = file;
}

/* --for: foreign bytes, read before there is a handle to Xen. */
static void
read_offer(struct options *o)
{
	struct fault f;

	if (o->offer_path == NULL)
		return;
	if (offer_read(o->offer_path, &o->offer, &f) == -1)
		fault_exit(name, &f);
	o->emit.offer = &o->offer;
}

/* The stream of a domain, by two processes.  Returns in both, each with its
 * exit status. */
static int
emit_domain(struct options *o)
{
	struct save_pace *pace = &o->emit.how.pace;
	struct pair p;
	struct fault f;

	pace->enough = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pace->enough == -1)
		fault_set(&f, EXIT_SYSTEM, "no eventfd: %s", strerror(errno));
	else if (sodium_init() == -1)
		fault_set(&f, EXIT_SYSTEM, "no random numbers");
	else if (pair_fork(&p, true, &f) == 0)
		return p.child == 0 ? saver_run(&p, &o->emit) :
		    framer_run(&p, &o->emit);
	fault_exit(name, &f);
}

int
main(int argc, char *argv[])
{
	struct options o = { .emit.reason = tell_reason };
	struct newfile file;
	struct fault f;

	opts_descriptors();
	options_read(&o, argc, argv);
	if (o.common.verbose)
		o.emit.how.tell_round = tell_round;
	read_offer(&o);
	if (o.action == IMAGE || o.action == EMIT)
		open_output(&o, &file);
	if (o.action == IMAGE)
		return emit_image(&o);
	if (o.action == EMIT)
		return emit_domain(&o);
	if (errand_run(&o.emit, o.action, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
