/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/v1/metrics and the one group of /api/v1/groups/job/...: groups with all their families,
 * written series by series while they are sent, so that what is held does not grow with the store.
 *
 * A group is an object with the keys `labels` and `last_push_successful` and one per family, sorted
 * as one map; a family of one of these two names takes the key's place, as in the reference. */
#include <stdlib.h>

#include "app/api.h"
#include "base/quote.h"
#include "base/rfc3339.h"
#include "format/json_series.h"
#include "format/json_write.h"
#include "format/path_parse.h"

enum {
	PIECE_BYTES = 32 * 1024,
	/* one series and what sorts its buckets; the limits on pushes keep far below */
	SERIES_BYTES_MAX = 1 << 30,
	KEYS = 2,
};

struct dump {
	const struct snapshot *snapshot;
	struct order_walk groups;
	const struct order_node *leaf; /* NULL: the next is to be found */
	const struct group_state *one; /* the only group; NULL: all of them */
	const struct group_state *group;
	const struct block *block; /* the family under way */
	uint32_t *order;           /* of its series, as they were pushed; NULL: there is one */
	uint32_t leaf_at, held_at, series_at;
	uint32_t keys_put; /* of the two */
	bool any, begun, ended;
	struct rfc3339 time;
	struct arena arena;
	struct buf out;
};

static const struct slice keys[KEYS] = {SLICE_TEXT("labels"), SLICE_TEXT("last_push_successful")};

/* ---- families ---- */

static bool find_order(struct dump *d)
{
	const struct block *b = d->block;

	if (b->n_series <= 1)
		return true;
	d->order = reallocarray(NULL, b->n_series, sizeof(*d->order));
	if (d->order == NULL)
		return false;
	for (uint32_t i = 0; i < b->n_series; i++)
		d->order[block_series(b, i)->pushed_index] = i;
	return true;
}

static bool begin_family(struct dump *d, const struct held *held)
{
	const struct block *b = held->block;

	d->block = b;
	d->series_at = 0;
	json_put_string(&d->out, held->family->name);
	buf_put(&d->out, SLICE(":{\"time_stamp\":\""));
	rfc3339_put(&d->time, &d->out, b->pushed_ns);
	buf_put(&d->out, SLICE("\",\"type\":"));
	json_put_string(&d->out, metric_type_name(b->type));
	if (b->help != NULL && b->help->text.len > 0) {
		buf_put(&d->out, SLICE(",\"help\":"));
		json_put_string(&d->out, b->help->text);
	}
	buf_put(&d->out, SLICE(",\"metrics\":["));
	return find_order(d);
}

/* The next series of the family, or its end. */
static bool put_next_series(struct dump *d)
{
	uint32_t at = d->series_at++, i = at;
	bool ok;

	if (at == d->block->n_series) {
		buf_put(&d->out, SLICE("]}"));
		free(d->order);
		d->order = NULL;
		d->block = NULL;
		return true;
	}
	if (d->order != NULL)
		i = d->order[at];
	if (at > 0)
		buf_put_byte(&d->out, ',');
	ok = json_put_series(&d->out, block_series(d->block, i), &d->arena);
	arena_reset(&d->arena);
	return ok;
}

/* ---- groups ---- */

static void begin_group(struct dump *d, const struct group_state *group)
{
	if (d->any)
		buf_put_byte(&d->out, ',');
	buf_put_byte(&d->out, '{');
	d->any = true;
	d->group = group;
	d->held_at = d->keys_put = 0;
}

static void put_key(struct dump *d)
{
	uint32_t key = d->keys_put++;

	json_put_string(&d->out, keys[key]);
	buf_put_byte(&d->out, ':');
	if (key == 0)
		json_put_labels(&d->out, d->group->stamp->grouping, LABELS_NONE);
	else
		buf_put(&d->out, group_last_push_failed(d->group) ? SLICE("false") : SLICE("true"));
}

/* The next key of the group, or its end. */
static bool put_next_key(struct dump *d)
{
	const struct group_state *group = d->group;
	const struct held *held = d->held_at < group->n_held ? &group->held[d->held_at] : NULL;
	int order = held == NULL          ? 1
		    : d->keys_put == KEYS ? -1
					  : slice_compare(held->family->name, keys[d->keys_put]);

	if (held == NULL && d->keys_put == KEYS) {
		buf_put_byte(&d->out, '}');
		d->group = NULL;
		return true;
	}
	if (d->held_at + d->keys_put > 0)
		buf_put_byte(&d->out, ',');
	if (order > 0) {
		put_key(d);
		return true;
	}
	d->keys_put += order == 0;
	d->held_at++;
	return begin_family(d, held);
}

