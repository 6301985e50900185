/* SPDX-License-Identifier: Apache-2.0
 *
 * What a group holds comes back from its row to the last bit; bytes that are no row are refused. */
#include "store/row.h"

#include "../../wire_text.h"
#include "format/protobuf_parse.h"
#include "rows.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
	struct store *s, *again;
	struct buf content;
	int64_t time_ns;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.s = store_new(&rows_limits),
			     .again = store_new(&rows_limits),
			     .time_ns = 1700000000123456789};
	buf_init(&f.content, 1 << 26);
	*state = &f;
	return f.s == NULL || f.again == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->s = store_free(f->s);
	f->again = store_free(f->again);
	buf_free(&f->content);
	return 0;
}

static enum err_code apply(struct fixture *f, struct change *c)
{
	enum err_code verdict;

	store_stage(f->s, c);
	store_publish(f->s);
	verdict = c->verdict;
	change_free(c);
	return verdict;
}

static enum err_code push(struct fixture *f, enum change_kind kind, const char *body)
{
	return apply(f, test_push_as(kind, test_stamp_job("x"), body, f->time_ns++, true));
}

static void push_wire(struct fixture *f, const char *const *texts)
{
	static const struct push_limits no_limits = {0};
	struct family_list list;
	struct arena arena;
	struct buf body;
	struct err err;

	arena_init(&arena, SIZE_MAX / 2);
	buf_init(&body, SIZE_MAX / 2);
	err = err_in(&arena);
	for (; *texts != NULL; texts++)
		wire_text_delimited(&body, *texts);
	assert_int_equal(protobuf_parse(buf_slice(&body), &no_limits, &arena, &list, &err),
			 ERR_NONE);
	assert_int_equal(apply(f, change_new_push(CHANGE_MERGE, test_stamp_job("x"), &list,
						  f->time_ns++, true, &arena)),
			 ERR_NONE);
	buf_free(&body);
	arena_free(&arena);
}

/* The group through a row into the other store. */
static void assert_comes_back(struct fixture *f)
{
	buf_clear(&f->content);
	rows_encode(&f->content, rows_group(f->s, "x"));
	assert_int_equal(rows_decode(f->again, buf_slice(&f->content), test_stamp_job("x")),
			 ROW_OK);
	rows_assert_same(rows_group(f->s, "x"), rows_group(f->again, "x"));
}

#define TEXT                                                                                       \
	"# HELP g Help with \\\\ and \\n.\n# TYPE g gauge\n"                                       \
	"g{z=\"1\"} -0\ng{a=\"\xc3\xa9\"} NaN\ng +Inf\ng{b=\"\",instance=\"i\"} 4.9e-324\n"        \
	"# HELP empty \n# TYPE empty counter\nempty 1e308\n"                                       \
	"bare 7\n"                                                                                 \
	"# TYPE s summary\ns{quantile=\"0.9\"} 2\ns{quantile=\"0.5\"} 1\ns_sum 3\n"                \
	"# TYPE lone summary\nlone_count{k=\"v\"} 18446744073709551615\n"                          \
	"# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 4\nh_sum -3.5\n"          \
	"h_count 4\nh_bucket{le=\"0.5\",k=\"f\"} 1.5\nh_count{k=\"f\"} 2.5\n"                      \
	"# TYPE gh gaugehistogram\ngh_bucket{le=\"1\"} 2\n"

/* Every type that text can say, in the order of the body, with numbers at their limits. */
static void text_comes_back(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, CHANGE_REPLACE, TEXT), ERR_NONE);
	assert_comes_back(f);
}

/* Each family keeps the time of its own push, and the group those of success and failure. */
static void times_come_back(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, CHANGE_MERGE, "a 1\n"), ERR_NONE);
	f->time_ns += 5000000000;
	assert_int_equal(push(f, CHANGE_MERGE, "b 1\n"), ERR_NONE);
	f->time_ns -= 9000000000; /* a clock that was set back */
	assert_int_equal(push(f, CHANGE_MERGE, "c 1\nc 1 5\n"), ERR_CONFLICT);
	assert_comes_back(f);
	assert_true(rows_group(f->again, "x")->failure_time < rows_group(f->again, "x")->push_time);
}

/* A group that a refused push made has nothing but its times. */
static void a_group_without_families_comes_back(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, CHANGE_MERGE, "c 1 5\n"), ERR_CONFLICT);
	assert_comes_back(f);
	assert_int_equal(rows_group(f->again, "x")->n_held, N_OWN_FAMILIES);
}

/* What only protobuf can say: native buckets, exemplars, created timestamps, fields that nobody
 * knows, a metric without its value, labels that come twice (unchecked); a unit, and a family
 * without metrics. */
