/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "offer.h"

void
offer_begin(struct offer *o)
{
	unsigned v;

	*o = (struct offer){ .configs = 1u << OUR_VERSION,
	    .compressed = 1u << OUR_VERSION };
	for (v = IMAGE_VERSION_MIN; v <= IMAGE_VERSION_MAX; v++)
		o->streams |= 1u << v;
}

void
offer_free(struct offer *o)
{
	free(o->names);
	free(o->uuids);
	o->names = NULL;
	o->uuids = NULL;
}

/* Room for one more element in a list of count.  NULL with *f set. */
static void *
grow(void *list, size_t count, size_t size, struct fault *f)
{
	/* Full whenever the count is a power of two. */
	if ((count & (count - 1)) == 0)
		list = reallocarray(list, count > 0 ? 2 * count : 1, size);
	if (list == NULL)
		fault_set(f, EXIT_SYSTEM, "no memory for an offer");
	return list;
}

/* Whether it is UTF-8, to json-c's mind: what is read back is no stricter. */
static bool
is_utf8(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	unsigned more;

	while (*p != '\0') {
		if (*p < 0x80)
			more = 0;
		else if (*p >= 0xc0 && *p < 0xf8)
			more = *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		else
			return false;
		for (p++; more > 0; more--, p++)
			if ((*p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

int
offer_name(struct offer *o, const char *name, struct fault *f)
{
	void *list;

	if (!keys_name_ok(name) || !is_utf8(name))
		return 0;
	list = grow(o->names, o->name_count, sizeof(*o->names), f);
	if (list == NULL)
		return -1;
	o->names = list;
	memcpy(o->names[o->name_count++], name, strlen(name) + 1);
	return 0;
}

int
offer_uuid(struct offer *o, const uint8_t uuid[UUID_SIZE], struct fault *f)
{
	void *list = grow(o->uuids, o->uuid_count, sizeof(*o->uuids), f);

	if (list == NULL)
		return -1;
	o->uuids = list;
	memcpy(o->uuids[o->uuid_count++], uuid, UUID_SIZE);
	return 0;
}

/* What the reasons have in common. */
struct check {
	const struct offer *offer;
	const struct offer_guest *guest;
	void   (*reason)(const struct fault *);
	struct fault *last;
	unsigned count;
};

static void __attribute__((format(printf, 2, 3)))
say(struct check *c, const char *format, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (c->count++ > 0)
		c->reason(c->last);
	fault_set(c->last, EXIT_REFUSED, "%s", text);
}

static void
check_versions(struct check *c)
{
	const struct xen_version *here = &c->guest->xen,
	    *there = &c->offer->xen;

	if ((c->offer->streams >> IMAGE_VERSION_MAX & 1) == 0)
		say(c, "that host does not read image version %u, in which "
		    "the guest would come", IMAGE_VERSION_MAX);
	if ((c->offer->configs >> OUR_VERSION & 1) == 0)
		say(c, "that host does not read GUEST_CONFIG version %u, "
		    "which would come with the guest", OUR_VERSION);
	if (there->major < here->major ||
	    (there->major == here->major && there->minor < here->minor))
		say(c, "that host has Xen %" PRIu64 ".%" PRIu64 "%.40s, which "
		    "is older than %" PRIu64 ".%" PRIu64 "%.40s here",
		    there->major, there->minor, there->extra, here->major,
		    here->minor, here->extra);
}

static void
check_identity(struct check *c)
{
	const struct config *config = c->guest->config;
	char uuid[UUID_TEXT_SIZE];
	size_t i;

	for (i = 0; i < c->offer->name_count; i++)
		if (strcmp(c->offer->names[i], config->name) == 0) {
			say(c, "that host has a domain with the name '%s'",
			    config->name);
			break;
		}
	for (i = 0; i < c->offer->uuid_count; i++)
		if (memcmp(c->offer->uuids[i], config->uuid, UUID_SIZE) ==
		    0) {
			uuid_print(config->uuid, uuid);
			say(c, "that host has a domain with the uuid %s",
			    uuid);
			break;
		}
}

static void
check_policy(struct check *c, const struct policy *there)
{
	const struct policy *shown = &c->guest->shown;
	char text[POLICY_TEXT_SIZE];
	unsigned at = 0;

	if (memcmp(c->guest->digest, there->digest, POLICY_DIGEST_SIZE) == 0)
		return;
	if (strcmp(shown->vendor, there->vendor) != 0)
		say(c, "the guest was shown a processor of '%s', that host "
		    "has one of '%s'", shown->vendor, there->vendor);
	while (policy_missing(shown, there, &at, text))
		say(c, "the guest was shown %s, which that host lacks", text);
}

static void
check_type(struct check *c)
{
	const struct config *config = c->guest->config;
	const struct offer_type *t = &c->offer->types[config->type];
	const char *type = config_type_name(config->type);

	if (!t->possible) {
		say(c, "that host takes no guests of type %s", type);
		return;
	}
	if (config->in_xl && !c->offer->xl)
		say(c, "the guest would come in a stream of libxl's, for its "
		    "devices, and that host has no xl");
	if (config->type != CONFIG_PV && config->hap && !t->hap)
		say(c, "the guest needs hardware-assisted paging, which that "
		    "host lacks");
	if (config->type != CONFIG_PV && !config->hap && !t->shadow)
		say(c, "the guest needs shadow paging, which that host "
		    "lacks");
	if (config->vcpus > t->vcpus)
		say(c, "the guest has %" PRIu64 " vcpus, that host takes at "
		    "most %" PRIu64 " for type %s", config->vcpus, t->vcpus,
		    type);
	check_policy(c, &t->policy);
}

int
offer_check(const struct offer *o, const struct offer_guest *g,
    void (*reason)(const struct fault *), struct fault *f)
{
	struct check c = { .offer = o, .guest = g, .reason = reason,
	    .last = f };
	uint64_t memory = config_memory(g->config);

	check_versions(&c);
	check_type(&c);
	if (memory > o->free_memory)
		say(&c, "the guest takes %" PRIu64 " KiB of memory, that host "
		    "has %" PRIu64 " KiB free", memory >> 10,
		    o->free_memory >> 10);
	check_identity(&c);
	return c.count == 0 ? 0 : -1;
}
