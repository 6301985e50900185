/* SPDX-License-Identifier: Apache-2.0
 *
 * Files for the reference: what is restored from one and written again is the same file, but for
 * the order of its maps, which the reference writes as chance has it. */
#include "golden_gob.h"

enum { DEFINITIONS_BYTES = 1464 };

static void restore(struct restored *r, struct slice file)
{
	if (restored_read(r, file) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(r->err.msg));
}

/* Writes what a golden file holds. */
static void rewrite_golden(const char *name, gob_zone_fn *zone, struct buf *ret)
{
	struct restored r;
	struct buf file;

	golden_read(name, &file);
	restore(&r, buf_slice(&file));
	buf_init(ret, 1 << 20);
	restored_gob(&r, zone, ret);
	restored_free(&r);
	buf_free(&file);
}

/* The definitions of types are those that the reference writes, to the byte. */
static void definitions_are_the_reference_s(void **state)
{
	struct buf golden, found;

	(void)state;
	golden_read("reference.gob", &golden);
	buf_init(&found, 1 << 20);
	gob_put_definitions(&found);
	assert_int_equal(found.len, DEFINITIONS_BYTES);
	assert_memory_equal(found.ptr, golden.ptr, DEFINITIONS_BYTES);
	buf_free(&found);
	buf_free(&golden);
}

/* An empty store is a file, too. */
static void an_empty_store_is_five_bytes_more(void **state)
{
	struct restored r = {.store = store_new(&golden_limits)};
	struct buf found;

	(void)state;
	buf_init(&found, 1 << 20);
	restored_gob(&r, golden_zone, &found);
	assert_int_equal(found.len, DEFINITIONS_BYTES + 5);
	assert_memory_equal(found.ptr + DEFINITIONS_BYTES, "\x04\xff\x8c\x00\x00", 5);
	buf_free(&found);
	(void)store_free(r.store);
}

static int byte_compare(const void *a, const void *b)
{
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

/* The same bytes in another order: nothing was added, nothing is missing. */
static void a_rewritten_file_has_the_same_bytes(void **state)
{
	struct buf golden, found;

	(void)state;
	golden_read("reference-utf8.gob", &golden);
	rewrite_golden("reference-utf8.gob", golden_zone, &found);
	assert_int_equal(found.len, golden.len);
	qsort(found.ptr, found.len, 1, byte_compare);
	qsort(golden.ptr, golden.len, 1, byte_compare);
	assert_memory_equal(found.ptr, golden.ptr, found.len);
	buf_free(&found);
	buf_free(&golden);
}

/* Of all types: what is restored from the written file is shown as before, and written as before.
 */
static void what_is_written_is_read_again(void **state)
{
	struct buf golden, first, second, text;
	struct restored r;

	(void)state;
	rewrite_golden("reference.gob", golden_zone, &first);
	restore(&r, buf_slice(&first));
	assert_int_equal(r.warnings.len, 0);
	buf_init(&text, 1 << 20);
	buf_init(&second, 1 << 20);
	restored_text(&r, ESCAPING_UNDERSCORES, &text);
	golden_read("reference.txt", &golden);
	assert_slices_equal(buf_slice(&text), buf_slice(&golden));
	restored_gob(&r, golden_zone, &second);
	assert_int_equal(second.len, first.len);
	assert_memory_equal(second.ptr, first.ptr, first.len);
	restored_free(&r);
	buf_free(&golden);
	buf_free(&first);
	buf_free(&second);
	buf_free(&text);
}

/* ---- times ---- */

static int32_t zone_of_india(int64_t time_ns)
{
	(void)time_ns;
	return 5 * 3600 + 30 * 60;
}

static int32_t zone_of_old_amsterdam(int64_t time_ns)
{
	(void)time_ns;
	return 19 * 60 + 32;
}

static int32_t zone_of_chicago(int64_t time_ns)
{
	(void)time_ns;
	return -5 * 3600;
}

struct times {
	int64_t sum;
	uint32_t n;
};

static bool add_times(void *context, const struct gob_group *group, struct err *reterr)
{
	struct times *times = context;

	(void)reterr;
	for (uint32_t i = 0; i < group->n_families; i++) {
		times->sum ^= group->families[i].pushed_ns;
		times->n++;
	}
	return true;
}

/* Those that end in that zone. */
static uint32_t count_times(struct slice file, struct slice zone)
{
	/* length, version, and the upper bytes of the seconds */
	char head[] = {(char)(13 + zone.len), zone.len == 2 ? 1 : 2, 0, 0, 0, 0x0e};
	const char *at;
	uint32_t n = 0;

	while ((at = memmem(file.ptr, file.len, head, sizeof(head))) != NULL) {
		file = slice_skip(file, (size_t)(at - file.ptr) + 1);
		assert_true(file.len > 13 + zone.len);
		n += memcmp(at + 1 + 13, zone.ptr, zone.len) == 0;
	}
	return n;
}

/* A zone says how the reference's API shows a time, not which time it is. */
static void times_are_the_same_in_every_zone(void **state)
{
	static const struct {
		gob_zone_fn *zone;
		struct slice written; /* minutes, perhaps seconds */
	} rows[] = {
		{golden_zone, SLICE_TEXT("\x00\x00")},
		{zone_of_india, SLICE_TEXT("\x01\x4a")},
		{zone_of_old_amsterdam, SLICE_TEXT("\x00\x13\x20")},
		{zone_of_chicago, SLICE_TEXT("\xfe\xd4")},
	};
	int64_t sum = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct times times = {0};
		struct arena arena;
		struct err err;
		struct buf file;

		arena_init(&arena, 1 << 16);
		err = err_in(&arena);
		rewrite_golden("reference.gob", rows[i].zone, &file);
		assert_int_equal(gob_read(buf_slice(&file), add_times, &times, &err), ERR_NONE);
		assert_int_equal(times.n, 41);
		assert_int_equal(count_times(buf_slice(&file), rows[i].written), 41);
		assert_true(i == 0 || times.sum == sum);
		sum = times.sum;
		buf_free(&file);
		arena_free(&arena);
	}
}

/* ---- sinks ---- */

static bool full_sink(void *context, struct slice bytes)
{
	(void)bytes;
	++*(unsigned *)context;
	return false;
}

/* A full disk ends the writing at once. */
static void a_sink_that_fails_ends_it(void **state)
{
	const struct snapshot *snap;
	struct restored r;
	struct buf file;
	unsigned n = 0;

	(void)state;
	golden_read("reference.gob", &file);
	restore(&r, buf_slice(&file));
	snap = store_snapshot(r.store);
	assert_false(gob_write(snap, golden_zone, full_sink, &n));
	assert_int_equal(n, 1);
	snapshot_release(snap);
	restored_free(&r);
	buf_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(definitions_are_the_reference_s),
		cmocka_unit_test(an_empty_store_is_five_bytes_more),
		cmocka_unit_test(a_rewritten_file_has_the_same_bytes),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(times_are_the_same_in_every_zone),
		cmocka_unit_test(a_sink_that_fails_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
