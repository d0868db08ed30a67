# SPDX-License-Identifier: LGPL-2.1-or-later
# make             build the tools into build/
# make demo        move two guests between two real Xen hosts, in QEMU
# make check       all tests but the longest, the lab's included
# make check-long  live saves; signals; every state of a move with every event;
#                  100 moves in which something is killed (SEED=N to replay);
#                  stored images of real guests; flaws, and what Xen says of
#                  them; edited guests; guests with devices; hosts emptied;
#                  archives; lanes that are cut; copies that follow by
#                  checkpoints, and their sources lost; xl migrate broken at
#                  every stage; the torture; the examples of the manuals; the lab
# make check-crash                    crash and drgn on Linux guests' cores; it
#                                     fetches 310 MB and takes 620 MB of disk
# make torture     every filter, cut and damaged everywhere, with each call and
#                  allocation failing; chains of them killed
# make check-asan, make check-tsan    all tests outside the lab, sanitized
# make soak        random chains of filters for an hour (SECONDS=N), from where
#                  the last run ended
# make soak-terabyte    a stream of 1 TiB (SIZE=64G) through all filters and
#                  back: the same bytes, and nothing that any process has grows
# make check-valgrind, make analyze   the same command lines under valgrind;
#                  static analyzers over what changed (tests/analyze.mk)
# make fuzz, fuzz-long, fuzz-afl, coverage    the readers of foreign bytes, fed
#                  with what nobody wrote: tests/fuzz/README
# make bench       filters beside zstd, lz4, age, split and cat;
#                  CAPTURES=folder of *.zst, STREAMS="file ...",
#                  ONLY=pack,unpack,..., PLOT=FILE.svg, RUNS=N
# make bench-lab   moves and archives beside xl's, and checkpoints, on two real
#                  Xen hosts in QEMU; RUNS=N, MEMORY=MiB, ONLY="move ..."
# make lab         a shell on one of two Xen hosts, to play with
# make deps        install what building and testing need (as root)
# make check-package    the targets below, and Debian's packages: built, put on
#                  a bare Debian and removed; it fetches 60 MB
# make install, make uninstall    into $(DESTDIR)$(PREFIX), and out of there
# make static      the filters into build/static/, for machines that have
#                  nothing: no library is asked for
# make dist        build/xenrec-VERSION.tar.gz, of what is committed

CC      = cc
# CFLAGS, CPPFLAGS and LDFLAGS are taken from the environment, too.
CFLAGS ?= -O2 -g
PREFIX  = /usr/local
SYSTEMD = $(PREFIX)/lib/systemd/system
B       = build

VERSION = 0.1
TOOLS   = xc-emit rec-compress rec-checksum rec-encrypt rec-split rec-edit \
          rec-ls rec-convert xc-absorb
SBIN    = xc-emit xc-absorb
FILTERS = $(filter-out $(SBIN),$(TOOLS))
HELPERS = $(wildcard pipelines/rec-archive-* pipelines/rec-migrate-*) \
          pipelines/rec-examples
