/* SPDX-License-Identifier: Apache-2.0
 *
 * labels.h -- label names, label sets and the names' rules.
 *
 * A label set that is kept is *packed*: one run of bytes, sorted by name bytewise, no name twice,
 * each label as varint length, name, varint length, value. Equal sets are equal bytes, so a packed
 * set is its own identity (hash, memcmp). Pure; any thread. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct label {
	struct slice name, value;
};

enum name_scheme { NAME_LEGACY, NAME_UTF8 };

/* [a-zA-Z_][a-zA-Z0-9_]*, or with NAME_UTF8 any non-empty valid UTF-8. */
bool label_name_valid(struct slice name, enum name_scheme scheme);

/* [a-zA-Z_:][a-zA-Z0-9_:]*, or with NAME_UTF8 any non-empty valid UTF-8. */
bool metric_name_valid(struct slice name, enum name_scheme scheme);

/* Sorts by name bytewise; stable, so that of equal names the earlier stays first. */
void labels_sort(struct label *labels, size_t n);

struct labels {
	struct slice bytes;
	uint32_t n;
};

#define LABELS_NONE ((struct labels){SLICE_EMPTY, 0})

/* Packs sorted labels; false when the arena refuses. A name that comes twice is packed twice (only
 * until the consistency check has refused it). */
must_check bool labels_pack(const struct label *sorted, size_t n, struct arena *arena,
			    struct labels *ret);

/* The same in two steps, for a caller that owns the memory. */
size_t labels_packed_bytes(const struct label *sorted, size_t n);
char *labels_pack_at(const struct label *sorted, size_t n, char *at); /* returns the end */

/* Walks a packed set: `rest` starts as `set.bytes`; false at the end. */
bool labels_next(struct slice *rest, struct label *ret);

/* False when there is no label of that name. */
bool labels_get(struct labels set, struct slice name, struct slice *ret_value);

uint64_t labels_hash(struct labels set);
static inline bool labels_eq(struct labels a, struct labels b)
{
	return slice_eq(a.bytes, b.bytes);
}

/* The order of the reference's grouping keys: name 0xFF value 0xFF name ... compared bytewise. */
int labels_compare_as_key(struct labels a, struct labels b);

/* A series' labels are those of its group (the stamp: grouping labels, and instance="" where no
 * grouping label is `instance`) and its own. Own ones win; they can only meet at `instance`. */
struct labels_merge {
	struct slice stamp, own;
	struct label next_stamp, next_own;
	bool has_stamp, has_own;
};

void labels_merge_start(struct labels_merge *m, struct labels stamp, struct labels own);
bool labels_merge_next(struct labels_merge *m, struct label *ret); /* sorted by name */
uint32_t labels_merged_count(struct labels stamp, struct labels own);

/* The order of exposition: fewer labels first, then label values in the order of their names, then
 * label names; 0 exactly when the label sets are equal. */
int labels_merged_compare(struct labels a_stamp, struct labels a_own, struct labels b_stamp,
			  struct labels b_own);
