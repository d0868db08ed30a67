/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verify_codec.h - check data verified, and taken out of a stream: a codec
 * (filter.h) for whole records, with a struct verifier as the worker.
 *
 *     verify_arrived, verify_first, verify_work   as checking.h
 *     verify_write   in stream order: what was found sound; END and what is
 *                    behind it last of all
 *
 * checking_pairs are its pairs: a record stays with its CHECK.
 */
#ifndef VERIFY_CODEC_H
#define VERIFY_CODEC_H

#include "checking.h"
#include "fault.h"
#include "hold.h"
#include "io.h"
#include "record.h"
#include "verify.h"

/* What the threads share.  Starts zeroed but for what its verification does
 * not, and the hold's max. */
struct verifiers {
	struct verification all;
	struct hold around;	/* not known to be sound yet */
	const struct record *held;	/* not known to be sound yet: with the
					   thread that has its CHECK */
	struct check_kind kind;
};

/* One thread's; checking.kind is the shared one. */
struct verifier {
	struct verifiers *shared;
	struct checking checking;
};

void verify_arrived(void *worker, const struct record *rec, size_t from,
    size_t size);
int verify_first(void *worker, struct record *rec, struct fault *f);
int verify_work(void *worker, struct record *rec, struct fault *f);

/*
 * verify_write: 0, or -1 as verify_piece, and EXIT_REFUSED for more around the
 * image than may be held; EXIT_SYSTEM.
 */
int verify_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f);

#endif
