/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-convert - a guest from one of the forms that it is kept in to another.
 *
 *     rec-convert --to v3 < old.save | xc-absorb
 *     rec-convert --to elf-core -o core < crash.xl
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "convert.h"
#include "fault.h"
#include "format.h"
#include "lint.h"
#include "opts.h"
#include "sandbox.h"
#include "stop.h"

#define PFN_MAX		((1L << 52) - 1)
#define LOWMEM_MAX	(UINT64_C(4) << 30)

static const char name[] = "rec-convert";

static const char help[] =
"usage: rec-convert [--from FORM] --to FORM [options] < input > output\n"
"       rec-convert --forms\n"
"\n"
"  --from FORM              what the input is (default: as found)\n"
"  --to FORM                what the output shall be\n"
"  --forms                  print all forms\n"
"  -o, --output FILE        write to FILE, with holes where it can have some; it\n"
"                           is there when it is whole, or not at all\n"
"  --replace                with -o: though FILE is there: the new one takes its\n"
"                           place\n"
"  --config FILE            to xl: its configuration, in JSON; to virsh: the XML\n"
"  --checkpoint N           of a checkpointed stream: the guest as that one has\n"
"                           it, from 1 (default: the newest complete one)\n"
"  --checkpoints            leave a checkpointed stream one\n"
"  -f, --force              leave out what the form has no place for\n"
"  --absent-zeroes          of raw: pages of zeroes are no memory\n"
"  --lowmem SIZE            of QEMU: the memory below 4 GiB (default: as its\n"
"                           machine has it); K, M, G\n"
"  --virtual                of elf-core: by the virtual addresses of the first\n"
"                           vcpu, not by physical ones\n"
"  --max-pfn N              refuse pages above this pfn (default: of memory\n"
"                           4294967296, of streams none)\n"
OPTS_HELP_PROGRESS
"  -q, --quiet              say errors only\n"
"  -v, --verbose            say more, on stderr\n"
OPTS_HELP_WORDS
"\n"
"FORM is one of: v3, legacy, v2, bare, libxl, xl, virsh, image, raw, lime,\n"
"qemu-mapped-ram, elf-core, xen-core. --forms says what each is, and which can\n"
"be read and written.\n"
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 input malformed or cut,\n"
"4 damaged, 5 refused (cannot be said in that form, a layer to undo first,\n"
"FILE is there).\n";

static const char examples[] =
"Examples:\n"
"  A guest that an old host saved, for a new one:\n"
"    rec-convert --to v3 -o new.xl < old.xl\n"
"    xl restore new.xl\n"
"  Memory for a tool that wants nothing else:\n"
"    rec-convert --to raw -o vm.mem < vm.xl\n"
"  A core on the way to an archive:\n"
"    xc-emit -c 7 |\n"
"        rec-split --tee 'rec-convert --to elf-core -o core' > vm\n";

struct options {
	struct convert convert;
	struct opts common;
};


/* The options that have no letter. */
enum {
	OPT_FROM = 256, OPT_TO, OPT_FORMS, OPT_REPLACE, OPT_CONFIG,
	OPT_CHECKPOINT, OPT_CHECKPOINTS, OPT_MAX_PFN, OPT_ABSENT_ZEROES,
	OPT_LOWMEM, OPT_VIRTUAL
};

static const struct option longs[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "forms", no_argument, NULL, OPT_FORMS },
	{ "output", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "checkpoint", required_argument, NULL, OPT_CHECKPOINT },
	{ "checkpoints", no_argument, NULL, OPT_CHECKPOINTS },
	{ "force", no_argument, NULL, 'f' },
	{ "max-pfn", required_argument, NULL, OPT_MAX_PFN },
	{ "absent-zeroes", no_argument, NULL, OPT_ABSENT_ZEROES },
	{ "lowmem", required_argument, NULL, OPT_LOWMEM },
	{ "virtual", no_argument, NULL, OPT_VIRTUAL },
	OPTS_WORDS
};

static bool
can_read(const struct form *form)
{
	return !form->cannot_read;
}

static bool
can_write(const struct form *form)
{
	return form->write != NULL || form->write_memory != NULL ||
	    form->write_file != NULL;
}

