/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading: every row is verified and becomes a group. What is damaged costs only itself: it is
 * logged, set aside in the quarantine table and left out. Where not even SQLite can read on, the
 * rows before and behind that place are taken, the file is kept under another name, and a new one
 * is written from what could be read. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/ledger_sqlite_private.h"
#include "store/row.h"
#include "store/store_private.h"

enum {
	ARENA_BYTES_MAX = 1 << 30, /* SQLite's largest row */
	PROGRESS_MS = 5000,
	LOOK_EVERY = 1024, /* rows between two looks at the clock */
	KEY_BYTES_MAX = 4096,
};

struct damaged {
	int64_t row;
	const char *why;
	char *family; /* NULL: the row of the group itself */
	size_t family_len;
};

struct loading {
	struct ledger_sqlite *l;
	struct store *s;
	struct err *err;
	struct arena arena;
	struct change_family *families; /* of the row at hand */
	uint32_t families_max;
	struct damaged *damaged;
	size_t n_damaged, damaged_capacity;
	uint64_t n_gone;             /* of these, not in the file any more */
	struct ledger_totals totals; /* of the rows that were read */
	int64_t last_row, look_ms;
	uint64_t n_rows;
	bool broken; /* SQLite could not read all */
};

static enum err_code fail_memory(struct loading *ld)
{
	return err_set(ld->err, ERR_NOMEM, SLICE("out of memory while loading"));
}

static enum err_code fail_read(struct loading *ld, int rc)
{
	return err_setf(ld->err, ERR_DISK, "cannot read %s: %s", ld->l->name,
			database_why(ld->l->db, rc));
}

/* ---- damage ---- */

/* The grouping key as far as it can be read. */
static void put_key(struct buf *out, struct slice packed)
{
	struct label label;
	uint32_t n;

	if (!row_labels_ok(packed, &n)) {
		buf_put(out, SLICE("not readable"));
		return;
	}
	buf_put_byte(out, '{');
	for (bool first = true; labels_next(&packed, &label); first = false) {
		buf_put(out, first ? SLICE_EMPTY : SLICE(","));
		buf_put(out, label.name);
		buf_put(out, SLICE("=\""));
		buf_put(out, label.value);
		buf_put_byte(out, '"');
	}
	buf_put_byte(out, '}');
}

static void log_damage(const struct loading *ld, int64_t row, const char *why, struct slice labels,
		       struct slice family)
{
	struct buf key;
	char number[24];

	buf_init(&key, KEY_BYTES_MAX);
	put_key(&key, labels);
	(void)snprintf(number, sizeof(number), "%lld", (long long)row);
	log_error(SLICE("a row of the persistence file is damaged and left out"),
		  LOG_TEXT("file", slice_of(ld->l->name)), LOG_TEXT("row", slice_of(number)),
		  LOG_TEXT("group", buf_slice(&key)), LOG_TEXT("family", family),
		  LOG_TEXT("err", slice_of(why)));
	buf_free(&key);
}

/* A row that is to be set aside; `family` is not empty where it is that of a large family. */
static bool add_damaged(struct loading *ld, int64_t row, const char *why, struct slice labels,
			struct slice family)
{
	struct damaged *d;

	log_damage(ld, row, why, labels, family);
	if (ld->n_damaged == ld->damaged_capacity) {
		size_t capacity = ld->damaged_capacity * 2 + 16;

		d = reallocarray(ld->damaged, capacity, sizeof(*d));
		if (d == NULL)
			return false;
		ld->damaged = d;
		ld->damaged_capacity = capacity;
	}
	d = &ld->damaged[ld->n_damaged];
	*d = (struct damaged){.row = row, .why = why, .family_len = family.len};
	if (family.len > 0) {
		d->family = malloc(family.len);
		if (d->family == NULL)
			return false;
		memcpy(d->family, family.ptr, family.len);
	}
	ld->n_damaged++;
	return true;
}

