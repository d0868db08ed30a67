/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-checksum - check data into a stream, or verified and taken out.
 *
 *     xc-emit -c 7 | rec-compress | rec-checksum > mail.rec
 *     rec-checksum -d < mail.rec | xc-absorb
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "damage.h"
#include "fault.h"
#include "filter.h"
#include "format.h"
#include "rec-checksum.h"
#include "salvage.h"
#include "sandbox.h"

static struct codec
direction(struct job *job, const struct options *o)
{
	struct codec add = {
		.layer = REC_CHECK, .whole = job->add.blake2b,
		.through = !job->add.blake2b, .worker = job->worker,
		.work = protect_work, .write = protect_write,
	};
	struct codec check = {
		.whole = true, .worker = job->worker, .pairs = checking_pairs,
		.arrived = verify_arrived, .first = verify_first,
		.work = verify_work, .write = verify_write,
	};
	unsigned i;

	for (i = 0; i < THREADS_MAX; i++) {
		job->adder[i].shared = &job->add;
		job->checker[i].shared = &job->check;
		job->checker[i].checking.kind = &job->check.kind;
		job->worker[i] = o->undo ? (void *)&job->checker[i] :
		    (void *)&job->adder[i];
	}
	return o->undo ? check : add;
}

/* What was verified, or what it came to. */
static void
tell(const struct job *job, const struct options *o)
{
	uint64_t records = o->undo ? job->check.all.records : job->add.records;

	if (!o->common.verbose)
		return;
	if (o->undo && job->check.all.state == NOTHING_TO_VERIFY)
		fault_tell(name, "no check data: nothing was verified");
	else
		fault_tell(name, "%" PRIu64 " records %s", records,
		    o->undo ? "verified" : "covered");
}

/* The keys, for either direction. */
static int
load_keys(struct job *job, const struct options *o, struct fault *f)
{
	if (o->sign != NULL) {
		if (minisign_secret(o->sign, o->phrase_file, &job->secret,
		    f) == -1)
			return -1;
		job->add.sign = &job->secret;
		job->add.blake2b = true;
		job->add.time = (uint64_t)time(NULL);
	}
	if (o->verify != NULL) {
		if (minisign_public(o->verify, &job->public, f) == -1)
			return -1;
		job->check.all.signer = &job->public;
	}
	return 0;
}

/* What is sound, of a damaged stream too.  Returns the exit status. */
static int
look_through(const struct options *o)
{
	struct damage damage = { .tool = name, .json = o->json };
	struct salvage s = {
		.in = STDIN_FILENO, .out = o->test ? -1 : STDOUT_FILENO,
		.tell = damage_tell, .listener = &damage,
	};
	struct fault f;

	if (sandbox_enter(NULL, &f) == -1 || salvage_run(&s, &f) == -1)
		fault_exit(name, &f);
	damage_end(&damage, &s);
	if (!s.damaged && o->common.verbose && !o->json)
		fault_tell(name, "%" PRIu64 " records verified", s.records);
	return s.damaged ? EXIT_INTEGRITY : EXIT_DONE;
}

int
main(int argc, char *argv[])
{
	static struct job job;
	struct options o = { .undo = false };
	struct codec codec;
	struct filter filter = { .codec = &codec, .in = STDIN_FILENO };
	struct fault f;

	opts_descriptors();
	options_read(&o, &job, argc, argv);
	opts_no_terminal(name, STDIN_FILENO);
	if (!o.test)
		opts_no_terminal(name, STDOUT_FILENO);
	if (o.salvage || goes_on(&o))
		return look_through(&o);
	if (!o.id_given)
		randombytes_buf(job.add.id, CHECK_ID_SIZE);

	if (load_keys(&job, &o, &f) == -1)
		fault_exit(name, &f);
	codec = direction(&job, &o);
	filter.out = o.test ? -1 : STDOUT_FILENO;
	filter.threads = o.common.threads;
	filter.pass_after_end = o.common.pass_after_end;
	if (sandbox_enter(NULL, &f) == -1 || filter_run(&filter, &f) == -1)
		fault_exit(name, &f);
	sodium_memzero(&job.secret, sizeof(job.secret));
	tell(&job, &o);
	protect_free(&job.add);
	hold_free(&job.check.around);
	return EXIT_DONE;
}
