/* SPDX-License-Identifier: Apache-2.0
 *
 * page_groups.h -- groups as markup, in the reference's words: the part of the page that needs no
 * script. Whatever was pushed is text here, never markup.
 *
 * Written piece by piece, about PAGE_PIECE_BYTES at a time, from a snapshot that outlives it. The
 * first groups are written with their series, up to a number of groups and of bytes; the others are
 * left to the script. One thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/rfc3339.h"
#include "metric/labels.h"
#include "store/store.h"

enum {
	PAGE_GROUPS_MAX = 100,
	PAGE_PIECE_BYTES = 64 * 1024,
	PAGE_SERIES_BYTES_MAX = 2 * 1024 * 1024, /* past it groups are written without series */
};

struct page_groups {
	enum name_scheme names; /* what is not valid in it is shown quoted */
	struct order_walk walk;
	const struct order_node *leaf;
	uint32_t leaf_at;
	uint32_t n_written; /* groups */
	uint64_t n_bytes;

	const struct group_state *group; /* being written; NULL: none */
	uint32_t held_at;
	uint32_t *rows; /* series of the family being written, as they were pushed; NULL: none */
	uint32_t row_at;
	struct rfc3339 times;
	struct arena scratch; /* of one series */
};

void page_groups_start(struct page_groups *g, const struct snapshot *snapshot,
		       enum name_scheme names);
void page_groups_free(struct page_groups *g);

/* Appends the next piece; false when there was none left. */
bool page_groups_next(struct page_groups *g, struct buf *out);
