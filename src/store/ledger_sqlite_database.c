/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/ledger_sqlite_private.h"
#include "store/persistence_file.h"

enum { SCHEMA_VERSION = 1 };

/* What `.schema` shows. Comments within a statement are kept by SQLite as they stand. */
static const char schema[] =
	"CREATE TABLE groups (\n"
	"    -- What is pushed: one row for each group. Written by the Pushgateway; version 1.\n"
	"    id INTEGER PRIMARY KEY,     -- never used again for another group\n"
	"    checksum INTEGER NOT NULL,  -- XXH3-64 over content, seeded by that over labels,\n"
	"                                -- seeded by id\n"
	"    labels BLOB NOT NULL,       -- the grouping key: names and values, each behind its\n"
	"                                -- length (varint), sorted by name\n"
	"    content BLOB NOT NULL       -- times and families: docs/persistence.md\n"
	");\n"
	"CREATE TABLE large_families (\n"
	"    -- Series of families from 16 KB on; the group's row refers to them by checksum.\n"
	"    group_id INTEGER NOT NULL,  -- groups.id\n"
	"    name BLOB NOT NULL,         -- of the metric family\n"
	"    checksum INTEGER NOT NULL,  -- as above: content, name, group_id\n"
	"    content BLOB NOT NULL,\n"
	"    PRIMARY KEY (group_id, name)\n"
	");\n"
	"CREATE TABLE totals (\n"
	"    -- One row, written with every commit: a row of groups that is lost shows here.\n"
	"    n_groups INTEGER NOT NULL,\n"
	"    xor_of_checksums INTEGER NOT NULL\n"
	");\n"
	"CREATE TABLE quarantine (\n"
	"    -- Damaged rows of both tables, set aside when the file was loaded. Not served.\n"
	"    -- Delete them when you have seen them; the alarm ends with the next start.\n"
	"    why TEXT NOT NULL,\n"
	"    group_id INTEGER,\n"
	"    text BLOB,                  -- labels of the group, or name of the family\n"
	"    checksum INTEGER,\n"
	"    content BLOB,\n"
	"    set_aside TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))\n"
	");\n"
	"CREATE TABLE origin (\n"
	"    -- The file of the Go Pushgateway that was imported into this one, if any.\n"
	"    id INTEGER PRIMARY KEY CHECK (id = 1),\n"
	"    sha256 BLOB NOT NULL\n"
	");\n"
	"INSERT INTO totals VALUES (0, 0);\n";

/* Set for each connection. The log of what was written ahead is cut back to that size when it had
 * to grow beyond it. */
static const char pragmas[] = "PRAGMA synchronous = FULL;"
			      "PRAGMA wal_autocheckpoint = 0;"
			      "PRAGMA journal_size_limit = 67108864;"
			      "PRAGMA cache_size = -16000;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA trusted_schema = OFF;";

/* An operator's own transaction (a row of the quarantine deleted, say) is waited for. */
enum { BUSY_MS = 5000 };

bool database_is_damage(int rc)
{
	int base = rc & 0xff;

	return base == SQLITE_CORRUPT || base == SQLITE_NOTADB;
}

const char *database_why(sqlite3 *db, int rc)
{
	int base = rc & 0xff;
	int error = db == NULL ? 0 : sqlite3_system_errno(db);

	if (error > 0 && (base == SQLITE_IOERR || base == SQLITE_CANTOPEN))
		return strerrordesc_np(error);
	return sqlite3_errstr(base == SQLITE_ROW || base == SQLITE_DONE ? SQLITE_ERROR : rc);
}

sqlite3_stmt *database_use(struct ledger_sqlite *l, enum ledger_statement which)
{
	sqlite3_stmt *st = l->statements[which];

	/* What reset returns is the error of the last run, which was seen then. */
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
	return st;
}

/* An argument that is not taken (it is too long for a row) stays NULL, which no column takes: the
 * statement fails. */
void database_bind_slice(sqlite3_stmt *st, int at, struct slice s)
{
	(void)sqlite3_bind_blob64(st, at, s.len == 0 ? "" : s.ptr, s.len, SQLITE_STATIC);
}

struct slice database_column(sqlite3_stmt *st, int at)
{
	const char *ptr = sqlite3_column_blob(st, at);
	int len = sqlite3_column_bytes(st, at);

	return ptr == NULL ? SLICE_EMPTY : (struct slice){ptr, (size_t)len};
}