/* A row that is not there at all cannot be set aside; it is counted in *n_gone. */
static int set_one_aside(struct ledger_sqlite *l, const struct damaged *d, uint64_t *n_gone)
{
	bool large = d->family_len > 0;
	sqlite3_stmt *st = database_use(l, large ? SQL_SET_LARGE_ASIDE : SQL_SET_GROUP_ASIDE);
	int rc;

	(void)sqlite3_bind_int64(st, 1, d->row);
	if (large)
		database_bind_slice(st, 2, (struct slice){d->family, d->family_len});
	(void)sqlite3_bind_text(st, large ? 3 : 2, d->why, -1, SQLITE_STATIC);
	rc = database_run(st);
	if (rc != SQLITE_OK)
		return rc;
	*n_gone += sqlite3_changes(l->db) == 0;
	st = database_use(l, large ? SQL_DELETE_LARGE : SQL_DELETE_GROUP);
	(void)sqlite3_bind_int64(st, 1, d->row);
	if (large)
		database_bind_slice(st, 2, (struct slice){d->family, d->family_len});
	return database_run(st);
}

/* Together with the sums of what is left. */
static int set_aside(struct loading *ld)
{
	struct ledger_sqlite *l = ld->l;
	int rc = database_run(database_use(l, SQL_BEGIN));

	for (size_t i = 0; i < ld->n_damaged && rc == SQLITE_OK; i++)
		rc = set_one_aside(l, &ld->damaged[i], &ld->n_gone);
	if (rc == SQLITE_OK)
		rc = database_put_totals(l, &ld->totals);
	if (rc == SQLITE_OK)
		rc = database_run(database_use(l, SQL_COMMIT));
	if (rc != SQLITE_OK)
		database_roll_back(l);
	return rc;
}

/* ---- one row ---- */

static struct stamp *make_stamp(struct loading *ld, struct slice packed, uint32_t n)
{
	struct label *labels = arena_new_array(&ld->arena, struct label, n);

	if (labels == NULL)
		return NULL;
	for (uint32_t i = 0; labels_next(&packed, &labels[i]); i++)
		;
	return stamp_new(labels, n);
}

/* Reads the row of a large family; `*ret_why` is set when it is missing or damaged. */
static enum err_code load_large(struct loading *ld, int64_t row, const struct stamp *stamp,
				struct row_family *family, const char **ret_why)
{
	sqlite3_stmt *st = database_use(ld->l, SQL_GET_LARGE);
	struct slice name = family->family.name, content;
	enum row_result result = ROW_BAD;
	uint64_t sum;
	int rc;

	(void)sqlite3_bind_int64(st, 1, row);
	database_bind_slice(st, 2, name);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		sum = (uint64_t)sqlite3_column_int64(st, 0);
		content = database_column(st, 1);
		if (sum == family->checksum && row_checksum(row, name, content) == sum)
			result = row_read_series(content, family, stamp, &ld->arena,
						 &family->family.block);
	}
	(void)sqlite3_reset(st);
	if (result == ROW_NOMEM || (rc & 0xff) == SQLITE_NOMEM)
		return fail_memory(ld);
	/* What cannot be read now is not damaged: the start fails, and the row stays. */
	if (rc != SQLITE_ROW && rc != SQLITE_DONE && !database_is_damage(rc))
		return fail_read(ld, rc);
	if (result != ROW_OK)
		*ret_why = rc == SQLITE_ROW    ? "the checksum of a large family is wrong"
			   : rc == SQLITE_DONE ? "the row of a large family is missing"
					       : database_why(ld->l->db, rc);
	return ERR_NONE;
}

static bool families_reserve(struct loading *ld, uint32_t n)
{
	struct change_family *families;

	if (n + N_OWN_FAMILIES <= ld->families_max)
		return true;
	families = reallocarray(ld->families, (size_t)n + N_OWN_FAMILIES, sizeof(*families));
	if (families == NULL)
		return false;
	ld->families = families;
	ld->families_max = n + N_OWN_FAMILIES;
	return true;
}

static void drop_families(struct change *c)
{
	while (c->n_families > 0)
		block_free(c->families[--c->n_families].block);
}

/* Reads the families of a row into a change. `*ret_lame`: one was left out, so that the row must be
 * written again. */
