/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "absorb.h"
#include "bytes.h"
#include "filter.h"
#include "format.h"
#include "guard.h"
#include "sandbox.h"
#include "sealed.h"
#include "stays.h"
#include "stream.h"
#include "types.h"
#include "unprivileged.h"

static int
finish(void *worker, struct record *rec, struct fault *f)
{
	if (layers_finish(worker, rec, f) == -1)
		return -1;
	tally_crc(rec);
	return 0;
}

static void
override(const struct overrides *by, struct config *c)
{
	if (by->name != NULL)
		snprintf(c->name, sizeof(c->name), "%s", by->name);
	if (by->uuid_set)
		memcpy(c->uuid, by->uuid, UUID_SIZE);
	if (by->max_pages > 0)
		c->max_pages = by->max_pages;
	if (by->vcpus > 0)
		c->vcpus = by->vcpus;
}

/* It is known what the domain is to be. */
static int
configure(struct opener *o, const struct record *rec, struct fault *f)
{
	bool pv = o->lint.guests == GUEST_PV;

	if ((o->config.type == CONFIG_PV) != pv)
		return record_fault(f, EXIT_MALFORMED, rec, "the guest is "
		    "%s, the image one of %s",
		    config_type_name(o->config.type),
		    pv ? "a PV guest" : "an HVM or PVH guest");
	if (o->standby && (!o->config.snapshot || o->nested))
		return record_fault(f, EXIT_REFUSED, rec, "it is no stream of "
		    "xc-emit --checkpoint's");
	if (o->nested && o->no_xl) {
		record_fault(f, EXIT_REFUSED, rec, "it is a stream of "
		    "libxl's, for xl to restore");
		return fault_hint(f, "without --no-xl xl restores it, as its "
		    "configuration says");
	}
	override(o->overrides, &o->config);
	o->configured = true;
	lint_configure(&o->lint, &o->config);
	if (o->pair != NULL && !pair_say(o->pair, MESSAGE_CONFIG,
	    &o->config, sizeof(o->config)))
		return fault_set(f, EXIT_SYSTEM, "the restorer is gone");
	return 0;
}

/* GUEST_CONFIG goes to the restorer as a message, not in the image. */
static int
take_config(struct opener *o, struct record *rec, struct fault *f)
{
	if (o->configured)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes a second time");
	if (config_get(rec, &o->config, f) == -1)
		return -1;
	o->config.in_xl = o->nested;
	if (o->config_file != NULL && !o->nested)
		return record_fault(f, EXIT_REFUSED, rec, "a configuration "
		    "for xl is given, but the stream is none of libxl's");
	if (o->keep == NULL)
		rec->part = PART_NONE;
	return configure(o, rec, f);
}

int
summary_trust(const struct summary *s, struct fault *f)
{
	if (s->records <= INT64_MAX && s->pages <= INT64_MAX)
		return 0;
	return fault_set(f, EXIT_SYSTEM, "the opener counts %" PRIu64
	    " records and %" PRIu64 " pages", s->records, s->pages);
}

/* All up to here was checked: say what it comes to. */
static int
announce(struct opener *o, enum message message, struct fault *f)
{
	struct tally so_far = o->tally;

	o->summary.records = so_far.records;
	o->summary.pages = so_far.pages;
	tally_end(&so_far, o->summary.digest);
	if (o->pair != NULL && !pair_say(o->pair, message, &o->summary,
	    sizeof(o->summary)))
		return fault_set(f, EXIT_SYSTEM, "the restorer is gone");
	return 0;
}

/* GUEST_STAYS: all but END has come, and is of no use any more. */
static int
take_stays(struct opener *o, struct record *rec, struct fault *f)
{
	if (stays_check(rec, o->config.move, f) == -1)
		return -1;
	o->stays = true;
	rec->part = PART_NONE;
	if (!pair_say(o->pair, MESSAGE_STAYS, NULL, 0))
		return fault_set(f, EXIT_SYSTEM, "the restorer is gone");
	return 0;
}

static int
announce_end(struct opener *o, struct record *rec, struct fault *f)
{
	if (!o->standby)
		return announce(o, MESSAGE_SUMMARY, f);
	if (o->checkpoints == 0) {
		record_fault(f, EXIT_REFUSED, rec, "the stream has no "
		    "checkpoints");
		return fault_hint(f, "xc-absorb without --standby takes it");
	}
	if (o->stays)
		rec->part = PART_NONE;
	return o->stays ? 0 : announce(o, MESSAGE_SUMMARY, f);
}

static int
refuse_unconfigured(const struct opener *o, const struct record *rec,
    struct fault *f)
{
	record_fault(f, EXIT_REFUSED, rec, "no GUEST_CONFIG comes before it");
	if (o->nested)
		return fault_hint(f, "nor xl's configuration: --name NAME and "
		    "--config FILE give it one");
	return fault_hint(f, "xc-emit without --no-config puts it in; a "
	    "stream without it says nothing of the domain");
}

/* The first of Xen's records comes, and nothing of ours has said anything. */
static int
configure_from_xl(struct opener *o, const struct record *rec,
    struct fault *f)
{
	int known = o->nested ? xl_file_config(&o->xl, &o->config, f) : 0;

	if (known == -1)
		return -1;
	if (known == 0 && (!o->nested || o->overrides->name == NULL))
		return refuse_unconfigured(o, rec, f);
	if (known == 0) {
		o->config = (struct config){
			.in_xl = true, .from_xl = true,
			.type = o->lint.guests == GUEST_PV ? CONFIG_PV :
			    CONFIG_HVM,
			.vcpus = LINT_VCPUS_MAX, .pages = UINT32_MAX,
		};
		uuid_random(o->config.uuid);
	}
	randombytes_buf(o->config.move, MOVE_SIZE);
	return configure(o, rec, f);
}

