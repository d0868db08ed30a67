/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz.h - what the targets share.  A target is a file with one function,
 * LLVMFuzzerTestOneInput, that reads foreign bytes as the tools do, and calls
 * fuzz_holds for what has to be true of any bytes.
 *
 * For one thread.  What a tool may not survive without (memory, a descriptor)
 * ends the process here.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"
#include "filter.h"

/* What every target is: 0, or -1 for an input that is not to be kept. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/*
 * fuzz_input(bytes, size): a descriptor of a file that has these bytes, at its
 * start.  The same one each time: the last input is gone.
 * fuzz_input_path(): a name that the file can be opened by.
 * fuzz_make_input(), fuzz_made(): the file, empty, for whoever writes and closes
 * it; and as fuzz_input gives it, then.
 */
int fuzz_input(const uint8_t *bytes, size_t size);
const char *fuzz_input_path(void);
int fuzz_make_input(void);
int fuzz_made(void);

/*
 * fuzz_output(): a descriptor of an empty file, which whoever writes to it
 * closes.  The same file each time.
 * fuzz_written(size): what was written to it, until the next fuzz_output.
 */
int fuzz_output(void);
const uint8_t *fuzz_written(size_t *size);

/* fuzz_nowhere(): a stream that takes everything. */
FILE *fuzz_nowhere(void);

/*
 * fuzz_text(bytes, size): them as a string that ends at the first NUL, in
 * memory of just that size; the caller frees it.
 */
char *fuzz_text(const uint8_t *bytes, size_t size);

/* fuzz_choice(bytes, size, count): a number below count that depends on the bytes
 * alone: which of several ways this input is read. */
unsigned fuzz_choice(const uint8_t *bytes, size_t size, unsigned count);

/*
 * fuzz_holds(good, what): where it does not, that is a finding: the process is
 * aborted, by fuzz_wrong(what).
 */
_Noreturn void fuzz_wrong(const char *what);
static inline void
fuzz_holds(bool good, const char *what)
{
	if (!good)
		fuzz_wrong(what);
}

/* fuzz_failed(f): *f is a whole fault: a status and a text. */
void fuzz_failed(const struct fault *f);

/* fuzz_same(bytes, size): what was written is this. */
void fuzz_same(const uint8_t *bytes, size_t size, const char *what);

/*
 * fuzz_whole_stream(bytes, size): whether it is one that stream.h reads to its
 * end, with END.
 */
bool fuzz_whole_stream(const uint8_t *bytes, size_t size);

/*
 * fuzz_filter(codec, bytes, size, f): the input through the codec (filter.h),
 * on one thread, to fuzz_output.  As filter_run; where that fails, what came
 * out is no whole stream.
 */
int fuzz_filter(const struct codec *codec, const uint8_t *bytes, size_t size,
    struct fault *f);

/*
 * fuzz_read_form(name, bytes, size): the input as a file of that form
 * (convert.h): a plain stream comes out, or none with END.  0.
 */
int fuzz_read_form(const char *name, const uint8_t *bytes, size_t size);

/* fuzz_no_end(): what was written is no whole stream. */
void fuzz_no_end(void);

/*
 * fuzz_watch(), fuzz_sweep(): gives back what functions of common/ took and left
 * behind between the two.  For those that by contract leave it when they fail,
 * since the process has to exit then (pmap.h).  Of others a leak is a finding.
 */
void fuzz_watch(void);
void fuzz_sweep(void);

/* fuzz_close(): closes descriptors that the last run left open. */
void fuzz_close(void);

#endif
