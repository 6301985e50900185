/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the database still where it was opened? What was deleted or renamed can be written and synced
 * as before, and is gone with the process; SQLite does not look in this mode. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/ledger_sqlite_private.h"
#include "store/persistence_file.h"

enum { LOCK_ERR_BYTES_MAX = 64 * 1024, PATH_BYTES_MAX = 4096 + 16 };

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
	return (struct file_place){.exists = true, .device = st.st_dev, .inode = st.st_ino};
}

static bool is_in_place(const struct ledger_sqlite *l, enum file_role role)
{
	const struct file_place *then = &l->places[role];
	struct file_place now = place_of(l, role);

	return now.exists == then->exists &&
	       (!now.exists || (now.device == then->device && now.inode == then->inode));
}

void place_note(struct ledger_sqlite *l, enum file_role first, enum file_role last)
{
	for (enum file_role role = first; l->vfs == NULL && role <= last; role++)
		l->places[role] = place_of(l, role);
}

/* Without its file a lock keeps nobody out. */
static const char *lock_again(struct ledger_sqlite *l)
{
	struct arena arena;
	struct err err = err_in(&arena);
	int fd = -1;
	enum err_code code;

	arena_init(&arena, LOCK_ERR_BYTES_MAX);
	code = persistence_lock(l->name, &fd, &err);
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
