/* SPDX-License-Identifier: Apache-2.0
 *
 * Pieces of text are compressed on their way to the connection, the large ones once. */
#include "base/buf.h"
#include "http/squeeze.h"

#include "../cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { PIECES_MAX = 2000, PIECE_BYTES_MAX = 40000, BOUND = 1 << 24 };

/* Pieces of these lengths; those with a slot are kept. */
struct script {
	const size_t *lens;
	size_t n, at;
	size_t fails_at; /* 0: never */
	struct squeeze_slots *slots;
	char brief[PIECE_BYTES_MAX]; /* written over for each piece without a slot */
	char *kept;                  /* n * PIECE_BYTES_MAX */
	int n_released;
	bool omits; /* texts whose compressed form is kept */
	enum http_coding coding;
	size_t n_made; /* texts of the last answer */
};

static void fill(char *to, size_t len, size_t seed)
{
	size_t at = 0;

	while (at < len) {
		char line[80];
		int n = snprintf(line, sizeof(line),
				 "metric_%zu{job=\"j\",instance=\"i%zu\"} %zu\n", seed, at % 977,
				 at * 7919 % 1009);

		for (int i = 0; i < n && at < len; i++)
			to[at++] = line[i];
	}
}

static enum http_piece script_next(void *state, struct slice *ret, struct squeeze_slots **ret_slots)
{
	struct script *s = state;
	char *to = s->kept == NULL ? s->brief : s->kept + s->at * PIECE_BYTES_MAX;

	assert_null(*ret_slots);
	if (s->fails_at > 0 && s->at == s->fails_at)
		return HTTP_PIECE_FAILED;
	assert_true(s->at <= s->n);
	if (s->at == s->n) {
		s->at++; /* asked again behind the end: the assertion above */
		return HTTP_PIECE_END;
	}
	if (s->kept != NULL)
		*ret_slots = &s->slots[s->at];
	*ret = SLICE_EMPTY;
	if (!s->omits || !squeeze_kept(&s->slots[s->at], s->coding)) {
		fill(to, s->lens[s->at], s->at);
		*ret = (struct slice){to, s->lens[s->at]};
		s->n_made++;
	}
	s->at++;
	return s->kept == NULL ? HTTP_PIECE_BRIEF : HTTP_PIECE;
}

static void script_release(void *state)
{
	((struct script *)state)->n_released++;
}

/* What comes out, all of it; the number of pieces. */
static size_t run(struct script *s, enum http_coding coding, struct buf *out)
{
	const struct squeeze_source source = {
		.next = script_next, .release = script_release, .state = s};
	struct http_producer p;
	enum http_piece said;
	struct slice piece;
	size_t n = 0;

	s->at = 0;
	s->n_released = 0;
	s->n_made = 0;
	s->coding = coding;
	buf_init(out, BOUND);
	assert_true(squeeze_open(&source, coding, &p));
	while ((said = p.next(p.state, &piece)) == HTTP_PIECE || said == HTTP_PIECE_BRIEF) {
		buf_put(out, piece);
		n++;
	}
	assert_int_equal(said, s->fails_at > 0 ? HTTP_PIECE_FAILED : HTTP_PIECE_END);
	assert_int_equal(s->n_released, 0);
	p.release(p.state);
	assert_int_equal(s->n_released, 1);
	assert_true(buf_ok(out));
	return n;
}

static void text_of(const size_t *lens, size_t n, struct buf *ret)
{
	buf_init(ret, BOUND);
	for (size_t i = 0; i < n; i++) {
		char *to = buf_reserve(ret, lens[i] + 1);

		assert_non_null(to);
		fill(to, lens[i], i);
		buf_advance(ret, lens[i]);
	}
}

static void assert_same(struct slice got, struct slice want)
{
	assert_int_equal(got.len, want.len);
	assert_true(slice_eq(got, want));
}

static void assert_gunzips_to(struct slice in, struct slice text)
{
	char *to = malloc(text.len + 1);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.ptr,
		      .avail_in = (uInt)in.len,
		      .next_out = (Bytef *)to,
		      .avail_out = (uInt)text.len + 1};

	assert_non_null(to);
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_same((struct slice){to, z.total_out}, text);
	assert_int_equal(inflateEnd(&z), Z_OK);
	free(to);
}

/* zstd's own reader takes frames one after the other. */
static void assert_unzstds_to(struct slice in, struct slice text)
{
	char *to = malloc(text.len + 1);
	size_t n = ZSTD_decompress(to, text.len + 1, in.ptr, in.len);

	assert_non_null(to);
	assert_false(ZSTD_isError(n));
	assert_same((struct slice){to, n}, text);
	free(to);
}

