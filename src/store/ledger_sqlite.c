/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing: rows that wait, in one transaction, from the staged state of their groups. Nothing that
 * was learnt during a transaction counts before its commit succeeded (settle). */
#include "store/ledger_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "store/ledger_sqlite_private.h"
#include "store/persistence_file.h"
#include "store/row.h"
#include "store/store_private.h"

static struct ledger_sqlite *sqlite_of(struct ledger *base)
{
	return (struct ledger_sqlite *)base;
}

/* ---- what waits ---- */

static bool waiting_reserve(struct ledger_sqlite *l)
{
	size_t capacity = l->waiting_capacity * 2 + 64;
	struct waiting_row *waiting;

	if (l->n_waiting < l->waiting_capacity)
		return true;
	waiting = reallocarray(l->waiting, capacity, sizeof(*waiting));
	if (waiting == NULL)
		return false;
	l->waiting = waiting;
	l->waiting_capacity = capacity;
	return true;
}

bool ledger_wait(struct ledger_sqlite *l, struct store_group *group)
{
	struct ledger_mark *mark = &group->mark;

	if (mark->waiting != 0)
		return true;
	if (l->n_waiting >= UINT32_MAX - 1 || !waiting_reserve(l))
		return false;
	if (mark->row == 0)
		mark->row = l->next_row++;
	l->waiting[l->n_waiting++] = (struct waiting_row){.row = mark->row,
							  .group = group,
							  .before = mark->checksum,
							  .recorded = mark->recorded};
	mark->waiting = (uint32_t)l->n_waiting;
	return true;
}

/* Takes out a row that nothing is to be done for. */
static void unwait(struct ledger_sqlite *l, size_t at)
{
	if (l->waiting[at].group != NULL)
		l->waiting[at].group->mark.waiting = 0;
	l->waiting[at] = l->waiting[--l->n_waiting];
	if (at < l->n_waiting && l->waiting[at].group != NULL)
		l->waiting[at].group->mark.waiting = (uint32_t)at + 1;
}

/* The group will be gone once what is staged is published: its row remains to be deleted, unless
 * none was ever written. */
static void forget_group(struct ledger_sqlite *l, size_t at)
{
	struct waiting_row *w = &l->waiting[at];

	if (!w->recorded && (!l->in_doubt || w->row >= l->doubtful_row))
		unwait(l, at);
	else
		w->group = NULL;
}

/* All that is staged waits. False, and as before: out of memory. */
static bool wait_for_staged(struct ledger_sqlite *l, struct store *s)
{
	size_t n_before = l->n_waiting;

	for (struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched) {
		if (group->staged == group->published)
			continue;
		if (!ledger_wait(l, group)) {
			while (l->n_waiting > n_before)
				unwait(l, l->n_waiting - 1);
			return false;
		}
	}
	return true;
}

static const char *sqlite_note(struct ledger *base, struct store *s)
{
	struct ledger_sqlite *l = sqlite_of(base);

	if (!wait_for_staged(l, s))
		return "out of memory";
	for (struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched)
		if (group->staged == NULL && group->mark.waiting != 0)
			forget_group(l, group->mark.waiting - 1);
	return NULL;
}

static bool sqlite_behind(const struct ledger *base)
{
	const struct ledger_sqlite *l = (const struct ledger_sqlite *)base;

	return l->n_waiting > 0 || l->in_doubt || l->origin_waits;
}

/* ---- rows ---- */

