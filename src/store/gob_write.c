/* SPDX-License-Identifier: Apache-2.0
 *
 * The value is one message, which begins with its length: everything is measured before the first
 * byte is written, and then made again group by group. */
#include "store/gob.h"

#include <stdlib.h>

#include "format/protobuf_write.h"

enum { NS_PER_SECOND = 1000000000, SECONDS_PER_MINUTE = 60 };

/* Pieces of about that size go to the sink. */
enum { PIECE_BYTES = 256 * 1024 };

struct writer {
	gob_zone_fn *zone;
	gob_sink_fn *sink;
	void *context;
	struct buf piece, head;
};

/* ---- numbers and texts ---- */

static size_t byte_count(uint64_t value)
{
	return value == 0 ? 1 : (size_t)(71 - __builtin_clzll(value)) / 8;
}

size_t gob_uint_bytes(uint64_t value)
{
	return value < 0x80 ? 1 : 1 + byte_count(value);
}

static size_t text_bytes(size_t n)
{
	return gob_uint_bytes(n) + n;
}

void gob_put_uint(struct buf *out, uint64_t value)
{
	size_t n = byte_count(value);

	if (value < 0x80) {
		buf_put_byte(out, (char)value);
		return;
	}
	buf_put_byte(out, (char)-(int)n);
	for (size_t i = n; i-- > 0;)
		buf_put_byte(out, (char)(value >> (8 * i)));
}

void gob_put_int(struct buf *out, int64_t value)
{
	gob_put_uint(out, value < 0 ? ~(uint64_t)value << 1 | 1 : (uint64_t)value << 1);
}

void gob_put_text(struct buf *out, struct slice text)
{
	gob_put_uint(out, text.len);
	buf_put(out, text);
}

/* ---- times ---- */

static void put_big_endian(struct buf *out, uint64_t value, size_t n)
{
	for (size_t i = n; i-- > 0;)
		buf_put_byte(out, (char)(value >> (8 * i)));
}

static size_t time_bytes(int32_t zone_seconds)
{
	return zone_seconds % SECONDS_PER_MINUTE == 0 ? GOB_TIME_BYTES : GOB_TIME_BYTES_SECONDS;
}

/* See read_time in gob_read.c. A zone one minute west of UTC cannot be said: that is how UTC is. */
static void put_time(struct buf *out, int64_t time_ns, int32_t zone_seconds)
{
	int64_t seconds = time_ns / NS_PER_SECOND, ns = time_ns % NS_PER_SECOND;
	size_t bytes = time_bytes(zone_seconds);

	if (ns < 0) {
		seconds--;
		ns += NS_PER_SECOND;
	}
	gob_put_uint(out, bytes);
	buf_put_byte(out, bytes == GOB_TIME_BYTES ? 1 : 2);
	put_big_endian(out, (uint64_t)(seconds + GOB_UNIX_SECONDS), 8);
	put_big_endian(out, (uint64_t)ns, 4);
	put_big_endian(out, (uint64_t)(zone_seconds / SECONDS_PER_MINUTE), 2);
	if (bytes == GOB_TIME_BYTES_SECONDS)
		buf_put_byte(out, (char)(zone_seconds % SECONDS_PER_MINUTE));
}

/* ---- families ---- */

static void make_head(struct writer *w, const struct held *held)
{
	const struct block *block = held->block;

	buf_clear(&w->head);
	protobuf_write_head(&w->head, ESCAPING_ALLOW_UTF8, held->family->name,
			    block->help == NULL ? NULL : &block->help->text,
			    (enum metric_type)block->type);
}

static size_t message_bytes(struct writer *w, const struct held *held)
{
	size_t bytes;

	make_head(w, held);
	bytes = w->head.len + block_rest(held->block).len;
	for (uint32_t i = 0; i < held->block->n_series; i++)
		bytes += protobuf_series_bytes(ESCAPING_ALLOW_UTF8, block_series(held->block, i));
	return bytes;
}

/* The series in the order of the push: that is how the reference keeps and shows them. */
static bool put_series(struct writer *w, const struct block *block)
{
	uint32_t *order;

	if (block->n_series == 0)
		return true;
	order = malloc(block->n_series * sizeof(*order));
	if (order == NULL)
		return false;
	for (uint32_t i = 0; i < block->n_series; i++)
		order[block_series(block, i)->pushed_index] = i;
	for (uint32_t i = 0; i < block->n_series; i++)
		protobuf_write_series(&w->piece, ESCAPING_ALLOW_UTF8,
				      block_series(block, order[i]));
	free(order);
	return true;
}

static size_t family_bytes(struct writer *w, const struct held *held)
{
	return text_bytes(held->family->name.len) + 1 +
	       text_bytes(time_bytes(w->zone(held->block->pushed_ns))) + 1 +
	       text_bytes(message_bytes(w, held)) + 1;
}

