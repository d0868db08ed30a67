/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-edit - records and pages kept, dropped, made zero; a domain renamed.
 *
 *     rec-edit --set name=web2 --set uuid=new < web.rec | xc-absorb
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "fault.h"
#include "keys.h"
#include "opts.h"
#include "sandbox.h"
#include "squash.h"

static const char name[] = "rec-edit";

static const char help[] =
"usage: rec-edit [options] < stream > stream\n"
"\n"
"Changes a plain stream: a bare image, that of libxl, a save file of xl or\n"
"virsh.  What could not be restored any more is refused.\n"
"\n"
"  --keep EXPR              drop what is not selected\n"
"  --drop EXPR              drop what is selected; END and what stands around\n"
"                           the image stay\n"
"  --zero EXPR              make the selected pages zero\n"
"  --set KEY=VALUE          of the domain: name=NAME, uuid=new, uuid=UUID,\n"
"                           vcpus=N (1 to 4096), memory=SIZE (1M to 4194304G)\n"
"  --squash                 leave out all copies of a page but the last\n"
"  --regroup                that, and pages in order, so that Xen 4.21 and later\n"
"                           make pages of 2 MiB of them\n"
"  --spill SIZE             of a pipe, keep at most so much in a file meanwhile,\n"
"                           in TMPDIR or /var/tmp (default: what there is room\n"
"                           for)\n"
"  -f, --force              refuse nothing of what comes out\n"
OPTS_HELP_PASS
OPTS_HELP_PROGRESS
"  -q, --quiet              say errors only\n"
"  -v, --verbose            say more, on stderr\n"
OPTS_HELP_WORDS
"\n"
"EXPR is one or more of these, with 'and' between:\n"
"  type=PAGE_DATA,0x11    records of these types, as rec-ls shows them\n"
"  index=3-7,9            records of these numbers, as rec-ls shows them\n"
"  pfn=0x1000-0x1fff,7    of PAGE_DATA, these pages; without it whole records\n"
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"5 refused (could not be restored, layer to undo first, nothing to set).\n";

static const char examples[] =
"Examples:\n"
"  A second guest from a stored one:\n"
"    rec-edit --set name=web2 --set uuid=new < web.rec | xc-absorb\n"
"  A crashed guest's registers, and not its memory:\n"
"    rec-edit --zero type=PAGE_DATA < crash.rec > shown.rec\n"
"  One page and the records around the memory, to look at:\n"
"    rec-edit -f --keep pfn=0x1234 < vm.rec | rec-ls -lv\n";

#define VCPUS_MAX	4096
#define MEMORY_MAX_MIB	(UINT64_C(1) << 32)

struct options {
	struct edit edit;
	bool squashes;
	struct squash squash;
	struct edited edited;
	struct opts common;
};


/* The options that have no letter. */
enum {
	OPT_KEEP = 256, OPT_DROP, OPT_ZERO, OPT_SET, OPT_SQUASH, OPT_REGROUP,
	OPT_SPILL
};

static const struct option longs[] = {
	{ "keep", required_argument, NULL, OPT_KEEP },
	{ "drop", required_argument, NULL, OPT_DROP },
	{ "zero", required_argument, NULL, OPT_ZERO },
	{ "set", required_argument, NULL, OPT_SET },
	{ "squash", no_argument, NULL, OPT_SQUASH },
	{ "regroup", no_argument, NULL, OPT_REGROUP },
	{ "spill", required_argument, NULL, OPT_SPILL },
	{ "force", no_argument, NULL, 'f' },
	OPTS_PASS,
	OPTS_WORDS
};

static void
take_rule(struct edit *e, const char *option, enum edit_action action)
{
	struct edit_rule *rule = realloc(e->rule,
	    (e->rules + 1) * sizeof(*rule));
	char text[FAULT_TEXT_SIZE];
	struct fault f;

	if (rule == NULL) {
		fault_set(&f, EXIT_SYSTEM, "no memory for options");
		fault_exit(name, &f);
	}
	e->rule = rule;
	rule += e->rules++;
	*rule = (struct edit_rule){ .action = action, .text = optarg };
	if (expr_parse(&rule->expr, optarg, &f) == 0)
		return;
	/* Without fault_set, which would clear the hint. */
	snprintf(text, sizeof(text), "%s", f.text);
	snprintf(f.text, sizeof(f.text), "%s: %.380s", option, text);
	fault_exit(name, &f);
}

static void
take_uuid(struct edit_config *c)
{
	c->uuid_set = true;
	if (strcmp(optarg, "new") == 0)
		uuid_random(c->uuid);
	else if (!uuid_parse(optarg, c->uuid))
		opts_wrong(name, "--set uuid= takes 'new' or a uuid, not "
		    "'%s'", optarg);
}

/* The argument of --set; optarg is then its value, as opts_size takes it. */
static void
take_setting(struct edit_config *c)
{
	static const char *const keys[] = { "name=", "uuid=", "vcpus=",
	    "memory=" };
	size_t key = 0;

	while (key < 4 && strncmp(optarg, keys[key], strlen(keys[key])) != 0)
		key++;
	if (key == 4)
		opts_wrong(name, "--set takes name=, uuid=, vcpus= or "
		    "memory=, not '%s'", optarg);
	optarg += strlen(keys[key]);
	switch (key) {
	case 0:
		if (!keys_name_ok(optarg))
			opts_wrong(name, "--set name= takes 1 to %u bytes of "
			    "UTF-8, no control characters, no '/', not digits "
			    "alone",
			    KEYS_NAME_SIZE - 1);
		c->name = optarg;
		break;
	case 1:
		take_uuid(c);
		break;
	case 2:
		c->vcpus = (uint64_t)opts_count(name, "--set vcpus=", 1,
		    VCPUS_MAX);
		break;
	default:
		c->memory_kib = opts_size(name, "--set memory=", 1,
		    MEMORY_MAX_MIB, 1 << 20) << 10;
	}
}