static enum err_code read_families(struct loading *ld, int64_t row, struct row_reader *r,
				   struct change *c, const char **ret_why, bool *ret_lame)
{
	struct row_family family;

	while (r->n_left > 0) {
		const char *why = NULL;
		enum row_result result = row_next(r, c->stamp, &ld->arena, &family);

		if (result == ROW_NOMEM)
			return fail_memory(ld);
		if (result == ROW_BAD) {
			*ret_why = "its content makes no sense";
			return ERR_NONE;
		}
		if (family.large && load_large(ld, row, c->stamp, &family, &why) != ERR_NONE)
			return ld->err->code;
		if (why != NULL) {
			*ret_lame = true;
			if (!add_damaged(ld, row, why, c->stamp->grouping.bytes,
					 family.family.name))
				return fail_memory(ld);
			continue;
		}
		family.family.block->recorded = family.large ? 1 : 0;
		c->families[c->n_families++] = family.family;
	}
	return ERR_NONE;
}

/* Stages what was read; the stamp is the change's. */
static enum err_code stage_row(struct loading *ld, int64_t row, uint64_t sum, struct change *c,
			       bool lame)
{
	const struct stamp *stamp = c->stamp;
	uint32_t n_large = 0;
	struct store_group *group;

	for (uint32_t i = 0; i < c->n_families; i++)
		n_large += c->families[i].block->recorded;
	store_stage(ld->s, c);
	if (c->verdict != ERR_NONE)
		return fail_memory(ld);
	group = index_group(&ld->s->index, stamp);
	group->mark = (struct ledger_mark){
		.row = row, .checksum = sum, .recorded = true, .n_large = n_large};
	ld->totals.n_groups++;
	ld->totals.xor_of_checksums ^= sum;
	return lame && !ledger_wait(ld->l, group) ? fail_memory(ld) : ERR_NONE;
}

/* Sets *ret_why when the row is damaged. */
static enum err_code load_verified(struct loading *ld, int64_t row, uint64_t sum,
				   struct slice labels, struct slice content, const char **ret_why)
{
	struct change c = {.kind = CHANGE_RESTORE, .unchecked = true};
	struct row_reader r;
	enum err_code code;
	bool lame = false;
	uint32_t n;

	if (!row_labels_ok(labels, &n) || row_open(&r, content) != ROW_OK) {
		*ret_why = "its content makes no sense";
		return ERR_NONE;
	}
	c.stamp = make_stamp(ld, labels, n);
	if (c.stamp == NULL || !families_reserve(ld, r.n_families)) {
		stamp_free(c.stamp);
		return fail_memory(ld);
	}
	c.families = ld->families;
	c.kept_push = r.push;
	c.kept_failure = r.failure;
	if (index_group(&ld->s->index, c.stamp) != NULL) {
		*ret_why = "another row has the same group";
		code = ERR_NONE;
	} else {
		code = read_families(ld, row, &r, &c, ret_why, &lame);
	}
	if (code == ERR_NONE && *ret_why == NULL)
		code = stage_row(ld, row, sum, &c, lame);
	drop_families(&c);
	stamp_free(c.stamp);
	return code;
}

static enum err_code load_row(struct loading *ld, sqlite3_stmt *st)
{
	int64_t row = sqlite3_column_int64(st, 0);
	uint64_t sum = (uint64_t)sqlite3_column_int64(st, 1);
	struct slice labels = database_column(st, 2), content = database_column(st, 3);
	const char *why = NULL;
	enum err_code code = ERR_NONE;

	arena_reset(&ld->arena);
	if (row >= ld->l->next_row)
		ld->l->next_row = row < INT64_MAX ? row + 1 : row;
	if (row <= 0 || row == INT64_MAX)
		why = "its key is none of ours";
	else if (row_checksum(row, labels, content) != sum)
		why = "its checksum is wrong";
	else
		code = load_verified(ld, row, sum, labels, content, &why);
	if (code == ERR_NONE && why != NULL && !add_damaged(ld, row, why, labels, SLICE_EMPTY))
		return fail_memory(ld);
	return code;
}

/* ---- all rows ---- */

