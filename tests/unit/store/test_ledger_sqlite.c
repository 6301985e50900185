/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite ledger under a keeper that is driven by hand: what comes back when the file is opened
 * again, what a damaged file costs, what failing writes and syncs leave. */
#include "store/ledger_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keeper.h"

#include "faulty_vfs.h"
#include "rows.h"

struct fixture {
	char folder[64], path[96];
	const char *vfs;
	int64_t relaxed_ns;
	struct keeper *keeper;
	struct ledger *ledger; /* the keeper's */
	int64_t time_ns;
};

static struct ledger *open_ledger(struct fixture *f, struct err *reterr)
{
	const struct ledger_sqlite_options options = {.path = f->path, .vfs = f->vfs};
	struct ledger *ledger = NULL;

	return ledger_sqlite_open(&options, &ledger, reterr) == ERR_NONE ? ledger : NULL;
}

static void reopen(struct fixture *f)
{
	struct keeper_options options = {.limits = rows_limits, .relaxed_ns = f->relaxed_ns};
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	f->keeper = keeper_free(f->keeper);
	f->ledger = open_ledger(f, &err);
	if (f->ledger == NULL)
		fail_msg("%.*s", SLICE_ARG(err.msg));
	options.ledger = f->ledger;
	f->keeper = keeper_new(&options);
	assert_non_null(f->keeper);
	if (keeper_load(f->keeper, &err) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(err.msg));
	arena_free(&arena);
}

