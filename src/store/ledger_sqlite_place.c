/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the database still where it was opened, and nothing else? What was deleted or renamed can be
 * written and synced as before, and is gone with the process; what was cut or overwritten is found
 * only by the next start. SQLite does not look in this mode. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/ledger_sqlite_private.h"
#include "store/persistence_file.h"

enum { LOCK_ERR_BYTES_MAX = 64 * 1024, PATH_BYTES_MAX = 4096 + 16, MAGIC_BYTES_MAX = 16 };

static const char *const suffixes[] = {[PLACE_DATABASE] = "",
				       [PLACE_LOG] = "-wal",
				       [PLACE_SHARED] = "-shm",
				       [PLACE_LOCK] = ".lock"};

static struct file_place place_of(const struct ledger_sqlite *l, enum file_role role)
{
	char path[PATH_BYTES_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s%s", l->path, suffixes[role]);
	if (stat(path, &st) != 0)
		return (struct file_place){.exists = false};
	return (struct file_place){
		.exists = true, .device = st.st_dev, .inode = st.st_ino, .bytes = st.st_size};
}

static bool is_same(const struct file_place *then, const struct file_place *now)
{
	return now->exists == then->exists &&
	       (!now->exists || (now->device == then->device && now->inode == then->inode));
}

void place_note(struct ledger_sqlite *l, enum file_role first, enum file_role last)
{
	for (enum file_role role = first; l->vfs == NULL && role <= last; role++)
		l->places[role] = place_of(l, role);
}

void place_note_bytes(struct ledger_sqlite *l)
{
	for (enum file_role role = PLACE_DATABASE; l->vfs == NULL && role <= PLACE_LOG; role++) {
		struct file_place now = place_of(l, role);

		if (is_same(&l->places[role], &now))
			l->places[role].bytes = now.bytes;
	}
}

/* Without its file a lock keeps nobody out. */
static const char *lock_again(struct ledger_sqlite *l)
{
	struct arena arena;
	struct err err = err_in(&arena);
	int fd = -1;
	enum err_code code;

	arena_init(&arena, LOCK_ERR_BYTES_MAX);
	code = persistence_lock(l->path, &fd, &err);
	arena_free(&arena);
	if (code == ERR_BUSY)
		return "the lock was deleted, and another process has the file now";
	if (code != ERR_NONE)
		return "the lock was deleted and cannot be made again";
	close(l->lock_fd);
	l->lock_fd = fd;
	place_note(l, PLACE_LOCK, PLACE_LOCK);
	return NULL;
}

/* Whether it begins so, as far as can be read: what fails is the commit's to tell. By SQLite's
 * descriptor: closing one of ours would drop its locks. */
static bool begins_with(struct ledger_sqlite *l, int which_pointer, struct slice magic)
{
	char head[MAGIC_BYTES_MAX];
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(l->db, "main", which_pointer, &file);

	assert(magic.len <= sizeof(head));
	if (rc != SQLITE_OK || file == NULL || file->pMethods == NULL)
		return true;
	rc = file->pMethods->xRead(file, head, (int)magic.len, 0);
	if (rc != SQLITE_OK)
		return rc != SQLITE_IOERR_SHORT_READ;
	return memcmp(head, magic.ptr, magic.len) == 0;
}

static bool database_is_whole(struct ledger_sqlite *l, off_t bytes)
{
	return bytes >= l->places[PLACE_DATABASE].bytes &&
	       begins_with(l, SQLITE_FCNTL_FILE_POINTER, SLICE("SQLite format 3"));
}

/* An operator may have had it emptied by SQLite (PRAGMA wal_checkpoint(TRUNCATE)), which then knows
 * of no frames. */
static bool was_emptied_by_sqlite(struct ledger_sqlite *l)
{
	int n_frames = -1;

	return sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &n_frames, NULL) ==
		       SQLITE_OK &&
	       n_frames == 0;
}

static bool log_is_whole(struct ledger_sqlite *l, off_t bytes)
{
	if (bytes < l->places[PLACE_LOG].bytes && (bytes > 0 || !was_emptied_by_sqlite(l)))
		return false;
	return bytes == 0 || begins_with(l, SQLITE_FCNTL_JOURNAL_POINTER, SLICE("\x37\x7f\x06"));
}

static bool is_whole(struct ledger_sqlite *l, enum file_role role, off_t bytes)
{
	if (l->db == NULL || l->in_doubt)
		return true; /* it is opened anew, and all sums are asked */
	if (role == PLACE_DATABASE)
		return database_is_whole(l, bytes);
	return role != PLACE_LOG || log_is_whole(l, bytes);
}

static bool is_in_place(struct ledger_sqlite *l, enum file_role role)
{
	struct file_place now = place_of(l, role);

	return is_same(&l->places[role], &now) && (!now.exists || is_whole(l, role, now.bytes));
}

const char *place_check(struct ledger_sqlite *l)
{
	const char *why;

	if (l->vfs != NULL)
		return NULL;
	why = is_in_place(l, PLACE_LOCK) ? NULL : lock_again(l);
	if (why != NULL || l->damaged)
		return why;
	for (enum file_role role = PLACE_DATABASE; role < PLACE_LOCK; role++)
		l->damaged = l->moved = l->moved || !is_in_place(l, role);
	return l->moved ? LEDGER_MOVED : NULL;
}
