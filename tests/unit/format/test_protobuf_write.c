/* SPDX-License-Identifier: Apache-2.0
 *
 * Frozen series as protobuf: what was pushed comes out again, and text and protobuf of the same
 * families are the same store. */
#include <stdio.h>

#include "../../expose_protobuf.h"
#include "../../wire_text.h"
#include "../cm.h"
#include "format/canon.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct label job = {SLICE_TEXT("job"), SLICE_TEXT("x")};

#define GIVEN "1:{1:\"instance\" 2:\"\"} 1:{1:\"job\" 2:\"x\"}"

/* A pushed body as delimited protobuf again. */
static void expose_body(struct slice body, struct buf *out)
{
	struct family_list list;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 24);
	err = err_in(&arena);
	if (protobuf_parse(body, &no_limits, &arena, &list, &err) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(err.msg));
	expose_as_protobuf(&list, &job, 1, &arena, out);
	assert_true(buf_ok(out));
	arena_free(&arena);
}

/* All that a metric says, also what nobody knows, with the labels of its group. */
static void what_was_pushed_comes_out(void **state)
{
	static const struct {
		const char *pushed, *exposed;
	} rows[] = {
		{"1:\"m\" 2:\"help\" 3:1 4:{1:{1:\"z\" 2:\"y\"} 2:{1:1.5d}}",
		 "1:\"m\" 2:\"help\" 3:1 4:{" GIVEN " 1:{1:\"z\" 2:\"y\"} 2:{1:1.5d}}"},
		{"1:\"m\" 2:\"\" 4:{1:{1:\"a\" 2:\"y\"} 3:{1:1d 2:{1:{1:\"t\" 2:\"id\"} 2:1d "
		 "3:{1:5 "
		 "2:7}} 3:{1:17}}}",
		 "1:\"m\" 2:\"\" 3:0 4:{1:{1:\"a\" 2:\"y\"} " GIVEN
		 " 3:{1:1d 2:{1:{1:\"t\" 2:\"id\"} 2:1d 3:{1:5 2:7}} 3:{1:17}}}"},
		{"1:\"m\" 3:3 4:{1:{1:\"job\" 2:\"other\"} 1:{1:\"instance\" 2:\"i\"} 5:{1:-2d}}",
		 "1:\"m\" 3:3 4:{1:{1:\"instance\" 2:\"i\"} 1:{1:\"job\" 2:\"x\"} 5:{1:-2d}}"},
		{"1:\"s\" 3:2 4:{4:{1:3 2:1d 3:{1:0.5d 2:1d} 4:{1:17}}}",
		 "1:\"s\" 3:2 4:{" GIVEN " 4:{1:3 2:1d 3:{1:0.5d 2:1d} 4:{1:17}}}"},
		{"1:\"s\" 3:2 4:{4:{}}", "1:\"s\" 3:2 4:{" GIVEN " 4:{}}"},
		{"1:\"h\" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:1d} 3:{1:3 2:2d} 15:{1:17}}}",
		 "1:\"h\" 3:4 4:{" GIVEN " 7:{1:3 2:1d 3:{1:1 2:1d} 3:{1:3 2:2d} 15:{1:17}}}"},
		{"1:\"h\" 3:4 4:{7:{1:3 3:{1:1 2:1d 3:{2:0.5d}}}}",
		 "1:\"h\" 3:4 4:{" GIVEN " 7:{1:3 3:{1:1 2:1d 3:{2:0.5d}}}}"},
		{"1:\"h\" 3:5 4:{7:{2:1d 3:{2:1d 4:0.5d} 4:0.5d}}",
		 "1:\"h\" 3:5 4:{" GIVEN " 7:{2:1d 3:{2:1d 4:0.5d} 4:0.5d}}"},
		{"1:\"h\" 3:4 4:{7:{1:3 2:1d 5:6 6:1e-128d 7:1 9:{1:-2 2:1} 10:2 12:{1:2 2:2} "
		 "13:\"\\x02\\x01\"}}",
		 "1:\"h\" 3:4 4:{" GIVEN " 7:{1:3 2:1d 5:6 6:1e-128d 7:1 9:{1:4294967294 2:1} 10:2 "
		 "12:{1:2 2:2} 13:2 13:1}}"},
		{"1:\"m\" 3:1 4:{2:{1:1d 50:5} 3:{1:2d} 99:\"x\"}",
		 "1:\"m\" 3:1 4:{" GIVEN " 2:{1:1d 50:5} 3:{1:2d} 99:\"x\"}"},
		/* the family's unit is not exposed, nor what is unknown of it */
		{"1:\"m\" 3:1 4:{2:{1:1d}} 5:\"seconds\" 77:1",
		 "1:\"m\" 3:1 4:{" GIVEN " 2:{1:1d}}"},
		/* as text: fewer labels first, then their values */
		{"1:\"m\" 3:1 4:{1:{1:\"z\" 2:\"b\"} 2:{1:1d}} 4:{1:{1:\"z\" 2:\"a\"} 2:{1:2d}} "
		 "4:{2:{1:3d}}",
		 "1:\"m\" 3:1 4:{" GIVEN " 2:{1:3d}} 4:{" GIVEN
		 " 1:{1:\"z\" 2:\"a\"} 2:{1:2d}} 4:{" GIVEN " 1:{1:\"z\" 2:\"b\"} 2:{1:1d}}"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf pushed, exposed, want;
		uint64_t count = 0;

		buf_init(&pushed, SIZE_MAX / 2);
		buf_init(&exposed, SIZE_MAX / 2);
		buf_init(&want, SIZE_MAX / 2);
		wire_text_delimited(&pushed, rows[i].pushed);
		wire_text_delimited(&want, rows[i].exposed);
		expose_body(buf_slice(&pushed), &exposed);
		if (!slice_eq(buf_slice(&exposed), buf_slice(&want)))
			fail_msg("%s", rows[i].pushed);
		assert_int_equal(
			canon_judge(&schema_family,
				    slice_skip(buf_slice(&exposed), exposed.len > 128 ? 2 : 1),
				    &count),
			CANON_IS);
		buf_free(&pushed);
		buf_free(&exposed);
		buf_free(&want);
	}
}

/* Names are escaped, everything else stays. */
static void names_are_escaped(void **state)
{
	static const struct {
		enum escaping escaping;
		const char *exposed;
	} rows[] = {
		{ESCAPING_ALLOW_UTF8,
		 "1:\"a.b\" 2:\"a.b\" 3:1 4:{1:{1:\"c.d\" 2:\"e.f\"} " GIVEN " 2:{1:1d}}"},
		{ESCAPING_UNDERSCORES,
		 "1:\"a_b\" 2:\"a.b\" 3:1 4:{1:{1:\"c_d\" 2:\"e.f\"} " GIVEN " 2:{1:1d}}"},
		{ESCAPING_DOTS,
		 "1:\"a_dot_b\" 2:\"a.b\" 3:1 4:{1:{1:\"c_dot_d\" 2:\"e.f\"} " GIVEN " 2:{1:1d}}"},
		{ESCAPING_VALUES,
		 "1:\"U__a_2e_b\" 2:\"a.b\" 3:1 4:{1:{1:\"U__c_2e_d\" 2:\"e.f\"} " GIVEN
		 " 2:{1:1d}}"},
	};
	const struct label own = {SLICE("c.d"), SLICE("e.f")};
	struct stamp *stamp = stamp_new(&job, 1);
	struct metric metric = {.value = 1, .labels = (struct label[]){own}, .n_labels = 1};
	struct family family = {
		.name = SLICE("a.b"), .type = METRIC_GAUGE, .first = &metric, .n_metrics = 1};
	struct stamped stamped;
	struct block *block;
	struct arena arena;

	(void)state;
	assert_non_null(stamp);
	arena_init(&arena, 1 << 20);
	assert_true(family_stamp(&family, stamp, &arena, &stamped));
	block = block_freeze(&stamped);
	assert_non_null(block);
	block->stamp = stamp;
	for (size_t i = 0; i < N(rows); i++) {
		struct slice help = SLICE("a.b");
		struct buf got, want;

		buf_init(&got, 1 << 20);
		buf_init(&want, 1 << 20);
		protobuf_write_head(&got, rows[i].escaping, family.name, &help, family.type);
		protobuf_write_series(&got, rows[i].escaping, block_series(block, 0));
		wire_text(&want, rows[i].exposed);
		if (!slice_eq(buf_slice(&got), buf_slice(&want)))
			fail_msg("%s", rows[i].exposed);
		buf_free(&got);
		buf_free(&want);
	}
	block_free(block);
	stamp_free(stamp);
	arena_free(&arena);
}

/* Bodies of text: as protobuf, pushed again, they show the same text and the same protobuf. */
static void text_and_protobuf_are_the_same_store(void **state)
{
	static const struct slice bodies[] = {
		SLICE("m{a=\"b\"} 1\nm 2\n# HELP g a \\\\ b\\nc\n# TYPE g gauge\ng -0\n"),
		SLICE("# TYPE c counter\nc 1e300\n# TYPE u untyped\nu NaN\n"),
		SLICE("# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_count 3\n# TYPE t summary\nt_sum "
		      "7\n"),
		SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 4\nh_sum "
		      "9\nh_count 4\n"),
		SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 3.5\nh_bucket{le=\"2\"} 4\nh_count "
		      "4\n"),
		SLICE("# TYPE h gaugehistogram\nh_count 3\nh_count 2.5\nh_sum -0\n"),
		SLICE("# TYPE h histogram\nh_count NaN\n"),
	};

	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		struct buf text, protobuf, text_again, protobuf_again;
		struct family_list list;
		struct arena arena;
		struct err err;

		arena_init(&arena, 1 << 20);
		buf_init(&text, 1 << 20);
		buf_init(&protobuf, 1 << 20);
		buf_init(&text_again, 1 << 20);
		buf_init(&protobuf_again, 1 << 20);
		err = err_in(&arena);
		assert_int_equal(
			text_parse(bodies[i], NAME_LEGACY, &no_limits, &arena, &list, &err),
			ERR_NONE);
		expose_families(&list, &job, 1, &arena, &text);
		expose_as_protobuf(&list, &job, 1, &arena, &protobuf);
		assert_int_equal(
			protobuf_parse(buf_slice(&protobuf), &no_limits, &arena, &list, &err),
			ERR_NONE);
		for (struct family *f = list.first; f != NULL; f = f->next)
			for (struct metric *m = f->first; m != NULL; m = m->next)
				assert_true(m->tail.len == 0 && !m->tail_whole);
		expose_families(&list, &job, 1, &arena, &text_again);
		expose_as_protobuf(&list, &job, 1, &arena, &protobuf_again);
		assert_text(buf_slice(&text_again), buf_slice(&text));
		assert_true(slice_eq(buf_slice(&protobuf_again), buf_slice(&protobuf)));
		buf_free(&text);
		buf_free(&protobuf);
		buf_free(&text_again);
		buf_free(&protobuf_again);
		arena_free(&arena);
	}
}

