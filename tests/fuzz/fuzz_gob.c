/* SPDX-License-Identifier: Apache-2.0
 *
 * A persistence file of the reference: refused, or restored; what is restored, written and restored
 * again is the same. A first byte of zero puts the rest behind the definitions, as the value. */
#include "store/gob_import.h"

enum { FILE_BYTES_MAX = 1 << 20 };

static const struct store_limits limits = {
	.groups_max = 1000, .series_max = 100000, .shapes_per_family_max = 100};

static bool restore(void *context, struct change *change, struct err *reterr)
{
	struct store *store = context;

	(void)reterr;
	store_stage(store, change);
	store_publish(store);
	change_free(change);
	return true;
}

static void ignore(void *context, struct slice sentence)
{
	(void)context;
	assert(sentence.len > 0);
}

static bool sink(void *context, struct slice bytes)
{
	buf_put(context, bytes);
	return true;
}

static int32_t zone(int64_t time_ns)
{
	return time_ns % 2 == 0 ? 0 : 330 * 60;
}

/* False when it is refused. */
static bool read_and_write(struct slice file, struct buf *out)
{
	struct store *store = store_new(&limits);
	struct gob_importer importer = {.restore = restore, .warn = ignore, .context = store};
	const struct snapshot *snapshot;
	struct gob_counts counts;
	struct arena arena;
	struct err err;
	bool done;

	assert(store != NULL);
	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	done = gob_import(file, &importer, &counts, &err) == ERR_NONE;
	assert(done || err.msg.len > 0);
	if (done) {
		snapshot = store_snapshot(store);
		assert(snapshot_n_groups(snapshot) == counts.groups);
		done = gob_write(snapshot, zone, sink, out);
		assert(done && buf_ok(out));
		snapshot_release(snapshot);
	}
	(void)store_free(store);
	arena_free(&arena);
	return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice file = {(const char *)data, size};
	struct buf whole, first, second;

	buf_init(&whole, FILE_BYTES_MAX);
	buf_init(&first, 16 * FILE_BYTES_MAX);
	buf_init(&second, 16 * FILE_BYTES_MAX);
	if (size > 0 && data[0] == 0) {
		gob_put_definitions(&whole);
		gob_put_text(&whole, slice_skip(file, 1));
		file = buf_slice(&whole);
	}
	if (read_and_write(file, &first)) {
		bool again = read_and_write(buf_slice(&first), &second);

		assert(again && slice_eq(buf_slice(&first), buf_slice(&second)));
	}
	buf_free(&whole);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