static int setup_as(void **state, const char *vfs, int64_t relaxed_ns)
{
	static struct fixture f;

	f = (struct fixture){.vfs = vfs, .relaxed_ns = relaxed_ns, .time_ns = 1700000000123456789};
	/* Memory where there is such a place: it is not the disk that is tested. */
	(void)snprintf(f.folder, sizeof(f.folder), "%s/test_ledger.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	(void)snprintf(f.path, sizeof(f.path), "%s/db", f.folder);
	faulty_register();
	faulty_heal();
	*state = &f;
	reopen(&f);
	return 0;
}

static int setup(void **state)
{
	return setup_as(state, NULL, 0);
}

static int setup_faulty(void **state)
{
	return setup_as(state, "faulty", 0);
}

static int setup_relaxed(void **state)
{
	return setup_as(state, NULL, INT64_C(3600) * 1000000000);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[96];

	faulty_heal();
	f->keeper = keeper_free(f->keeper);
	(void)snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	return system(command);
}

/* As if the process were killed: what is not in the file is gone. Works on a copy of the files. */
static void crash(struct fixture *f)
{
	char command[512];

	(void)snprintf(command, sizeof(command),
		       "cd %s && for s in '' -wal; do cp db$s copy$s 2>/dev/null; done; true",
		       f->folder);
	assert_int_equal(system(command), 0);
	f->keeper = keeper_free(f->keeper);
	(void)snprintf(command, sizeof(command),
		       "cd %s && rm -f db db-wal db-shm && for s in '' -wal; do mv copy$s db$s "
		       "2>/dev/null; done; true",
		       f->folder);
	assert_int_equal(system(command), 0);
	reopen(f);
}

static void sql(struct fixture *f, const char *text)
{
	sqlite3 *db;
	char *error = NULL;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
	sqlite3_close(db);
}

static int64_t ask(struct fixture *f, const char *text)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	int64_t n;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static struct change *make_push(struct fixture *f, const char *job, const char *body)
{
	return test_push(CHANGE_MERGE, test_stamp_job(job), body, f->time_ns++);
}

/* Applies and frees a batch; the first one's verdict. */
static enum err_code apply(struct fixture *f, struct change *first)
{
	enum err_code verdict;
	struct change *next;

	keeper_apply(f->keeper, first);
	verdict = first->verdict;
	for (struct change *c = first; c != NULL; c = next) {
		next = c->next;
		if (c->verdict == ERR_DISK)
			assert_non_null(c->why);
		change_free(c);
	}
	return verdict;
}

static enum err_code push(struct fixture *f, const char *job, const char *body)
{
	return apply(f, make_push(f, job, body));
}

static const struct group_state *group(struct fixture *f, const char *job)
{
	return rows_find(keeper_store(f->keeper), job);
}

/* The value of a family of one series, or -1. */
static double value(struct fixture *f, const char *job, const char *name)
{
	const struct group_state *state = group(f, job);

	for (uint32_t i = 0; state != NULL && i < state->n_held; i++)
		if (slice_eq(state->held[i].family->name, slice_of(name)))
			return series_value(block_series(state->held[i].block, 0)).value;
	return -1;
}

static uint64_t n_groups(struct fixture *f)
{
	return keeper_store(f->keeper)->index.n_groups;
}

/* A family large enough for a row of its own. */
static struct change *make_large(struct fixture *f, const char *job, const char *name, int n,
				 int number)
{
	struct buf body;
	struct change *c;

	buf_init(&body, SIZE_MAX / 2);
	for (int i = 0; i < n; i++)
		buf_putf(&body, "%s{i=\"%d\"} %d\n", name, i, number);
	buf_put_byte(&body, '\0');
	c = make_push(f, job, body.ptr);
	buf_free(&body);
	return c;
}

/* ---- what comes back ---- */

/* A push, a replacement, a delete and a refusal are all there after a kill, to the last bit. */
static void what_was_acknowledged_comes_back(void **state)
{
	struct fixture *f = *state;
	struct store *before = store_new(&rows_limits);
	struct buf content;

	assert_int_equal(push(f, "a", "# HELP m Help.\n# TYPE m counter\nm{x=\"1\"} 1\n"),
			 ERR_NONE);
	assert_int_equal(push(f, "a", "n 2\n"), ERR_NONE);
	assert_int_equal(push(f, "b", "# TYPE m gauge\nm 1\n"), ERR_CONFLICT);
	assert_int_equal(push(f, "c", "k 1\n"), ERR_NONE);
	assert_int_equal(apply(f, change_new_delete(test_stamp_job("c"), f->time_ns++)), ERR_NONE);
	buf_init(&content, 1 << 20);
	rows_encode(&content, group(f, "a"));
	assert_int_equal(rows_decode(before, buf_slice(&content), test_stamp_job("a")), ROW_OK);
	crash(f);
	assert_int_equal(n_groups(f), 2);
	rows_assert_same(rows_group(before, "a"), group(f, "a"));
	assert_true(group(f, "b")->failure_time > 0 && group(f, "b")->push_time == 0);
	buf_free(&content);
	assert_null(store_free(before));
}

/* A wipe is as durable as a push, and so is what comes after it. */
static void a_wipe_is_durable(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	assert_int_equal(push(f, "b", "m 1\n"), ERR_NONE);
	assert_int_equal(apply(f, change_new_wipe(f->time_ns++)), ERR_NONE);
	assert_int_equal(push(f, "c", "m 3\n"), ERR_NONE);
	crash(f);
	assert_int_equal(n_groups(f), 1);
	assert_true(value(f, "c", "m") == 3);
}

/* A clean end leaves one file, which another start takes as it is. */
static void a_clean_end_leaves_one_file(void **state)
{
	struct fixture *f = *state;
	char name[128];

	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	f->keeper = keeper_free(f->keeper);
	(void)snprintf(name, sizeof(name), "%s-wal", f->path);
	assert_int_equal(access(name, F_OK), -1);
	(void)snprintf(name, sizeof(name), "%s-shm", f->path);
	assert_int_equal(access(name, F_OK), -1);
	reopen(f);
	assert_true(value(f, "a", "m") == 1);
}

/* The file is as private as the reference's. */
static void the_file_is_private(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Groups that come and go within one batch leave what the last of them said. */
static void a_batch_is_its_end(void **state)
{
	struct fixture *f = *state;
	struct change *c = make_push(f, "a", "m 1\n");

	c->next = change_new_delete(test_stamp_job("a"), f->time_ns++);
	c->next->next = make_push(f, "a", "k 2\n");
	c->next->next->next = make_push(f, "b", "m 1\n");
	c->next->next->next->next = change_new_delete(test_stamp_job("b"), f->time_ns++);
	assert_int_equal(apply(f, c), ERR_NONE);
	crash(f);
	assert_int_equal(n_groups(f), 1);
	assert_true(value(f, "a", "k") == 2 && value(f, "a", "m") == -1);
}

/* A contradiction that is in the file (stored unchecked) is kept. */
static void contradictions_are_kept(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply(f, test_push_as(CHANGE_MERGE, test_stamp_job("a"),
					       "# TYPE m gauge\nm 1\n", 1, true)),
			 ERR_NONE);
	assert_int_equal(apply(f, test_push_as(CHANGE_MERGE, test_stamp_job("b"),
					       "# TYPE m counter\nm 1\nm 2\n", 2, true)),
			 ERR_NONE);
	crash(f);
	assert_int_equal(n_groups(f), 2);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 0);
	assert_true(value(f, "b", "m") == 1);
}