static void protobuf_comes_back(void **state)
{
	static const char *const texts[] = {
		"1:\"c\" 4:{3:{1:5d 2:{1:{1:\"t\" 2:\"1\"} 2:1d} 3:{1:9}}}",
		"1:\"n\" 3:4 4:{7:{1:6 2:1.5d 5:3 6:0.001d 7:2 12:{1:0 2:2} 13:2 13:1}}",
		"1:\"u\" 3:3 4:{5:{1:1d 99:7} 77:\"new\"}",
		"1:\"v\" 3:1 4:{}",
		"1:\"empty\" 2:\"Help.\" 3:4",
		"1:\"unit\" 3:1 4:{2:{1:1d}} 5:\"seconds\" 99:\"new\"",
		"1:\"empty_unit\" 3:1 5:\"seconds\"",
		"1:\"twice\" 3:1 4:{1:{1:\"k\" 2:\"1\"} 1:{1:\"k\" 2:\"2\"} 2:{1:1d}}",
		NULL,
	};
	struct fixture *f = *state;

	push_wire(f, texts);
	assert_comes_back(f);
}

static void fill(struct fixture *f)
{
	assert_int_equal(push(f, CHANGE_REPLACE, TEXT), ERR_NONE);
	rows_encode(&f->content, rows_group(f->s, "x"));
}

/* Cut off anywhere, or with a byte too many, it is refused. */
static void a_wrong_length_is_refused(void **state)
{
	struct fixture *f = *state;
	char *copy;

	fill(f);
	for (size_t n = 0; n < f->content.len; n++) {
		copy = malloc(n + 1); /* so that ASan sees what lies behind */
		memcpy(copy, f->content.ptr, n);
		assert_int_equal(
			rows_decode(f->again, (struct slice){copy, n}, test_stamp_job("x")),
			ROW_BAD);
		free(copy);
	}
	buf_put_byte(&f->content, 0);
	assert_int_equal(rows_decode(f->again, buf_slice(&f->content), test_stamp_job("x")),
			 ROW_BAD);
	assert_null(rows_find(f->again, "x"));
}

/* Each bit counts in the checksum: of the key, of the text, of the content. */
static void a_flipped_bit_shows(void **state)
{
	struct fixture *f = *state;
	struct slice text = SLICE("labels");
	char flipped[6];
	uint64_t sum;

	fill(f);
	sum = row_checksum(5, text, buf_slice(&f->content));
	for (int bit = 0; bit < 63; bit++)
		assert_true(row_checksum(5 ^ INT64_C(1) << bit, text, buf_slice(&f->content)) !=
			    sum);
	for (size_t i = 0; i < text.len * 8; i++) {
		memcpy(flipped, text.ptr, text.len);
		flipped[i / 8] = (char)(flipped[i / 8] ^ 1 << i % 8);
		assert_true(row_checksum(5, (struct slice){flipped, text.len},
					 buf_slice(&f->content)) != sum);
	}
	for (size_t i = 0; i < f->content.len * 8; i++) {
		f->content.ptr[i / 8] = (char)(f->content.ptr[i / 8] ^ 1 << i % 8);
		assert_true(row_checksum(5, text, buf_slice(&f->content)) != sum);
		f->content.ptr[i / 8] = (char)(f->content.ptr[i / 8] ^ 1 << i % 8);
	}
}

/* Whatever a damaged content says, reading it ends well: it is refused, or is a group that can be
 * written and read again. */
static void nonsense_does_no_harm(void **state)
{
	struct fixture *f = *state;
	struct dice dice = {42};

	fill(f);
	for (int i = 0; i < 20000; i++) {
		size_t at = dice_below(&dice, (uint32_t)f->content.len);
		char was = f->content.ptr[at];

		f->content.ptr[at] = (char)dice_next(&dice);
		if (rows_decode(f->again, buf_slice(&f->content), test_stamp_job("x")) == ROW_OK) {
			struct buf again;

			buf_init(&again, 1 << 20);
			rows_encode(&again, rows_group(f->again, "x"));
			assert_int_equal(
				rows_decode(f->again, buf_slice(&again), test_stamp_job("x")),
				ROW_OK);
			buf_free(&again);
		}
		f->content.ptr[at] = was;
	}
}

/* Labels of a row: packed, in order, no name twice. */
static void labels_are_checked(void **state)
{
	static const struct {
		struct slice packed;
		bool ok;
		uint32_t n;
	} rows[] = {
		{SLICE_TEXT(""), true, 0},
		{SLICE_TEXT("\1a\1b"), true, 1},
		{SLICE_TEXT("\1a\1b\1b\0"), true, 2},
		{SLICE_TEXT("\1b\1b\1a\0"), false, 0},
		{SLICE_TEXT("\1a\1b\1a\0"), false, 0},
		{SLICE_TEXT("\1a\2b"), false, 0},
		{SLICE_TEXT("\1a"), false, 0},
		{SLICE_TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1a"), false, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		uint32_t n = 99;

		assert_int_equal(row_labels_ok(rows[i].packed, &n), rows[i].ok);
		assert_int_equal(n, rows[i].ok ? rows[i].n : 99);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(times_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_group_without_families_comes_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(protobuf_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_length_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flipped_bit_shows, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense_does_no_harm, setup, teardown),
		cmocka_unit_test(labels_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
