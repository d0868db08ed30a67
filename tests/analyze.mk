# SPDX-License-Identifier: LGPL-2.1-or-later
# make analyze     gcc -fanalyzer, clang-tidy (.clang-tidy) and cppcheck over
#                  each C source that changed; any finding fails it
#
# make check-valgrind    the command lines of the tests outside the lab, and
#                  the unit tests, under memcheck (tests/valgrind-tools)
#
# Scripts, manual pages and Python are looked at by tests/80-style.t.

SOURCES  = $(wildcard common/*.c filters/*.c tests/*.c tests/unit/*.c \
           tests/fuzz/*.c tests/torture/*.c bench/*.c examples/*.c)
ANALYZED = $(patsubst %.c,$B/analyzed/%,$(if $(XEN),$(SOURCES), \
           $(filter-out $(XEN_ONLY),$(SOURCES))))
XEN_ONLY = $(filter-out common/guest_none.c,$(wildcard common/guest*.c)) \
           $(wildcard tests/unit/test_layout_*.c)

# gcc looks without -O: what it drops is not looked at.
#
# A fault ends the process, and with it what workers may still use (pmap.h);
# make check-asan sees what is lost where none happened.
UNASKED  = -Wno-analyzer-malloc-leak -Wno-analyzer-file-leak
# A unit test without memory may well die.
$B/analyzed/tests/%: UNASKED += -Wno-analyzer-possible-null-argument \
    -Wno-analyzer-possible-null-dereference

# It does not know _Noreturn, and takes a fault that is to be filled for one
# that is read.
CPPCHECK = --std=c11 --enable=warning,performance,portability --inline-suppr \
           --suppress=memleak --suppress=resourceLeak \
           --suppress=ctuuninitvar '-D_Noreturn=__attribute__((noreturn))' \
           -D_GNU_SOURCE -Icommon -Itests --quiet

SEEN = $(STD) -Itests $(CONTRACTS)
CONTRACTS = -include tests/contracts.h -Wno-unused-value
$B/analyzed/common/fault: CONTRACTS =
$B/analyzed/common/guest $B/analyzed/common/guest_% \
    $B/analyzed/tests/unit/test_layout_%: STDC = gnu11

analyze:
	tests/deps clang-tidy cppcheck
	$(MAKE) -k -j 2 analyzed
analyzed: $(ANALYZED)

$B/analyzed/%: %.c Makefile tests/analyze.mk tests/contracts.h .clang-tidy \
    tests/.clang-tidy
	@mkdir -p $(@D)
	gcc $(SEEN) -MT $@ -MF $@.d -O0 -Werror -fanalyzer $(UNASKED) -c \
	    -o /dev/null $<
	@clang-tidy --quiet $< -- $(SEEN) 2> $@.err || { cat $@.err; false; }
	@cppcheck $(CPPCHECK) --error-exitcode=1 $<
	@touch $@

# Left out: what runs none of the tools, or is about the sources.
UNCHECKED = $(addprefix tests/,17-seal-witness.t 80-style.t 82-completions.t) \
            $(PACKAGE)
check-valgrind:
	tests/deps valgrind
	$(MAKE) deps programs
	tests/valgrind-tools $B $B/valgrind
	tests/run $B/valgrind $(UNITS:%=$B/valgrind/tests/%) \
	    $(filter-out $(UNCHECKED),$(wildcard tests/*.t))
	! grep -r '^==' $B/valgrind/log

.PHONY: analyze analyzed check-valgrind
-include $(wildcard $(ANALYZED:=.d))
