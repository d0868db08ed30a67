/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * least_offer.h - an offer with nothing in it that may be missing.
 */
#ifndef LEAST_OFFER_H
#define LEAST_OFFER_H

#include <string.h>

#include "offer.h"

#define ZEROS "00000000000000000000000000000000"
#define UUID "0123abcd-4567-89ef-0011-223344556677"

static const char least[] =
    "{\"offer\":1,\"tool\":\"xc-absorb 9\",\"time\":\"now\","
    "\"streams\":[2,3],\"records\":{\"GUEST_CONFIG\":[1]},"
    "\"xen\":{\"major\":4,\"minor\":17,\"extra\":\".7\","
    "\"changeset\":\"abc\"},\"free_memory\":5324800,\"cpus\":8,"
    "\"types\":{\"pvh\":{\"vcpus\":128,\"hap\":true,\"shadow\":false,"
    "\"vendor\":\"AuthenticAMD\",\"digest\":\"" ZEROS ZEROS "\","
    "\"policy\":{\"0.eax\":\"0000000d\",\"7:0.ebx\":\"00880129\"}}},"
    "\"names\":[\"Domain-0\",\"mail\"],\"uuids\":[\"" UUID "\"]}\n";

static inline int
parse(const char *text, struct offer *o, struct fault *f)
{
	return offer_parse(text, strlen(text), "here", o, f);
}

#endif