/* ---- large families ---- */

/* A large family has a row of its own; a push beside it leaves that row alone. */
static void a_large_family_is_written_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply(f, make_large(f, "a", "large", 1000, 1)), ERR_NONE);
	/* Were it written again, the mark would be gone; it is no part of what is compared. */
	sql(f, "ALTER TABLE large_families ADD COLUMN mark; UPDATE large_families SET mark = 7");
	reopen(f);
	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	assert_int_equal(ask(f, "SELECT mark = 7 FROM large_families"), 1);
	crash(f);
	assert_int_equal(group(f, "a")->n_series, 1000 + 1 + N_OWN_FAMILIES);
	assert_int_equal(apply(f, make_large(f, "a", "large", 1000, 2)), ERR_NONE);
	assert_int_equal(ask(f, "SELECT mark IS NULL FROM large_families"), 1);
	crash(f);
	assert_true(value(f, "a", "large") == 2);
}

/* Its row goes when it shrinks, is replaced, or its group is deleted. */
static void a_large_row_goes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply(f, make_large(f, "a", "one", 1000, 1)), ERR_NONE);
	assert_int_equal(apply(f, make_large(f, "a", "two", 1000, 1)), ERR_NONE);
	assert_int_equal(apply(f, make_large(f, "b", "one", 1000, 1)), ERR_NONE);
	assert_int_equal(ask(f, "SELECT count(*) FROM large_families"), 3);
	assert_int_equal(push(f, "a", "one 1\n"), ERR_NONE);
	assert_int_equal(ask(f, "SELECT count(*) FROM large_families"), 2);
	assert_int_equal(apply(f, test_push(CHANGE_REPLACE, test_stamp_job("a"), "m 1\n", 5)),
			 ERR_NONE);
	assert_int_equal(ask(f, "SELECT count(*) FROM large_families"), 1);
	assert_int_equal(apply(f, change_new_delete(test_stamp_job("b"), 6)), ERR_NONE);
	assert_int_equal(ask(f, "SELECT count(*) FROM large_families"), 0);
}

/* A damaged row of a large family costs that family, not its group. */
static void a_damaged_large_family_costs_itself(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply(f, make_large(f, "a", "large", 1000, 1)), ERR_NONE);
	assert_int_equal(push(f, "a", "m 5\n"), ERR_NONE);
	f->keeper = keeper_free(f->keeper);
	sql(f, "UPDATE large_families SET content = substr(content, 1, length(content) - 1)");
	reopen(f);
	assert_true(value(f, "a", "m") == 5 && value(f, "a", "large") == -1);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 1);
	assert_int_equal(
		ask(f, "SELECT count(*) FROM quarantine WHERE text = CAST('large' AS BLOB)"), 1);
	/* The group's row does not refer to it any more. */
	sql(f, "DELETE FROM quarantine");
	reopen(f);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 0);
	assert_true(value(f, "a", "m") == 5);
}

/* ---- damage ---- */

static void fill(struct fixture *f)
{
	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	assert_int_equal(push(f, "b", "m 2\n"), ERR_NONE);
	assert_int_equal(push(f, "c", "m 3\n"), ERR_NONE);
	f->keeper = keeper_free(f->keeper);
}

