/* SPDX-License-Identifier: Apache-2.0
 *
 * row.h -- what a group holds as bytes, for the ledger's rows, and back.
 *
 * Lossless: what only protobuf can say, help that is empty, negative zero, the bits of a NaN, the
 * order of the body. Whole numbers are varints, floats their eight bytes, little-endian:
 *
 *   content   times of the push and of the failure: each 8 bytes of seconds, and when it was set
 *             (zigzag varint of nanoseconds, the second one relative to the first)
 *             number of families, then each in the order of names:
 *               kind (1 byte: type, has a help, large, has a rest), name, help, rest (block_rest),
 *               time of the push (relative to that of the one before), then its series; or, of a
 *               large family, the checksum of the row that has them (8 bytes)
 *   series    their number, then each: flags (1 byte), what the flags announce (index in the body,
 *             own labels packed), numbers, tail
 *
 * Reading takes nothing on trust, though checksums guard the rows: bytes that are no content are
 * refused, and never cost more memory than a small multiple of themselves. Pure; one thread. */
#pragma once

#include "base/buf.h"
#include "store/change.h"
#include "store/index.h"

/* The series of a family from this size on stand in a row of their own, so that a push to its
 * group does not write them again. */
enum { ROW_LARGE_FAMILY_BYTES = 16 * 1024 };

static inline bool row_is_large(const struct block *b)
{
	return b->n_bytes >= ROW_LARGE_FAMILY_BYTES;
}

/* Over all of a row: key, text (labels of a group, name of a family) and content. */
uint64_t row_checksum(int64_t key, struct slice text, struct slice content);

/* Writing: the head, then as many families as it was told (all but the two of times). The buf's
 * sticky error says when there is no memory. */
void row_put_head(struct buf *out, const struct group_state *state);
/* `previous_ns` starts as 0. */
void row_put_family(struct buf *out, const struct held *held, int64_t *previous_ns);
void row_put_large_family(struct buf *out, const struct held *held, uint64_t checksum,
			  int64_t *previous_ns);
void row_put_series(struct buf *out, const struct block *b);

/* Reading. */
struct row_reader {
	struct slice rest;
	uint32_t n_families, n_left;
	struct kept_time push, failure;
	/* of the family before */
	int64_t previous_ns;
	struct slice previous_name;
};

/* A family as it was recorded; name and help point into the content. */
struct row_family {
	struct change_family family; /* without block where it is large */
	enum metric_type type;
	struct slice rest; /* see block_rest; points into the content */
	int64_t pushed_ns;
	uint64_t checksum; /* of a large family's row */
	bool large;
};

enum row_result {
	ROW_OK,
	ROW_BAD, /* this is no content */
	ROW_NOMEM,
};

must_check enum row_result row_open(struct row_reader *r, struct slice content);

/* Once for each of n_families; the block is the caller's. `stamp` is that of its group; the arena
 * is for what does not outlive the call. After the last one the content must be at its end. */
must_check enum row_result row_next(struct row_reader *r, const struct stamp *stamp,
				    struct arena *arena, struct row_family *ret);

/* The series of a large family, whose row holds nothing else. */
must_check enum row_result row_read_series(struct slice content, const struct row_family *family,
					   const struct stamp *stamp, struct arena *arena,
					   struct block **ret);

/* Labels as a row holds them: packed, sorted by name, no name twice. */
bool row_labels_ok(struct slice packed, uint32_t *ret_n);