static const struct group_state *next_group(struct dump *d)
{
	if (d->one != NULL)
		return d->any ? NULL : d->one;
	while (d->leaf == NULL || d->leaf_at == d->leaf->n) {
		d->leaf = order_walk_next(&d->groups);
		d->leaf_at = 0;
		if (d->leaf == NULL)
			return NULL;
	}
	return d->leaf->child[d->leaf_at++];
}

static bool step(struct dump *d)
{
	const struct group_state *group;

	if (!d->begun) {
		buf_put(&d->out, SLICE("{\"status\":\"success\",\"data\":"));
		buf_put(&d->out, d->one == NULL ? SLICE("[") : SLICE(""));
		d->begun = true;
		return true;
	}
	if (d->block != NULL)
		return put_next_series(d);
	if (d->group != NULL)
		return put_next_key(d);
	group = next_group(d);
	if (group != NULL) {
		begin_group(d, group);
		return true;
	}
	buf_put(&d->out, d->one == NULL ? SLICE("]}") : SLICE("}"));
	d->ended = true;
	return true;
}

/* ---- producer ---- */

static enum http_piece dump_next(void *state, struct slice *ret_piece)
{
	struct dump *d = state;

	if (d->ended)
		return HTTP_PIECE_END;
	buf_clear(&d->out);
	while (!d->ended && d->out.len < PIECE_BYTES)
		if (!step(d) || !buf_ok(&d->out))
			return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&d->out);
	return HTTP_PIECE_BRIEF;
}

static void dump_release(void *state)
{
	struct dump *d = state;

	snapshot_release(d->snapshot);
	arena_free(&d->arena);
	buf_free(&d->out);
	free(d->order);
	free(d);
}

/* Takes the snapshot, also when it fails. */
static void answer_dump(struct http_exchange *x, const struct snapshot *snapshot,
			const struct group_state *one)
{
	struct dump *d = malloc(sizeof(*d));

	if (d == NULL) {
		snapshot_release(snapshot);
		api_answer_no_memory(x, API_OPEN);
		return;
	}
	*d = (struct dump){.snapshot = snapshot, .one = one};
	order_walk_start(&d->groups, snapshot_groups(snapshot));
	arena_init(&d->arena, SERIES_BYTES_MAX);
	buf_init(&d->out, SERIES_BYTES_MAX);
	api_answer_producer(
		x, API_OPEN, SLICE_EMPTY,
		&(struct http_producer){.next = dump_next, .release = dump_release, .state = d});
}

/* NULL when an answer has been given. */
static const struct snapshot *take_snapshot(struct worker *w, struct http_exchange *x)
{
	const struct snapshot *snapshot = store_snapshot(keeper_store(w->app->keeper));

	if (snapshot == NULL)
		api_answer_no_memory(x, API_OPEN);
	return snapshot;
}

void handle_api_metrics(struct worker *w, struct http_exchange *x)
{
	const struct snapshot *snapshot = take_snapshot(w, x);

	if (snapshot != NULL)
		answer_dump(x, snapshot, NULL);
}

static void answer_no_group(struct http_exchange *x, struct labels grouping)
{
	struct slice rest = grouping.bytes;
	struct label label;
	struct buf sentence;

	buf_init(&sentence, (size_t)4 << 20);
	buf_put(&sentence, SLICE("there is no group "));
	for (char before = '{'; labels_next(&rest, &label); before = ',') {
		buf_put_byte(&sentence, before);
		buf_put(&sentence, label.name);
		buf_put_byte(&sentence, '=');
		quote_string(&sentence, label.value);
	}
	buf_put_byte(&sentence, '}');
	api_answer_not_found(x, buf_ok(&sentence) ? buf_slice(&sentence)
						  : SLICE("there is no such group"));
	buf_free(&sentence);
}

void handle_api_group(struct worker *w, struct http_exchange *x, const struct push_path *path)
{
	const struct app_options *options = &w->app->options;
	struct err err = err_in(&w->arena);
	const struct group_state *group;
	const struct snapshot *snapshot;
	struct label *labels;
	struct stamp *stamp;
	size_t n;

	if (path_parse(path, options->names, options->push_limits.labels_max, &w->arena, &labels,
		       &n, &err) != ERR_NONE) {
		api_answer_error(x, API_OPEN, &err);
		return;
	}
	stamp = stamp_new(labels, n);
	snapshot = stamp == NULL ? NULL : store_snapshot(keeper_store(w->app->keeper));
	group = snapshot == NULL ? NULL : snapshot_group(snapshot, stamp);
	if (group != NULL) {
		answer_dump(x, snapshot, group);
	} else if (snapshot != NULL) {
		answer_no_group(x, stamp->grouping);
		snapshot_release(snapshot);
	} else {
		api_answer_no_memory(x, API_OPEN);
	}
	stamp_free(stamp);
}