/* A damaged row is set aside and counted until somebody deletes it; the others are there. */
static void a_damaged_row_is_set_aside(void **state)
{
	static const char *const damages[] = {
		"UPDATE groups SET checksum = checksum + 1 WHERE id = 2",
		"UPDATE groups SET labels = x'036a6f620162ff' WHERE id = 2",
		"UPDATE groups SET content = content || x'00' WHERE id = 2",
		"UPDATE groups SET content = x'' WHERE id = 2",
		"UPDATE groups SET id = 77 WHERE id = 2",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fill(f);
		sql(f, damages[i]);
		reopen(f);
		assert_int_equal(n_groups(f), 2);
		assert_true(value(f, "a", "m") == 1 && value(f, "c", "m") == 3);
		assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 1);
		assert_int_equal(ask(f, "SELECT count(*) FROM quarantine"), 1);
		assert_int_equal(ask(f, "SELECT count(*) FROM groups"), 2);
		assert_int_equal(push(f, "b", "m 4\n"), ERR_NONE);
		crash(f);
		assert_int_equal(n_groups(f), 3);
		assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 1);
		f->keeper = keeper_free(f->keeper);
		assert_int_equal(remove(f->path), 0);
		reopen(f);
	}
}

static int n_damaged_files(const struct fixture *f)
{
	char command[128];
	FILE *pipe;
	int n = -1;

	(void)snprintf(command, sizeof(command), "ls %s | grep -c 'db.damaged-[0-9TZ]*$'",
		       f->folder);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%d", &n), 1);
	(void)pclose(pipe);
	return n;
}

/* A row that is missing shows in the sums: the file is kept for whoever wants to look, and the rest
 * is in a new one. */
static void a_missing_row_is_noticed(void **state)
{
	struct fixture *f = *state;

	fill(f);
	sql(f, "DELETE FROM groups WHERE id = 2");
	reopen(f);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 1);
	assert_int_equal(n_damaged_files(f), 1);
	crash(f);
	assert_int_equal(n_groups(f), 2);
	assert_true(value(f, "a", "m") == 1 && value(f, "c", "m") == 3);
	assert_int_equal(ask(f, "SELECT n_groups FROM totals"), 2);
}

/* An older version of a row, intact in itself, shows in the sums, too. */
static void an_old_row_is_noticed(void **state)
{
	struct fixture *f = *state;

	fill(f);
	sql(f, "CREATE TABLE old AS SELECT * FROM groups WHERE id = 1");
	reopen(f);
	assert_int_equal(push(f, "a", "m 9\n"), ERR_NONE);
	f->keeper = keeper_free(f->keeper);
	sql(f, "REPLACE INTO groups SELECT * FROM old; DROP TABLE old");
	reopen(f);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 1);
	assert_int_equal(n_damaged_files(f), 1);
}

/* Where a page of the table itself is damaged, the rows on the others come back. */
static void a_damaged_page_costs_its_rows(void **state)
{
	enum { GROUPS = 300 };
	struct fixture *f = *state;
	char job[32], zeros[4096] = {0};
	int64_t page;
	int fd;

	for (int i = 0; i < GROUPS; i++) {
		(void)snprintf(job, sizeof(job), "job-%d", i);
		assert_int_equal(push(f, job, "m 1\nk 2\nl{x=\"a long label value\"} 3\n"),
				 ERR_NONE);
	}
	f->keeper = keeper_free(f->keeper);
	page = ask(f, "SELECT count(*) FROM pragma_page_count") == 1
		       ? ask(f, "SELECT page_count FROM pragma_page_count")
		       : 0;
	assert_true(page > 10);
	fd = open(f->path, O_RDWR);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), (page - 4) * 4096), sizeof(zeros));
	close(fd);
	reopen(f);
	assert_true(n_groups(f) > GROUPS - 60 && n_groups(f) < GROUPS);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, GROUPS - n_groups(f));
	assert_int_equal(n_damaged_files(f), 1);
	assert_int_equal(push(f, "new", "m 1\n"), ERR_NONE);
	crash(f);
	assert_true(value(f, "new", "m") == 1);
}

/* ---- whose file it is ---- */

static void write_file(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	close(fd);
}

static void assert_refused(struct fixture *f, const char *sentence_end)
{
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	assert_null(open_ledger(f, &err));
	if (!slice_ends(err.msg, slice_of(sentence_end)))
		fail_msg("%.*s", SLICE_ARG(err.msg));
	arena_free(&arena);
}