/* Each piece of the plain stream, which is as it has to be. */
static int
check_piece(struct opener *o, struct record *rec, struct fault *f)
{
	o->bytes += rec->size +
	    (rec->part == PART_RECORD ? RECORD_HEADER_SIZE : 0);
	if (rec->part == PART_LIBXL)
		o->nested = true;
	if (layers_refuse(rec, f) == -1)
		return -1;
	if (rec->part == PART_RECORD && rec->type == REC_GUEST_CONFIG)
		return take_config(o, rec, f);
	if (rec->part == PART_RECORD && !o->configured && o->keep == NULL &&
	    configure_from_xl(o, rec, f) == -1)
		return -1;
	if (o->stays && rec->part == PART_RECORD && rec->type != REC_END)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes behind GUEST_STAYS");
	tally_add(&o->tally, rec);
	if (lint_piece(&o->lint, rec, f) == -1)
		return -1;
	if (o->standby && stays_is(rec))
		return take_stays(o, rec, f);
	if (o->standby && rec->part == PART_RECORD &&
	    rec->type == REC_CHECKPOINT) {
		o->checkpoints++;
		return announce(o, MESSAGE_CHECKPOINT, f);
	}
	if (o->nested ? rec->part == PART_LIBXL && rec->type == LIBXL_END &&
	    rec->size == RECORD_HEADER_SIZE :
	    rec->part == PART_RECORD && rec->type == REC_END)
		return announce_end(o, rec, f);
	return 0;
}

/* The next piece of the plain stream, and where it goes. */
struct taker {
	struct opener *opener;
	struct sink *out;
};

/* In the form of a save file of xl's, with what the domain is to be. */
static int
begin_xl(struct opener *o, struct sink *out, struct fault *f)
{
	const struct overrides *by = o->overrides;
	struct edit_config set = {
		.name = o->config.name, .uuid_set = true, .vcpus = by->vcpus,
		.memory_kib = by->max_pages * (PAGE_SIZE / 1024),
	};

	memcpy(set.uuid, o->config.uuid, UUID_SIZE);
	return xl_file_write(&o->xl, o->config_file != NULL ? NULL : &set,
	    out, f);
}

/*
 * To the restorer: what stands around the image in a stream of libxl's only
 * when it is known what the domain is to be.
 */
static int
pass_on(struct opener *o, const struct record *rec, struct sink *out,
    struct fault *f)
{
	bool around = rec->part == PART_ENVELOPE || o->nested;

	if (around && !o->xl.written && !o->configured)
		return xl_file_hold(&o->xl, rec, f);
	if (around && !o->xl.written && begin_xl(o, out, f) == -1)
		return -1;
	return stream_write(out, rec, f);
}

static int
take_piece(void *taker, struct record *rec, struct fault *f)
{
	struct taker *t = taker;
	struct opener *o = t->opener;

	if (check_piece(o, rec, f) == -1)
		return -1;
	if (o->keep != NULL)
		return o->keep(o->keeper, rec, f);
	return pass_on(o, rec, t->out, f);
}

/* In stream order. */
static int
hand_on(void *worker, struct record *rec, struct sink *out, struct fault *f)
{
	struct layer *layer = worker;
	struct taker t = { .opener = layer->owner, .out = out };

	return layers_take(layer, rec, take_piece, &t, f);
}

/* The stream on `in`, which has no more layers than layers_open opens. */
static int
run(struct opener *o, int in, unsigned threads, struct fault *f)
{
	struct codec codec = {
		.whole = true, .arrived = layers_arrived,
		.first = layers_first, .work = layers_open,
		.join = layers_join, .finish = finish, .write = hand_on,
		.worker = layers_new(&o->layers, threads, o, f),
	};
	struct filter filter = {
		.in = in, .out = o->pair != NULL ? o->pair->stream : -1,
		.peer = o->pair != NULL ? o->pair->to : 0,
		.threads = threads, .codec = &codec,
	};

	o->lint.checkpoints = o->standby;
	tally_begin(&o->tally);
	if (o->keep != NULL)
		o->lint.vcpus = LINT_VCPUS_MAX;	/* nobody says less */
	if (codec.worker == NULL || filter_run(&filter, f) == -1)
		return -1;	/* a worker may still use its own */
	layers_free(&o->layers, codec.worker, threads);
	xl_file_free(&o->xl);
	lint_free(&o->lint);
	if (o->pair != NULL)
		o->pair->stream = -1;	/* the filter closed it */
	return 0;
}

int
opener_run(struct opener *o, int in, unsigned threads, struct fault *f)
{
	struct upstream u = { .fd = in };
	const struct sealed sealed = {
		.in = in, .keys = o->keys, .threads = threads,
		.others = {
			o->pair != NULL ? o->pair->stream : -1,
			o->pair != NULL ? o->pair->to : -1,
		},
	};
	struct sandbox box = { .says = o->pair != NULL };
	int result;

	/* Another process' locks on memory do not hold here. */
	if (o->keys != NULL && (guard_secrets(f) == -1 ||
	    sealed_fork(&u, &sealed, f) == -1))
		return -1;
	if (o->keys != NULL)
		keyring_free(o->keys);
	box.child = u.child;
	if (unprivileged(o->keys != NULL, f) == -1 ||
	    sandbox_enter(&box, f) == -1)
		return -1;
	result = run(o, u.fd, threads, f);
	return o->keys == NULL ? result : upstream_end(&u, result, f);
}