int database_run(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	(void)sqlite3_reset(st);
	return rc == SQLITE_DONE ? SQLITE_OK : rc == SQLITE_ROW ? SQLITE_ERROR : rc;
}

int database_get_totals(struct ledger_sqlite *l, struct ledger_totals *ret)
{
	sqlite3_stmt *st = database_use(l, SQL_GET_TOTALS);
	int rc = sqlite3_step(st);

	*ret = (struct ledger_totals){0};
	if (rc == SQLITE_ROW) {
		ret->n_groups = (uint64_t)sqlite3_column_int64(st, 0);
		ret->xor_of_checksums = (uint64_t)sqlite3_column_int64(st, 1);
	}
	(void)sqlite3_reset(st);
	return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

int database_put_totals(struct ledger_sqlite *l, const struct ledger_totals *totals)
{
	sqlite3_stmt *st = database_use(l, SQL_PUT_TOTALS);

	(void)sqlite3_bind_int64(st, 1, (int64_t)totals->n_groups);
	(void)sqlite3_bind_int64(st, 2, (int64_t)totals->xor_of_checksums);
	return database_run(st);
}

/* What cannot be rolled back ends with the connection. */
void database_roll_back(struct ledger_sqlite *l)
{
	if (sqlite3_get_autocommit(l->db))
		return;
	(void)sqlite3_step(database_use(l, SQL_ROLLBACK));
	(void)sqlite3_reset(l->statements[SQL_ROLLBACK]);
}

/* ---- opening ---- */

static void configure(void)
{
	/* Each connection is used by one thread at a time; nobody asks for the sums of memory,
	 * which would cost a mutex for each allocation. */
	(void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_initialize();
}

static int open_connection(const struct ledger_sqlite *l, sqlite3 **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int rc;

	must_ok(pthread_once(&once, configure));
	rc = sqlite3_open_v2(l->path, ret,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				     SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
			     l->vfs);
	if (rc != SQLITE_OK)
		return rc;
	(void)sqlite3_busy_timeout(*ret, BUSY_MS);
	/* A failed commit is not to be carried into the database by the closing. */
	(void)sqlite3_db_config(*ret, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sqlite3_exec(*ret, pragmas, NULL, NULL, NULL);
}

/* The first column of the only row. */
static int ask_number(sqlite3 *db, const char *question, int64_t *ret)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, question, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(st);
		*ret = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
		rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
	}
	(void)sqlite3_finalize(st);
	return rc;
}

/* In the old journal mode, so that from the first moment on the file itself says whose it is. */
static int make_schema(sqlite3 *db)
{
	char head[128];
	int rc;

	(void)sqlite3_snprintf(sizeof(head), head,
			       "BEGIN IMMEDIATE; PRAGMA application_id = %d;"
			       "PRAGMA user_version = %d;",
			       PERSISTENCE_APPLICATION_ID, SCHEMA_VERSION);
	rc = sqlite3_exec(db, head, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, schema, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc;
}

/* False, and why, when it is not a database that this program can use. */
static bool check_schema(sqlite3 *db, const char **ret_why)
{
	int64_t id = 0, version = 0, n_tables = 0;
	int rc = ask_number(db, "PRAGMA application_id", &id);

	if (rc == SQLITE_OK)
		rc = ask_number(db, "PRAGMA user_version", &version);
	if (rc == SQLITE_OK)
		rc = ask_number(db, "SELECT count(*) FROM sqlite_schema", &n_tables);
	if (rc == SQLITE_OK && id == 0 && version == 0 && n_tables == 0)
		rc = make_schema(db);
	else if (rc == SQLITE_OK && id != PERSISTENCE_APPLICATION_ID)
		*ret_why = "it is a database of another program";
	else if (rc == SQLITE_OK && version != SCHEMA_VERSION)
		*ret_why = "it was written by a newer version of this program";
	if (rc != SQLITE_OK)
		*ret_why = database_why(db, rc);
	return *ret_why == NULL;
}

static bool set_wal(sqlite3 *db, const char **ret_why)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc != SQLITE_ROW)
		*ret_why = database_why(db, rc);
	else if (!slice_eq(database_column(st, 0), SLICE("wal")))
		*ret_why = "its filesystem cannot share memory between connections, which SQLite's "
			   "write-ahead log needs";
	(void)sqlite3_finalize(st);
	return *ret_why == NULL;
}

