/* SPDX-License-Identifier: Apache-2.0
 *
 * A database that cannot be trusted is kept under another name, and all groups are written from
 * memory into a new one. At every moment of it a kill or a loss of power leaves one of the two as
 * FILE: the new one is written as FILE.anew, is complete when it is called FILE.ready, and whoever
 * finds that puts it in FILE's place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/ledger_sqlite_private.h"

static const char *why_of(int error)
{
	return error == 0 ? NULL : strerrordesc_np(error);
}

/* 0, or errno. What is not there need not be moved. */
static int move(const char *path, const char *from_suffix, const char *to_suffix)
{
	char *from = NULL, *to = NULL;
	int error = 0;

	if (asprintf(&from, "%s%s", path, from_suffix) < 0 ||
	    asprintf(&to, "%s%s", path, to_suffix) < 0)
		error = ENOMEM;
	else if (rename(from, to) != 0 && errno != ENOENT)
		error = errno;
	free(from);
	free(to);
	return error;
}

static int remove_one(const char *path, const char *suffix)
{
	char *name = NULL;
	int error = 0;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		error = ENOMEM;
	else if (unlink(name) != 0 && errno != ENOENT)
		error = errno;
	free(name);
	return error;
}

static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? NULL : strndup(path, (size_t)(slash - path) + 1);
	int fd = open(folder == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) != 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	free(folder);
	return error;
}

#define DAMAGED                                                                                    \
	SLICE("the persistence file is damaged: it is kept under another name, and what could be " \
	      "read of it stands in a new one")
#define MOVED                                                                                      \
	SLICE("the persistence file was moved, replaced, cut or deleted while it was in use: "     \
	      "what is "                                                                           \
	      "there instead is kept under another name, and all groups stand in a new one")

/* FILE and what belongs to it go, FILE.ready comes; it may be interrupted and done again. The log
 * goes first: of the new database it would be a wrong one. */
static int put_in_place(const char *path, struct slice sentence)
{
	char damaged[48], damaged_wal[56];
	time_t now = (time_t)(clock_unix_ns() / 1000000000);
	struct tm utc;
	int error;

	assert(gmtime_r(&now, &utc) != NULL);
	(void)strftime(damaged, sizeof(damaged), ".damaged-%Y%m%dT%H%M%SZ", &utc);
	(void)snprintf(damaged_wal, sizeof(damaged_wal), "%s-wal", damaged);
	log_error(sentence, LOG_TEXT("file", slice_of(path)),
		  LOG_TEXT("suffix", slice_of(damaged)));
	error = move(path, "-wal", damaged_wal);
	if (error == 0)
		error = move(path, "", damaged);
	if (error == 0)
		error = remove_one(path, "-shm");
	if (error == 0)
		error = move(path, ".ready", "");
	return error == 0 ? sync_folder(path) : error;
}

const char *anew_finish(const char *path)
{
	char *ready = NULL;
	bool found = asprintf(&ready, "%s.ready", path) >= 0 && access(ready, F_OK) == 0;

	free(ready);
	return found ? why_of(put_in_place(path, DAMAGED)) : NULL;
}

/* Writes all groups to l->path, where nothing is, and closes it. */
static const char *write_new(struct ledger_sqlite *l, struct store *s)
{
	const char *why = ledger_wait_for_all(l, s) ? ledger_write_once(l) : "out of memory";
	int rc = why == NULL ? database_checkpoint_all(l) : SQLITE_OK;

	if (rc != SQLITE_OK)
		why = database_why(l->db, rc);
	checkpointer_close(l);
	if (l->db != NULL)
		database_close(l, why == NULL);
	return why;
}

static int remove_all(const char *path)
{
	static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
	int error = 0;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && error == 0; i++)
		error = remove_one(path, suffixes[i]);
	return error;
}

/* Where the content once came from is not in memory; lost, it would be imported again. */
static void keep_origin(struct ledger_sqlite *l)
{
	static const unsigned char none[LEDGER_ORIGIN_BYTES];
	unsigned char origin[LEDGER_ORIGIN_BYTES];

	if (l->db == NULL || l->origin_waits || !ledger_sqlite_origin(&l->base, origin))
		return;
	if (memcmp(origin, none, sizeof(none)) != 0)
		ledger_sqlite_set_origin(&l->base, origin);
}

const char *anew_write(struct ledger_sqlite *l, struct store *s)
{
	char *path = l->path, *anew = NULL;
	const char *why;

	if (l->vfs != NULL)
		return "the database is damaged";
	if (asprintf(&anew, "%s.anew", path) < 0)
		return "out of memory";
	l->damaged = true;
	keep_origin(l);
	checkpointer_close(l);
	if (l->db != NULL)
		database_close(l, false);
	why = why_of(remove_all(anew));
	if (why == NULL) {
		l->path = anew;
		why = write_new(l, s);
		l->path = path;
	}
	free(anew);
	if (why == NULL)
		why = why_of(move(path, ".anew", ".ready"));
	if (why == NULL)
		why = why_of(sync_folder(path));
	if (why == NULL)
		why = why_of(put_in_place(path, l->moved ? MOVED : DAMAGED));
	l->damaged = why != NULL;
	l->moved = l->moved && l->damaged;
	if (why == NULL)
		why = ledger_open_anew(l);
	if (why != NULL)
		l->in_doubt = true;
	return why;
}
