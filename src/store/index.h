/* SPDX-License-Identifier: Apache-2.0
 *
 * index.h -- the keeper's own view: which group holds which family now, staged changes included.
 *
 * Only the keeper touches it; readers see the states of groups and what else publish.c publishes
 * from it (store.h). It answers every question of the consistency check without looking at what is
 * stored otherwise: families know their types, holders and the *shapes* (sets of grouping label
 * names) among the holders. Staging moves a group from one state to another; the reverse move
 * undoes it. */
#pragma once

#include "metric/block.h"
#include "store/order.h"
#include "store/own_families.h"
#include "store/table.h"

struct store_limits {
	uint64_t groups_max;
	uint64_t series_max;
	uint32_t shapes_per_family_max;
	uint64_t bytes_max;   /* of memory, 0: no limit */
	uint64_t hash_secret; /* table.h; a new one for every process */
};

/* A set of grouping label names. */
struct shape {
	uint64_t hash;
	uint64_t n_groups;
	uint32_t n_names;
	struct slice names[]; /* sorted */
};

struct shape_count {
	struct shape *shape;
	uint64_t n_groups;
};

/* A metric family that some group holds. */
struct store_family {
	uint64_t hash;
	struct slice name;
	uint64_t n_groups; /* that hold series of it */
	uint64_t n_empty;  /* groups that hold it without series: no reader of series sees them */
	uint64_t n_groups_of_type[METRIC_TYPES];
	struct shape_count *shapes; /* of its holders; not kept for the two time families */
	uint32_t n_shapes, shapes_capacity;
	const struct own_family *own; /* of that name; NULL: none */
	bool help_came;               /* in this batch, another help than the exposed one */
	const struct help *came;      /* that help; NULL: lack of one */
	bool is_time;

	/* what is published (publish.c) */
	struct order series;
	struct store_family_version *version; /* NULL: not published yet */
	const struct help *exposed_help;      /* of that version */
	struct order_place place;             /* of the version, among all families */
	uint64_t born;

	struct store_family *next_touched;
	bool touched;
};

/* One family of a group. */
struct held {
	struct store_family *family;
	struct block *block;
};

/* All that a group holds, at one moment. Immutable once it is staged. */
struct group_state {
	uint64_t born; /* 0: not published */
	uint32_t n_held;
	uint32_t n_empty; /* families without series */
	uint64_t n_series;
	uint64_t n_bytes; /* all memory that the group is charged with, see index_group_bytes */
	const struct stamp *stamp;
	struct store_group *group;      /* keeper's */
	double push_time, failure_time; /* Unix seconds; 0: never */
	struct held held[];             /* sorted by the families' names */
};

/* As the page, the API and its filters say it. */
static inline bool group_last_push_failed(const struct group_state *group)
{
	return group->failure_time > group->push_time;
}

/* What the ledger knows of a group's row; the ledger's alone. */
struct ledger_mark {
	int64_t row;       /* its key; 0: none was given */
	uint64_t checksum; /* of what is in the file */
	uint32_t waiting;  /* its place among the rows to be written, plus one; 0: is written */
	uint32_t n_large;  /* families in rows of their own */
	bool recorded;     /* it is in the file, as far as is known */
};

struct store_group {
	struct stamp *stamp;
	struct shape *shape;
	struct group_state *staged;    /* NULL: does not exist (any more) */
	struct group_state *published; /* NULL: not visible yet */
	struct group_state *outdated;  /* publish.c's, while it publishes */
	struct order_place place;      /* of the published state, among all groups */
	struct store_group *next_touched;
	bool touched;
	struct ledger_mark mark;
};

struct index {
	struct store_limits limits;
	struct epoch *epoch;
	struct table groups, families, shapes, helps;
	uint64_t n_groups, n_series, n_empty, n_bytes; /* staged; as in group_state */
	struct store_group *touched_groups;
	struct store_family *touched_families;
	struct help *touched_helps;
	struct arena scratch;
	const struct own_family *own_families; /* exposed beside the store */
	size_t n_own_families;
};

void index_init(struct index *ix, const struct store_limits *limits, struct epoch *epoch);
void index_free(struct index *ix);

/* A group that exists, by its grouping labels. */
struct store_group *index_group(const struct index *ix, const struct stamp *stamp);
struct store_group *index_group_by_labels(const struct index *ix, uint64_t hash,
					  struct labels labels);

/* About what a group, and in it a family, takes of memory: what is allocated for it, its places in
 * tables and orders, and what a scrape keeps of it. */
size_t index_group_bytes(const struct stamp *stamp);
size_t index_held_bytes(const struct block *b);

/* The group of these labels, made when there is none (without a state). Takes `stamp` then, and
 * sets *stamp to NULL. NULL: out of memory. */
struct store_group *index_group_make(struct index *ix, struct stamp **stamp);

/* True when the shape is that of these grouping labels. */
bool index_shape_fits(const struct shape *shape, struct labels grouping);

/* NULL when no group holds series of it. */
struct store_family *index_family(const struct index *ix, struct slice name);

/* The family, made when there is none, with room for one more group to hold it: index_move must not
 * fail. NULL: out of memory. */
struct store_family *index_family_make(struct index *ix, struct slice name);

/* The family of that name that is exposed beside the store, or NULL. */
const struct own_family *index_own_family(const struct index *ix, struct slice name);

/* The help of that text, made when there is none. NULL: out of memory. */
const struct help *index_help_make(struct index *ix, struct slice text);

/* The block that a state holds of a family; NULL when there is none, or no series in it. */
const struct block *state_block(const struct group_state *state, const struct store_family *f);

/* Number of groups other than `except` (may be NULL) that hold the family with that type. */
uint64_t family_holders(const struct store_family *f, enum metric_type type,
			const struct group_state *except);

/* Moves a group to a state (NULL: away) and keeps all counts true. The group and the families
 * concerned are on the touched lists afterwards. */
void index_move(struct index *ix, struct store_group *group, struct group_state *to);

void index_touch_family(struct index *ix, struct store_family *f);
void index_touch_group(struct index *ix, struct store_group *group);

/* After publishing or undoing: takes out a group without state, a family without holders. They must
 * not be published. Their names may still be seen by readers, so they are retired. */
void index_drop_group(struct index *ix, struct store_group *group);
void index_drop_family(struct index *ix, struct store_family *f);

/* No group has a state: they are found no more. Each must be dropped before another is made. */
void index_forget_groups(struct index *ix);

/* The same for the helps that no block has any more. */
void index_drop_helps(struct index *ix);
