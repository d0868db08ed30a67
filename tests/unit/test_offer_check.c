/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "least_offer.h"
#include "tap.h"

static char said[4000];

static void
say(const char *text)
{
	size_t n = strlen(said);

	snprintf(said + n, sizeof(said) - n, "%s\n", text);
}

static void
hear(const struct fault *f)
{
	say(f->text);
}

/* What offer_check says of a guest, all of it. */
static const char *
check(const struct offer *o, const struct offer_guest *g)
{
	struct fault f = { .status = EXIT_DONE };

	said[0] = '\0';
	if (offer_check(o, g, hear, &f) == -1) {
		hear(&f);
		if (f.status != EXIT_REFUSED)
			say("another status");
	}
	return said;
}

static void
says(const struct offer *o, const struct offer_guest *g, const char *want)
{
	ok(strcmp(check(o, g), want) == 0, "says: %.*s",
	    (int)strcspn(want, "\n"), want);
	if (strcmp(said, want) != 0)
		printf("# but: %s\n", said);
}

static void
test_check(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "web", .vcpus = 128,
	    .pages = 1024, .paging_pool = 1130496, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".3", "" } };
	struct offer o;
	struct fault f;

	if (!ok(parse(least, &o, &f) == 0, "an offer"))
		return;
	g.shown = o.types[CONFIG_PVH].policy;
	says(&o, &g, "");
	o.free_memory--;
	says(&o, &g, "the guest takes 5200 KiB of memory, that host has "
	    "5199 KiB free\n");
	o.free_memory++;
	c.in_xl = true;
	says(&o, &g, "the guest would come in a stream of libxl's, for its "
	    "devices, and that host has no xl\n");
	o.xl = true;
	says(&o, &g, "");
	c.in_xl = false;
	c.vcpus = 129;
	says(&o, &g, "the guest has 129 vcpus, that host takes at most 128 "
	    "for type pvh\n");
	c.vcpus = 1;
	strcpy(c.name, "mail");
	says(&o, &g, "that host has a domain with the name 'mail'\n");
	memcpy(c.uuid, o.uuids[0], UUID_SIZE);
	c.name[0] = 'M';
	says(&o, &g, "that host has a domain with the uuid " UUID "\n");
	c.uuid[15] ^= 1;
	c.hap = false;
	says(&o, &g, "the guest needs shadow paging, which that host "
	    "lacks\n");
	o.types[CONFIG_PVH].shadow = true;
	says(&o, &g, "");
	c.hap = true;
	o.types[CONFIG_PVH].hap = false;
	says(&o, &g, "the guest needs hardware-assisted paging, which that "
	    "host lacks\n");
	c.hap = false;
	says(&o, &g, "");
	c.type = CONFIG_PV;
	says(&o, &g, "that host takes no guests of type pv\n");
	c.type = CONFIG_HVM;
	says(&o, &g, "that host takes no guests of type hvm\n");
	o.types[CONFIG_PV] = o.types[CONFIG_PVH];
	c.type = CONFIG_PV;
	says(&o, &g, "");
	offer_free(&o);
}

static void
test_versions(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "web", .vcpus = 1,
	    .pages = 1, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".7", "" } };
	struct offer o;
	struct fault f;

	if (parse(least, &o, &f) == -1)
		return;
	g.shown = o.types[CONFIG_PVH].policy;
	g.xen.minor = 18;
	says(&o, &g, "that host has Xen 4.17.7, which is older than 4.18.7 "
	    "here\n");
	g.xen.major = 5;
	g.xen.minor = 0;
	says(&o, &g, "that host has Xen 4.17.7, which is older than 5.0.7 "
	    "here\n");
	g.xen.major = 3;
	g.xen.minor = 18;
	says(&o, &g, "");
	o.streams = 1 << 2 | 1 << 4;
	says(&o, &g, "that host does not read image version 3, in which the "
	    "guest would come\n");
	o.streams = 1 << 3;
	o.configs = 1 << 2;
	says(&o, &g, "that host does not read GUEST_CONFIG version 1, which "
	    "would come with the guest\n");
	offer_free(&o);
}

static void
test_policy(void)
{
	struct config c = { .type = CONFIG_PVH, .name = "mail", .vcpus = 1,
	    .pages = 1, .hap = true };
	struct offer_guest g = { .config = &c, .xen = { 4, 17, ".7", "" } };
	struct policy *there;
	struct offer o;
	struct fault f;

	if (parse(least, &o, &f) == -1)
		return;
	there = &o.types[CONFIG_PVH].policy;
	g.shown = *there;
	strcpy(g.shown.vendor, "GenuineIntel");
	g.shown.words[8] |= 0x40000004;	/* 7:0.ebx */
	o.name_count = 0;
	says(&o, &g, "");
	g.digest[31] = 1;
	says(&o, &g, "the guest was shown a processor of 'GenuineIntel', "
	    "that host has one of 'AuthenticAMD'\n"
	    "the guest was shown sgx (7:0.ebx, bit 2), which that host "
	    "lacks\n"
	    "the guest was shown avx512bw (7:0.ebx, bit 30), which that host "
	    "lacks\n");
	there->words[8] |= 0x40000004;
	strcpy(there->vendor, "GenuineIntel");
	says(&o, &g, "");
	o.name_count = 2;
	o.free_memory = 0;
	there->words[8] &= ~UINT32_C(8);
	says(&o, &g, "the guest was shown bmi1 (7:0.ebx, bit 3), which that "
	    "host lacks\n"
	    "the guest takes 4 KiB of memory, that host has 0 KiB free\n"
	    "that host has a domain with the name 'mail'\n");
	offer_free(&o);
}

/* What a host has is put into an offer: names that could not be read too. */
static void
test_names(void)
{
	static const char *const none[] = { "", "7", "a/b", "a\tb", "\xff",
	    "\xc3", "\xc3(", "a\xe2\x82", "\xf8\x80\x80\x80\x80" };
	char name[CONFIG_NAME_SIZE + 1];
	struct offer o;
	struct fault f;
	size_t i;

	offer_begin(&o);
	ok(o.streams == 0xc && o.configs == 2 && o.compressed == 2,
	    "an offer of these tools");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(offer_name(&o, none[i], &f) == 0 && o.name_count == 0,
		    "left out: %zu", i);
	memset(name, 'n', CONFIG_NAME_SIZE);
	name[CONFIG_NAME_SIZE] = '\0';
	ok(offer_name(&o, name, &f) == 0 && o.name_count == 0,
	    "left out: too long");
	ok(offer_name(&o, name + 1, &f) == 0 &&
	    offer_name(&o, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", &f) == 0 &&
	    o.name_count == 2 && strcmp(o.names[0], name + 1) == 0,
	    "names that are taken");
	offer_free(&o);
}

int
main(void)
{
	test_check();
	test_versions();
	test_policy();
	test_names();
	return tap_end();
}
