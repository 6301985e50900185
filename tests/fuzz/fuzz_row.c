/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the content of a row, whose first byte is the type of a large family: refused, or
 * blocks that are written and read again as the same bytes. */
#include <stdlib.h>

#include "store/row.h"

enum { ARENA_BYTES_MAX = 1 << 22, OUT_BYTES_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_block(const struct block *b, const struct row_family *family,
			const struct stamp *stamp, struct arena *arena)
{
	struct block *again = NULL;
	struct buf series, twice;
	enum row_result result;

	buf_init(&series, OUT_BYTES_MAX);
	buf_init(&twice, OUT_BYTES_MAX);
	row_put_series(&series, b);
	assert(buf_ok(&series));
	result = row_read_series(buf_slice(&series), family, stamp, arena, &again);
	assert(result == ROW_OK || result == ROW_NOMEM);
	if (result == ROW_OK) {
		row_put_series(&twice, again);
		assert(slice_eq(buf_slice(&series), buf_slice(&twice)));
	}
	block_free(again);
	buf_free(&series);
	buf_free(&twice);
}

static void read_group(struct slice content, const struct stamp *stamp, struct arena *arena)
{
	struct row_reader r;
	struct row_family family;
	enum row_result result = row_open(&r, content);

	while (result == ROW_OK && r.n_left > 0) {
		result = row_next(&r, stamp, arena, &family);
		if (result != ROW_OK || family.large)
			continue;
		check_block(family.family.block, &family, stamp, arena);
		block_free(family.family.block);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice content = {(const char *)data, size};
	const struct label job = {SLICE("job"), SLICE("x")};
	struct row_family family = {.rest = SLICE_EMPTY, .pushed_ns = 1};
	struct stamp *stamp = stamp_new(&job, 1);
	struct block *b = NULL;
	struct arena arena;
	uint32_t n;

	assert(stamp != NULL);
	arena_init(&arena, ARENA_BYTES_MAX);
	read_group(content, stamp, &arena);
	(void)row_labels_ok(content, &n);
	if (size > 0) {
		family.type = data[0] % METRIC_TYPES;
		if (row_read_series(slice_skip(content, 1), &family, stamp, &arena, &b) == ROW_OK)
			check_block(b, &family, stamp, &arena);
		block_free(b);
	}
	arena_free(&arena);
	stamp_free(stamp);
	return 0;
}
