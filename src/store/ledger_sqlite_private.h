/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger_sqlite_private.h -- between the files of the SQLite ledger: database.c opens it and has
 * the statements, ledger_sqlite.c writes, load.c reads, checkpoint.c has the thread, place.c looks
 * whether the file is still there.
 *
 * Invariants.
 * L1 While nothing waits and the outcome of no commit is in doubt, the file holds exactly the
 *    staged state of every group, and `totals` are those of its rows.
 * L2 A row is written from memory only, whole; so what waits may be written any number of times.
 * L3 In doubt, nothing that is known of the file counts: it is opened anew, what was written ahead
 *    is carried into the database (a failed sync leaves a hole in it, behind which nothing would be
 *    found after a loss of power), sums are taken from the file, and rows from `doubtful_row` on,
 *    which no acknowledged commit has written, are deleted before those that wait are written. */
#pragma once

#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "base/buf.h"
#include "store/ledger_sqlite.h"

/* The statements of the writer, prepared once. */
#define LEDGER_STATEMENTS(X)                                                                       \
	X(SQL_BEGIN, "BEGIN IMMEDIATE")                                                            \
	X(SQL_COMMIT, "COMMIT")                                                                    \
	X(SQL_ROLLBACK, "ROLLBACK")                                                                \
	X(SQL_PUT_GROUP, "REPLACE INTO groups (id, checksum, labels, content) "                    \
			 "VALUES (?1, ?2, ?3, ?4)")                                                \
	X(SQL_DELETE_GROUP, "DELETE FROM groups WHERE id = ?1")                                    \
	X(SQL_GET_GROUP_SUM, "SELECT checksum FROM groups WHERE id = ?1")                          \
	X(SQL_GET_GROUP_SUMS_FROM, "SELECT checksum FROM groups WHERE id >= ?1")                   \
	X(SQL_DELETE_GROUPS_FROM, "DELETE FROM groups WHERE id >= ?1")                             \
	X(SQL_PUT_LARGE, "REPLACE INTO large_families (group_id, name, checksum, content) "        \
			 "VALUES (?1, ?2, ?3, ?4)")                                                \
	X(SQL_DELETE_LARGE, "DELETE FROM large_families WHERE group_id = ?1 AND name = ?2")        \
	X(SQL_DELETE_LARGE_OF, "DELETE FROM large_families WHERE group_id = ?1")                   \
	X(SQL_DELETE_LARGE_FROM, "DELETE FROM large_families WHERE group_id >= ?1")                \
	X(SQL_GET_LARGE_SUM, "SELECT checksum FROM large_families "                                \
			     "WHERE group_id = ?1 AND name = ?2")                                  \
	X(SQL_GET_LARGE_NAMES, "SELECT name FROM large_families WHERE group_id = ?1")              \
	X(SQL_GET_LARGE, "SELECT checksum, content FROM large_families "                           \
			 "WHERE group_id = ?1 AND name = ?2")                                      \
	X(SQL_PUT_TOTALS, "UPDATE totals SET n_groups = ?1, xor_of_checksums = ?2")                \
	X(SQL_GET_TOTALS, "SELECT n_groups, xor_of_checksums FROM totals")                         \
	X(SQL_PUT_ORIGIN, "REPLACE INTO origin (id, sha256) VALUES (1, ?1)")                       \
	X(SQL_GET_ORIGIN, "SELECT sha256 FROM origin")                                             \
	X(SQL_SET_GROUP_ASIDE,                                                                     \
	  "INSERT INTO quarantine (why, group_id, text, checksum, content) "                       \
	  "SELECT ?2, id, labels, checksum, content FROM groups WHERE id = ?1")                    \
	X(SQL_SET_LARGE_ASIDE, "INSERT INTO quarantine (why, group_id, text, checksum, content) "  \
			       "SELECT ?3, group_id, name, checksum, content FROM large_families " \
			       "WHERE group_id = ?1 AND name = ?2")                                \
	X(SQL_COUNT_ASIDE, "SELECT count(*) FROM quarantine")                                      \
	X(SQL_COUNT_GROUPS, "SELECT count(*) FROM groups")                                         \
	X(SQL_CHECK, "PRAGMA integrity_check(1)")                                                  \
	X(SQL_GET_GROUPS, "SELECT id, checksum, labels, content FROM groups ORDER BY id")          \
	X(SQL_GET_GROUPS_BACK, "SELECT id, checksum, labels, content FROM groups "                 \
			       "ORDER BY id DESC")

enum ledger_statement {
#define X(name, text) name,
	LEDGER_STATEMENTS(X)
#undef X
		LEDGER_N_STATEMENTS,
};

/* Of all rows of groups: they must agree with the sums in the file, or a row is missing. */
struct ledger_totals {
	uint64_t n_groups, xor_of_checksums;
};

/* A row that the file may not hold as it is in memory. */
struct waiting_row {
	int64_t row;
	struct store_group *group; /* NULL: there is no such group any more */
	uint64_t before, after;    /* checksums; before: when it is recorded */
	bool recorded;
	uint32_t n_large; /* after */
};

enum checkpoint_turn { TURN_FREE, TURN_WRITER, TURN_CHECKPOINT };

/* The thread that carries what was written ahead into the database. Beside the writer it comes
 * close to the end; for the rest it takes the writer's turn, briefly, so that the writer begins the
 * log anew. */
