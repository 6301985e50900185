/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that the reference wrote, restored: everything in them is shown as it showed it. */
#include "../../wire_text.h"
#include "golden_gob.h"

static void restore_golden(struct restored *r, const char *name)
{
	struct buf file;

	golden_read(name, &file);
	assert_true(gob_sniff(buf_slice(&file)));
	if (restored_read(r, buf_slice(&file)) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(r->err.msg));
	assert_slices_equal(buf_slice(&r->warnings), SLICE_EMPTY);
	buf_free(&file);
}

static void check_text(const struct restored *r, enum escaping escaping, const char *expected_name)
{
	struct buf expected, text;

	golden_read(expected_name, &expected);
	buf_init(&text, 1 << 20);
	restored_text(r, escaping, &text);
	assert_slices_equal(buf_slice(&text), buf_slice(&expected));
	buf_free(&text);
	buf_free(&expected);
}

/* All types, native histograms, an empty group, one that only failed: the same /metrics as text. */
static void everything_is_shown_as_text(void **state)
{
	struct restored r;

	(void)state;
	restore_golden(&r, "reference.gob");
	assert_int_equal(r.counts.groups, 10);
	assert_int_equal(r.counts.families_left_out, 0);
	check_text(&r, ESCAPING_UNDERSCORES, "reference.txt");
	restored_free(&r);
}

/* The same as protobuf: spans, deltas, exemplars and all. */
static void everything_is_shown_as_protobuf(void **state)
{
	struct buf expected, found;
	struct restored r;

	(void)state;
	restore_golden(&r, "reference.gob");
	golden_read("reference.pb", &expected);
	buf_init(&found, 1 << 20);
	restored_protobuf(&r, &found);
	assert_int_equal(found.len, expected.len);
	assert_memory_equal(found.ptr, expected.ptr, expected.len);
	buf_free(&found);
	buf_free(&expected);
	restored_free(&r);
}

/* Names beyond ASCII letters, in each escaping that a scrape may ask for. */
static void utf8_names_in_every_escaping(void **state)
{
	struct restored r;

	(void)state;
	restore_golden(&r, "reference-utf8.gob");
	check_text(&r, ESCAPING_ALLOW_UTF8, "reference-utf8.allow-utf-8.txt");
	check_text(&r, ESCAPING_UNDERSCORES, "reference-utf8.underscores.txt");
	check_text(&r, ESCAPING_DOTS, "reference-utf8.dots.txt");
	check_text(&r, ESCAPING_VALUES, "reference-utf8.values.txt");
	restored_free(&r);
}

/* A release of 2022 gives its types other ids and defines other ones: the shape is what counts. */
static void other_releases_differ_in_type_ids_only(void **state)
{
	struct restored r;

	(void)state;
	restore_golden(&r, "debian12.gob");
	assert_int_equal(r.counts.groups, 9);
	check_text(&r, ESCAPING_UNDERSCORES, "debian12.txt");
	restored_free(&r);
}

/* ---- files made by hand ---- */

struct made_family {
	const char *name;
	const char *message; /* wire_text.h; NULL: none */
	int64_t seconds;     /* 0: no time */
};

/* The fields of a group {job="x"} with these families, up to one without a name. */
static void put_group_x(struct buf *out, const struct made_family *families)
{
	uint64_t n = 0;
	struct buf message;

	while (families[n].name != NULL)
		n++;
	gob_put_text(out, SLICE("job\xffx"));
	buf_put(out, SLICE("\x01\x01\x03"
			   "job\x01x\x01"));
	gob_put_uint(out, n);
	buf_init(&message, 1 << 16);
	for (; families->name != NULL; families++) {
		gob_put_text(out, slice_of(families->name));
		if (families->seconds != 0) {
			buf_put(out, SLICE("\x01\x0f\x01"));
			for (int i = 7; i >= 0; i--)
				buf_put_byte(out, (char)((families->seconds + GOB_UNIX_SECONDS) >>
							 8 * i));
			buf_put(out, SLICE("\x3b\x9a\xc9\xff\x01\x4a")); /* 999,999,999 ns, +5:30 */
		}
		if (families->message != NULL) {
			buf_clear(&message);
			wire_text(&message, families->message);
			gob_put_uint(out, families->seconds != 0 ? 1 : 2);
			gob_put_text(out, buf_slice(&message));
		}
		gob_put_uint(out, 0);
	}
	buf_free(&message);
	gob_put_uint(out, 0);
}

/* A file of that many groups, which are written already. */
static void put_file(struct buf *out, uint64_t n_groups, struct slice groups)
{
	struct buf value;

	buf_init(&value, 1 << 20);
	buf_put(&value, SLICE("\xff\x8c\x00"));
	gob_put_uint(&value, n_groups);
	buf_put(&value, groups);
	gob_put_definitions(out);
	gob_put_text(out, buf_slice(&value));
	buf_free(&value);
}