static enum err_code look_around(struct loading *ld)
{
	struct ledger_view *view = &ld->l->base.view;
	int64_t now_ms;
	char done[24], all[24];

	atomic_store_explicit(&view->n_loaded, ld->n_rows, memory_order_relaxed);
	if (atomic_load_explicit(&view->stop, memory_order_relaxed))
		return err_set(ld->err, ERR_BUSY, SLICE("stopped while loading"));
	now_ms = clock_monotonic_ms();
	if (now_ms - ld->look_ms < PROGRESS_MS)
		return ERR_NONE;
	ld->look_ms = now_ms;
	(void)snprintf(done, sizeof(done), "%llu", (unsigned long long)ld->n_rows);
	(void)snprintf(all, sizeof(all), "%llu", (unsigned long long)atomic_load(&view->n_all));
	log_info(SLICE("loading persisted metrics"), LOG_TEXT("file", slice_of(ld->l->name)),
		 LOG_TEXT("groups", slice_of(done)), LOG_TEXT("of", slice_of(all)));
	return ERR_NONE;
}

/* Rows in the order of the statement, as far as SQLite can read them. */
static enum err_code load_rows(struct loading *ld, sqlite3_stmt *st, int64_t until_row)
{
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		int64_t row = sqlite3_column_int64(st, 0);
		enum err_code code = ERR_NONE;

		if (row <= until_row)
			break;
		if (ld->n_rows++ % LOOK_EVERY == 0)
			code = look_around(ld);
		if (code == ERR_NONE)
			code = load_row(ld, st);
		if (code != ERR_NONE) {
			(void)sqlite3_reset(st);
			return code;
		}
		ld->last_row = row;
	}
	(void)sqlite3_reset(st);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return ERR_NONE;
	ld->broken = database_is_damage(rc);
	return ld->broken ? ERR_NONE : fail_read(ld, rc);
}

static enum err_code load_all(struct loading *ld)
{
	int64_t last;
	enum err_code code = load_rows(ld, database_use(ld->l, SQL_GET_GROUPS), 0);

	if (code != ERR_NONE || !ld->broken)
		return code;
	last = ld->last_row;
	code = load_rows(ld, database_use(ld->l, SQL_GET_GROUPS_BACK), last);
	ld->broken = true;
	return code;
}

/* ---- a file that cannot be trusted ---- */

/* Keeps the damaged file, and has all that could be read written into a new one. */
static enum err_code begin_anew(struct loading *ld, uint64_t n_missing)
{
	struct ledger_sqlite *l = ld->l;
	const char *why;

	atomic_store(&l->base.view.n_corrupt, ld->n_damaged + n_missing);
	why = anew_write(l, ld->s);
	if (why == NULL)
		return ERR_NONE;
	return err_setf(ld->err, ERR_DISK, "%s is damaged and cannot be written anew: %s", l->name,
			why);
}

/* ---- the whole ---- */

