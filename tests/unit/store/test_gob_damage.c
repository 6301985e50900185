/* SPDX-License-Identifier: Apache-2.0
 *
 * Damaged files. The format has no checksum, so a flipped bit in a value, a help text or a time
 * cannot be seen; everything else is refused or told of: no group, no family and no series is ever
 * missing or moved in silence. */
#include "golden_gob.h"

/* What a file holds, without values: a line for each group, its families and how many series. */
static void put_outline(const struct restored *r, struct buf *out)
{
	const struct snapshot *snap = store_snapshot(r->store);
	const struct order_node *leaf;
	struct order_walk walk;

	assert_non_null(snap);
	order_walk_start(&walk, snapshot_groups(snap));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *group = leaf->child[i];

			buf_put(out, group->stamp->grouping.bytes);
			for (uint32_t j = 0; j < group->n_held; j++) {
				buf_put_byte(out, ' ');
				buf_put(out, group->held[j].family->name);
				buf_putf(out, "=%u", group->held[j].block->n_series);
			}
			buf_put_byte(out, '\n');
		}
	snapshot_release(snap);
}

struct verdicts {
	unsigned refused, told, unseen;
};

static void judge(struct slice file, const struct buf *outline, struct verdicts *v)
{
	struct restored r;
	struct buf found;

	if (restored_read(&r, file) != ERR_NONE) {
		assert_int_equal(r.err.code, ERR_SYNTAX);
		assert_true(slice_starts(r.err.msg, SLICE("the file is damaged")));
		v->refused++;
	} else if (r.warnings.len > 0) {
		v->told++;
	} else {
		buf_init(&found, 1 << 20);
		put_outline(&r, &found);
		assert_slices_equal(buf_slice(&found), buf_slice(outline));
		buf_free(&found);
		v->unseen++;
	}
	restored_free(&r);
}

static void read_outlined(const char *name, struct buf *ret_file, struct buf *ret_outline)
{
	struct restored r;

	golden_read(name, ret_file);
	assert_int_equal(restored_read(&r, buf_slice(ret_file)), ERR_NONE);
	buf_init(ret_outline, 1 << 20);
	put_outline(&r, ret_outline);
	restored_free(&r);
}

/* Flips bits of every byte from `from` on. */
static void flip(const char *name, size_t from, const unsigned char *masks, size_t n_masks)
{
	struct verdicts v = {0};
	struct buf file, outline;

	read_outlined(name, &file, &outline);
	for (size_t i = from; i < file.len; i++)
		for (size_t j = 0; j < n_masks; j++) {
			file.ptr[i] = (char)((unsigned char)file.ptr[i] ^ masks[j]);
			judge(buf_slice(&file), &outline, &v);
			file.ptr[i] = (char)((unsigned char)file.ptr[i] ^ masks[j]);
		}
	print_message("%s: %u refused, %u told of, %u in values, texts, times and definitions\n",
		      name, v.refused, v.told, v.unseen);
	assert_true(v.refused > 0 && v.told > 0);
	buf_free(&file);
	buf_free(&outline);
}

/* Every bit of a small file. */
static void no_flipped_bit_loses_anything_in_silence(void **state)
{
	static const unsigned char masks[] = {1, 2, 4, 8, 16, 32, 64, 128};

	(void)state;
	flip("reference-utf8.gob", 0, masks, sizeof(masks));
}

/* Every byte of a file with all types, behind the definitions. */
static void no_flipped_byte_loses_anything_in_silence(void **state)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff};

	(void)state;
	flip("reference.gob", 1464, masks, sizeof(masks));
}

/* A file that ends anywhere else than at its end. */
static void every_other_length_is_refused(void **state)
{
	struct buf file, outline;
	struct verdicts v = {0};

	(void)state;
	read_outlined("reference.gob", &file, &outline);
	for (size_t len = 0; len < file.len; len++) {
		/* in memory of its own, so that a byte read behind it is seen */
		char *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy + 1, file.ptr, len);
		judge((struct slice){copy + 1, len}, &outline, &v);
		free(copy);
	}
	assert_int_equal(v.refused, file.len);
	buf_put_byte(&file, '\0');
	judge(buf_slice(&file), &outline, &v);
	assert_int_equal(v.refused, file.len);
	buf_free(&file);
	buf_free(&outline);
}