static void restore_x(struct restored *r, const struct made_family *families)
{
	struct buf group, file;

	buf_init(&group, 1 << 20);
	buf_init(&file, 1 << 20);
	put_group_x(&group, families);
	put_file(&file, 1, buf_slice(&group));
	(void)restored_read(r, buf_slice(&file));
	buf_free(&file);
	buf_free(&group);
}

#define LABELS_X "1:{1:\"instance\" 2:\"\"} 1:{1:\"job\" 2:\"x\"}"
#define GAUGE_X(name) "1:\"" name "\" 3:1 4:{" LABELS_X " 2:{1:7d}}"

static const struct group_state *only_group(const struct snapshot *snap)
{
	assert_int_equal(snapshot_n_groups(snap), 1);
	return order_first(snapshot_groups(snap));
}

/* Each family keeps the time of its push to the nanosecond, whatever zone it was written in; what
 * the two families of times say are the times of the group. */
static void times_are_kept(void **state)
{
	const struct snapshot *snap;
	const struct group_state *group;
	struct restored r;

	(void)state;
	restore_x(&r, (const struct made_family[]){
			      {"m", GAUGE_X("m"), 1000},
			      {"push_failure_time_seconds",
			       "1:\"push_failure_time_seconds\" 3:1 4:{" LABELS_X " 2:{1:2000.5d}}",
			       2000},
			      {"push_time_seconds",
			       "1:\"push_time_seconds\" 3:1 4:{" LABELS_X " 2:{1:1000.25d}}", 3000},
			      {NULL, NULL, 0},
		      });
	assert_int_equal(r.err.code, ERR_NONE);
	snap = store_snapshot(r.store);
	group = only_group(snap);
	assert_true(group->push_time == 1000.25 && group->failure_time == 2000.5);
	assert_int_equal(group->n_held, 3);
	assert_int_equal(group->held[0].block->pushed_ns, 1000999999999);
	assert_int_equal(group->held[1].block->pushed_ns, 2000999999999);
	assert_int_equal(group->held[2].block->pushed_ns, 3000999999999);
	snapshot_release(snap);
	restored_free(&r);
}

/* The reference lets a pushed push_failure_time_seconds of any type take the place of its own. */
static void a_pushed_time_family_is_no_time(void **state)
{
	const struct snapshot *snap;
	struct restored r;
	struct buf text;

	(void)state;
	restore_x(&r,
		  (const struct made_family[]){
			  {"push_failure_time_seconds",
			   "1:\"push_failure_time_seconds\" 3:3 4:{" LABELS_X " 5:{1:9d}}", 1000},
			  {NULL, NULL, 0},
		  });
	assert_int_equal(r.err.code, ERR_NONE);
	assert_slices_equal(buf_slice(&r.warnings),
			    SLICE("metric family \"push_failure_time_seconds\" of group "
				  "{job=\"x\"}: somebody pushed what the gateway keeps there; the "
				  "time is lost\n"));
	snap = store_snapshot(r.store);
	assert_true(only_group(snap)->failure_time == 0 && only_group(snap)->push_time == 0);
	snapshot_release(snap);
	buf_init(&text, 4096);
	restored_text(&r, ESCAPING_ALLOW_UTF8, &text);
	assert_has(&text, "push_failure_time_seconds{instance=\"\",job=\"x\"} 0");
	buf_free(&text);
	restored_free(&r);
}