static const size_t mixture[] = {100,  32000, 100,  5,    40000, 40000, 0,    4095,
				 4096, 1,     4000, 4000, 4000,  4000,  4000, 4000,
				 4000, 4000,  4000, 4000, 33000, 20,    20};
enum { N_LARGE = 5 };
enum { N_MIXTURE = sizeof(mixture) / sizeof(mixture[0]) };

/* Small and large pieces in any order come out in their order, in each coding. */
static void every_coding_gives_the_text(void **state)
{
	static struct script s = {.lens = mixture};
	struct buf text, out;

	(void)state;
	for (s.n = 0; s.n <= N_MIXTURE; s.n++) {
		text_of(mixture, s.n, &text);
		(void)run(&s, CODING_IDENTITY, &out);
		assert_same(buf_slice(&out), buf_slice(&text));
		buf_free(&out);
		(void)run(&s, CODING_GZIP, &out);
		assert_gunzips_to(buf_slice(&out), buf_slice(&text));
		buf_free(&out);
		(void)run(&s, CODING_ZSTD, &out);
		assert_unzstds_to(buf_slice(&out), buf_slice(&text));
		buf_free(&out);
		buf_free(&text);
	}
}

/* Large pieces with a slot are compressed once: the slot is filled by the first answer and not
 * changed by the next, which gives the same bytes and needs no text for it. Small ones leave theirs
 * empty. */
static void large_pieces_are_compressed_once(void **state)
{
	static struct squeeze_slots slots[N_MIXTURE];
	struct squeezed *first[N_MIXTURE];
	struct script *s = calloc(1, sizeof(*s));
	struct buf text, once, again;

	(void)state;
	assert_non_null(s);
	*s = (struct script){.lens = mixture, .n = N_MIXTURE, .slots = slots};
	s->kept = malloc((size_t)N_MIXTURE * PIECE_BYTES_MAX);
	assert_non_null(s->kept);
	text_of(mixture, N_MIXTURE, &text);
	(void)run(s, CODING_GZIP, &once);
	for (int i = 0; i < N_MIXTURE; i++) {
		first[i] = atomic_load(&slots[i].gzip);
		assert_int_equal(first[i] != NULL, mixture[i] >= 4096);
		assert_null(atomic_load(&slots[i].zstd));
	}
	assert_int_equal(s->n_made, N_MIXTURE);
	s->omits = true;
	(void)run(s, CODING_GZIP, &again);
	assert_int_equal(s->n_made, N_MIXTURE - N_LARGE);
	for (int i = 0; i < N_MIXTURE; i++)
		assert_ptr_equal(atomic_load(&slots[i].gzip), first[i]);
	/* What is gathered is compressed anew, and igzip's search tables hold what came before: the
	 * bytes may differ now and then, their meaning not. */
	assert_gunzips_to(buf_slice(&once), buf_slice(&text));
	assert_gunzips_to(buf_slice(&again), buf_slice(&text));
	buf_free(&again);
	(void)run(s, CODING_ZSTD, &again);
	assert_unzstds_to(buf_slice(&again), buf_slice(&text));
	for (int i = 0; i < N_MIXTURE; i++)
		squeeze_slots_free(&slots[i]);
	buf_free(&text);
	buf_free(&once);
	buf_free(&again);
	free(s->kept);
	free(s);
}

/* Two thousand families of one series shrink like one text: neighbours are gathered. */
static void small_neighbours_are_gathered(void **state)
{
	static size_t lens[PIECES_MAX];
	static struct script s = {.lens = lens, .n = PIECES_MAX};
	struct buf out;

	(void)state;
	for (int i = 0; i < PIECES_MAX; i++)
		lens[i] = 90;
	assert_true(run(&s, CODING_GZIP, &out) < 10);
	assert_true(out.len < (size_t)PIECES_MAX * 90 / 6);
	buf_free(&out);
}

/* A body that cannot be completed stays without its end. */
static void a_failure_is_passed_on(void **state)
{
	static struct script s = {.lens = mixture, .n = N_MIXTURE, .fails_at = 4};
	static const enum http_coding codings[] = {CODING_IDENTITY, CODING_GZIP, CODING_ZSTD};
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {
		(void)run(&s, codings[i], &out);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_coding_gives_the_text),
		cmocka_unit_test(large_pieces_are_compressed_once),
		cmocka_unit_test(small_neighbours_are_gathered),
		cmocka_unit_test(a_failure_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