SCRIPTS = $(filter-out $(HELPERS),$(wildcard pipelines/rec-*))
SERVICE = $(wildcard pipelines/systemd/*)
UNITS   = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
PAGES   = $(wildcard man/*)

# Without Xen's headers all is built; xc-emit and xc-absorb then say so.
LIBS    = libzstd libsodium libcrypto json-c expat $(if $(STATIC),,libisal)
# STATIC: nothing of the machine is linked to; Debian has no static isa-l.
PKG     = pkg-config $(if $(STATIC),--static)
XENLIBS = xenguest xencontrol xenstore xenevtchn xentoollog
XEN    := $(shell pkg-config --exists $(XENLIBS) 2>/dev/null && echo yes)
# Without libseccomp there is no sandbox, and sanitizers need what it takes.
SANDBOX:= $(shell pkg-config --exists libseccomp 2>/dev/null && echo yes)
CONFINE = $(if $(findstring -fsanitize,$(CFLAGS)),,$(filter yes,$(SANDBOX)))
COMMON  = $(filter-out guest% $(if $(STATIC),crc,crc_plain), \
          $(patsubst common/%.c,%,$(wildcard common/*.c))) \
          $(if $(XEN),guest guest_checkpoint guest_control guest_describe \
          guest_evtchn guest_libxl guest_live guest_mark guest_offer \
          guest_restore guest_save guest_store guest_suspend \
          guest_xl,guest_none)
USED    = $(LIBS) $(if $(XEN),$(XENLIBS)) $(if $(CONFINE),libseccomp)

STD     = -std=$(STDC) -D_GNU_SOURCE -DXENREC_VERSION='"$(VERSION)"' -Icommon \
          $(if $(CONFINE),-DSANDBOX) $(if $(STATIC),-DSTATIC) \
          -MMD -MP -Wall -Wextra -Wconversion -Wshadow -fPIE \
          -fstack-protector-strong $(shell $(PKG) --cflags $(USED))
# Xen's headers need the extensions of GNU C.
STDC    = c11
$B/o/guest.o $B/o/guest_%.o $B/o/unit/test_layout_%.o: STDC = gnu11
LINK    = $(if $(STATIC),-static,-fPIE -pie -Wl,-z,relro,-z,now) $(LDFLAGS)
LDLIBS  = $(shell $(PKG) --libs $(USED)) -lpthread -lm

# What a shell completes, made of what the tools themselves say.
COMMANDS = $(TOOLS) $(notdir $(SCRIPTS))
FILLS    = $(COMMANDS:%=$B/completions/bash/%) \
           $(COMMANDS:%=$B/completions/zsh/_%) \
           $(COMMANDS:%=$B/completions/fish/%.fish)

all: $(TOOLS:%=$B/%) $(FILLS)

$B/o/%.o: common/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$B/o/%.o: filters/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$B/o/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -Itests -c -o $@ $<
$B/o/%.o: bench/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$B/o/%.o: examples/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$B/o/libcommon.a: $(COMMON:%=$B/o/%.o)
	rm -f $@
	$(AR) rcs $@ $^
define LINKED
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	    $(LDLIBS)
endef
# A tool's other files; the library is searched behind them.
BUILT = $B $B/tests/same $B/tests/break
parts = $(patsubst filters/%.c,$B/o/%.o,$(wildcard filters/$1-*.c))
$(foreach tool,$(TOOLS), \
    $(eval $(BUILT:%=%/$(tool)): $(call parts,$(tool))))
$(TOOLS:%=$B/%): $B/%: $B/o/%.o $B/o/libcommon.a
	$(LINKED)
$B/tests/same/%: $B/o/%.o $B/o/same-random.o $B/o/libcommon.a
	$(LINKED)
$B/tests/break/%: $B/o/%.o $B/o/break-out.o $B/o/libcommon.a
	$(LINKED)
$B/tests/break/%: LINK += -Wl,--wrap=readv,--wrap=pread

$B/completions/help/%: $B/%
	@mkdir -p $(@D)
	$< -h > $@
$B/completions/help/%: pipelines/%
	@mkdir -p $(@D)
	$< -h > $@
define FILLED
	@mkdir -p $(@D)
	awk -f completions/read.awk -f completions/$(1).awk -v tool=$* \
	    -v form=completions/bash.in $< > $@
endef
$(FILLS): $(wildcard completions/*)
$B/completions/bash/%: $B/completions/help/%
	$(call FILLED,bash)
$B/completions/zsh/_%: $B/completions/help/%
	$(call FILLED,zsh)
$B/completions/fish/%.fish: $B/completions/help/%
	$(call FILLED,fish)

# What only the tests use, and examples, which are no tools.
MADE = rec-null age-key legacy-cuts make-guest ceiling digest-of remus took \
       $(if $(CONFINE),lacking) \
       $(patsubst examples/%.c,%,$(wildcard examples/*.c))
$B/tests/make-guest: $B/o/mix.o $B/o/files.o $B/o/digest.o
$B/tests/digest-of: $B/o/digest.o
$B/tests/test_crc_plain: $B/o/crc_plain.o
$(MADE:%=$B/tests/%): $B/tests/%: $B/o/%.o $B/o/libcommon.a
	$(LINKED)
# tests/torture: a program, and what it preloads to the filters, which no
# sanitizer is to watch.
FAIL    = $(wildcard tests/torture/fail*.c)
BEGIN   = $(addprefix tests/torture/,begin.c serve.c alone.c)
TORTURE = $(patsubst tests/%.c,$B/o/%.o,$(filter-out $(BEGIN) $(FAIL),\
          $(wildcard tests/torture/*.c)))
$B/tests/torture: $(TORTURE)
	$(LINKED)
$B/tests/torture-fail.so: $(FAIL) tests/torture/fail.h
$B/tests/torture-serve.so: $(filter-out %/alone.c,$(BEGIN))
$B/tests/torture-alone.so: $(filter-out %/serve.c,$(BEGIN))
$B/tests/torture-%.so: tests/torture/plan.h tests/torture/begin.h Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) -O2 -g -fPIC -shared -o $@ $(filter %.c,$^)
$B/tests/%: $B/o/unit/%.o $B/o/libcommon.a
	$(LINKED)

deps:
	tests/deps

demo: deps
	$(MAKE) all
	tests/lab/with-hosts -2 -- tests/lab/demo
lab: deps
	$(MAKE) all
	tests/lab/shell

programs: all $(addprefix $B/tests/,$(MADE) torture torture-serve.so \
          torture-alone.so torture-fail.so same/rec-encrypt same/rec-split \
          $(UNITS)) \
          $(if $(CONFINE),$(TOOLS:%=$B/tests/break/%))

# What a test needs of make is built before prove starts, so that a test
# never compiles.  The tests in the lab mostly wait: two at once, each with a
# pair of hosts of its own.  Of the torture one class will do here.
IN_LAB = tests/lab/with-hosts -2 -- tests/lab/with-hosts -2 -- \
         env JOBS=2 tests/run $B
check: deps
	$(MAKE) programs
	CLASS=calls $(IN_LAB) \
	    $(filter-out $(AT_LENGTH) $(PACKAGE),$(wildcard tests/*.t)) \
	    $(UNITS:%=$B/tests/%) \
	    $(filter-out $(LONG) $(WITH_MODEL) $(WITH_LINUX), \
	    $(shell ls -r tests/lab/*.t))
AT_LENGTH = tests/64-soak.t
TORTURES = $(AT_LENGTH) tests/65-torture.t tests/66-kills.t \
           tests/67-lane-calls.t
PACKAGE = tests/94-install.t tests/95-package.t
LONG = $(addprefix tests/lab/,45-settle.t 50-live.t 35-signals.t 70-kills.t \
       77-image.t 75-lint.t 57-convert.t 44-edit.t 67-evacuate.t 68-archive.t \
       69-lanes.t 71-checkpoints.t 74-examples.t 05-lab.t)
# HVM guests need hosts that take longer to boot.
WITH_MODEL = $(addprefix tests/lab/,48-whole.t 08-devices.t)
# It needs a kernel's debug information.
WITH_LINUX = tests/lab/59-crash.t
check-crash:
	tests/deps crash python3-drgn
	$(MAKE) programs
	tests/lab/linux
	tests/lab/with-hosts -1 -- tests/run $B $(WITH_LINUX)
check-long: deps
	$(MAKE) programs
	STEP=1 KILLS=50 tests/run $B tests/18-seal.t $(TORTURES)
	MOVES=$(or $(MOVES),100) KILLS=20 COUNT=100 SLOW=1 $(IN_LAB) $(LONG) \
	    tests/lab/66-rec-ssh.t tests/lab/58-core.t
	tests/lab/with-hosts -2h -- tests/run $B $(WITH_MODEL)
check-package:
	tests/deps git debhelper lintian blhc debootstrap
	$(MAKE) programs static
	tests/run $B $(PACKAGE)
# Every filter through every class of what can go wrong, all there is to try.
torture: deps
	$(MAKE) programs
	STEP=1 KILLS=50 tests/run $B $(TORTURES)
check-asan check-tsan: check-%: deps
	$(MAKE) programs B=build/$* CFLAGS="-O1 -g -fsanitize=$(SAN_$*)"
	tests/run build/$* $(patsubst %,build/$*/tests/%,$(UNITS_$*)) \
	    $(filter-out $(PACKAGE),$(wildcard tests/*.t))
SAN_asan = address,undefined -fno-sanitize-recover
SAN_tsan = thread
# Of unit tests only that one has threads.
UNITS_asan = $(UNITS)
UNITS_tsan = test_pmap

soak soak-terabyte: export PATH := $(abspath $B):$(abspath $B/tests):$(PATH)
soak: deps
	$(MAKE) programs
	tests/chains --seconds $(or $(SECONDS),3600) --state $B/chains.state
soak-terabyte: deps
	$(MAKE) programs
	tests/terabyte $(or $(SIZE),1T) $B/terabyte.csv

include tests/analyze.mk

bench:
	tests/deps lz4 iproute2 age mbuffer netcat-openbsd
	$(MAKE) programs
	bench/bench --build $B $(ONLY:%=--only %) $(CAPTURES:%=--captures %) \
	    $(PLOT:%=--plot %) $(STREAMS)

bench-lab:
	tests/deps gzip
	$(MAKE) programs
	TOOLS="$(TOOLS:%=$B/%) $(SCRIPTS) $(HELPERS) $B/tests/remus \
	    $$(command -v gzip) $$(command -v zstd)" \
	    $(if $(ONLY),ONLY="$(ONLY)") tests/lab/with-hosts -2 -- bench/lab

SHARE = $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin
	install $(FILTERS:%=$B/%) $(DESTDIR)$(PREFIX)/bin
	install $(SBIN:%=$B/%) $(SCRIPTS) $(DESTDIR)$(PREFIX)/sbin
	install -d $(DESTDIR)$(PREFIX)/lib/xenrec
	install $(HELPERS) $(DESTDIR)$(PREFIX)/lib/xenrec
	for page in $(PAGES); do install -D -m 644 $$page \
	    $(SHARE)/man/man$${page##*.}/$${page##*/}; done
	install -d $(SHARE)/bash-completion/completions \
	    $(SHARE)/zsh/vendor-completions $(SHARE)/fish/vendor_completions.d
	install -m 644 $B/completions/bash/* $(SHARE)/bash-completion/completions
	install -m 644 $B/completions/zsh/* $(SHARE)/zsh/vendor-completions
	install -m 644 $B/completions/fish/* $(SHARE)/fish/vendor_completions.d
	for unit in $(SERVICE); do sed 's,/usr/local,$(PREFIX),' $$unit | \
	    install -D -m 644 /dev/stdin \
	    $(DESTDIR)$(SYSTEMD)/$${unit##*/}; done