/* What the reference keeps but breaks off at when it is asked for it: left out, and told of. */
static void what_cannot_be_shown_is_left_out(void **state)
{
	static const struct {
		struct made_family family;
		const char *warning;
	} rows[] = {
		{{"m", NULL, 1000}, "left out: it has no message"},
		{{"", "3:1 4:{" LABELS_X " 2:{1:7d}}", 1000},
		 "left out: a metric family in the push has no name"},
		{{"m", "1:\"m\" 3:77 4:{" LABELS_X " 2:{1:7d}}", 1000},
		 "left out: metric family \"m\" has the unknown type 77"},
		{{"m", "1:\"m\" 3:1 4:{" LABELS_X " 2:{1:7d} 6:0}", 1000},
		 "left out: it has timestamps"},
		{{"m", "1:\"m\" 3:4 4:{" LABELS_X " 7:{1:1 5:198 12:{1:0 2:1} 13:2}}", 1000},
		 "left out: metric family \"m\": the schema of a native histogram is 99, but must "
		 "be from -4 to 8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_family families[] = {rows[i].family, {"n", GAUGE_X("n"), 1000}, {0}};
		char expected[512];
		struct restored r;

		restore_x(&r, families);
		assert_int_equal(r.err.code, ERR_NONE);
		assert_int_equal(r.counts.families_left_out, 1);
		assert_int_equal(r.counts.families, 1);
		(void)snprintf(expected, sizeof(expected),
			       "metric family \"%s\" of group {job=\"x\"}: %s\n",
			       rows[i].family.name, rows[i].warning);
		assert_slices_equal(buf_slice(&r.warnings), slice_of(expected));
		restored_free(&r);
	}
}

/* A series whose tag was damaged looks like a unit or a field that nothing is known of, which are
 * never exposed, or stands where it does not belong. */
static void odd_messages_are_told_of(void **state)
{
	static const struct {
		const char *message, *warning;
	} rows[] = {
		{"1:\"m\" 3:1 4:{" LABELS_X " 2:{1:7d}} 5:\"\\n\"",
		 "it has a field that nothing is known of"},
		{"1:\"m\" 3:1 4:{" LABELS_X " 2:{1:7d}} 36:{" LABELS_X " 2:{1:8d}}",
		 "it has a field that nothing is known of"},
		{"1:\"m\" 4:{" LABELS_X " 2:{1:7d}} 3:1",
		 "its message is not as the reference writes it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_family families[] = {{"m", rows[i].message, 1000}, {0}};
		char expected[256];
		struct restored r;

		restore_x(&r, families);
		assert_int_equal(r.err.code, ERR_NONE);
		assert_int_equal(r.counts.series, 1);
		(void)snprintf(expected, sizeof(expected),
			       "metric family \"m\" of group {job=\"x\"}: %s\n", rows[i].warning);
		assert_slices_equal(buf_slice(&r.warnings), slice_of(expected));
		restored_free(&r);
	}
}

/* What a message says must agree with where it stands. */
static void messages_that_contradict_their_place_are_damage(void **state)
{
	static const struct {
		struct made_family family;
		const char *sentence;
	} rows[] = {
		{{"m", "1:\"n\" 3:1 4:{" LABELS_X " 2:{1:7d}}", 1000},
		 "its message has another name"},
		{{"m", "3:1", 1000}, "its message has no name"},
		{{"m", "#ff", 1000}, "its message is not protobuf"},
		{{"m", "1:\"m\" 4:{1:{1:\"instance\" 2:\"\"} 1:{1:\"job\" 2:\"y\"} 3:{1:7d}}",
		  1000},
		 "a metric lacks the group's labels"},
		{{"m", "1:\"m\" 4:{1:{1:\"job\" 2:\"x\"} 3:{1:7d}}", 1000},
		 "a metric lacks the group's labels"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_family families[] = {rows[i].family, {0}};
		char expected[256];
		struct restored r;

		restore_x(&r, families);
		assert_int_equal(r.err.code, ERR_SYNTAX);
		(void)snprintf(expected, sizeof(expected),
			       "the file is damaged: metric family \"m\" of group {job=\"x\"}: %s",
			       rows[i].sentence);
		assert_slices_equal(r.err.msg, slice_of(expected));
		restored_free(&r);
	}
}

/* A file that contradicts itself, as the reference's mode without checks allows, is taken whole. */
static void contradictions_between_groups_are_kept(void **state)
{
	struct buf groups, file, message, text;
	struct restored r;

	(void)state;
	buf_init(&groups, 1 << 20);
	buf_init(&file, 1 << 20);
	buf_init(&text, 4096);
	put_group_x(&groups, (const struct made_family[]){{"m", GAUGE_X("m"), 1}, {0}});
	/* {job="x",instance=""} shows the same series */
	gob_put_text(&groups, SLICE("instance\xff\xffjob\xffx"));
	buf_put(&groups, SLICE("\x01\x02\x08"
			       "instance\x00\x03"
			       "job\x01x\x01\x01\x01m\x02"));
	buf_init(&message, 4096);
	wire_text(&message, GAUGE_X("m"));
	gob_put_text(&groups, buf_slice(&message));
	buf_free(&message);
	buf_put(&groups, (struct slice){"\0\0", 2});
	put_file(&file, 2, buf_slice(&groups));
	assert_int_equal(restored_read(&r, buf_slice(&file)), ERR_NONE);
	restored_text(&r, ESCAPING_ALLOW_UTF8, &text);
	assert_has(&text, "m{instance=\"\",job=\"x\"} 7\nm{instance=\"\",job=\"x\"} 7\n");
	restored_free(&r);
	buf_free(&text);
	buf_free(&file);
	buf_free(&groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_shown_as_text),
		cmocka_unit_test(everything_is_shown_as_protobuf),
		cmocka_unit_test(utf8_names_in_every_escaping),
		cmocka_unit_test(other_releases_differ_in_type_ids_only),
		cmocka_unit_test(times_are_kept),
		cmocka_unit_test(a_pushed_time_family_is_no_time),
		cmocka_unit_test(what_cannot_be_shown_is_left_out),
		cmocka_unit_test(odd_messages_are_told_of),
		cmocka_unit_test(messages_that_contradict_their_place_are_damage),
		cmocka_unit_test(contradictions_between_groups_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
