/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "base64.h"

#define VENDOR		"age-encryption.org/"
#define VERSION		VENDOR "v1"
#define STANZA		"-> "
#define MARK		"---"
#define COLUMNS		64u	/* of a full line of a body */
#define LINE_BYTES	(COLUMNS / 4 * 3)
#define BASE64		sodium_base64_VARIANT_ORIGINAL_NO_PADDING

struct reader {
	const char *at;
	size_t left;
	unsigned line;		/* number of the last one, from 1 */
};

static int
wrong(const struct reader *r, struct fault *f, const char *what)
{
	return fault_set(f, EXIT_MALFORMED, "the envelope, line %u: %s",
	    r->line, what);
}

static bool
begins(struct age_word line, const char *text)
{
	return line.size >= strlen(text) &&
	    memcmp(line.at, text, strlen(text)) == 0;
}

bool
age_word_is(struct age_word word, const char *text)
{
	return word.size == strlen(text) && begins(word, text);
}

static bool
decode(struct age_word word, uint8_t *bytes, size_t room, size_t *size)
{
	return base64_get(word.at, word.size, NULL, false, bytes, room, size);
}

bool
age_word_decode(struct age_word word, uint8_t *bytes, size_t size)
{
	size_t got;

	return decode(word, bytes, size, &got) && got == size;
}

/* The next line, without its newline, which has to be there. */
static int
next_line(struct reader *r, struct age_word *line, struct fault *f)
{
	const char *end = memchr(r->at, '\n', r->left);

	r->line++;
	if (end == NULL)
		return wrong(r, f, "cut short");
	*line = (struct age_word){ r->at, (size_t)(end - r->at) };
	r->at += line->size + 1;
	r->left -= line->size + 1;
	return 0;
}

static int
read_version(struct reader *r, struct fault *f)
{
	struct age_word all = { r->at, r->left }, line;

	if (!begins(all, VENDOR)) {
		r->line++;
		return wrong(r, f, r->left == 0 ? "cut short" :
		    begins(all, "-----BEGIN AGE") ?
		    "armored, where a binary age file has to be" :
		    "not an age file");
	}
	if (next_line(r, &line, f) == -1)
		return -1;
	if (!age_word_is(line, VERSION))
		return wrong(r, f, "another version of age files");
	return 0;
}

/* What stands behind "-> ": words of visible ASCII with one space between. */
static bool
split(struct age_word line, struct age_stanza *s)
{
	size_t i, start = 0;

	for (i = 0; i <= line.size; i++) {
		if (i < line.size && line.at[i] > ' ' && line.at[i] <= '~')
			continue;
		if ((i < line.size && line.at[i] != ' ') || i == start)
			return false;
		if (s->word_count < AGE_WORDS)
			s->words[s->word_count] = (struct age_word){
			    line.at + start, i - start };
		s->word_count++;
		start = i + 1;
	}
	return true;
}

/* Full lines, and one that is shorter and may be empty. */
static int
read_body(struct reader *r, struct age_stanza *s, struct fault *f)
{
	uint8_t part[LINE_BYTES];
	struct age_word line;
	size_t size, room;

	do {
		if (next_line(r, &line, f) == -1)
			return -1;
		if (line.size > COLUMNS)
			return wrong(r, f, "longer than 64 characters");
		if (!decode(line, part, sizeof(part), &size))
			return wrong(r, f, "not base64 as it has to be");
		room = s->body_size < AGE_BODY_SIZE ?
		    AGE_BODY_SIZE - s->body_size : 0;
		if (room > 0)
			memcpy(s->body + s->body_size, part, size < room ?
			    size : room);
		s->body_size += size;
	} while (line.size == COLUMNS);
	return 0;
}

static int
read_stanza(struct reader *r, struct age_word line, struct age_header *h,
    struct fault *f)
{
	struct age_stanza *s = &h->stanzas[h->count];

	if (h->count == AGE_STANZAS_MAX)
		return fault_set(f, EXIT_REFUSED, "the envelope has more than "
		    "%u stanzas", AGE_STANZAS_MAX);
	line.at += strlen(STANZA);
	line.size -= strlen(STANZA);
	*s = (struct age_stanza){ 0 };
	if (!split(line, s))
		return wrong(r, f, "not words with one space between");
	h->count++;
	return read_body(r, s, f);
}

int
age_header_read(const uint8_t *envelope, size_t size, struct age_header *h,
    struct fault *f)
{
	struct reader r = { .at = (const char *)envelope, .left = size };
	struct age_word line;

	h->count = 0;
	if (read_version(&r, f) == -1)
		return -1;
	for (;;) {
		if (next_line(&r, &line, f) == -1)
			return -1;
		if (!begins(line, STANZA))
			break;
		if (read_stanza(&r, line, h, f) == -1)
			return -1;
	}
	if (!begins(line, MARK " "))
		return wrong(&r, f, "neither a stanza nor the MAC");
	if (h->count == 0)
		return wrong(&r, f, "no stanza comes before the MAC");
	h->size = size - r.left;
	h->covered = h->size - line.size - 1 + strlen(MARK);
	line.at += strlen(MARK " ");
	line.size -= strlen(MARK " ");
	if (!age_word_decode(line, h->mac, sizeof(h->mac)))
		return wrong(&r, f, "no MAC as it has to be");
	return 0;
}

/* What one stanza of ours takes, and all else. */
_Static_assert(sizeof(VERSION) + AGE_STANZAS_MAX * (sizeof(STANZA) +
    AGE_WORDS_SIZE + 43) + sizeof(MARK) + 1 + 44 + 64 <= AGE_SEALED_MAX,
    "AGE_SEALED_MAX");

static void
put(struct age_text *t, const char *text)
{
	memcpy(t->at + t->size, text, strlen(text));
	t->size += strlen(text);
}

/* 32 bytes as a line. */
static void
put_line(struct age_text *t, const uint8_t bytes[32])
{
	char text[44];

	sodium_bin2base64(text, sizeof(text), bytes, 32, BASE64);
	put(t, text);
	put(t, "\n");
}

void
age_header_begin(struct age_text *t)
{
	t->size = 0;
	put(t, VERSION "\n");
}

void
age_header_stanza(struct age_text *t, const char *words,
    const uint8_t body[AGE_BODY_SIZE])
{
	put(t, STANZA);
	put(t, words);
	put(t, "\n");
	put_line(t, body);
}

void
age_header_end(struct age_text *t)
{
	put(t, MARK);
}

void
age_header_mac(struct age_text *t, const uint8_t mac[AGE_MAC_SIZE])
{
	put(t, " ");
	put_line(t, mac);
}