/* What is not ours is refused and left as it is. */
static void a_file_of_others_is_refused(void **state)
{
	static const char others[] = "neither a database nor anything else that is known";
	struct fixture *f = *state;
	char again[sizeof(others)];
	int fd;

	f->keeper = keeper_free(f->keeper);
	write_file(f->path, others, sizeof(others));
	assert_refused(f, "db is not a persistence file of this program: it is left as it is");
	fd = open(f->path, O_RDONLY);
	assert_int_equal(read(fd, again, sizeof(again)), sizeof(again));
	assert_memory_equal(again, others, sizeof(others));
	close(fd);
	assert_int_equal(remove(f->path), 0);
	sql(f, "CREATE TABLE theirs (x)");
	assert_refused(f, "db is not a persistence file of this program: it is left as it is");
	assert_int_equal(ask(f, "SELECT count(*) FROM sqlite_schema"), 1);
	assert_int_equal(remove(f->path), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_refused(f, "db is not a regular file");
	assert_int_equal(rmdir(f->path), 0);
	reopen(f);
}

/* A file of a later version is not touched either. */
static void a_later_version_is_refused(void **state)
{
	struct fixture *f = *state;

	f->keeper = keeper_free(f->keeper);
	sql(f, "PRAGMA user_version = 2");
	assert_refused(f, "it was written by a newer version of this program");
	sql(f, "PRAGMA user_version = 1");
	reopen(f);
}

/* Two processes do not share a file; the sentence says who has it. */
static void a_file_in_use_is_refused(void **state)
{
	struct fixture *f = *state;
	char wanted[64];

	(void)snprintf(wanted, sizeof(wanted), "db is in use by another process (pid %ld)",
		       (long)getpid());
	assert_refused(f, wanted);
}

/* An empty file is as good as none. */
static void an_empty_file_is_taken(void **state)
{
	struct fixture *f = *state;

	f->keeper = keeper_free(f->keeper);
	write_file(f->path, "", 0);
	reopen(f);
	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	crash(f);
	assert_true(value(f, "a", "m") == 1);
}

/* ---- failing disks ---- */

/* A failed commit refuses exactly its own pushes, with the reason; then all goes on. */
static void a_failed_commit_refuses_its_pushes(void **state)
{
	struct fixture *f = *state;
	struct change *c, *d;

	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	c = make_push(f, "a", "m 2\n");
	d = c->next = make_push(f, "b", "m 3\n");
	faulty_set(false, true, false, 0, 1, SQLITE_IOERR_FSYNC);
	keeper_apply(f->keeper, c);
	assert_true(c->verdict == ERR_DISK && d->verdict == ERR_DISK);
	assert_string_equal(c->why, d->why);
	change_free(c);
	change_free(d);
	assert_true(value(f, "a", "m") == 1 && group(f, "b") == NULL);
	assert_null(keeper_trouble(f->keeper)); /* it was put right at once */
	assert_int_equal(keeper_stats(f->keeper)->n_failures, 1);
	assert_int_equal(push(f, "c", "m 4\n"), ERR_NONE);
	crash(f);
	assert_int_equal(n_groups(f), 2);
	assert_true(value(f, "a", "m") == 1 && value(f, "c", "m") == 4);
}

/* While the disk fails the keeper says so; when it works again, all that was acknowledged and
 * nothing that was refused is there. */
static void a_failing_disk_is_survived(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	assert_int_equal(apply(f, make_large(f, "l", "large", 1000, 1)), ERR_NONE);
	faulty_set(true, true, false, 0, 1 << 30, SQLITE_IOERR_WRITE);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(push(f, "a", "m 2\n"), ERR_DISK);
		assert_int_equal(push(f, "b", "m 2\n"), ERR_DISK);
		assert_int_equal(apply(f, make_large(f, "l", "large", 1000, 2)), ERR_DISK);
		assert_int_equal(apply(f, change_new_delete(test_stamp_job("a"), 9)), ERR_DISK);
		assert_int_equal(apply(f, change_new_wipe(9)), ERR_DISK);
		assert_non_null(keeper_trouble(f->keeper));
	}
	assert_true(value(f, "a", "m") == 1 && value(f, "l", "large") == 1 && n_groups(f) == 2);
	faulty_heal();
	keeper_write(f->keeper);
	assert_null(keeper_trouble(f->keeper));
	crash(f);
	assert_int_equal(n_groups(f), 2);
	assert_true(value(f, "a", "m") == 1 && value(f, "l", "large") == 1);
	assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 0);
}