static int get_checksum(sqlite3_stmt *st, bool *ret_found, uint64_t *ret)
{
	int rc = sqlite3_step(st);

	*ret_found = rc == SQLITE_ROW;
	*ret = *ret_found ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
	(void)sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Writes the row of a large family; *ret_sum is its checksum. */
static int put_large(struct ledger_sqlite *l, int64_t row, const struct held *held,
		     uint64_t *ret_sum)
{
	sqlite3_stmt *st = database_use(l, SQL_PUT_LARGE);

	buf_clear(&l->large);
	row_put_series(&l->large, held->block);
	if (!buf_ok(&l->large))
		return SQLITE_NOMEM;
	*ret_sum = row_checksum(row, held->family->name, buf_slice(&l->large));
	(void)sqlite3_bind_int64(st, 1, row);
	database_bind_slice(st, 2, held->family->name);
	(void)sqlite3_bind_int64(st, 3, (int64_t)*ret_sum);
	database_bind_slice(st, 4, buf_slice(&l->large));
	return database_run(st);
}

/* The same for one that is in the file perhaps. */
static int keep_large(struct ledger_sqlite *l, int64_t row, const struct held *held,
		      uint64_t *ret_sum)
{
	sqlite3_stmt *st;
	bool found;
	int rc;

	if (!held->block->recorded || l->in_doubt)
		return put_large(l, row, held, ret_sum);
	st = database_use(l, SQL_GET_LARGE_SUM);
	(void)sqlite3_bind_int64(st, 1, row);
	database_bind_slice(st, 2, held->family->name);
	rc = get_checksum(st, &found, ret_sum);
	return rc == SQLITE_OK && !found ? put_large(l, row, held, ret_sum) : rc;
}

static bool holds_large(const struct group_state *state, struct slice name)
{
	for (uint32_t i = 0; i < state->n_held; i++)
		if (slice_eq(state->held[i].family->name, name))
			return row_is_large(state->held[i].block);
	return false;
}

/* Copies the name of a large family in the file that the group does not hold any more. */
static int find_dropped(struct ledger_sqlite *l, int64_t row, const struct group_state *state,
			bool *ret_found)
{
	sqlite3_stmt *st = database_use(l, SQL_GET_LARGE_NAMES);
	int rc;

	*ret_found = false;
	(void)sqlite3_bind_int64(st, 1, row);
	while (!*ret_found && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct slice name = database_column(st, 0);

		if (holds_large(state, name))
			continue;
		buf_clear(&l->large);
		buf_put(&l->large, name);
		*ret_found = true;
	}
	(void)sqlite3_reset(st);
	if (*ret_found)
		return buf_ok(&l->large) ? SQLITE_OK : SQLITE_NOMEM;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int drop_large(struct ledger_sqlite *l, int64_t row, const struct group_state *state)
{
	sqlite3_stmt *st;
	bool found;
	int rc;

	for (;;) {
		rc = find_dropped(l, row, state, &found);
		if (rc != SQLITE_OK || !found)
			return rc;
		st = database_use(l, SQL_DELETE_LARGE);
		(void)sqlite3_bind_int64(st, 1, row);
		database_bind_slice(st, 2, buf_slice(&l->large));
		rc = database_run(st);
		if (rc != SQLITE_OK)
			return rc;
	}
}

/* Makes the content of a group's row, writing those of its large families. */
static int make_content(struct ledger_sqlite *l, struct waiting_row *w)
{
	const struct group_state *state = w->group->staged;
	int64_t previous_ns = 0;
	int rc = SQLITE_OK;

	w->n_large = 0;
	buf_clear(&l->content);
	row_put_head(&l->content, state);
	for (uint32_t i = 0; i < state->n_held && rc == SQLITE_OK; i++) {
		const struct held *held = &state->held[i];
		uint64_t sum;

		if (held->family->is_time)
			continue;
		if (!row_is_large(held->block)) {
			row_put_family(&l->content, held, &previous_ns);
			continue;
		}
		w->n_large++;
		rc = keep_large(l, w->row, held, &sum);
		if (rc == SQLITE_OK)
			row_put_large_family(&l->content, held, sum, &previous_ns);
	}
	if (rc == SQLITE_OK && (w->group->mark.n_large > 0 || l->in_doubt))
		rc = drop_large(l, w->row, state);
	return rc == SQLITE_OK && !buf_ok(&l->content) ? SQLITE_NOMEM : rc;
}

static int put_group(struct ledger_sqlite *l, struct waiting_row *w)
{
	struct slice labels = w->group->stamp->grouping.bytes;
	sqlite3_stmt *st;
	int rc = make_content(l, w);

	if (rc != SQLITE_OK)
		return rc;
	w->after = row_checksum(w->row, labels, buf_slice(&l->content));
	st = database_use(l, SQL_PUT_GROUP);
	(void)sqlite3_bind_int64(st, 1, w->row);
	(void)sqlite3_bind_int64(st, 2, (int64_t)w->after);
	database_bind_slice(st, 3, labels);
	database_bind_slice(st, 4, buf_slice(&l->content));
	return database_run(st);
}

static int run_with_row(struct ledger_sqlite *l, enum ledger_statement which, int64_t row)
{
	sqlite3_stmt *st = database_use(l, which);

	(void)sqlite3_bind_int64(st, 1, row);
	return database_run(st);
}

static int delete_group(struct ledger_sqlite *l, int64_t row)
{
	int rc = run_with_row(l, SQL_DELETE_GROUP, row);

	return rc == SQLITE_OK ? run_with_row(l, SQL_DELETE_LARGE_OF, row) : rc;
}

static int put_row(struct ledger_sqlite *l, struct waiting_row *w, struct ledger_totals *totals)
{
	bool exists = w->group != NULL && w->group->staged != NULL, recorded = w->recorded;
	uint64_t before = w->before;
	int rc = SQLITE_OK;

	if (l->in_doubt) {
		sqlite3_stmt *st = database_use(l, SQL_GET_GROUP_SUM);

		(void)sqlite3_bind_int64(st, 1, w->row);
		rc = get_checksum(st, &recorded, &before);
	}
	if (rc == SQLITE_OK && (exists || recorded))
		rc = exists ? put_group(l, w) : delete_group(l, w->row);
	if (recorded)
		totals->xor_of_checksums ^= before;
	if (exists)
		totals->xor_of_checksums ^= w->after;
	totals->n_groups += (uint64_t)exists - (uint64_t)recorded;
	return rc;
}

/* ---- in doubt ---- */

/* Rows that a commit of unknown outcome may have added. */
static int delete_doubtful(struct ledger_sqlite *l, struct ledger_totals *totals)
{
	sqlite3_stmt *st = database_use(l, SQL_GET_GROUP_SUMS_FROM);
	int rc;

	(void)sqlite3_bind_int64(st, 1, l->doubtful_row);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		totals->xor_of_checksums ^= (uint64_t)sqlite3_column_int64(st, 0);
		totals->n_groups--;
	}
	(void)sqlite3_reset(st);
	if (rc == SQLITE_DONE)
		rc = run_with_row(l, SQL_DELETE_GROUPS_FROM, l->doubtful_row);
	return rc == SQLITE_OK ? run_with_row(l, SQL_DELETE_LARGE_FROM, l->doubtful_row) : rc;
}

/* What the sums must be when the file holds all that the store holds. */
static struct ledger_totals totals_of(const struct store *s)
{
	const struct table *groups = &s->index.groups;
	struct ledger_totals totals = {0};

	for (size_t i = 0; i < groups->capacity; i++) {
		const struct store_group *group = groups->slots[i].item;

		if (group == NULL || group->staged == NULL || !group->mark.recorded)
			continue;
		totals.n_groups++;
		totals.xor_of_checksums ^= group->mark.checksum;
	}
	return totals;
}

bool ledger_wait_for_all(struct ledger_sqlite *l, struct store *s)
{
	const struct table *groups = &s->index.groups;

	l->in_doubt = true;
	l->doubtful_row = 0;
	for (size_t i = 0; i < groups->capacity; i++)
		if (groups->slots[i].item != NULL && !ledger_wait(l, groups->slots[i].item))
			return false;
	return true;
}

/* ---- transactions ---- */

static int put_totals_and_origin(struct ledger_sqlite *l, const struct ledger_totals *totals)
{
	int rc = database_put_totals(l, totals);
	sqlite3_stmt *st;

	if (rc != SQLITE_OK || !l->origin_waits)
		return rc;
	st = database_use(l, SQL_PUT_ORIGIN);
	database_bind_slice(st, 1, (struct slice){(const char *)l->origin, sizeof(l->origin)});
	return database_run(st);
}

static int put_all(struct ledger_sqlite *l, struct ledger_totals *totals)
{
	int rc = database_run(database_use(l, SQL_BEGIN));

	if (rc == SQLITE_OK && l->in_doubt)
		rc = database_get_totals(l, totals);
	if (rc == SQLITE_OK && l->in_doubt)
		rc = delete_doubtful(l, totals);
	for (size_t i = 0; i < l->n_waiting && rc == SQLITE_OK; i++)
		rc = put_row(l, &l->waiting[i], totals);
	if (rc == SQLITE_OK)
		rc = put_totals_and_origin(l, totals);
	return rc == SQLITE_OK ? database_run(database_use(l, SQL_COMMIT)) : rc;
}

static void settle(struct ledger_sqlite *l, const struct ledger_totals *totals)
{
	for (size_t i = 0; i < l->n_waiting; i++) {
		const struct waiting_row *w = &l->waiting[i];
		struct ledger_mark *mark;

		if (w->group == NULL)
			continue;
		mark = &w->group->mark;
		mark->waiting = 0;
		if (w->group->staged == NULL)
			continue; /* gone with the publishing */
		mark->checksum = w->after;
		mark->recorded = true;
		mark->n_large = w->n_large;
		for (uint32_t k = 0; w->n_large > 0 && k < w->group->staged->n_held; k++)
			if (row_is_large(w->group->staged->held[k].block))
				w->group->staged->held[k].block->recorded = true;
	}
	l->n_waiting = 0;
	l->totals = *totals;
	l->in_doubt = l->origin_waits = false;
}

/* From now on nothing that is known of the file counts (L3). */
static void doubt(struct ledger_sqlite *l)
{
	if (!l->in_doubt)
		l->doubtful_row = l->next_row;
	l->in_doubt = true;
	for (size_t i = 0; i < l->n_waiting; i++)
		if (!l->waiting[i].recorded && l->waiting[i].row < l->doubtful_row)
			l->doubtful_row = l->waiting[i].row;
}

const char *ledger_open_anew(struct ledger_sqlite *l)
{
	const char *why;

	checkpointer_close(l);
	if (l->db != NULL)
		database_close(l, false);
	if (!database_open(l, &why))
		return why;
	if (checkpointer_open(l))
		return NULL;
	database_close(l, false);
	return "the database cannot be opened twice";
}

const char *ledger_write_once(struct ledger_sqlite *l)
{
	struct ledger_totals totals = l->totals;
	const char *why = NULL;
	int rc;

	if (l->in_doubt)
		why = ledger_open_anew(l);
	if (why != NULL)
		return why;
	checkpointer_enter(l);
	rc = put_all(l, &totals);
	if (rc == SQLITE_OK) {
		settle(l, &totals);
		place_note_bytes(l);
	} else {
		why = database_why(l->db, rc);
		l->damaged = l->damaged || database_is_damage(rc);
		doubt(l);
		database_roll_back(l);
	}
	checkpointer_leave(l);
	return why;
}

/* After a doubt the sums tell whether the file is the one that we knew. */
static bool agrees(const struct ledger_sqlite *l, const struct store *s)
{
	struct ledger_totals totals = totals_of(s);

	return totals.n_groups == l->totals.n_groups &&
	       totals.xor_of_checksums == l->totals.xor_of_checksums;
}

/* What is staged may be part of it: each row is written as it is staged. */
static const char *write_waiting(struct ledger_sqlite *l, struct store *s)
{
	bool doubted = l->in_doubt;
	const char *why = place_check(l);

	if (why != NULL) {
		doubt(l);
		return why;
	}
	/* What is staged would be lost on the way: it is refused first. */
	if (l->damaged && s->n_moves > 0)
		return l->moved ? LEDGER_MOVED : "the database is damaged";
	if (l->damaged)
		return anew_write(l, s);
	why = ledger_write_once(l);
	if (why != NULL || !doubted || agrees(l, s))
		return why;
	log_error(SLICE("the persistence file does not hold what was written to it: all groups are "
			"written again"),
		  LOG_TEXT("file", slice_of(l->name)));
	if (!ledger_wait_for_all(l, s))
		return "out of memory";
	return ledger_write_once(l);
}

const char *ledger_sqlite_write(struct ledger *base, struct store *s)
{
	return sqlite_behind(base) ? write_waiting(sqlite_of(base), s) : NULL;
}

/* What was staged is discarded: new groups go, and what waits of the others is their former state.
 */
static void unwait_new(struct ledger_sqlite *l)
{
	for (size_t i = l->n_waiting; i > 0; i--) {
		struct store_group *group = l->waiting[i - 1].group;

		if (group != NULL && group->published == NULL)
			forget_group(l, i - 1);
	}
}

static const char *sqlite_commit(struct ledger *base, struct store *s)
{
	struct ledger_sqlite *l = sqlite_of(base);
	const char *why;

	if (!wait_for_staged(l, s))
		return "out of memory";
	why = ledger_sqlite_write(base, s);
	if (why != NULL)
		unwait_new(l);
	return why;
}

/* ---- life ---- */

bool ledger_sqlite_origin(struct ledger *base, unsigned char ret[LEDGER_ORIGIN_BYTES])
{
	struct ledger_sqlite *l = sqlite_of(base);
	sqlite3_stmt *st = database_use(l, SQL_GET_ORIGIN);
	int rc = sqlite3_step(st);
	struct slice origin = rc == SQLITE_ROW ? database_column(st, 0) : SLICE_EMPTY;

	memset(ret, 0, LEDGER_ORIGIN_BYTES);
	if (origin.len == LEDGER_ORIGIN_BYTES)
		memcpy(ret, origin.ptr, LEDGER_ORIGIN_BYTES);
	(void)sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

bool ledger_sqlite_is_empty(struct ledger *base, bool *ret)
{
	sqlite3_stmt *st = database_use(sqlite_of(base), SQL_COUNT_GROUPS);
	bool asked = sqlite3_step(st) == SQLITE_ROW;

	*ret = asked && sqlite3_column_int64(st, 0) == 0;
	(void)sqlite3_reset(st);
	return asked;
}

void ledger_sqlite_set_origin(struct ledger *base, const unsigned char origin[LEDGER_ORIGIN_BYTES])
{
	struct ledger_sqlite *l = sqlite_of(base);

	memcpy(l->origin, origin, LEDGER_ORIGIN_BYTES);
	l->origin_waits = true;
}

static void sqlite_free(struct ledger *base)
{
	struct ledger_sqlite *l = sqlite_of(base);
	bool tidily = l->db != NULL && !l->in_doubt;

	checkpointer_stop(l);
	if (tidily && database_checkpoint_all(l) != SQLITE_OK)
		tidily = false; /* the next start carries over what is left */
	if (l->db != NULL)
		database_close(l, tidily);
	must_ok(pthread_mutex_destroy(&l->checkpointer.mutex));
	must_ok(pthread_cond_destroy(&l->checkpointer.changed));
	if (l->file_fd >= 0)
		close(l->file_fd);
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	buf_free(&l->content);
	buf_free(&l->large);
	free(l->waiting);
	free(l->name);
	free(l->path);
	free(l->vfs);
	free(l);
}

/* Names as SQLite wants them: one that begins with `file:` would be taken for a URI, `:memory:` for
 * no file at all. */
static char *plain_path(const char *path)
{
	char *copy = NULL;

	if (path[0] == '/')
		return strdup(path);
	return asprintf(&copy, "./%s", path) < 0 ? NULL : copy;
}

/* SQLite would resolve links itself, and its log would not be where ours are looked for. A link
 * that leads nowhere is told of when it is opened. */
static char *real_path(const char *path)
{
	char *real = persistence_resolve(path), *plain = plain_path(real == NULL ? path : real);

	free(real);
	return plain;
}

static struct ledger_sqlite *ledger_new(const struct ledger_sqlite_options *options)
{
	static const struct ledger_ops ops = {.load = ledger_sqlite_load,
					      .commit = sqlite_commit,
					      .note = sqlite_note,
					      .write = ledger_sqlite_write,
					      .behind = sqlite_behind,
					      .free = sqlite_free,
					      .syncs = true};
	struct ledger_sqlite *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->base.ops = &ops;
	l->file_fd = l->lock_fd = -1;
	l->next_row = 1;
	buf_init(&l->content, INT32_MAX);
	buf_init(&l->large, INT32_MAX);
	must_ok(pthread_mutex_init(&l->checkpointer.mutex, NULL));
	must_ok(pthread_cond_init(&l->checkpointer.changed, NULL));
	l->no_checkpoints = options->no_checkpoints;
	l->path = options->vfs == NULL ? real_path(options->path) : plain_path(options->path);
	l->vfs = options->vfs == NULL ? NULL : strdup(options->vfs);
	l->name = strdup(options->path);
	l->base.view.path = l->path;
	if (l->path != NULL && l->name != NULL && (options->vfs == NULL || l->vfs != NULL))
		return l;
	sqlite_free(&l->base);
	return NULL;
}

static enum err_code refuse(const struct ledger_sqlite_options *options, const char *why,
			    struct err *reterr)
{
	return err_setf(reterr, ERR_DISK, "cannot open %s: %s", options->path, why);
}

/* Who asks before the loading begins is told how much there is. */
static void announce_groups(struct ledger_sqlite *l)
{
	struct ledger_totals totals;

	if (database_get_totals(l, &totals) == SQLITE_OK)
		atomic_store(&l->base.view.n_all, totals.n_groups);
}

static enum err_code open_locked(struct ledger_sqlite *l,
				 const struct ledger_sqlite_options *options, struct err *reterr)
{
	enum persistence_kind kind = PERSISTENCE_OURS;
	const char *why = options->vfs == NULL ? anew_finish(l->path) : NULL;

	if (why != NULL)
		return refuse(options, why, reterr);
	/* Files of a test's VFS are where only SQLite can see them. */
	if (options->vfs == NULL && persistence_kind(options->path, &kind, reterr) != ERR_NONE)
		return reterr->code;
	if (kind != PERSISTENCE_NEW && kind != PERSISTENCE_OURS)
		return err_setf(reterr, ERR_SYNTAX,
				"%s is not a persistence file of this program: it is left as it is",
				options->path);
	if (!database_open(l, &why))
		return refuse(options, why, reterr);
	announce_groups(l);
	return ERR_NONE;
}

enum err_code ledger_sqlite_open(const struct ledger_sqlite_options *options, struct ledger **ret,
				 struct err *reterr)
{
	struct ledger_sqlite *l = ledger_new(options);
	enum err_code code;

	if (l == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	code = options->vfs == NULL ? persistence_lock(l->path, &l->lock_fd, reterr) : ERR_NONE;
	place_note(l, PLACE_LOCK, PLACE_LOCK);
	if (code == ERR_NONE)
		code = open_locked(l, options, reterr);
	if (code == ERR_NONE)
		*ret = &l->base;
	else
		sqlite_free(&l->base);
	return code;
}