struct checkpointer {
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* under the mutex */
	sqlite3 *db; /* NULL: the database is being opened anew */
	enum checkpoint_turn turn;
	bool wants_turn, busy, stop;
	int n_frames;    /* written ahead */
	int wanted_from; /* so many frames are worth the next run */
	bool failing;    /* logged once */
};

enum file_role { PLACE_DATABASE, PLACE_LOG, PLACE_SHARED, PLACE_LOCK, PLACES };

/* Which file a path led to, and how long it was. */
struct file_place {
	bool exists;
	dev_t device;
	ino_t inode;
	off_t bytes;
};

struct ledger_sqlite {
	struct ledger base;

	/* never change */
	char *name; /* of the file, as it was given */
	char *path; /* the same for SQLite, without symbolic links */
	char *vfs;
	int lock_fd;
	bool no_checkpoints;

	/* owned by the keeper */
	sqlite3 *db; /* NULL: it could not be opened anew yet */
	int file_fd; /* the file's own lock */
	sqlite3_stmt *statements[LEDGER_N_STATEMENTS];
	struct ledger_totals totals;
	int64_t next_row;
	struct waiting_row *waiting;
	size_t n_waiting, waiting_capacity;
	bool in_doubt;                    /* nothing that is known of the file counts */
	bool damaged;                     /* ... and is to be put aside: anew.c */
	bool moved;                       /* ... because another file may stand in its place */
	struct file_place places[PLACES]; /* when it was opened */
	int64_t doubtful_row;             /* in doubt only */
	bool origin_waits;
	unsigned char origin[LEDGER_ORIGIN_BYTES];
	struct buf content, large;

	struct checkpointer checkpointer;
};

/* ---- database.c ---- */

/* Opens path, makes the schema when the file is empty, prepares the statements. On an error
 * *ret_why says why, for ever, and nothing is open. */
must_check bool database_open(struct ledger_sqlite *l, const char **ret_why);
void database_close(struct ledger_sqlite *l, bool tidily);

/* One more connection to the same file, for checkpoints. NULL: not to be had. */
must_check sqlite3 *database_open_second(const struct ledger_sqlite *l);

/* The pages are damaged, or what stands in them. */
bool database_is_damage(int rc);

/* Why an operation failed with `rc`: the system's reason where it has one. */
const char *database_why(sqlite3 *db, int rc);

/* A statement, reset and without arguments. */
sqlite3_stmt *database_use(struct ledger_sqlite *l, enum ledger_statement which);
void database_bind_slice(sqlite3_stmt *st, int at, struct slice s); /* it must stay until reset */
struct slice database_column(sqlite3_stmt *st, int at);

/* Runs a statement that gives no row: SQLITE_OK when it is done. */
must_check int database_run(sqlite3_stmt *st);

/* What the file says that it holds: zeros when it fails. A file that does not say it is damaged. */
must_check int database_get_totals(struct ledger_sqlite *l, struct ledger_totals *ret);
must_check int database_put_totals(struct ledger_sqlite *l, const struct ledger_totals *totals);

/* Ends a transaction that failed, if SQLite has not done so itself. */
void database_roll_back(struct ledger_sqlite *l);

/* Carries all that was written ahead into the database; SQLITE_OK when it did. */
must_check int database_checkpoint_all(struct ledger_sqlite *l);

/* ---- ledger_sqlite.c ---- */

/* The group's row is written with the next commit. False: out of memory. */
must_check bool ledger_wait(struct ledger_sqlite *l, struct store_group *group);
const char *ledger_sqlite_write(struct ledger *base, struct store *s);

/* Has every group written into a file that holds none. False: out of memory. */
must_check bool ledger_wait_for_all(struct ledger_sqlite *l, struct store *s);
const char *ledger_write_once(struct ledger_sqlite *l);
const char *ledger_open_anew(struct ledger_sqlite *l);

/* ---- anew.c: NULL, or why not ---- */

/* Puts the file aside and writes a new one from memory; nothing may be staged. What fails is tried
 * again with the next write. */
const char *anew_write(struct ledger_sqlite *l, struct store *s);
/* Before anything is opened: the end of it, if it was interrupted. */
const char *anew_finish(const char *path);

/* ---- place.c ---- */

#define LEDGER_MOVED "the persistence file was moved, replaced, cut or deleted"

/* The files are those of now. */
void place_note(struct ledger_sqlite *l, enum file_role first, enum file_role last);
/* After a commit: the files are as long as now. */
void place_note_bytes(struct ledger_sqlite *l);
/* Before a commit: NULL, or why there may be none. The lock is taken again when its file is gone;
 * of the others one that is not the one that was opened, that is shorter or that begins as
 * something else makes the database `damaged`. */
must_check const char *place_check(struct ledger_sqlite *l);

/* ---- load.c ---- */

enum err_code ledger_sqlite_load(struct ledger *base, struct store *s, struct err *reterr);

/* ---- checkpoint.c ---- */

must_check bool checkpointer_start(struct ledger_sqlite *l); /* false: no thread */
void checkpointer_stop(struct ledger_sqlite *l);
/* Around a transaction of the writer. */
void checkpointer_enter(struct ledger_sqlite *l);
void checkpointer_leave(struct ledger_sqlite *l);
/* Around opening the database anew: it has no connection in between. */
void checkpointer_close(struct ledger_sqlite *l);
must_check bool checkpointer_open(struct ledger_sqlite *l);