/* Every write, sync and opening of a run fails once, in turn: whatever was acknowledged is there
 * afterwards, and whatever was refused is not. */
static void each_operation_may_fail(void **state)
{
	static const struct {
		bool writes, syncs, opens;
		int error;
	} kinds[] = {{true, false, false, SQLITE_FULL},
		     {true, false, false, SQLITE_IOERR_WRITE},
		     {false, true, false, SQLITE_IOERR_FSYNC},
		     {true, true, true, SQLITE_IOERR_WRITE}};
	struct fixture *f = *state;

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		for (int until = 0; until < 40; until++) {
			int acknowledged = -1, large = -1;
			char job[32];

			faulty_set(kinds[kind].writes, kinds[kind].syncs, kinds[kind].opens, until,
				   1 + until % 3, kinds[kind].error);
			for (int i = 0; i < 6; i++) {
				char body[32];

				(void)snprintf(body, sizeof(body), "m %d\n", i);
				(void)snprintf(job, sizeof(job), "new-%d", i);
				if (push(f, "a", body) == ERR_NONE)
					acknowledged = i;
				if (apply(f, make_large(f, "l", "large", 700, i)) == ERR_NONE)
					large = i;
				if (push(f, job, "k 1\n") == ERR_DISK)
					assert_null(group(f, job));
			}
			faulty_heal();
			assert_true(acknowledged == -1 || value(f, "a", "m") == acknowledged);
			keeper_write(f->keeper);
			crash(f);
			assert_true(acknowledged == -1 || value(f, "a", "m") == acknowledged);
			assert_true(large == -1 || value(f, "l", "large") == large);
			assert_int_equal(keeper_ledger_view(f->keeper)->n_corrupt, 0);
			assert_int_equal(apply(f, change_new_wipe(f->time_ns++)), ERR_NONE);
		}
	}
}

/* ---- relaxed ---- */

/* Visible at once, in the file when it is written; a deleted group leaves no row. */
static void relaxed_changes_wait(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, "a", "m 1\n"), ERR_NONE);
	assert_int_equal(push(f, "b", "m 2\n"), ERR_NONE);
	assert_int_equal(push(f, "gone", "m 2\n"), ERR_NONE);
	assert_int_equal(apply(f, change_new_delete(test_stamp_job("gone"), 9)), ERR_NONE);
	assert_int_equal(keeper_n_unwritten(f->keeper), 4);
	assert_int_equal(ask(f, "SELECT count(*) FROM groups"), 0);
	keeper_write(f->keeper);
	assert_int_equal(keeper_n_unwritten(f->keeper), 0);
	assert_int_equal(ask(f, "SELECT count(*) FROM groups"), 2);
	assert_int_equal(apply(f, change_new_delete(test_stamp_job("a"), 9)), ERR_NONE);
	assert_int_equal(push(f, "b", "m 3\n"), ERR_NONE);
	keeper_write(f->keeper);
	crash(f);
	assert_int_equal(n_groups(f), 1);
	assert_true(value(f, "b", "m") == 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(what_was_acknowledged_comes_back),
		TEST(a_wipe_is_durable),
		TEST(a_clean_end_leaves_one_file),
		TEST(the_file_is_private),
		TEST(a_batch_is_its_end),
		TEST(contradictions_are_kept),
		TEST(a_large_family_is_written_once),
		TEST(a_large_row_goes),
		TEST(a_damaged_large_family_costs_itself),
		TEST(a_damaged_row_is_set_aside),
		TEST(a_missing_row_is_noticed),
		TEST(an_old_row_is_noticed),
		TEST(a_damaged_page_costs_its_rows),
		TEST(a_file_of_others_is_refused),
		TEST(a_later_version_is_refused),
		TEST(a_file_in_use_is_refused),
		TEST(an_empty_file_is_taken),
		cmocka_unit_test_setup_teardown(a_failed_commit_refuses_its_pushes, setup_faulty,
						teardown),
		cmocka_unit_test_setup_teardown(a_failing_disk_is_survived, setup_faulty, teardown),
		cmocka_unit_test_setup_teardown(each_operation_may_fail, setup_faulty, teardown),
		cmocka_unit_test_setup_teardown(relaxed_changes_wait, setup_relaxed, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
