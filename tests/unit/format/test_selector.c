/* SPDX-License-Identifier: Apache-2.0 */
#include "format/selector.h"

#include "../cm.h"
#include "base/buf.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* {job="backup", host="db-1", text="a\nb"} */
static struct labels group(struct arena *arena)
{
	const struct label sorted[] = {{SLICE("host"), SLICE("db-1")},
				       {SLICE("job"), SLICE("backup")},
				       {SLICE("text"), SLICE("a\nb")}};
	struct labels labels;

	assert_true(labels_pack(sorted, N(sorted), arena, &labels));
	return labels;
}

static struct selectors *parse(struct slice text, struct err *err)
{
	struct selectors *s = NULL;

	if (selectors_parse(&text, 1, &s, err) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(err->msg));
	return s;
}

struct row {
	struct slice selector;
	bool takes;
};

#define YES(text)                                                                                  \
	{                                                                                          \
		SLICE_TEXT(text), true                                                             \
	}
#define NO(text)                                                                                   \
	{                                                                                          \
		SLICE_TEXT(text), false                                                            \
	}

static void check(const struct row *rows, size_t n)
{
	struct selector_budget budget = selector_budget();
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	for (size_t i = 0; i < n; i++) {
		struct selectors *s = parse(rows[i].selector, &err);

		if (selectors_match(s, group(&arena), &budget) != rows[i].takes)
			fail_msg("%.*s", SLICE_ARG(rows[i].selector));
		(void)selectors_free(s);
	}
	assert_false(budget.exhausted);
	arena_free(&arena);
}

/* All matchers of a selector must hold. */
static void matchers_are_joined_by_and(void **state)
{
	static const struct row rows[] = {
		YES("{}"),
		YES("{job=\"backup\"}"),
		YES(" { job = \"backup\" , host != \"db-2\" , } "),
		NO("{job=\"backup\",host=\"db-2\"}"),
		NO("{job=\"Backup\"}"),
		NO("{job!=\"backup\"}"),
		YES("{\"job\"=\"backup\"}"),
	};

	(void)state;
	check(rows, N(rows));
}

/* A label that the group does not have equals an empty one. */
static void a_missing_label_is_empty(void **state)
{
	static const struct row rows[] = {
		YES("{instance=\"\"}"),     NO("{instance!=\"\"}"),   YES("{instance=~\"|x\"}"),
		YES("{instance!~\"x.*\"}"), NO("{instance=~\".+\"}"), YES("{instance=~\".*\"}"),
		NO("{job=\"\"}"),
	};

	(void)state;
	check(rows, N(rows));
}

/* A regular expression must match the whole value, line feeds included. */
static void regular_expressions_are_anchored(void **state)
{
	static const struct row rows[] = {
		YES("{host=~\"db-.*\"}"),
		NO("{host=~\"db\"}"),
		NO("{host=~\"-1\"}"),
		YES("{host=~\"d|db-1\"}"),
		NO("{host!~\"db-[0-9]\"}"),
		YES("{host!~\"web-.*\"}"),
		YES("{text=~\"a.b\"}"),
		YES("{job=~\"(?i)BACKUP\"}"),
		YES("{host=~`db-\\d`}"),
		YES("{host=~\"db-\\\\d\"}"),
		YES("{job=~\"\\\\Qback\\\\E.*\"}"),
	};

	(void)state;
	check(rows, N(rows));
}

/* Quotes and escapes are PromQL's. */
static void values_are_quoted_as_in_promql(void **state)
{
	static const struct row rows[] = {
		YES("{text=\"a\\nb\"}"),
		YES("{text='a\\x0ab'}"),
		YES("{text=\"a\\012b\"}"),
		YES("{text='a\\u000ab'}"),
		YES("{text=`a\nb`}"),
		NO("{text=`a\\nb`}"),
		YES("{text='a\\U0000000ab'}"),
		NO("{text=\"\\\"\"}"),
		NO("{text='\\''}"),
		NO("{text=\"\\a\\b\\f\\r\\t\\v\\\\\"}"),
	};

	(void)state;
	check(rows, N(rows));
}

struct bad {
	struct slice selector, sentence; /* behind `selector "...": ` */
};

#define NO_METRIC                                                                                  \
	"groups are selected by their labels, not by a metric name; write {label=\"value\"}"