static bool put_family(struct writer *w, const struct held *held)
{
	size_t bytes = message_bytes(w, held);

	gob_put_text(&w->piece, held->family->name);
	gob_put_uint(&w->piece, 1);
	put_time(&w->piece, held->block->pushed_ns, w->zone(held->block->pushed_ns));
	gob_put_uint(&w->piece, 1);
	gob_put_uint(&w->piece, bytes);
	buf_put(&w->piece, buf_slice(&w->head));
	if (!put_series(w, held->block))
		return false;
	buf_put(&w->piece, block_rest(held->block));
	gob_put_uint(&w->piece, 0);
	return buf_ok(&w->head) && buf_ok(&w->piece);
}

/* ---- groups ---- */

static size_t key_bytes(struct labels labels)
{
	struct slice rest = labels.bytes;
	struct label label;
	size_t bytes = 0;

	while (labels_next(&rest, &label))
		bytes += label.name.len + 1 + label.value.len + 1;
	return bytes == 0 ? 0 : bytes - 1;
}

static void put_key(struct buf *out, struct labels labels)
{
	struct slice rest = labels.bytes;
	struct label label;

	gob_put_uint(out, key_bytes(labels));
	while (labels_next(&rest, &label)) {
		buf_put(out, label.name);
		buf_put_byte(out, (char)GOB_KEY_SEPARATOR);
		buf_put(out, label.value);
		if (rest.len > 0)
			buf_put_byte(out, (char)GOB_KEY_SEPARATOR);
	}
}

static size_t group_bytes(struct writer *w, const struct group_state *group)
{
	struct labels labels = group->stamp->grouping;
	struct slice rest = labels.bytes;
	struct label label;
	size_t bytes = text_bytes(key_bytes(labels)) + 1;

	if (labels.n > 0)
		bytes += 1 + gob_uint_bytes(labels.n);
	while (labels_next(&rest, &label))
		bytes += text_bytes(label.name.len) + text_bytes(label.value.len);
	if (group->n_held > 0)
		bytes += 1 + gob_uint_bytes(group->n_held);
	for (uint32_t i = 0; i < group->n_held; i++)
		bytes += family_bytes(w, &group->held[i]);
	return bytes;
}

static bool flush(struct writer *w, size_t bytes_min)
{
	if (w->piece.len < bytes_min)
		return true;
	if (!buf_ok(&w->piece) || !w->sink(w->context, buf_slice(&w->piece)))
		return false;
	buf_clear(&w->piece);
	return true;
}

static bool put_group(struct writer *w, const struct group_state *group)
{
	struct labels labels = group->stamp->grouping;
	struct slice rest = labels.bytes;
	struct label label;

	put_key(&w->piece, labels);
	if (labels.n > 0) {
		gob_put_uint(&w->piece, 1);
		gob_put_uint(&w->piece, labels.n);
	}
	while (labels_next(&rest, &label)) {
		gob_put_text(&w->piece, label.name);
		gob_put_text(&w->piece, label.value);
	}
	if (group->n_held > 0) {
		gob_put_uint(&w->piece, labels.n > 0 ? 1 : 2);
		gob_put_uint(&w->piece, group->n_held);
	}
	for (uint32_t i = 0; i < group->n_held; i++)
		if (!put_family(w, &group->held[i]) || !flush(w, PIECE_BYTES))
			return false;
	gob_put_uint(&w->piece, 0);
	return true;
}

/* ---- the file ---- */

static bool write_groups(struct writer *w, const struct snapshot *snapshot)
{
	uint64_t n = snapshot_n_groups(snapshot);
	const struct order_node *leaf;
	struct order_walk walk;
	size_t bytes;

	buf_clear(&w->head);
	gob_put_int(&w->head, GOB_VALUE_TYPE);
	gob_put_uint(&w->head, 0);
	gob_put_uint(&w->head, n);
	bytes = w->head.len;
	order_walk_start(&walk, snapshot_groups(snapshot));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++)
			bytes += group_bytes(w, leaf->child[i]);
	gob_put_definitions(&w->piece);
	gob_put_uint(&w->piece, bytes);
	gob_put_int(&w->piece, GOB_VALUE_TYPE);
	gob_put_uint(&w->piece, 0);
	gob_put_uint(&w->piece, n);
	order_walk_start(&walk, snapshot_groups(snapshot));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++)
			if (!put_group(w, leaf->child[i]))
				return false;
	return flush(w, 0);
}

bool gob_write(const struct snapshot *snapshot, gob_zone_fn *zone, gob_sink_fn *sink, void *context)
{
	struct writer w = {.zone = zone, .sink = sink, .context = context};
	bool done;

	buf_init(&w.piece, SIZE_MAX / 2);
	buf_init(&w.head, SIZE_MAX / 2);
	done = write_groups(&w, snapshot);
	buf_free(&w.piece);
	buf_free(&w.head);
	return done;
}