INSTALLED = $(FILTERS:%=bin/%) $(addprefix sbin/,$(SBIN) $(notdir $(SCRIPTS))) \
            $(addprefix lib/xenrec/,$(notdir $(HELPERS))) \
            $(foreach page,$(notdir $(PAGES)), \
            share/man/man$(subst .,,$(suffix $(page)))/$(page)) \
            $(COMMANDS:%=share/bash-completion/completions/%) \
            $(COMMANDS:%=share/zsh/vendor-completions/_%) \
            $(COMMANDS:%=share/fish/vendor_completions.d/%.fish)
uninstall:
	rm -f $(INSTALLED:%=$(DESTDIR)$(PREFIX)/%) \
	    $(addprefix $(DESTDIR)$(SYSTEMD)/,$(notdir $(SERVICE)))
	[ ! -d $(DESTDIR)$(PREFIX)/lib/xenrec ] || rmdir \
	    --ignore-fail-on-non-empty $(DESTDIR)$(PREFIX)/lib/xenrec

# They have objects of their own.  The linker warns of what libcrypto could load
# and look up; no tool asks it to.
static: ALONE = $B/o/static
static:
	$(MAKE) B=$(ALONE) STATIC=yes XEN= $(FILTERS:%=$(ALONE)/%)
	install -d $B/static
	install -s $(FILTERS:%=$(ALONE)/%) $B/static

# A fixed umask, whatever git is set to: the same commit gives the same bytes.
ARCHIVE = xenrec-$(VERSION)
dist:
	@mkdir -p $B
	git -c tar.umask=0002 archive --format=tar --prefix=$(ARCHIVE)/ \
	    -o $B/$(ARCHIVE).tar HEAD
	gzip -nf $B/$(ARCHIVE).tar

# build/lab is kept: it takes a while to fetch; so are finds of fuzzing.
clean:
	rm -rf build/o build/tests build/completions build/asan build/tsan \
	    build/analyzed build/valgrind build/afl build/coverage build/quick \
	    build/fuzz/o build/fuzz/tests build/static $(TOOLS:%=build/%)
distclean:
	rm -rf build

include tests/fuzz/fuzz.mk

.PHONY: all deps demo lab programs check check-long check-crash torture \
        check-asan check-tsan check-package soak soak-terabyte bench \
        bench-lab install uninstall static dist clean distclean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(wildcard $B/o/*.d $B/o/unit/*.d $B/o/fuzz/*.d $B/o/torture/*.d)