static int get_number(struct ledger_sqlite *l, enum ledger_statement which, int64_t *ret)
{
	sqlite3_stmt *st = database_use(l, which);
	int rc = sqlite3_step(st);

	*ret = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	(void)sqlite3_reset(st);
	return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

/* What the file says that it holds; without it the file is broken. */
static enum err_code read_sums(struct loading *ld, struct ledger_totals *ret)
{
	int rc = database_get_totals(ld->l, ret);

	atomic_store(&ld->l->base.view.n_all, ret->n_groups);
	if (rc == SQLITE_OK)
		return ERR_NONE;
	ld->broken = database_is_damage(rc);
	return ld->broken ? ERR_NONE : fail_read(ld, rc);
}

/* Rows that are counted or summed, but were not met. */
static uint64_t count_missing(const struct loading *ld, const struct ledger_totals *wanted)
{
	uint64_t n_met = ld->totals.n_groups, n_bad = 0;
	uint64_t sums = ld->totals.xor_of_checksums ^ wanted->xor_of_checksums;

	for (size_t i = 0; i < ld->n_damaged; i++)
		n_bad += ld->damaged[i].family_len == 0;
	if (wanted->n_groups > n_met + n_bad)
		return wanted->n_groups - n_met - n_bad;
	return wanted->n_groups < n_met + n_bad || (n_bad == 0 && sums != 0);
}

/* A file is written to only where SQLite finds no fault with its pages: in one whose tables are
 * confused the damage would grow. Asked when there is damage, for it reads everything. */
static int check_pages(struct ledger_sqlite *l)
{
	sqlite3_stmt *st = database_use(l, SQL_CHECK);
	int rc = sqlite3_step(st);
	bool ok = rc == SQLITE_ROW && slice_eq(database_column(st, 0), SLICE("ok"));

	(void)sqlite3_reset(st);
	return ok ? SQLITE_OK : rc == SQLITE_ROW ? SQLITE_CORRUPT : rc;
}

/* Sets aside what is damaged and makes the sums true again. */
static enum err_code mend(struct loading *ld, const struct ledger_totals *wanted)
{
	struct ledger_sqlite *l = ld->l;
	uint64_t n_missing = count_missing(ld, wanted);
	int64_t n_aside = 0;
	int rc = SQLITE_OK;

	l->totals = ld->totals;
	if (n_missing > 0)
		log_error(SLICE("the persistence file does not hold all that was written to it"),
			  LOG_TEXT("file", slice_of(l->name)));
	if (ld->broken || n_missing > 0)
		return begin_anew(ld, n_missing);
	if (ld->n_damaged > 0)
		rc = check_pages(l);
	if (ld->n_damaged > 0 && rc == SQLITE_OK)
		rc = set_aside(ld);
	if (rc == SQLITE_OK)
		rc = get_number(l, SQL_COUNT_ASIDE, &n_aside);
	if (database_is_damage(rc))
		return begin_anew(ld, 0);
	if (rc != SQLITE_OK)
		return err_setf(ld->err, ERR_DISK, "cannot write %s: %s", l->name,
				database_why(l->db, rc));
	atomic_store(&l->base.view.n_corrupt, (uint64_t)n_aside + ld->n_gone);
	return ERR_NONE;
}

static void log_loaded(const struct loading *ld, int64_t began_ms)
{
	char groups[24], took[24];

	if (ld->totals.n_groups == 0)
		return;
	(void)snprintf(groups, sizeof(groups), "%llu", (unsigned long long)ld->totals.n_groups);
	(void)snprintf(took, sizeof(took), "%lldms", (long long)(clock_monotonic_ms() - began_ms));
	log_info(SLICE("metrics loaded"), LOG_TEXT("file", slice_of(ld->l->name)),
		 LOG_TEXT("groups", slice_of(groups)), LOG_TEXT("duration", slice_of(took)));
}

/* Not at the opening: no thread runs before the sandbox is entered. */
static enum err_code start_checkpoints(struct ledger_sqlite *l, struct err *reterr)
{
	if (l->no_checkpoints || (checkpointer_start(l) && checkpointer_open(l)))
		return ERR_NONE;
	return err_setf(reterr, ERR_DISK,
			"cannot open %s: no thread or no second connection for checkpoints",
			l->name);
}

enum err_code ledger_sqlite_load(struct ledger *base, struct store *s, struct err *reterr)
{
	struct ledger_sqlite *l = (struct ledger_sqlite *)base;
	struct loading ld = {.l = l, .s = s, .err = reterr};
	struct ledger_totals wanted;
	int64_t began_ms = clock_monotonic_ms();
	enum err_code code;

	ld.look_ms = began_ms;
	arena_init(&ld.arena, ARENA_BYTES_MAX);
	code = read_sums(&ld, &wanted);
	if (code == ERR_NONE)
		code = start_checkpoints(l, reterr);
	if (code == ERR_NONE)
		code = load_all(&ld);
	if (code == ERR_NONE)
		store_publish_loaded(s);
	else
		store_discard(s);
	if (code == ERR_NONE)
		code = mend(&ld, &wanted);
	if (code == ERR_NONE)
		log_loaded(&ld, began_ms);
	for (size_t i = 0; i < ld.n_damaged; i++)
		free(ld.damaged[i].family);
	free(ld.damaged);
	free(ld.families);
	arena_free(&ld.arena);
	return code;
}