static void
take(struct options *o, int c, const char *given)
{
	switch (c) {
	case OPT_KEEP:
		take_rule(&o->edit, "--keep", EDIT_KEEP);
		break;
	case OPT_DROP:
		take_rule(&o->edit, "--drop", EDIT_DROP);
		break;
	case OPT_ZERO:
		take_rule(&o->edit, "--zero", EDIT_ZERO);
		break;
	case OPT_SET:
		take_setting(&o->edit.config);
		break;
	case OPT_SQUASH:
		o->squashes = true;
		break;
	case OPT_REGROUP:
		o->squashes = o->squash.regroup = true;
		break;
	case OPT_SPILL:
		o->squash.spill_max = opts_size(name, "--spill", 0,
		    UINT64_C(1) << 50, 1);
		break;
	case 'f':
		o->edited.force = true;
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
	while ((c = getopt_long(argc, argv, ":f" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	o->edit.pass_after_end = o->common.pass_after_end;
	if (o->squashes && (o->edit.rules > 0 || o->common.pass_after_end ||
	    edit_config_any(&o->edit.config)))
		opts_wrong(name, "--squash and --regroup stand alone: put "
		    "another rec-edit into the pipe");
	if (!o->squashes && o->squash.spill_max != UINT64_MAX)
		opts_wrong(name, "--spill goes with --squash or --regroup");
}

/* "1 page", "2 pages". */
static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* A slip in an expression must not look as if all was done. */
static void
tell_idle(const struct edit *e)
{
	size_t i;

	for (i = 0; i < e->rules; i++)
		if (!e->rule[i].did && e->rule[i].action != EDIT_KEEP)
			fault_tell(name, "%s %s: nothing is selected by it",
			    e->rule[i].action == EDIT_DROP ? "--drop" :
			    "--zero", e->rule[i].text);
}

static void
tell(const struct options *o)
{
	const struct edit *e = &o->edit;
	const struct edit_config *c = &e->config;
	const struct squash *s = &o->squash;

	if (!o->common.quiet)
		tell_idle(e);
	if (e->needed > 0 && !o->common.quiet)
		fault_tell(name, "not zeroed: %" PRIu64 " page%s of page "
		    "tables or start info, which a restore needs; with pfn= "
		    "and -f --zero takes them too", e->needed,
		    plural(e->needed));
	if (!o->common.verbose)
		return;
	if (o->squashes) {
		fault_tell(name, "%" PRIu64 " entries with %" PRIu64 " pages, "
		    "left out %" PRIu64 " with %" PRIu64 "; %" PRIu64
		    " bytes spilled", s->entries, s->pages, s->left_entries,
		    s->left_pages, s->spilled);
		return;
	}
	fault_tell(name, "%" PRIu64 " record%s and %" PRIu64 " page%s "
	    "dropped, %" PRIu64 " page%s zeroed", e->records,
	    plural(e->records), e->pages, plural(e->pages), e->zeroed,
	    plural(e->zeroed));
	if (edit_config_any(c))
		fault_tell(name, "set%s%s%s%s, in %s%s%s",
		    c->name != NULL ? " name" : "",
		    c->uuid_set ? " uuid" : "", c->vcpus > 0 ? " vcpus" : "",
		    c->memory_kib > 0 ? " memory" : "",
		    c->in_xl ? "xl's configuration" : "",
		    c->in_xl && c->in_record ? " and " : "",
		    c->in_record ? "GUEST_CONFIG" : "");
}

/* From stdin to stdout.  0, or -1 with *f set. */
static int
run(struct options *o, struct fault *f)
{
	struct edited *out = &o->edited;

	out->demand.vcpus = o->edit.config.vcpus;
	out->demand.memory_kib = o->edit.config.memory_kib;
	if (edited_open(out, STDOUT_FILENO, f) == -1)
		return -1;
	o->edit.out = out;
	o->squash.take = edited_take;
	o->squash.taker = out;
	if ((o->squashes ? squash_run(&o->squash, f) :
	    edit_run(&o->edit, STDIN_FILENO, f)) == -1)
		return -1;
	return edited_close(out, f);
}

int
main(int argc, char *argv[])
{
	static struct options o = {
		.squash = { .in = STDIN_FILENO, .spill_max = UINT64_MAX },
	};
	struct fault f;
	size_t i;

	opts_descriptors();
	parse(&o, argc, argv);
	opts_no_terminal(name, STDIN_FILENO);
	opts_no_terminal(name, STDOUT_FILENO);
	if (sandbox_enter(&(struct sandbox){ .spills = o.squashes }, &f) == -1
	    || run(&o, &f) == -1)
		fault_exit(name, &f);
	tell(&o);
	for (i = 0; i < o.edit.rules; i++)
		expr_free(&o.edit.rule[i].expr);
	free(o.edit.rule);
	edit_config_free(&o.edit.config);
	return EXIT_DONE;
}