static bool prepare_all(struct ledger_sqlite *l, const char **ret_why)
{
	static const char *const texts[] = {
#define X(name, text) [name] = (text),
		LEDGER_STATEMENTS(X)
#undef X
	};

	for (int i = 0; i < LEDGER_N_STATEMENTS; i++) {
		int rc = sqlite3_prepare_v3(l->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					    &l->statements[i], NULL);

		if (rc != SQLITE_OK) {
			*ret_why = database_why(l->db, rc);
			return false;
		}
	}
	return true;
}

/* As private as the reference makes it; SQLite gives its other files the same mode. */
static bool make_private(const struct ledger_sqlite *l, const char **ret_why)
{
	int fd;

	if (l->vfs != NULL)
		return true;
	fd = open(l->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		*ret_why = strerrordesc_np(errno);
	return *ret_why == NULL;
}

/* The file before this one, if any, is closed. */
static bool hold(struct ledger_sqlite *l, const char **ret_why)
{
	if (l->vfs != NULL)
		return true;
	if (l->file_fd >= 0)
		close(l->file_fd);
	l->file_fd = -1;
	*ret_why = persistence_hold(l->path, &l->file_fd);
	return *ret_why == NULL;
}

static int rewrite(sqlite3_file *file, char *buffer, int buffer_bytes)
{
	sqlite3_int64 size = 0;
	int rc = file->pMethods->xFileSize(file, &size);

	for (sqlite3_int64 at = 0; at < size && rc == SQLITE_OK; at += buffer_bytes) {
		int n = size - at < buffer_bytes ? (int)(size - at) : buffer_bytes;

		rc = file->pMethods->xRead(file, buffer, n, at);
		if (rc == SQLITE_OK)
			rc = file->pMethods->xWrite(file, buffer, n, at);
	}
	return rc == SQLITE_OK && size > 0 ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) : rc;
}

/* After a sync that failed, Linux takes what it could not write for written: it can be read, but a
 * loss of power shows a hole, and the next sync says nothing of it (lwn.net/Articles/752063). The
 * log must have none before it is carried over: of a log with a hole only what stands before it
 * counts, and would hide newer pages of the database. A process that was killed after such a sync
 * cannot tell the next one, so this is done at every opening; after a clean end there is no log. */
static int rewrite_log(sqlite3 *db)
{
	enum { BUFFER_BYTES = 64 * 1024 }; /* a VFS takes a page at a time, of at most so many */
	sqlite3_file *log = NULL;
	char *buffer = malloc(BUFFER_BYTES);
	int rc = buffer == NULL ? SQLITE_NOMEM
				: sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc == SQLITE_OK) {
		/* In this mode it is the log's. */
		rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
		if (rc == SQLITE_OK && log != NULL && log->pMethods != NULL)
			rc = rewrite(log, buffer, BUFFER_BYTES);
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	}
	free(buffer);
	return rc;
}

bool database_open(struct ledger_sqlite *l, const char **ret_why)
{
	int rc;

	*ret_why = NULL;
	if (!make_private(l, ret_why) || !hold(l, ret_why))
		return false;
	rc = open_connection(l, &l->db);
	if (rc != SQLITE_OK)
		*ret_why = database_why(l->db, rc);
	else if (check_schema(l->db, ret_why) && set_wal(l->db, ret_why) &&
		 prepare_all(l, ret_why)) {
		rc = rewrite_log(l->db);
		if (rc == SQLITE_OK)
			rc = database_checkpoint_all(l);
		if (rc != SQLITE_OK)
			*ret_why = database_why(l->db, rc);
	}
	/* SQLite opens what it may only read, and what says that a later version wrote it. */
	if (*ret_why == NULL && sqlite3_db_readonly(l->db, "main") != 0)
		*ret_why = "it cannot be written";
	if (*ret_why == NULL) {
		place_note(l, PLACE_DATABASE, PLACE_SHARED);
		return true;
	}
	database_close(l, false);
	return false;
}

sqlite3 *database_open_second(const struct ledger_sqlite *l)
{
	sqlite3 *db = NULL;

	if (open_connection(l, &db) == SQLITE_OK)
		return db;
	(void)sqlite3_close_v2(db);
	return NULL;
}

void database_close(struct ledger_sqlite *l, bool tidily)
{
	for (int i = 0; i < LEDGER_N_STATEMENTS; i++) {
		(void)sqlite3_finalize(l->statements[i]);
		l->statements[i] = NULL;
	}
	if (tidily)
		(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	(void)sqlite3_close_v2(l->db);
	l->db = NULL;
}

int database_checkpoint_all(struct ledger_sqlite *l)
{
	int n_frames = 0, n_done = 0;

	return sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &n_frames,
					 &n_done);
}