/* ---- sentences ---- */

static bool take_group(void *context, const struct gob_group *group, struct err *reterr)
{
	(void)context;
	(void)group;
	(void)reterr;
	return true;
}

/* The group {x="x"}, empty. */
#define XX "\x03x\xffx\x01\x01\x01x\x01x\x00"

/* Where the damage is and what it is; the byte is counted from the beginning of the file. */
static void damage_is_named_with_its_place(void **state)
{
	static const struct {
		struct slice file;
		const char *sentence;
	} rows[] = {
		{SLICE_TEXT(""), "0: it ends before the groups"},
		{SLICE_TEXT("\x02\x03\x00"), "3: it ends before the groups"},
		{SLICE_TEXT("\xf7\x01\x01\x01\x01\x01\x01\x01\x01\x01"),
		 "0: a number of more than 8 bytes"},
		{SLICE_TEXT("\xfe\x01"), "0: it ends within a number"},
		{SLICE_TEXT("\xff\x03\x8c\x00\x00"), "0: a number with bytes too many"},
		{SLICE_TEXT("\x05\x8c"), "0: a text that is longer than what contains it"},
		{SLICE_TEXT("\x03\xff\x8c\x01"), "4: a value that is not a map of groups"},
		{SLICE_TEXT("\x04\xff\x8c\x00\x01"),
		 "4: a map of more entries than there is room for"},
		{SLICE_TEXT("\x05\xff\x8c\x00\x00\x00"),
		 "5: bytes that belong to nothing follow the last group"},
		{SLICE_TEXT("\x04\xff\x8c\x00\x00\x00"), "5: something follows the groups"},
		{SLICE_TEXT("\x06\xff\x8c\x00\x01\x00\x00"), "7: a group without labels"},
		{SLICE_TEXT("\x0f\xff\x8c\x00\x01\x03"
			    "y\xff"
			    "x\x01\x01\x01"
			    "x\x01"
			    "x\x00"),
		 "16: a group's key is not that of its labels"},
		{SLICE_TEXT("\x07\xff\x8c\x00\x01\x00\x03\x00"),
		 "7: a field that its struct does not have"},
		{SLICE_TEXT("\x1a\xff\x8c\x00\x02" XX XX), "27: a group is there twice"},
		{SLICE_TEXT("\x0c\xff\x8c\x00\x01\x00\x01\x02\x00\x00\x00\x00\x00"),
		 "12: a group has a label twice"},
		{SLICE_TEXT("\x0c\xff\x8c\x00\x01\x00\x02\x02\x00\x00\x00\x00\x00"),
		 "12: a group has a metric family twice"},
		{SLICE_TEXT("\x0d\xff\x8c\x00\x01\x00\x02\x01\x00\x01\x02\x01\x00\x00"),
		 "10: a time in an unknown form"},
		{SLICE_TEXT("\x1a\xff\x8c\x00\x01\x00\x02\x01\x00\x01\x0f\x01\x7f\x00\x00\x0e\xe2"
			    "\x92\x40\x11\x39\x7f\xd8\xea\x00\x00\x00\x00"),
		 "10: a time that no clock shows"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct err err;
		char expected[128];

		arena_init(&arena, 1 << 16);
		err = err_in(&arena);
		assert_int_equal(gob_read(rows[i].file, take_group, NULL, &err), ERR_SYNTAX);
		(void)snprintf(expected, sizeof(expected), "the file is damaged at byte %s",
			       rows[i].sentence);
		assert_slices_equal(err.msg, slice_of(expected));
		arena_free(&arena);
	}
}

/* What is no file of the reference is not taken for one. */
static void other_files_are_told_apart(void **state)
{
	(void)state;
	assert_false(gob_sniff(SLICE("")));
	assert_false(gob_sniff(SLICE("SQLite format 3")));
	assert_false(gob_sniff(SLICE("some_metric 1\n")));
	assert_true(gob_sniff(SLICE("\x29\xff\x8b\x04\x01\x01\x18"
				    "GroupingKeyToMetricGroup\x01")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_flipped_bit_loses_anything_in_silence),
		cmocka_unit_test(no_flipped_byte_loses_anything_in_silence),
		cmocka_unit_test(every_other_length_is_refused),
		cmocka_unit_test(damage_is_named_with_its_place),
		cmocka_unit_test(other_files_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
