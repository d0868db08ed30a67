/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Damage to checked streams: every bit of small ones, and 100,000 times bits,
 * cuts, and records dropped, repeated and exchanged in larger ones.  Each has
 * to be detected at the record that it hurts, and nothing that is not
 * verified comes out.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "bytes.h"
#include "filter.h"
#include "format.h"
#include "protect.h"
#include "stream.h"
#include "tap.h"
#include "vector.h"
#include "verify_codec.h"

#define PIECES_MAX	256
#define DAMAGES		100000u
#define BATCH		2000	/* a filter that fails frees nothing */

struct bytes {
	uint8_t *at;
	size_t size;
};

/* Where the pieces of a stream begin; records have their index. */
struct map {
	size_t start[PIECES_MAX + 1];
	int64_t index[PIECES_MAX];	/* -1: around the records */
	unsigned count;
};

static struct bytes
content(int fd)
{
	struct stat st;
	struct bytes b;

	if (fstat(fd, &st) == -1)
		exit(1);
	b.size = (size_t)st.st_size;
	b.at = malloc(b.size + 1);
	if (b.at == NULL || pread(fd, b.at, b.size, 0) != st.st_size)
		exit(1);
	return b;
}

/* The codec over the bytes; what came out, also when it failed. */
static int
run(const struct codec *codec, const uint8_t *at, size_t size,
    struct bytes *out, struct fault *f)
{
	int to = memfd_create("out", MFD_CLOEXEC), keep = dup(to), result;
	struct filter filter = {
		.in = bytes_open(at, size), .out = to, .threads = 1,
		.codec = codec,
	};

	result = filter_run(&filter, f);
	*out = content(keep);
	close(filter.in);
	close(keep);
	if (result == -1)
		close(to);
	return result;
}

static struct bytes
protect(struct bytes plain)
{
	static struct protection p;
	struct protector w = { .shared = &p };
	struct codec codec = {
		.layer = REC_CHECK, .state = &w,
		.work = protect_work, .write = protect_write,
	};
	struct bytes out;
	struct fault f;

	p = (struct protection){ .tail.max = HOLD_MAX, .id = { 1, 2, 3 } };
	if (run(&codec, plain.at, plain.size, &out, &f) == -1)
		exit(1);
	protect_free(&p);
	return out;
}

static int
verify(const uint8_t *at, size_t size, struct bytes *out, struct fault *f)
{
	static struct verifiers v;
	struct verifier w = { .shared = &v, .checking.kind = &v.kind };
	struct codec codec = {
		.whole = true, .state = &w,
		.pairs = checking_pairs, .arrived = verify_arrived,
		.first = verify_first, .work = verify_work,
		.write = verify_write,
	};
	int result;

	v = (struct verifiers){ .around.max = HOLD_MAX };
	result = run(&codec, at, size, out, f);
	hold_free(&v.around);
	return result;
}

static struct map
map_of(struct bytes b)
{
	int fd = bytes_open(b.at, b.size);
	struct record rec = { 0 };
	struct map m = { .count = 0 };
	struct stream s;
	struct fault f;
	size_t at = 0;

	stream_open(&s, fd, &f);
	s.whole = true;
	while (stream_next(&s, &rec, &f) == 1) {
		m.start[m.count] = at;
		m.index[m.count++] = rec.part == PART_RECORD ?
		    (int64_t)rec.index : -1;
		at += rec.size + (rec.part == PART_RECORD ?
		    RECORD_HEADER_SIZE : 0);
	}
	m.start[m.count] = at;
	stream_close(&s);
	record_free(&rec);
	close(fd);
	return m;
}

static unsigned
piece_at(const struct map *m, size_t at)
{
	unsigned i = 0;

	while (i + 1 < m->count && m->start[i + 1] <= at)
		i++;
	return i;
}

/* Whether the text is of a record from first to last, or of the framing. */
static bool
names(const char *text, int64_t first, int64_t last)
{
	static const char word[] = "record ";
	const char *number = text + sizeof(word) - 1;
	char *end;
	long index;

	if (strncmp(text, word, sizeof(word) - 1) != 0)
		return true;
	index = strtol(number, &end, 10);
	return end == number || (index >= first && index <= last);
}

struct subject {
	struct bytes plain, checked;
	struct map map;
};

/*
 * The record that damage at that byte is of.  What stands around the records
 * is the first CHECK's, or END's.
 */
static int64_t
record_at(const struct map *m, size_t at)
{
	int64_t index = m->index[piece_at(m, at)];
	unsigned i;

	if (index != -1 || at >= m->start[m->count])
		return index == -1 ? INT64_MAX / 2 : index;
	for (i = 0; m->start[i] <= at; i++)
		if (m->index[i] != -1)
			index = m->index[i];
	return index == -1 ? 0 : index;
}

/*
 * Whether it is detected where it begins, at that byte, and what comes out is
 * the plain stream as far as it was sound, without its end.  A record is told
 * by its own number, by that of its CHECK, or, where its header's type or
 * length changes what follows, by the one behind.
 */