/* What is refused is refused with a sentence that begins with the selector. */
static void faults_have_sentences(void **state)
{
	static const struct bad rows[] = {
		{SLICE_TEXT(""), SLICE_TEXT("expected {, but it ends")},
		{SLICE_TEXT("up"), SLICE_TEXT(NO_METRIC)},
		{SLICE_TEXT("up{a='b'}"), SLICE_TEXT(NO_METRIC)},
		{SLICE_TEXT("{__name__='up'}"), SLICE_TEXT(NO_METRIC)},
		{SLICE_TEXT("{'up'}"), SLICE_TEXT(NO_METRIC)},
		{SLICE_TEXT("{''='x'}"), SLICE_TEXT("a label name is empty or not UTF-8")},
		{SLICE_TEXT("{"), SLICE_TEXT("expected a label name or }, but it ends")},
		{SLICE_TEXT("{a}"), SLICE_TEXT("expected =, !=, =~ or !~ at byte 3")},
		{SLICE_TEXT("{a!'b'}"), SLICE_TEXT("expected =, !=, =~ or !~ at byte 4")},
		{SLICE_TEXT("{a=b}"), SLICE_TEXT("expected a quoted value at byte 4")},
		{SLICE_TEXT("{a='b"), SLICE_TEXT("a closing quote is missing")},
		{SLICE_TEXT("{a='\n'}"), SLICE_TEXT("a line ends within quotes")},
		{SLICE_TEXT("{a='\\q'}"), SLICE_TEXT("unknown escape sequence within quotes")},
		{SLICE_TEXT("{a='\\xg0'}"), SLICE_TEXT("unknown escape sequence within quotes")},
		{SLICE_TEXT("{a='\\777'}"), SLICE_TEXT("unknown escape sequence within quotes")},
		{SLICE_TEXT("{a='\\ud800'}"), SLICE_TEXT("unknown escape sequence within quotes")},
		{SLICE_TEXT("{a='\\"), SLICE_TEXT("unknown escape sequence within quotes")},
		{SLICE_TEXT("{a='b' c='d'}"), SLICE_TEXT("expected , or } at byte 8")},
		{SLICE_TEXT("{a='b'}[5m]"), SLICE_TEXT("expected nothing more at byte 8")},
		{SLICE_TEXT("{,}"), SLICE_TEXT("expected a label name or } at byte 2")},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < N(rows); i++) {
		struct err err = err_in(&arena);
		struct selectors *s;

		assert_int_equal(selectors_parse(&rows[i].selector, 1, &s, &err), ERR_SYNTAX);
		assert_true(slice_starts(err.msg, SLICE("selector \"")));
		if (!slice_ends(err.msg, rows[i].sentence))
			assert_text(err.msg, rows[i].sentence);
	}
	arena_free(&arena);
}

/* What RE2 cannot do in linear time is refused, and what is not Prometheus's. */
static void regular_expressions_are_those_of_re2(void **state)
{
	static const struct slice rows[] = {
		SLICE_TEXT("(a)\\1"),
		SLICE_TEXT("(?=a)"),
		SLICE_TEXT("(?!a)"),
		SLICE_TEXT("(?<=a)b"),
		SLICE_TEXT("a*+"),
		SLICE_TEXT("(?>a)"),
		SLICE_TEXT("(?R)"),
		SLICE_TEXT("(?C1)"),
		SLICE_TEXT("\\C"),
		SLICE_TEXT("a\\Kb"),
		SLICE_TEXT("(?(1)a)"),
		SLICE_TEXT("("),
		SLICE_TEXT("a{1001}"),
		SLICE_TEXT("[b-a]"),
		SLICE_TEXT("\\xff\\"),
		SLICE_TEXT("\\Q\\E\\C"),
		SLICE_TEXT("((a{100}){100}){100}"),
	};
	struct slice refused = SLICE("the regular expression for label \"a\" is refused: ");
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < N(rows); i++) {
		struct err err = err_in(&arena);
		struct selectors *s;
		struct slice text;
		struct buf buf;

		buf_init(&buf, 1000);
		buf_put(&buf, SLICE("{a=~`"));
		buf_put(&buf, rows[i]);
		buf_put(&buf, SLICE("`}"));
		text = buf_slice(&buf);
		if (selectors_parse(&text, 1, &s, &err) != ERR_SYNTAX)
			fail_msg("%.*s", SLICE_ARG(rows[i]));
		assert_non_null(memmem(err.msg.ptr, err.msg.len, refused.ptr, refused.len));
		buf_free(&buf);
	}
	arena_free(&arena);
}

/* \C within quotes is text. */
static void a_quoted_byte_class_is_text(void **state)
{
	struct selector_budget budget = selector_budget();
	const struct label c = {SLICE("a"), SLICE("\\C")};
	struct selectors *s;
	struct labels labels;
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	assert_true(labels_pack(&c, 1, &arena, &labels));
	s = parse(SLICE("{a=~`\\Q\\C\\E`}"), &err);
	assert_true(selectors_match(s, labels, &budget));
	(void)selectors_free(s);
	arena_free(&arena);
}

