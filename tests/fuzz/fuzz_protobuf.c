/* SPDX-License-Identifier: Apache-2.0
 *
 * A body of protobuf under small limits and a small arena: what is accepted lies within the body or
 * the arena and keeps the limits, and what /metrics shows of it as protobuf is a body that shows
 * the same, in canonical form. */
#include "../expose_protobuf.h"
#include "format/canon.h"
#include "format/debug_write.h"
#include "format/family_rest.h"
#include "format/native.h"

enum { ARENA_BYTES_MAX = 1 << 20, OUT_BYTES_MAX = 16 << 20 };

static const struct push_limits limits = {.families_max = 50,
					  .series_max = 300,
					  .labels_max = 40,
					  .name_bytes_max = 100,
					  .value_bytes_max = 200};

/* Reads each byte: under ASan the arena poisons what lies outside of its texts. */
static void check_text(struct slice text, size_t bytes_max)
{
	unsigned sum = 0;

	assert(text.len <= bytes_max);
	for (size_t i = 0; i < text.len; i++)
		sum += (unsigned char)text.ptr[i];
	assert(sum <= 255 * text.len);
}

static void check_metric(const struct family *family, const struct metric *metric,
			 size_t body_bytes)
{
	assert(metric->n_labels + (metric->n_points > 0) <= limits.labels_max);
	for (uint32_t i = 0; i < metric->n_labels; i++) {
		check_text(metric->labels[i].name, limits.name_bytes_max);
		check_text(metric->labels[i].value, limits.value_bytes_max);
	}
	assert(!metric->lacks_value || metric->tail_whole);
	check_text(metric->tail, 2 * body_bytes);
	if (family->type == METRIC_SUMMARY)
		check_text((struct slice){(const char *)metric->quantiles,
					  metric->n_points * sizeof(struct quantile)},
			   SIZE_MAX);
	else if (family->type >= METRIC_HISTOGRAM)
		check_text((struct slice){(const char *)metric->buckets,
					  metric->n_points * sizeof(struct bucket)},
			   SIZE_MAX);
}

static void check_list(const struct family_list *list, size_t body_bytes)
{
	uint32_t n_families = 0, n_metrics = 0, n_points = 0;

	for (const struct family *f = list->first; f != NULL; f = f->next) {
		uint32_t n = 0;

		n_families++;
		assert(f->name.len > 0 && (unsigned)f->type < METRIC_TYPES);
		check_text(f->name, limits.name_bytes_max);
		check_text(f->help, limits.value_bytes_max);
		check_text(f->rest, 2 * body_bytes);
		check_text(family_rest_unit(f->rest), limits.value_bytes_max);
		for (const struct family *g = list->first; g != f; g = g->next)
			assert(!slice_eq(g->name, f->name));
		for (const struct metric *m = f->first; m != NULL; m = m->next) {
			check_metric(f, m, body_bytes);
			n++;
			n_points += m->n_points;
		}
		assert(n == f->n_metrics);
		n_metrics += n;
	}
	assert(n_families == list->n_families && n_families <= limits.families_max);
	assert(n_metrics + n_points <= limits.series_max);
}

/* As many buckets as the spans say, and not one more or less. */
static void check_native(const struct series *s)
{
	struct native native = native_of_series(s);

	for (int side = NATIVE_NEGATIVE; side <= NATIVE_POSITIVE; side++) {
		struct native_bucket bucket;
		struct native_walk walk;
		uint64_t by_spans, values, n = 0;

		native_bucket_counts(&native, (enum native_side)side, &by_spans, &values);
		native_walk_start(&native, (enum native_side)side, &walk);
		while (native_walk_next(&walk, &bucket))
			n++;
		assert(!native.has_spans || (n == by_spans && n == values));
	}
}

static void check_series(const struct family *f)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct stamp *stamp = stamp_new(&job, 1);
	struct stamped stamped;
	struct arena arena;
	struct block *block;

	assert(stamp != NULL);
	arena_init(&arena, SIZE_MAX / 2);
	if (!family_stamp((struct family *)f, stamp, &arena, &stamped))
		abort();
	block = block_freeze(&stamped);
	assert(block != NULL);
	for (uint32_t i = 0; f->type >= METRIC_HISTOGRAM && i < block->n_series; i++)
		check_native(block_series(block, i));
	block_free(block);
	stamp_free(stamp);
	arena_free(&arena);
}

/* Each message is canonical, and has a text. */
static void check_messages(struct slice shown)
{
	struct wire w = wire_start(shown);

	while (wire_more(&w)) {
		uint64_t bytes = wire_varint(&w), count = 0;
		struct slice message = {w.at, (size_t)bytes};
		struct buf text;

		assert(!w.bad && bytes <= (uint64_t)(w.end - w.at));
		assert(canon_judge(&schema_family, message, &count) == CANON_IS);
		for (int style = DEBUG_LINE; style <= DEBUG_LINES; style++) {
			buf_init(&text, OUT_BYTES_MAX);
			debug_write_message(&text, &schema_family, message, (enum debug_style)style,
					    false);
			assert(buf_ok(&text) && text.len > 0);
			buf_free(&text);
		}
		w.at += bytes;
	}
}

static void check_shown_again(struct slice shown)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct family_list list;
	struct arena arena;
	struct buf again;
	struct err err;

	arena_init(&arena, 64 * ARENA_BYTES_MAX);
	buf_init(&again, OUT_BYTES_MAX);
	err = err_in(&arena);
	if (protobuf_parse(shown, &no_limits, &arena, &list, &err) != ERR_NONE)
		abort();
	expose_as_protobuf(&list, &job, 1, &arena, &again);
	assert(slice_eq(buf_slice(&again), shown));
	buf_free(&again);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct slice body = {(const char *)data, size};
	struct family_list list;
	struct arena arena;
	struct buf shown;
	struct err err;
	enum err_code code;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	code = protobuf_parse(body, &limits, &arena, &list, &err);
	assert(arena.bytes_used <= ARENA_BYTES_MAX);
	assert(code == ERR_NONE || code == ERR_SYNTAX || code == ERR_TOO_BIG);
	if (code != ERR_NONE) {
		assert(err.code == code && err.msg.len > 0);
		check_text(err.msg, ARENA_BYTES_MAX);
		arena_free(&arena);
		return 0;
	}
	check_list(&list, size);
	arena.bytes_max *= 2;
	for (const struct family *f = list.first; f != NULL; f = f->next)
		if (f->n_metrics > 0)
			check_series(f);
	buf_init(&shown, OUT_BYTES_MAX);
	expose_as_protobuf(&list, &job, 1, &arena, &shown);
	assert(buf_ok(&shown));
	check_messages(buf_slice(&shown));
	check_shown_again(buf_slice(&shown));
	buf_free(&shown);
	arena_free(&arena);
	return 0;
}
