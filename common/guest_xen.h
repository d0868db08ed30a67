/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest_xen.h - what the guest_*.c files share: the only file that includes
 * Xen's headers, and the only users of it are those files.
 */
#ifndef GUEST_XEN_H
#define GUEST_XEN_H

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenguest.h>
#include <xenstore.h>
#include <xentoollog.h>
#include <xen/hvm/hvm_info_table.h>
#include <xen/hvm/params.h>

#include "guest.h"

#define GUEST_PATH_SIZE	160	/* bytes of a path in xenstore */

/* What libxenguest says, as a logger of libxentoollog. */
struct guest_log {
	xentoollog_logger calls;	/* first, so that the two convert */
	const char *tool;
	bool  verbose;
	char  first[FAULT_TEXT_SIZE / 2];	/* first error since cleared */
};

struct guest {
	struct guest_log log;
	xc_interface *xc;
	struct xs_handle *xs;
	uint32_t domid;
	uint8_t  uuid[UUID_SIZE];
	char     label[CONFIG_NAME_SIZE + 16];

	/* guest_save */
	const struct save_how *how;
	struct save_report *report;	/* or NULL, before the first save */
	int      peer;		/* how->peer; -1 when it is known to be gone */
	struct fault save_fault;	/* what a callback knows of a failure */
	struct {
		bool     on;
		uint64_t began;		/* us: the first round, this round */
		uint64_t round_began;
		uint64_t bytes;		/* of this round, of all rounds */
		uint64_t all_bytes;
	} live;
	struct {
		uint64_t number;	/* of the last checkpoint, from 1 */
		uint64_t began, stopped, late;	/* us */
	} pace;
	struct {
		xenevtchn_handle *events;	/* NULL: not opened */
		int port;		/* this host's end; -1: not used */
		int lock;		/* libxenguest's */
	} channel;

	/* guest_create and guest_restore */
	bool     created;
	bool   (*checkpoint)(void *listener);	/* NULL: a plain image */
	void    *listener;
};

/*
 * guest_fault(g, f, what): EXIT_SYSTEM with `what` did not work, the
 * domain's label, the first error that libxenguest logged, and what errno
 * says.  Clears the log.  Returns -1.
 */
int guest_fault(struct guest *g, struct fault *f, const char *what);

/*
 * guest_number(g, name, domid): whether a domain of this host has the name,
 * domain 0 included.
 */
bool guest_number(struct guest *g, const char *name, uint32_t *domid);

/* guest_has_toolstack(g, what): whether the domain has a device model or
 * devices, which only the toolstack can look after; 1 with `what` in words,
 * 0, or -1 with errno set. */
int guest_has_toolstack(struct guest *g, const xc_domaininfo_t *info,
    char what[CONFIG_TEXT_SIZE]);

/* guest_has_device_model(info): whether it is an HVM guest that is no PVH. */
bool guest_has_device_model(const xc_domaininfo_t *info);

/* guest_save_by_xl(g, how, report, f): guest_save with how->by_xl. */
int guest_save_by_xl(struct guest *g, const struct save_how *how,
    struct save_report *report, struct fault *f);

/*
 * guest_continue_by_xl(g, f): the device model, if there is one, of a guest
 * that xl was saving when it was killed goes on; before the guest does.
 * guest_tidy_after_xl(g): removes the file in which xl left its state.
 */
void guest_tidy_after_xl(const struct guest *g);
int guest_continue_by_xl(struct guest *g, struct fault *f);

/* guest_unpause_by_xl(g, f), guest_destroy_by_xl(g, f): with its devices. */
int guest_unpause_by_xl(struct guest *g, struct fault *f);
int guest_destroy_by_xl(struct guest *g, struct fault *f);

/*
 * guest_save_checkpoints(g): guest_save with how->pace, when all is ready.
 * 0, or -1 with g->save_fault set, or without it errno.
 * guest_enough(g): whether the pace wants it to end.
 */
int guest_save_checkpoints(struct guest *g);
bool guest_enough(const struct guest *g);

/* guest_no_qemu(domid, enable, data): for libxenguest's callback
 * switch_qemu_logdirty: there is no QEMU to tell.  0. */
int guest_no_qemu(uint32_t domid, unsigned enable, void *data);

/* guest_run_on(g, f): lets the suspended guest run, and notes when. */
int guest_run_on(struct guest *g, struct fault *f);

/* guest_withdraw(g): takes a request to suspend out of xenstore, unless the
 * guest took it already.  True when it is withdrawn. */
bool guest_withdraw(struct guest *g);

