# SPDX-License-Identifier: LGPL-2.1-or-later
# make fuzz        each target for SECONDS=15 from the corpus that is here
# make fuzz-long   each for SECONDS=900, without AddressSanitizer, going on from
#                  build/fuzz/corpus, and all of that again with it; executions
#                  are added up in build/fuzz/counts
# make fuzz-afl    each for SECONDS=60 by AFL++
# make fuzz-pack   what fuzz-long found, minimised, to be committed
# make coverage    how much of the readers the tests outside the lab run
#                  TARGETS="stream age": these alone

FUZZ_SHARED = fuzz fuzz_filter fuzz_form sweep layout mutate mend replay
FUZZERS = $(filter-out $(FUZZ_SHARED),$(patsubst tests/fuzz/%.c,%, \
          $(wildcard tests/fuzz/*.c)))
TARGETS = $(FUZZERS)
# Those that read streams of records have the mutator that knows them.
FUZZ_RECORDS = stream expand compress check salvage ls edit flatten squash \
               core parts lane manifest
FUZZ_WRAP = malloc calloc realloc aligned_alloc strdup free mmap munmap \
            sodium_malloc sodium_free ZSTD_createDCtx ZSTD_createCCtx \
            ZSTD_freeDCtx ZSTD_freeCCtx EVP_CIPHER_CTX_new EVP_CIPHER_CTX_free
FUZZ_OBJECTS = $(addprefix $B/o/fuzz/,fuzz.o fuzz_filter.o fuzz_form.o \
               layout.o sweep.o) $B/o/same-random.o
FUZZ_MUTATOR = $(addprefix $B/o/fuzz/,mutate.o mend.o)

# The engine: what reads each file once; or libFuzzer, or AFL++'s.
FUZZ_ENGINE = $B/o/fuzz/replay.o
FUZZ_MUTATES =
$B/o/fuzz/%.o: tests/fuzz/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(filter-out $(FUZZ_TRACE) $(QUICK_TRACE),$(CFLAGS)) -c -o $@ $<
$B/tests/fuzz-%: $B/o/fuzz/%.o $(FUZZ_OBJECTS) $(FUZZ_MUTATOR) \
    $B/o/fuzz/replay.o $B/o/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LINK) $(FUZZ_WRAP:%=-Wl,--wrap=%) -o $@ $< \
	    $(FUZZ_OBJECTS) $(if $(filter $*,$(FUZZ_RECORDS)), \
	    $(FUZZ_MUTATES:yes=$(FUZZ_MUTATOR))) $(FUZZ_ENGINE) \
	    $B/o/libcommon.a $(LDLIBS)

programs: $(FUZZERS:%=$B/tests/fuzz-%)

# What common/ does is what guides the engine, not what a target does.
FUZZ_TRACE = -fsanitize=fuzzer-no-link
FUZZ_CFLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
fuzzers:
	tests/deps clang llvm zstd
	$(MAKE) CC=clang B=build/fuzz CFLAGS="$(FUZZ_CFLAGS) $(FUZZ_TRACE)" \
	    FUZZ_ENGINE=-fsanitize=fuzzer FUZZ_MUTATES=yes \
	    $(FUZZERS:%=build/fuzz/tests/fuzz-%)


# Ten times as fast: what is undefined is a trap, and comparisons guide nothing.
QUICK_TRACE = -fsanitize-coverage=inline-8bit-counters,pc-table
QUICK_CFLAGS = -O2 -g -fsanitize=undefined -fsanitize-trap=undefined
quick-fuzzers:
	$(MAKE) CC=clang B=build/quick CFLAGS="$(QUICK_CFLAGS) $(QUICK_TRACE)" \
	    FUZZ_ENGINE=-fsanitize=fuzzer FUZZ_MUTATES=yes \
	    $(FUZZERS:%=build/quick/tests/fuzz-%)

fuzz: fuzzers
	tests/fuzz/run build/fuzz/tests build/fuzz $(or $(SECONDS),15) $(TARGETS)
fuzz-long: fuzzers quick-fuzzers
	tests/fuzz/run build/quick/tests build/fuzz $(or $(SECONDS),900) --keep \
	    $(TARGETS)
	tests/fuzz/run build/fuzz/tests build/fuzz 0 --keep $(TARGETS)
	@awk '{ sum[$$1] += $$2 } END { for (target in sum) \
	    printf "%12d %s\n", sum[target], target }' build/fuzz/counts | sort
fuzz-pack: fuzzers all
	tests/fuzz/pack build/fuzz $(TARGETS)

fuzz-afl:
	tests/deps clang afl++ zstd
	$(MAKE) CC=afl-clang-fast B=build/afl CFLAGS="-O1 -g" \
	    FUZZ_ENGINE=-fsanitize=fuzzer $(TARGETS:%=build/afl/tests/fuzz-%)
	tests/fuzz/afl build/afl $(or $(SECONDS),60) $(TARGETS)

COVERAGE = -fprofile-instr-generate -fcoverage-mapping -mllvm \
           -runtime-counter-relocation
coverage: deps
	tests/deps clang llvm zstd
	$(MAKE) CC=clang B=build/coverage CFLAGS="-O1 -g $(COVERAGE)" programs
	tests/fuzz/coverage build/coverage $(TOOLS) \
	    $(addprefix tests/,$(FUZZERS:%=fuzz-%) $(UNITS)) -- \
	    $(UNITS:%=build/coverage/tests/%) \
	    $(filter-out $(UNCHECKED) tests/64-soak.t,$(wildcard tests/*.t))

.PHONY: fuzzers quick-fuzzers fuzz fuzz-long fuzz-pack fuzz-afl coverage