/* --forms: a table, the input's side first. */
static _Noreturn void
print_forms(void)
{
	const struct form *form = NULL;
	struct fault f;

	while ((form = form_next(form)) != NULL)
		printf("%-4s %-3s %-18s %s\n", can_read(form) ? "from" : "",
		    can_write(form) ? "to" : "", form->name, form->about);
	if (opts_printed(0, &f) == -1)
		fault_exit(name, &f);
	exit(EXIT_DONE);
}

static const struct form *
take_form(const char *option, bool (*good)(const struct form *))
{
	const struct form *form = form_find(optarg);

	if (form == NULL || !good(form))
		opts_wrong(name, "%s takes one of those that --forms prints, "
		    "not '%s'", option, optarg);
	return form;
}

static void
take(struct options *o, int c, const char *given)
{
	struct convert *convert = &o->convert;

	switch (c) {
	case OPT_FROM:
		convert->from = take_form("--from", can_read);
		break;
	case OPT_TO:
		convert->to = take_form("--to", can_write);
		break;
	case OPT_FORMS:
		print_forms();
	case 'o':
		convert->path = opts_file(name, "-o");
		break;
	case OPT_REPLACE:
		convert->replace = true;
		break;
	case OPT_CONFIG:
		convert->config = opts_file(name, "--config");
		break;
	case OPT_CHECKPOINT:
		convert->checkpoint = (uint64_t)opts_count(name,
		    "--checkpoint", 1, LONG_MAX);
		break;
	case OPT_CHECKPOINTS:
		convert->checkpoints = true;
		break;
	case 'f':
		convert->force = true;
		break;
	case OPT_MAX_PFN:
		convert->max_pfn = (uint64_t)opts_count(name, "--max-pfn", 1,
		    PFN_MAX);
		convert->limits_streams = true;
		break;
	case OPT_ABSENT_ZEROES:
		convert->absent_zeroes = true;
		break;
	case OPT_LOWMEM:
		convert->lowmem = PAGE_SIZE * opts_size(name, "--lowmem", 1,
		    LOWMEM_MAX / PAGE_SIZE, PAGE_SIZE);
		break;
	case OPT_VIRTUAL:
		convert->virtual_addresses = true;
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:f" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	if (o->convert.to == NULL)
		opts_wrong(name, "--to says what the output shall be");
	if (o->convert.replace && o->convert.path == NULL)
		opts_wrong(name, "--replace goes with -o");
	if (o->convert.config != NULL && !o->convert.to->configured)
		opts_wrong(name, "--config is for xl and virsh, not for %s",
		    o->convert.to->name);
	if (o->convert.checkpoints && o->convert.checkpoint != 0)
		opts_wrong(name, "--checkpoints and --checkpoint N exclude "
		    "each other");
	if (o->convert.absent_zeroes && o->convert.from != form_find("raw"))
		opts_wrong(name, "--absent-zeroes goes with --from raw");
	if (o->convert.to->write_file != NULL && o->convert.path == NULL)
		opts_wrong(name, "--to %s goes with -o: it cannot be written "
		    "to a pipe", o->convert.to->name);
	if (o->convert.virtual_addresses &&
	    o->convert.to != form_find("elf-core"))
		opts_wrong(name, "--virtual goes with --to elf-core");
	o->convert.quiet = o->common.quiet;
	o->convert.verbose = o->common.verbose;
}

/* What it makes of its input it may keep in files, and hands from process to
 * process. */
static int
confine(struct convert *c, struct fault *f)
{
	return sandbox_enter(&(struct sandbox){
		.forks = true, .spills = true, .file = c->path,
		.read = (char *const *)&c->config, .reads = c->config != NULL,
	}, f);
}

int
main(int argc, char *argv[])
{
	static struct options o = {
		.convert = {
			.tool = name, .in = STDIN_FILENO,
			.max_pfn = LINT_MAX_PFN_DEFAULT,
		},
	};
	struct fault f;

	opts_descriptors();
	parse(&o, argc, argv);
	opts_no_terminal(name, STDIN_FILENO);
	if (o.convert.path == NULL)
		opts_no_terminal(name, STDOUT_FILENO);
	if (o.convert.path != NULL)
		stop_by_signals(NULL, name);
	if (confine(&o.convert, &f) == -1 || convert_run(&o.convert, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
