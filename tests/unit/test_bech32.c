/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bech32 by its specification's examples and age's. */
#include <stdlib.h>

#include <sodium.h>

#include "bech32.h"
#include "hex.h"
#include "tap.h"

/* BIP 173, "Test vectors": those of whole bytes; and age's own. */
static const struct {
	const char *text, *prefix, *hex;
} coded[] = {
	{ "A12UEL5L", "A", "" },
	{ "a12uel5l", "a", "" },
	{ "an83characterlonghumanreadablepartthatcontainsthenumber1andthe"
	  "excludedcharactersbio1tt5tgs",
	  "an83characterlonghumanreadablepartthatcontainsthenumber1andthe"
	  "excludedcharactersbio", "" },
	{ "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef",
	  "00443214c74254b635cf84653a56d7c675be77df" },
	{ "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
	  "split",
	  "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d" },
	{ "?1ezyfcl", "?", "" },
	/* From the format's specification. */
	{ "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
	  "age",
	  "132c442be010fbd57e72603328aa76e71fccc1503aae219327d14d9c9993f472" },
	{ "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFP"
	  "Q4EGAEX", "AGE-SECRET-KEY-",
	  "4242424242424242424242424242424242424242424242424242424242424242" },
};

/* Changed in one place, each letter as the next one. */
static bool
told_apart(const char *text, const char *prefix, size_t size)
{
	uint8_t bytes[BECH32_MAX];
	char bad[256];
	size_t i;

	for (i = 0; i < strlen(text); i++) {
		snprintf(bad, sizeof(bad), "%s", text);
		bad[i] ^= 1;
		if (bech32_decode(bad, prefix, bytes, size))
			return false;
		bad[i] = (char)(text[i] ^ 0x20);
		if (text[i] > '@' && bech32_decode(bad, prefix, bytes, size))
			return false;
		bad[i] = '\0';
		if (bech32_decode(bad, prefix, bytes, size))
			return false;
	}
	snprintf(bad, sizeof(bad), "%sq", text);
	return !bech32_decode(bad, prefix, bytes, size);
}

int
main(void)
{
	uint8_t want[128], bytes[BECH32_MAX];
	char text[BECH32_SIZE(BECH32_MAX, BECH32_MAX)];
	size_t i, size;

	for (i = 0; i < sizeof(coded) / sizeof(coded[0]); i++) {
		size = unhex(coded[i].hex, want);
		bech32_encode(coded[i].prefix, want, size, text);
		ok(strcmp(text, coded[i].text) == 0, "%s", coded[i].text);
		ok(bech32_decode(text, coded[i].prefix, bytes, size) &&
		    memcmp(bytes, want, size) == 0, "and back");
		ok(told_apart(text, coded[i].prefix, size),
		    "changed, cut or longer it is refused");
	}
	ok(bech32_decode("a1qqqd87cq", "a", bytes, 1), "padding");
	ok(!bech32_decode("a1qpamnt9j", "a", bytes, 1),
	    "padding that is not zeroes");
	return tap_end();
}