/*
 * guest_suspend(g): asks the guest to suspend and waits until it did.
 * 0, or -1 with g->save_fault set: a guest that is still there has not got
 * the request any more, or was past recall, and that is said.
 */
int guest_suspend(struct guest *g);

/*
 * guest_await_late(g): waits some seconds for a guest that may have been
 * asked to suspend by a process that was killed.  True when it is suspended.
 */
bool guest_await_late(struct guest *g);

/*
 * guest_look(g): 1 when the guest is suspended, 0 when it is not, -1 with
 * g->save_fault set when it is gone or has shut down.
 */
int guest_look(struct guest *g);

/*
 * guest_peer_gone(g, ms): waits so long whether the peer goes; g->save_fault
 * is set if it does.
 */
bool guest_peer_gone(struct guest *g, int ms);

/*
 * guest_channel_open(g, f): binds the event channel by which the guest offers
 * to be asked to suspend, if it does.  EXIT_REFUSED when it cannot be had:
 * another toolstack may be saving the guest.
 */
int guest_channel_open(struct guest *g, struct fault *f);

/* guest_channel_notify(g): asks the guest by it.  False with errno set. */
bool guest_channel_notify(struct guest *g);

/*
 * guest_channel_fd(g): is readable when the channel fired, until
 * guest_channel_drain(g); -1 without a channel.
 */
int guest_channel_fd(const struct guest *g);
void guest_channel_drain(struct guest *g);

/* guest_channel_close(g): gives it back, if it is bound; no trace is left. */
void guest_channel_close(struct guest *g);

/* guest_channel_forget(g): the same for a process that was killed.  What a
 * process that lives has is left alone. */
void guest_channel_forget(struct guest *g);

/*
 * guest_precopy(stats, data): libxenguest's callback before and after each
 * round of a live save; an XGS_POLICY value.  data is the guest, whose
 * save_fault is set for ..._ABORT.
 */
int guest_precopy(struct precopy_stats stats, void *data);

/* guest_last_round(g, begin): notes the round after the guest has stopped,
 * before and after it was sent. */
void guest_last_round(struct guest *g, bool begin);

/* guest_log_off(g): Xen does not log the guest's changes any more. */
void guest_log_off(struct guest *g);

/* guest_log_missing(g, info): why Xen cannot log the guest's changes, in
 * words, or NULL. */
const char *guest_log_missing(struct guest *g, const xc_domaininfo_t *info);

/* guest_info(g, info): what Xen knows of the domain; false if it is gone. */
bool guest_info(struct guest *g, xc_domaininfo_t *info);

/*
 * guest_next(g, next, info): the next domain from number *next on that is not
 * dying: one that is has left xenstore, and only waits until the last of its
 * pages is unmapped.  1, 0 after the last, or -1 when Xen does not tell.
 */
int guest_next(struct guest *g, uint32_t *next, xc_domaininfo_t *info);

/* guest_is_suspended(info): shut down, and for the reason suspend. */
bool guest_is_suspended(const xc_domaininfo_t *info);

/*
 * guest_read(g, path): the value of a node in the domain's home in xenstore,
 * or NULL.  The caller frees it.
 */
char *guest_read(struct guest *g, const char *path);

/* guest_path(g, path, buf): "/local/domain/N/path". */
const char *guest_path(const struct guest *g, const char *path,
    char buf[GUEST_PATH_SIZE]);

/*
 * guest_libxl_read(g, c): event-channel and grant limits and such from the
 * configuration that libxl stored for the domain; what it does not say stays
 * as it is in *c.
 */
void guest_libxl_read(struct guest *g, struct config *c);

/*
 * guest_libxl_write(g, c): stores such a configuration, so that xl save and
 * its like take the domain for one of libxl's.  On a host without libxl's
 * directory it does nothing.  0, or -1 with errno set.
 */
int guest_libxl_write(struct guest *g, const struct config *c);

/* guest_libxl_remove(g, uuid): removes all that libxl stored for it. */
void guest_libxl_remove(struct guest *g, const uint8_t uuid[UUID_SIZE]);

/*
 * guest_store(g, c, rings): the domain's nodes in xenstore, all or none, and
 * its configuration for libxl.
 * 0, or -1 with errno set.
 */
struct guest_rings {
	unsigned long store_gfn, console_gfn;
	int store_port, console_port;
};
int guest_store(struct guest *g, const struct config *c,
    const struct guest_rings *rings);

/*
 * guest_unstore(g, uuid): removes the domain's nodes and files, those that
 * libxl made for it too.
 */
void guest_unstore(struct guest *g, const uint8_t uuid[UUID_SIZE]);

#endif