static bool
detected(const struct subject *s, const uint8_t *bad, size_t size, size_t at)
{
	int64_t index = record_at(&s->map, at);
	struct bytes out;
	struct fault f;
	int result = verify(bad, size, &out, &f);
	bool good = result == -1 && f.status >= EXIT_MALFORMED &&
	    out.size < s->plain.size &&
	    memcmp(out.at, s->plain.at, out.size) == 0 &&
	    names(f.text, index - 1, index + 2);

	if (!good)
		printf("# record %ld, result %d, %zu bytes came out: %s\n",
		    (long)index, result, out.size, result == -1 ? f.text :
		    "no fault");
	free(out.at);
	return good;
}

/* Runs count trials in processes of their own, up to the first that fails. */
static bool
trials(size_t count, bool (*trial)(void *, size_t), void *arg)
{
	size_t i, to;
	int status;
	pid_t pid;

	for (i = 0; i < count; i = to) {
		to = count - i < BATCH ? count : i + BATCH;
		fflush(stdout);
		if ((pid = fork()) == 0) {
			while (i < to && trial(arg, i))
				i++;
			fflush(stdout);
			_exit(i < to);
		}
		if (pid == -1 || waitpid(pid, &status, 0) != pid ||
		    status != 0)
			return false;
	}
	return true;
}

static struct subject
subject(const char *vector)
{
	int fd = vector_open(vector);
	struct subject s = { .plain = content(fd) };

	close(fd);
	s.checked = protect(s.plain);
	s.map = map_of(s.checked);
	return s;
}

static void
subject_free(struct subject *s)
{
	free(s->plain.at);
	free(s->checked.at);
}

static bool
flip_bit(void *arg, size_t i)
{
	struct subject *s = arg;
	uint8_t *byte = &s->checked.at[i / 8];
	bool good;

	*byte ^= (uint8_t)(1 << i % 8);
	good = detected(s, s->checked.at, s->checked.size, i / 8);
	*byte ^= (uint8_t)(1 << i % 8);
	if (!good)
		printf("# bit %zu\n", i);
	return good;
}

/* Where they begin to differ. */
static size_t
differ(struct bytes a, const uint8_t *b, size_t size)
{
	size_t i = 0;

	while (i < size && i < a.size && a.at[i] == b[i])
		i++;
	return i;
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32) % below;
}

/* The stream with the pieces in that order. */
static size_t
rebuild(const struct subject *s, const unsigned *order, unsigned count,
    uint8_t *to)
{
	size_t size = 0, n;
	unsigned i;

	for (i = 0; i < count; i++) {
		n = s->map.start[order[i] + 1] - s->map.start[order[i]];
		memcpy(to + size, s->checked.at + s->map.start[order[i]], n);
		size += n;
	}
	return size;
}

enum { FLIPS, CUT, DROP, REPEAT, EXCHANGE, KINDS };

static bool
damage(void *arg, size_t i)
{
	struct subject *s = arg;
	uint64_t state = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	unsigned order[PIECES_MAX + 1], count = s->map.count, n, a, b;
	uint8_t *bad = malloc(2 * s->checked.size);
	size_t size = s->checked.size, at;
	bool good;

	/* Two runs of records, and their CHECKs or not. */
	a = draw(&state, count);
	b = draw(&state, count);
	for (n = 0; n < count; n++)
		order[n] = n;
	switch (i % KINDS) {
	case FLIPS:
		memcpy(bad, s->checked.at, size);
		for (n = 0; n <= i % 7; n++) {
			at = draw(&state, (uint32_t)size);
			bad[at] ^= (uint8_t)(1 + draw(&state, 255));
		}
		break;
	case CUT:
		size = draw(&state, (uint32_t)size);
		memcpy(bad, s->checked.at, size);
		break;
	case DROP:
		memmove(&order[a], &order[a + 1], (count - a - 1) *
		    sizeof(order[0]));
		size = rebuild(s, order, count - 1, bad);
		break;
	case REPEAT:
		memmove(&order[a + 1], &order[a], (count - a) *
		    sizeof(order[0]));
		size = rebuild(s, order, count + 1, bad);
		break;
	case EXCHANGE:
		order[a] = b;
		order[b] = a;
		size = rebuild(s, order, count, bad);
		break;
	}
	at = differ(s->checked, bad, size);
	good = (at == s->checked.size && at == size) ||
	    detected(s, bad, size, at);
	if (!good)
		printf("# trial %zu, pieces %u and %u\n", i, a, b);
	free(bad);
	return good;
}

int
main(void)
{
	static const char *const small[] = {
		"good-tiny", "good-xl", "good-unknown",
	};
	static const char *const large[] = {
		"good-hvm-3", "good-libxl-plain", "good-xl",
		"good-container-type",
	};
	struct subject s, packed;
	struct bytes out;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		s = subject(small[i]);
		ok(verify(s.checked.at, s.checked.size, &out, &f) == 0 &&
		    out.size == s.plain.size &&
		    memcmp(out.at, s.plain.at, out.size) == 0,
		    "%s comes back", small[i]);
		free(out.at);
		ok(trials(8 * s.checked.size, flip_bit, &s),
		    "each of %zu bits of it", 8 * s.checked.size);
		subject_free(&s);
	}
	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		packed = subject(large[i]);
		ok(trials(DAMAGES, damage, &packed), "%u damages to %s",
		    DAMAGES, large[i]);
		subject_free(&packed);
	}
	return tap_end();
}