enum { FILE_BYTES_MAX = 1 << 20 };

static void read_golden(const char *name, struct buf *ret)
{
	const char *here = __FILE__, *end = strstr(here, "unit/format/");
	char path[4096];
	FILE *file;
	char *at;

	assert_non_null(end);
	(void)snprintf(path, sizeof(path), "%.*sgolden/push/%s", (int)(end - here), here, name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s", path);
	buf_init(ret, FILE_BYTES_MAX);
	at = buf_reserve(ret, FILE_BYTES_MAX);
	assert_non_null(at);
	buf_advance(ret, fread(at, 1, FILE_BYTES_MAX, file));
	assert_int_equal(fclose(file), 0);
}

/* Bodies of real client libraries, and what the reference's /metrics makes of them. */
static void real_bodies_come_out_as_from_the_reference(void **state)
{
	static const char *const names[] = {"classic", "native"};

	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		struct buf body, want, got;
		char name[64];

		(void)snprintf(name, sizeof(name), "%s.pb", names[i]);
		read_golden(name, &body);
		(void)snprintf(name, sizeof(name), "%s.pb.expected", names[i]);
		read_golden(name, &want);
		buf_init(&got, FILE_BYTES_MAX);
		expose_body(buf_slice(&body), &got);
		if (!slice_eq(buf_slice(&got), buf_slice(&want)))
			fail_msg("%s", names[i]);
		buf_free(&body);
		buf_free(&want);
		buf_free(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_pushed_comes_out),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(text_and_protobuf_are_the_same_store),
		cmocka_unit_test(real_bodies_come_out_as_from_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
