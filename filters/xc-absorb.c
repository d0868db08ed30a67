/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-absorb - a stream on stdin as a domain of this host, or as a file.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb
 *     xc-emit -c --live 7 | xc-absorb --image mail.img
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "account.h"
#include "copy.h"
#include "fault.h"
#include "guard.h"
#include "guest.h"
#include "keep.h"
#include "offer.h"
#include "receipt.h"
#include "xc-absorb.h"

/* -t: the opener alone. */
static int
check_only(const struct options *o)
{
	const struct absorb *a = &o->absorb;
	struct opener op = {
		.overrides = &a->overrides, .config_file = a->config_file,
		.no_xl = a->no_xl, .lint = { .max_pfn = a->max_pfn },
		.layers.memory = a->memory,
		.keys = a->keys,
	};
	char digest[2 * TALLY_DIGEST_SIZE + 1];
	struct fault f;

	if (opener_run(&op, STDIN_FILENO, a->threads, &f) == -1)
		fault_exit(name, &f);
	hex_print(op.summary.digest, TALLY_DIGEST_SIZE, digest);
	if (o->common.verbose)
		fault_tell(name, "%s '%s', %" PRIu64 " records, %" PRIu64
		    " pages, digest %s", config_type_name(op.config.type),
		    op.config.name, op.summary.records, op.summary.pages,
		    digest);
	if (o->json && account_print(&op, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* --image: the opener, and a file.  No Xen. */
static int
store(const struct options *o)
{
	struct fault f;

	if (keep_run(&o->absorb, o->path, o->replace, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* Asks for and prints what this host has for a guest. */
static int
print_offer(struct guest *g, struct fault *f)
{
	struct offer offer;
	int result;

	if (guest_offer(g, &offer, f) == -1)
		return -1;
	result = offer_print(&offer, f);
	offer_free(&offer);
	return result;
}

/* --offer, --go, --state and --refuse. */
static int
act(const struct options *o)
{
	struct fault f;
	struct guest *g = guest_open(name, o->common.verbose, &f);
	struct grant grant;
	int result;

	if (g == NULL)
		fault_exit(name, &f);
	if (o->action == OFFER)
		result = print_offer(g, &f);
	else if (o->action == STATE)
		result = copy_tell(g, o->move, &f);
	else if (o->action == REFUSE)
		result = copy_refuse(g, o->move, &f);
	else if ((result = grant_read(&grant, &f)) == 0)
		result = copy_go(g, &grant, &f);
	guest_close(g);
	if (result == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* The keys of a sealed stream, if it is one. */
static void
load_keys(struct options *o)
{
	struct fault f;

	if (!o->keys.given)
		return;
	if (guard_secrets(&f) == -1 || keyring_load(&o->keys, &f) == -1)
		fault_exit(name, &f);
	o->absorb.keys = &o->keys;
}

/* The stream on stdin to a domain.  Returns in neither process. */
static _Noreturn void
absorb(const struct options *o)
{
	struct pair p;
	struct fault f;

	if (pair_fork(&p, false, &f) == -1)
		fault_exit(name, &f);
	if (p.child == 0 && o->absorb.keys != NULL)
		keyring_free(o->absorb.keys);	/* the opener's alone */
	if (p.child == 0)
		exit(restorer_run(&p, &o->absorb));
	exit(opener_main(&p, &o->absorb));
}

int
main(int argc, char *argv[])
{
	struct options o = { .action = ABSORB };
	struct fault f;

	opts_descriptors();
	if (sodium_init() == -1) {
		fault_set(&f, EXIT_SYSTEM, "no random numbers");
		fault_exit(name, &f);
	}
	options_read(&o, argc, argv);
	if (o.action == OFFER || o.action == STATE || o.action == REFUSE)
		return act(&o);
	opts_no_terminal(name, STDIN_FILENO);
	load_keys(&o);
	if (o.action == TEST)
		return check_only(&o);
	if (o.action == IMAGE)
		return store(&o);
	if (o.action == GO)
		return act(&o);
	absorb(&o);
}
