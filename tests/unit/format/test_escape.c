/* SPDX-License-Identifier: Apache-2.0
 *
 * Names as readers of legacy names get them; each row was asked of the reference. */
#include "format/escape.h"

#include "../cm.h"
#include "metric/labels.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void check(struct slice name, enum escaping escaping, struct slice want)
{
	char text[1000];
	size_t len;

	assert_true(ESCAPE_GROWTH_MAX * name.len + ESCAPE_PREFIX_BYTES <= sizeof(text));
	len = name_escape(name, escaping, text);
	assert_true(len <= ESCAPE_GROWTH_MAX * name.len + ESCAPE_PREFIX_BYTES);
	assert_text((struct slice){text, len}, want);
}

/* Every scheme has its own rule for each invalid character, and two for the underscore. */
static void invalid_characters_are_escaped(void **state)
{
	static const struct {
		struct slice name, underscores, dots, values;
	} rows[] = {
		/* clang-format off */
	    {SLICE("my.metric"), SLICE("my_metric"), SLICE("my_dot_metric"), SLICE("U__my_2e_metric")},
	    {SLICE("1st:\u00fc_z"), SLICE("_st:__z"), SLICE("__st:____z"), SLICE("U___31_st:_fc___z")},
	    {SLICE("my.metric_x"), SLICE("my_metric_x"), SLICE("my_dot_metric__x"), SLICE("U__my_2e_metric__x")},
	    {SLICE(" "), SLICE("_"), SLICE("__"), SLICE("U___20_")},
	    {SLICE("1"), SLICE("_"), SLICE("__"), SLICE("U___31_")},
	    {SLICE("a1.2"), SLICE("a1_2"), SLICE("a1_dot_2"), SLICE("U__a1_2e_2")},
	    {SLICE("a-b_c"), SLICE("a_b_c"), SLICE("a__b__c"), SLICE("U__a_2d_b__c")},
	    {SLICE("ab\n"), SLICE("ab_"), SLICE("ab__"), SLICE("U__ab_a_")},
	    {SLICE("q\"\\"), SLICE("q__"), SLICE("q____"), SLICE("U__q_22__5c_")},
	    {SLICE("\u20ac"), SLICE("_"), SLICE("__"), SLICE("U___20ac_")},
	    {SLICE("\U0001f600."), SLICE("__"), SLICE("___dot_"), SLICE("U___1f600__2e_")},
	    {SLICE("\U0010ffff"), SLICE("_"), SLICE("__"), SLICE("U___10ffff_")},
	    {SLICE("m\0"), SLICE("m_"), SLICE("m__"), SLICE("U__m_0_")},
	    {SLICE("m\xff\xe2\x82.x"), SLICE("m____x"), SLICE("m_______dot_x"),
	     SLICE("U__m_fffd__fffd__fffd__2e_x")},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		check(rows[i].name, ESCAPING_UNDERSCORES, rows[i].underscores);
		check(rows[i].name, ESCAPING_DOTS, rows[i].dots);
		check(rows[i].name, ESCAPING_VALUES, rows[i].values);
		check(rows[i].name, ESCAPING_ALLOW_UTF8, rows[i].name);
	}
}

/* Also underscores, and what looks escaped already; an empty name stays empty. */
static void legacy_names_are_left_alone(void **state)
{
	static const struct slice names[] = {
		SLICE(""),     SLICE("_"),        SLICE("a"),          SLICE("a_b_c1"),
		SLICE("a:b"),  SLICE(":"),        SLICE("__a__"),      SLICE("my_dot_metric"),
		SLICE("U__a"), SLICE("U__a_2e_"), SLICE("http_total"),
	};

	(void)state;
	for (size_t i = 0; i < N(names); i++)
		for (int escaping = 0; escaping < ESCAPINGS; escaping++)
			check(names[i], (enum escaping)escaping, names[i]);
}

/* Whatever the bytes: a legacy name comes of them, not longer than announced, escaped for good. */
static void escaped_names_are_legacy_names(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char bytes[20], text[200];
		struct slice name = {bytes, 1 + (size_t)round % sizeof(bytes)};

		for (size_t i = 0; i < name.len; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (char)(seed >> 24);
		}
		for (int escaping = 0; escaping < ESCAPING_ALLOW_UTF8; escaping++) {
			size_t len = name_escape(name, (enum escaping)escaping, text);

			assert_in_range(len, 1, ESCAPE_GROWTH_MAX * name.len + ESCAPE_PREFIX_BYTES);
			assert_true(metric_name_valid((struct slice){text, len}, NAME_LEGACY));
			check((struct slice){text, len}, (enum escaping)escaping,
			      (struct slice){text, len});
		}
	}
}

/* The words are those of the escaping parameter, by the letter. */
static void schemes_have_words(void **state)
{
	static const struct slice words[ESCAPINGS] = {
		[ESCAPING_UNDERSCORES] = SLICE("underscores"),
		[ESCAPING_DOTS] = SLICE("dots"),
		[ESCAPING_VALUES] = SLICE("values"),
		[ESCAPING_ALLOW_UTF8] = SLICE("allow-utf-8"),
	};
	static const struct slice others[] = {SLICE(""), SLICE("Dots"), SLICE("dot"),
					      SLICE("dotss"), SLICE("allow-utf8")};
	enum escaping found = ESCAPING_DOTS;

	(void)state;
	for (size_t i = 0; i < N(others); i++)
		assert_false(escaping_of_word(others[i], &found));
	assert_int_equal(found, ESCAPING_DOTS);
	for (int escaping = 0; escaping < ESCAPINGS; escaping++) {
		assert_true(escaping_of_word(words[escaping], &found));
		assert_int_equal(found, escaping);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_characters_are_escaped),
		cmocka_unit_test(legacy_names_are_left_alone),
		cmocka_unit_test(escaped_names_are_legacy_names),
		cmocka_unit_test(schemes_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
