/* SPDX-License-Identifier: Apache-2.0
 *
 * golden_gob.h -- files of the reference from tests/golden/gob, and stores filled from them. */
#pragma once

#include "format/protobuf_write.h"
#include "store/gob_import.h"

#include "render.h"

static const struct store_limits golden_limits = {
	.groups_max = 1000, .series_max = 100000, .shapes_per_family_max = 100};

static inline void golden_read(const char *name, struct buf *ret)
{
	char path[4096];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", GOLDEN_GOB, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	buf_init(ret, 1 << 20);
	do {
		char *at = buf_reserve(ret, 4096);

		assert_non_null(at);
		n = fread(at, 1, 4096, file);
		buf_advance(ret, n);
	} while (n > 0);
	(void)fclose(file);
}

/* A store filled from a file, and what was said about it. */
struct restored {
	struct store *store;
	struct gob_counts counts;
	struct buf warnings; /* a line each */
	struct arena arena;
	struct err err;
};

static inline bool golden_restore(void *context, struct change *change, struct err *reterr)
{
	struct restored *r = context;

	(void)reterr;
	store_stage(r->store, change);
	assert_int_equal(change->verdict, ERR_NONE);
	store_publish(r->store);
	change_free(change);
	return true;
}

static inline void golden_warn(void *context, struct slice sentence)
{
	struct restored *r = context;

	buf_put(&r->warnings, sentence);
	buf_put_byte(&r->warnings, '\n');
}

static inline enum err_code restored_read(struct restored *r, struct slice file)
{
	const struct gob_importer importer = {
		.restore = golden_restore, .warn = golden_warn, .context = r};

	*r = (struct restored){.store = store_new(&golden_limits)};
	assert_non_null(r->store);
	buf_init(&r->warnings, 1 << 20);
	arena_init(&r->arena, 1 << 20);
	r->err = err_in(&r->arena);
	return gob_import(file, &importer, &r->counts, &r->err);
}

static inline void restored_free(struct restored *r)
{
	r->store = store_free(r->store);
	buf_free(&r->warnings);
	arena_free(&r->arena);
}

/* /metrics as text in any escaping. */
static inline void restored_text(const struct restored *r, enum escaping escaping, struct buf *out)
{
	const struct snapshot *snap = store_snapshot(r->store);
	const struct order_node *families, *leaf;
	struct order_walk walk, leaves;

	assert_non_null(snap);
	order_walk_start(&walk, snapshot_families(snap));
	while ((families = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < families->n; i++) {
			const struct store_family_version *f = families->child[i];

			text_write_head(out, escaping, f->name,
					f->help == NULL ? NULL : &f->help->text, f->type);
			order_walk_start(&leaves, f->series);
			while ((leaf = order_walk_next(&leaves)) != NULL)
				for (uint32_t j = 0; j < leaf->n; j++)
					text_write_series(out, escaping, f->name, leaf->child[j]);
		}
	snapshot_release(snap);
}

/* The same as delimited protobuf, of names that need no escaping. */
static inline void restored_protobuf(const struct restored *r, struct buf *out)
{
	const struct snapshot *snap = store_snapshot(r->store);
	const struct order_node *families, *leaf;
	struct order_walk walk, leaves;
	struct buf family;

	assert_non_null(snap);
	buf_init(&family, 1 << 20);
	order_walk_start(&walk, snapshot_families(snap));
	while ((families = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < families->n; i++) {
			const struct store_family_version *f = families->child[i];

			buf_clear(&family);
			protobuf_write_head(&family, ESCAPING_UNDERSCORES, f->name,
					    f->help == NULL ? NULL : &f->help->text, f->type);
			order_walk_start(&leaves, f->series);
			while ((leaf = order_walk_next(&leaves)) != NULL)
				for (uint32_t j = 0; j < leaf->n; j++)
					protobuf_write_series(&family, ESCAPING_UNDERSCORES,
							      leaf->child[j]);
			protobuf_write_length(out, family.len);
			buf_put(out, buf_slice(&family));
		}
	buf_free(&family);
	snapshot_release(snap);
}

static inline bool golden_sink(void *context, struct slice bytes)
{
	buf_put(context, bytes);
	return true;
}

static inline int32_t golden_zone(int64_t time_ns)
{
	(void)time_ns;
	return 0;
}

static inline void restored_gob(const struct restored *r, gob_zone_fn *zone, struct buf *out)
{
	const struct snapshot *snap = store_snapshot(r->store);

	assert_non_null(snap);
	assert_true(gob_write(snap, zone, golden_sink, out));
	snapshot_release(snap);
}

static inline void assert_slices_equal(struct slice found, struct slice wanted)
{
	if (!slice_eq(found, wanted))
		fail_msg("found:\n%.*s\nwanted:\n%.*s", SLICE_ARG(found), SLICE_ARG(wanted));
}

static inline void assert_has(const struct buf *text, const char *part)
{
	if (memmem(text->ptr, text->len, part, strlen(part)) == NULL)
		fail_msg("not there:\n%s\nin:\n%.*s", part, SLICE_ARG(buf_slice(text)));
}
