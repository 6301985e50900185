/* SPDX-License-Identifier: Apache-2.0
 *
 * Any Accept value gets an answer that it asked for, and the same one with more spaces in it or
 * behind entries that ask for nothing. */
#include "base/buf.h"
#include "format/accept.h"

enum { OUT_BYTES_MAX = 1 << 20 };

static size_t count(struct slice s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == c;
	return n;
}

static void check_same(struct slice accept, bool openmetrics, struct accept_choice want)
{
	struct accept_choice got = accept_choose(accept, openmetrics);

	assert(got.exposition == want.exposition && got.escaping == want.escaping);
}

/* Spaces around a comma and behind a semicolon mean nothing; in front of one they would make an
 * empty value one of a space. */
static void check_spaced(struct slice accept, bool openmetrics, struct accept_choice want)
{
	struct buf out;

	buf_init(&out, OUT_BYTES_MAX);
	for (size_t i = 0; i < accept.len; i++) {
		char c = accept.ptr[i];

		buf_put(&out, c == ',' ? SLICE("  ") : SLICE_EMPTY);
		buf_put_byte(&out, c);
		buf_put(&out, c == ',' || c == ';' ? SLICE("  ") : SLICE_EMPTY);
	}
	if (buf_ok(&out))
		check_same(buf_slice(&out), openmetrics, want);
	buf_free(&out);
}

/* A concrete type of the highest q that asks for nothing goes first and changes nothing. */
static void check_preceded(struct slice accept, bool openmetrics, struct accept_choice want)
{
	struct buf out;

	if (count(accept, ',') + 2 >= ACCEPT_ENTRIES_MAX)
		return;
	buf_init(&out, OUT_BYTES_MAX);
	buf_put(&out, SLICE("a/b;q=inf,,nothing,"));
	buf_put(&out, accept);
	if (buf_ok(&out))
		check_same(buf_slice(&out), openmetrics, want);
	buf_free(&out);
}

static void check(struct slice accept, bool openmetrics)
{
	struct accept_choice choice = accept_choose(accept, openmetrics);
	struct slice type = accept_content_type(choice);
	const char *equals = memrchr(type.ptr, '=', type.len);
	enum escaping said;
	struct slice word;

	assert(equals != NULL);
	word = slice_between(equals + 1, type.ptr + type.len);
	assert(escaping_of_word(word, &said) && said == choice.escaping);
	assert(openmetrics || !exposition_is_openmetrics(choice.exposition));
	/* what is not asked for by its word is not given */
	assert(choice.escaping == ESCAPING_UNDERSCORES ||
	       memmem(accept.ptr, accept.len, word.ptr, word.len) != NULL);
	check_spaced(accept, openmetrics, choice);
	check_preceded(accept, openmetrics, choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice accept = size == 0 ? SLICE_EMPTY : (struct slice){(const char *)data, size};

	check(accept, false);
	check(accept, true);
	return 0;
}
