/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest.h - a domain of this host: describe, save, restore, remove it.
 *
 * The rest of the program sees nothing of Xen but this.  Built without Xen's
 * headers, guest_open fails and says so (guest_none.c).  One thread, one
 * process: handles do not survive a fork.
 *
 * Every function that returns int returns 0, or -1 with *f set: EXIT_SYSTEM
 * for what Xen, xenstore or the guest did not do, EXIT_REFUSED where said.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "offer.h"
#include "precopy.h"

struct guest;

/*
 * guest_open(tool, verbose, f): handles to the hypervisor and xenstore, no
 * domain yet.  With verbose, what libxenguest says goes to stderr, each line
 * with the tool's name; its first error is in *f in any case.
 * NULL with EXIT_SYSTEM when this is no Xen host, or not root.
 */
struct guest *guest_open(const char *tool, bool verbose, struct fault *f);
void guest_close(struct guest *g);

/*
 * guest_find(g, text, f): the domain with this name or number, to be changed.
 * EXIT_REFUSED for domain 0, which is this host.
 */
int guest_find(struct guest *g, const char *text, struct fault *f);

/*
 * guest_at(g, domid, uuid): the domain with this number, if it is there, is
 * not dying and has this uuid.  1, 0 otherwise, or -1 when Xen does not tell.
 */
int guest_at(struct guest *g, uint32_t domid, const uint8_t uuid[UUID_SIZE]);

/* guest_domid(g): its number; guest_label(g): "7 (mail)", for messages;
 * guest_uuid(g): its uuid. */
uint32_t guest_domid(const struct guest *g);
const uint8_t *guest_uuid(const struct guest *g);
const char *guest_label(const struct guest *g);

/*
 * guest_describe(g, c, f): *c from Xen, xenstore and, for limits that Xen
 * does not tell, libxl's stored configuration where there is one.  The move,
 * tool and time are the caller's.
 */
int guest_describe(struct guest *g, struct config *c, struct fault *f);

/* By what a guest is saved, and what of it. */
enum save_way {
	SAVE_AS_NEEDED,		/* by xl if it has devices or a device model */
	SAVE_WITH_XL,		/* by xl in any case */
	SAVE_WITHOUT_XL,	/* refused if it would need xl */
	SAVE_CHECKPOINTS,	/* the same: xl makes no checkpointed stream */
	SAVE_MEMORY_ONLY	/* devices and device model are left out */
};

/*
 * guest_check(g, way, live, by_xl, f): whether it can be saved, and *by_xl
 * whether xl does that.  EXIT_REFUSED: paused, shut down for another reason
 * than a suspend; with devices or a device model where xl is not there or not
 * wanted; suspended or live, by xl; or with live, when the hypervisor cannot
 * tell which of its pages it changes.
 */
int guest_check(struct guest *g, enum save_way way, bool live, bool *by_xl,
    struct fault *f);

/* A round of a live save: all that is to be sent, sent once. */
struct save_round {
	uint64_t pages;		/* with content */
	uint64_t us;		/* microseconds that it took */
	uint64_t rate;		/* bytes per second */
	uint64_t dirty;		/* pages that the guest changed meanwhile */
};

/* One checkpoint of a checkpointed stream. */
struct save_checkpoint {
	uint64_t number;	/* from 1 */
	uint64_t stopped;	/* us for which the guest stood still */
	uint64_t late;		/* us by which it was begun later than due */
};

/* When checkpoints are made. */
struct save_pace {
	unsigned interval;	/* ms from one to the next; 0: none are made */
	uint64_t count;		/* how many; 0: until it is enough */
	int      enough;	/* a descriptor: readable when none is to come
				   any more */
	/* Called for each when the guest runs on. */
	void   (*tell)(void *listener, const struct save_checkpoint *c);
	void    *listener;
};

struct save_how {
	int      out;		/* where the image goes */
	int      peer;		/* a socket whose other end is somebody who
				   waits for the image */
	bool     by_xl;		/* by xl save, in whose form the image is */
	bool     runs_on;	/* by xl: the guest runs when it is saved,
				   otherwise it is paused */
	unsigned timeout;	/* seconds for the guest's answer */
	bool     live;		/* the guest runs while most is written */
	/* For live: precopy.h. */
	unsigned max_rounds;
	uint64_t stop_dirty;	/* pages */
	unsigned max_downtime;	/* ms; 0: none */
	/* Called after the number-th round, number from 1; or NULL. */
	void   (*tell_round)(unsigned number, const struct save_round *r);
	struct save_pace pace;
};

/* How the guest was asked to suspend. */
enum save_asked {
	SAVE_NOT_ASKED, SAVE_BY_XENSTORE, SAVE_BY_CHANNEL, SAVE_BY_XL
};

struct save_report {
	/* The last round is the one for which the guest stood still. */
	unsigned rounds;
	struct save_round round[PRECOPY_ROUNDS_MAX + 1];
	uint64_t pages;		/* with content, of all rounds */
	uint64_t rate;		/* bytes per second, over the rounds during
				   which the guest ran; 0 without any */
	uint64_t stopped;	/* ms of CLOCK_BOOTTIME at which the guest was
				   seen suspended by this process, or 0 */
	uint64_t resumed;	/* and at which it ran again, or 0 */
	enum save_asked asked;
	bool     begun;		/* false: nothing was done to the guest */
};

