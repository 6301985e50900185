/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/labels.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { SET_MAX = 8 };

/* "a=1,b=2" as a packed set; the value of a name without `=` is empty. */
static struct labels set_of(struct arena *arena, const char *text)
{
	struct label labels[SET_MAX];
	struct slice rest = slice_of(text), one;
	struct labels ret;
	size_t n = 0;

	while (rest.len > 0) {
		assert_true(n < SET_MAX);
		if (!slice_cut(rest, ',', &one, &rest)) {
			one = rest;
			rest = SLICE_EMPTY;
		}
		if (!slice_cut(one, '=', &labels[n].name, &labels[n].value))
			labels[n] = (struct label){one, SLICE_EMPTY};
		n++;
	}
	labels_sort(labels, n);
	assert_true(labels_pack(labels, n, arena, &ret));
	return ret;
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

/* Each naming scheme accepts its names and no others. */
static void names_are_judged_by_scheme(void **state)
{
	static const struct {
		struct slice name;
		bool label, metric, label_utf8;
	} cases[] = {
		{SLICE("a"), true, true, true},
		{SLICE("_9Z"), true, true, true},
		{SLICE(""), false, false, false},
		{SLICE("9a"), false, false, true},
		{SLICE("a:b"), false, true, true},
		{SLICE(":"), false, true, true},
		{SLICE("a.b"), false, false, true},
		{SLICE("\xc3\xa4"), false, false, true},
		{SLICE("a\xff"), false, false, false},
		{SLICE("a\0b"), false, false, true},
		{SLICE("__name__"), true, true, true},
		{SLICE("a b"), false, false, true},
		{SLICE("\xed\xa0\x80"), false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(label_name_valid(cases[i].name, NAME_LEGACY), cases[i].label);
		assert_int_equal(metric_name_valid(cases[i].name, NAME_LEGACY), cases[i].metric);
		assert_int_equal(label_name_valid(cases[i].name, NAME_UTF8), cases[i].label_utf8);
		assert_int_equal(metric_name_valid(cases[i].name, NAME_UTF8), cases[i].label_utf8);
	}
}

/* Sorting is by name and keeps the order of equal names, for few labels and for many. */
static void sorting_is_stable(void **state)
{
	static struct label labels[2000];
	static char text[N(labels)][2];
	static char place[N(labels)][4];
	uint32_t random = 1;

	(void)state;
	for (size_t n = 0; n < N(labels); n = n * 3 / 2 + 1) {
		for (size_t i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			text[i][0] = (char)('a' + (random >> 24) % 7);
			text[i][1] = (char)('a' + (random >> 16) % 11);
			memcpy(place[i], &i, sizeof(place[i]));
			labels[i] = (struct label){{text[i], 1 + (random >> 9) % 2},
						   {place[i], sizeof(place[i])}};
		}
		labels_sort(labels, n);
		for (size_t i = 1; i < n; i++) {
			int order = slice_compare(labels[i - 1].name, labels[i].name);
			uint32_t before, after;

			memcpy(&before, labels[i - 1].value.ptr, sizeof(before));
			memcpy(&after, labels[i].value.ptr, sizeof(after));
			assert_true(order < 0 || (order == 0 && before < after));
		}
	}
}

/* What was packed comes out again, whatever bytes and lengths it has. */
static void packed_labels_come_out_again(void **state)
{
	static char long_text[70000];
	struct label in[] = {
		{SLICE(""), SLICE("")},
		{SLICE("a"), SLICE("\0\n\xff")},
		{SLICE("b"), {long_text, sizeof(long_text)}},
		{{long_text, 127}, {long_text, 128}},
		{{long_text, 16383}, {long_text, 16384}},
	};
	struct arena arena;
	struct labels set;
	struct slice rest, value;
	struct label out;

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	arena_init(&arena, 1 << 20);
	assert_true(labels_pack(in, N(in), &arena, &set));
	assert_int_equal(set.n, N(in));
	assert_int_equal(set.bytes.len, labels_packed_bytes(in, N(in)));
	rest = set.bytes;
	for (size_t i = 0; i < N(in); i++) {
		assert_true(labels_next(&rest, &out));
		assert_true(slice_eq(out.name, in[i].name) && slice_eq(out.value, in[i].value));
		assert_true(labels_get(set, in[i].name, &value));
		assert_true(slice_eq(value, in[i].value));
	}
	assert_false(labels_next(&rest, &out));
	assert_false(labels_get(set, SLICE("c"), &value));
	arena_free(&arena);
}

/* Packing fails cleanly when the arena is full. */
static void a_full_arena_refuses(void **state)
{
	struct label label = {SLICE("name"), SLICE("value")};
	struct labels set;
	struct arena arena;

	(void)state;
	arena_init(&arena, 8);
	assert_false(labels_pack(&label, 1, &arena, &set));
	arena_free(&arena);
}

/* Equal sets are equal bytes and hash alike, in whatever order they were given. */
static void equal_sets_are_equal_bytes(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	struct labels a = set_of(&arena, "job=x,instance=y");
	struct labels b = set_of(&arena, "instance=y,job=x");
	struct labels c = set_of(&arena, "instance=y,job=z");

	assert_true(labels_eq(a, b));
	assert_false(labels_eq(a, c));
	assert_true(labels_hash(a) == labels_hash(b));
	assert_true(labels_hash(a) != labels_hash(c));
	assert_true(labels_eq(set_of(&arena, ""), LABELS_NONE));
	arena_free(&arena);
}

/* Grouping keys order as the text name 0xFF value 0xFF name ... does. */
static void keys_order_as_their_text(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{"", "", 0},
		{"", "a=1", -1},
		{"a=1", "a=1", 0},
		{"a=1", "a=2", -1},
		{"a=1", "a=1,b=2", -1},
		{"a=1,b=2", "a=2", -1},
		{"a=1", "ab=1", 1}, /* 0xFF is after every letter */
		{"a=1,b=2", "a=1b", 1},
		{"a=", "a=1", -1},
		{"a=\xff", "a=,b=1", -1}, /* a FF FF is a prefix of a FF FF b FF 1 */
		{"job=x", "job=x,instance=", 1},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < N(cases); i++) {
		struct labels a = set_of(&arena, cases[i].a), b = set_of(&arena, cases[i].b);

		assert_int_equal(sign(labels_compare_as_key(a, b)), cases[i].order);
		assert_int_equal(sign(labels_compare_as_key(b, a)), -cases[i].order);
	}
	arena_free(&arena);
}

/* A series shows its group's labels and its own, sorted; its own instance wins. */
static void merged_labels_are_sorted_and_own_ones_win(void **state)
{
	static const struct {
		const char *stamp, *own, *merged;
	} cases[] = {
		{"", "", ""},
		{"job=x", "", "job=x"},
		{"", "a=1", "a=1"},
		{"instance=,job=x", "a=1,z=2", "a=1,instance=,job=x,z=2"},
		{"instance=,job=x", "instance=i", "instance=i,job=x"},
		{"b=1,d=1", "a=2,b=2,c=2,d=2,e=2", "a=2,b=2,c=2,d=2,e=2"},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < N(cases); i++) {
		struct labels stamp = set_of(&arena, cases[i].stamp);
		struct labels own = set_of(&arena, cases[i].own);
		struct label got[SET_MAX];
		struct labels merged;
		struct labels_merge m;
		size_t n = 0;

		labels_merge_start(&m, stamp, own);
		while (n < SET_MAX && labels_merge_next(&m, &got[n]))
			n++;
		assert_true(labels_pack(got, n, &arena, &merged));
		assert_true(labels_eq(merged, set_of(&arena, cases[i].merged)));
		assert_int_equal(labels_merged_count(stamp, own), n);
	}
	arena_free(&arena);
}

/* Exposition: fewer labels, then values in the order of names, then names. */
static void series_order_by_count_values_names(void **state)
{
	static const struct {
		const char *a_stamp, *a_own, *b_stamp, *b_own;
		int order;
	} cases[] = {
		{"job=x", "a=1", "job=x", "a=1", 0},
		{"job=x", "", "job=x", "a=1", -1},
		{"job=z", "", "job=x", "a=1", -1},
		{"job=x", "a=1", "job=x", "a=2", -1},
		{"job=x", "a=2", "job=x", "b=1", 1},  /* values first: 2,x against 1,x */
		{"job=x", "a=1", "job=x", "b=1", -1}, /* then names */
		{"job=x", "a=1,b=2", "job=x", "a=1,c=2", -1},
		{"instance=,job=x", "", "job=x", "instance=", 0}, /* the same set, cut otherwise */
		{"instance=,job=x", "instance=i", "instance=i,job=x", "", 0},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < N(cases); i++) {
		struct labels a_stamp = set_of(&arena, cases[i].a_stamp);
		struct labels b_stamp = set_of(&arena, cases[i].b_stamp);
		struct labels a_own = set_of(&arena, cases[i].a_own);
		struct labels b_own = set_of(&arena, cases[i].b_own);

		assert_int_equal(sign(labels_merged_compare(a_stamp, a_own, b_stamp, b_own)),
				 cases[i].order);
		assert_int_equal(sign(labels_merged_compare(b_stamp, b_own, a_stamp, a_own)),
				 -cases[i].order);
	}
	arena_free(&arena);
}

/* A random set out of few names and values, so that sets meet often. */
static struct labels random_set(struct arena *arena, uint32_t *random, const char *const *names,
				size_t n_names)
{
	static const struct slice values[] = {SLICE(""), SLICE("a"), SLICE("b")};
	struct label labels[SET_MAX];
	struct labels ret;
	size_t n = 0;

	assert_true(n_names <= SET_MAX);
	for (size_t i = 0; i < n_names; i++) {
		*random = *random * 1664525 + 1013904223;
		if (*random >> 31)
			labels[n++] = (struct label){slice_of(names[i]),
						     values[(*random >> 8) % N(values)]};
	}
	assert_true(labels_pack(labels, n, arena, &ret));
	return ret;
}

static size_t merged(struct labels stamp, struct labels own, struct label ret[2 * SET_MAX])
{
	struct labels_merge m;
	size_t n = 0;

	labels_merge_start(&m, stamp, own);
	while (n < 2 * SET_MAX && labels_merge_next(&m, &ret[n]))
		n++;
	return n;
}

static int compare_plainly(const struct label *a, size_t n_a, const struct label *b, size_t n_b)
{
	if (n_a != n_b)
		return n_a < n_b ? -1 : 1;
	for (size_t i = 0; i < n_a; i++)
		if (!slice_eq(a[i].value, b[i].value))
			return sign(slice_compare(a[i].value, b[i].value));
	for (size_t i = 0; i < n_a; i++)
		if (!slice_eq(a[i].name, b[i].name))
			return sign(slice_compare(a[i].name, b[i].name));
	return 0;
}

/* The order is that of the merged lists, whatever shortcuts lead to it. */
static void series_order_as_plain_lists_do(void **state)
{
	static const char *const stamp_names[] = {"dc", "instance", "job"};
	static const char *const own_names[] = {"a", "e", "instance", "k", "z"};
	uint32_t random = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct label a_list[2 * SET_MAX], b_list[2 * SET_MAX];
		struct arena arena;

		arena_init(&arena, 1 << 16);
		struct labels a_stamp = random_set(&arena, &random, stamp_names, N(stamp_names));
		struct labels b_stamp =
			i % 2 == 0 ? a_stamp
				   : random_set(&arena, &random, stamp_names, N(stamp_names));
		struct labels a_own = random_set(&arena, &random, own_names, N(own_names));
		struct labels b_own = random_set(&arena, &random, own_names, N(own_names));
		size_t n_a = merged(a_stamp, a_own, a_list), n_b = merged(b_stamp, b_own, b_list);

		assert_int_equal(labels_merged_count(a_stamp, a_own), n_a);
		assert_int_equal(sign(labels_merged_compare(a_stamp, a_own, b_stamp, b_own)),
				 compare_plainly(a_list, n_a, b_list, n_b));
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_judged_by_scheme),
		cmocka_unit_test(sorting_is_stable),
		cmocka_unit_test(packed_labels_come_out_again),
		cmocka_unit_test(a_full_arena_refuses),
		cmocka_unit_test(equal_sets_are_equal_bytes),
		cmocka_unit_test(keys_order_as_their_text),
		cmocka_unit_test(merged_labels_are_sorted_and_own_ones_win),
		cmocka_unit_test(series_order_by_count_values_names),
		cmocka_unit_test(series_order_as_plain_lists_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