/* One of several selectors is enough, none takes nothing. */
static void selectors_are_joined_by_or(void **state)
{
	const struct slice texts[] = {SLICE("{job='x'}"), SLICE("{host='db-1'}")};
	struct selector_budget budget = selector_budget();
	struct selectors *s;
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	for (size_t n = 0; n <= 2; n++) {
		assert_int_equal(selectors_parse(texts, n, &s, &err), ERR_NONE);
		assert_int_equal(selectors_match(s, group(&arena), &budget), n == 2);
		(void)selectors_free(s);
	}
	arena_free(&arena);
}

static enum err_code parse_repeated(struct slice text, size_t n, struct arena *arena)
{
	struct slice texts[SELECTORS_MAX + 1];
	struct err err = err_in(arena);
	struct selectors *s = NULL;
	enum err_code code;

	for (size_t i = 0; i < n; i++)
		texts[i] = text;
	code = selectors_parse(texts, n, &s, &err);
	(void)selectors_free(code == ERR_NONE ? s : NULL);
	return code;
}

/* One over each limit is refused, the limit itself is not. */
static void what_one_request_may_ask_is_limited(void **state)
{
	struct arena arena;
	struct buf text;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_int_equal(parse_repeated(SLICE("{a='b'}"), SELECTORS_MAX, &arena), ERR_NONE);
	assert_int_equal(parse_repeated(SLICE("{a='b'}"), SELECTORS_MAX + 1, &arena), ERR_SYNTAX);
	buf_init(&text, 1 << 20);
	buf_put_byte(&text, '{');
	for (int i = 0; i < SELECTOR_MATCHERS_MAX / 2; i++)
		buf_put(&text, SLICE("a='b',"));
	buf_put_byte(&text, '}');
	assert_int_equal(parse_repeated(buf_slice(&text), 2, &arena), ERR_NONE);
	assert_int_equal(parse_repeated(buf_slice(&text), 3, &arena), ERR_SYNTAX);
	while (text.len < SELECTOR_BYTES_MAX)
		buf_put_byte(&text, ' ');
	assert_int_equal(parse_repeated(buf_slice(&text), 1, &arena), ERR_NONE);
	buf_put_byte(&text, ' ');
	assert_int_equal(parse_repeated(buf_slice(&text), 1, &arena), ERR_SYNTAX);
	buf_free(&text);
	arena_free(&arena);
}

/* What regular expressions may read is bounded; matchers that read nothing come first. */
static void reading_is_limited(void **state)
{
	struct selector_budget budget = {.cost_left = 30};
	struct selectors *s;
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	s = parse(SLICE("{host=~'db.*',job='x'}"), &err);
	for (int i = 0; i < 100; i++)
		assert_false(selectors_match(s, group(&arena), &budget));
	assert_false(budget.exhausted);
	(void)selectors_free(s);
	s = parse(SLICE("{host=~'db.*'}"), &err);
	assert_true(selectors_match(s, group(&arena), &budget));
	assert_true(selectors_match(s, group(&arena), &budget));
	assert_false(selectors_match(s, group(&arena), &budget));
	assert_true(budget.exhausted);
	(void)selectors_free(s);
	arena_free(&arena);
}

/* A selector that would take every group is told from one that names something. */
static void taking_everything_is_seen(void **state)
{
	static const struct row rows[] = {
		YES("{}"),
		YES("{job!=\"\"}"),
		YES("{job=~\".+\"}"),
		YES("{job=~\".*\"}"),
		YES("{job!~\"\"}"),
		YES("{a=~\".*\"}"),
		YES("{a=~\"|.+\",job=~\"(?s:.)+\"}"),
		NO("{a=~\".+\"}"),
		NO("{a!=\"\"}"),
		NO("{a=\"\"}"),
		NO("{job!=\"x\"}"),
		NO("{job!~\"x\"}"),
		NO("{job=~\"[a-z]+\"}"),
		NO("{job=~\".*\",env=\"staging\"}"),
		NO("{job=\"\"}"),
	};
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	for (size_t i = 0; i < N(rows); i++) {
		struct selectors *s = parse(rows[i].selector, &err);

		if (selectors_take_all(s) != rows[i].takes)
			fail_msg("%.*s", SLICE_ARG(rows[i].selector));
		(void)selectors_free(s);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matchers_are_joined_by_and),
		cmocka_unit_test(a_missing_label_is_empty),
		cmocka_unit_test(regular_expressions_are_anchored),
		cmocka_unit_test(values_are_quoted_as_in_promql),
		cmocka_unit_test(faults_have_sentences),
		cmocka_unit_test(regular_expressions_are_those_of_re2),
		cmocka_unit_test(a_quoted_byte_class_is_text),
		cmocka_unit_test(selectors_are_joined_by_or),
		cmocka_unit_test(what_one_request_may_ask_is_limited),
		cmocka_unit_test(reading_is_limited),
		cmocka_unit_test(taking_everything_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