/*
 * guest_save(g, how, report, f): suspends the guest and writes its image, END
 * included, to how->out.  A guest that is suspended already is saved as it
 * is, also with how->live.  Gives up when the guest does not answer within
 * how->timeout, or when the socket how->peer is closed at its other end or
 * has something to say, also between rounds.
 * On return the guest is suspended, or after -1 maybe: guest_take_back.
 * -1 also when it does not stay suspended until its image is written; with
 * EXIT_REFUSED, and the guest running, when it would stand still for longer
 * than how->max_downtime, or when its suspend event channel is taken.
 * Nothing of the request is left in xenstore and of its event channel, and
 * Xen does not log the guest's changes any more.
 * With how->pace the image is a checkpointed stream, and the guest runs on
 * after each checkpoint.  The first one ends a live save; the next one comes
 * later than it is due when the one before is not taken out of how->out by
 * then.  The image ends behind a checkpoint, without END; 0 when it does so
 * because of the pace, and the guest runs.
 * With how->by_xl what xl writes, which is not live, waits 60 seconds for the
 * guest's answer, and leaves it paused or running.
 * *report is filled, after -1 as far as it came; guest_take_back adds
 * to it.
 */
int guest_save(struct guest *g, const struct save_how *how,
    struct save_report *report, struct fault *f);

/*
 * guest_offer(g, o, f): what this host has for a guest that comes; no domain
 * is needed.  The caller frees *o.
 */
int guest_offer(struct guest *g, struct offer *o, struct fault *f);

/*
 * guest_fits(g, c, o, reason, f): whether the host that made the offer can
 * take the guest, whose configuration is *c.  The guest is only asked about.
 * -1 with EXIT_REFUSED and `reason` as in offer_check.
 */
int guest_fits(struct guest *g, const struct config *c,
    const struct offer *o, void (*reason)(const struct fault *),
    struct fault *f);

/*
 * guest_take_back(g, pause, by_xl, f): lets a guest that was to be saved run
 * again, paused with pause: withdraws the request to suspend, if there is one,
 * and removes what is left in xenstore, of its event channel and in the
 * hypervisor.  With by_xl, one that is paused too.  After a process that was
 * killed in guest_save too; then a guest that runs is given some seconds in
 * which it may still suspend.
 */
int guest_take_back(struct guest *g, bool pause, bool by_xl,
    struct fault *f);

/*
 * guest_suspended(g), guest_paused(g): whether it is.  guest_cpu(g): the
 * nanoseconds that its vcpus have run: they stay the same while it is
 * suspended.
 */
bool guest_suspended(struct guest *g);
bool guest_paused(struct guest *g);
uint64_t guest_cpu(struct guest *g);

int guest_unpause(struct guest *g, struct fault *f);

/*
 * guest_check_destroy(g, by_xl, f): EXIT_REFUSED when the guest is not
 * suspended, nor, with by_xl, paused: it may be in use.  guest_destroy(g, f):
 * destroys it, and removes its nodes from xenstore; one with devices or a
 * device model by xl.
 */
int guest_check_destroy(struct guest *g, bool by_xl, struct fault *f);
int guest_destroy(struct guest *g, struct fault *f);

/*
 * guest_by_uuid(g, uuid, domid): whether a domain of this host, not a dying
 * one, has that uuid; *domid is its number.  1, 0, or -1 when Xen does not
 * tell.
 */
int guest_by_uuid(struct guest *g, const uint8_t uuid[UUID_SIZE],
    uint32_t *domid);

/*
 * guest_check_free(g, c, f): whether guest_create, or with c->in_xl
 * guest_restore_by_xl, may make this guest.  EXIT_REFUSED when a domain of
 * this host has its uuid or its name, when it needs a device model and is not
 * in a stream of libxl's, or is in one and xl is not there; EXIT_SYSTEM when
 * there is not memory enough, unless xl sees to that.
 */
int guest_check_free(struct guest *g, const struct config *c,
    struct fault *f);

/*
 * guest_create(g, c, f): an empty domain for a guest with this
 * configuration, still without memory.
 */
int guest_create(struct guest *g, const struct config *c, struct fault *f);

/*
 * guest_restore(g, c, in, checkpoint, listener, f): fills the domain from the
 * plain image on in, up to END, and makes its nodes in xenstore.  It is left
 * paused.
 * With checkpoint, which is not NULL then, from a checkpointed one: it is
 * called when a whole checkpoint has come, which is taken if it returns true;
 * when the image ends, wherever, the domain is what it was at the last one.
 */
int guest_restore(struct guest *g, const struct config *c, int in,
    bool (*checkpoint)(void *listener), void *listener, struct fault *f);

/*
 * guest_restore_by_xl(g, c, config_file, in, f): a domain from the save file of
 * xl's on in, up to its END, by xl; with a configuration of xl's in
 * config_file, unless that is NULL, and the name and uuid of *c.  It is left paused, with all its devices,
 * and is g's.  Without guest_create.
 */
int guest_restore_by_xl(struct guest *g, const struct config *c,
    const char *config_file, int in, struct fault *f);

/*
 * guest_adopt(g): the domain of guest_at or guest_marks is one that
 * guest_create made in another process, so that guest_abandon removes it.
 */
void guest_adopt(struct guest *g);

/*
 * guest_abandon(g, f): destroys the domain that guest_create made, if it did,
 * with all nodes that were made for it.
 */
int guest_abandon(struct guest *g, struct fault *f);

/*
 * guest_mark(g, text, f): keeps text with the domain, in xenstore, for as
 * long as the domain lives.
 *
 * guest_marks(g, next, text, f): the next domain that has one, counted from
 * *next, which is 0 at first, and *text, which the caller frees.  The domain
 * is g's then.  1, 0 after the last, or -1.
 */
int guest_mark(struct guest *g, const char *text, struct fault *f);
int guest_marks(struct guest *g, uint32_t *next, char **text,
    struct fault *f);

#endif
