/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite reads a database that may be written at the same time with the help of two files beside
 * it, and makes them. Nobody writes while we hold the lock of the file, or where there is neither a
 * lock nor anything written ahead: then it is told so (immutable=1) and makes none. */
#include "store/ledger_sqlite_copy.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/persistence_file.h"

enum { URI_BYTES_MAX = 64 * 1024, BUSY_MS = 5000 };

static bool is_there(const char *path, const char *suffix)
{
	char *name = NULL;
	bool there = asprintf(&name, "%s%s", path, suffix) >= 0 && access(name, F_OK) == 0;

	free(name);
	return there;
}

/* sqlite.org/uri.html */
static void put_uri(struct buf *out, const char *path, bool quiet)
{
	static const char plain[] =
		"/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	buf_put(out, SLICE("file:"));
	if (path[0] != '/')
		buf_put(out, SLICE("./"));
	for (; *path != '\0'; path++)
		if (strchr(plain, *path) != NULL)
			buf_put_byte(out, *path);
		else
			buf_putf(out, "%%%02x", (unsigned char)*path);
	buf_put(out, quiet ? SLICE("?mode=ro&immutable=1") : SLICE("?mode=ro"));
	buf_put_byte(out, '\0');
}

static int open_source(const char *path, bool quiet, sqlite3 **ret)
{
	struct buf uri;
	int rc;

	buf_init(&uri, URI_BYTES_MAX);
	put_uri(&uri, path, quiet);
	rc = buf_ok(&uri)
		     ? sqlite3_open_v2(uri.ptr, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
		     : SQLITE_CANTOPEN;
	buf_free(&uri);
	return rc;
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup;

	(void)sqlite3_busy_timeout(from, BUSY_MS);
	backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup == NULL)
		return sqlite3_errcode(to);
	(void)sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

static enum err_code copy(const char *from, const char *to, bool quiet, struct err *reterr)
{
	sqlite3 *source = NULL, *target = NULL;
	int rc = open_source(from, quiet, &source);

	if (rc == SQLITE_OK)
		rc = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (rc == SQLITE_OK)
		rc = copy_pages(source, target);
	(void)sqlite3_close_v2(source);
	(void)sqlite3_close_v2(target);
	return rc == SQLITE_OK
		       ? ERR_NONE
		       : err_setf(reterr, ERR_DISK, "cannot copy %s to %s, to look at it: %s", from,
				  to, sqlite3_errstr(rc));
}

static enum err_code copy_resolved(const char *from, const char *to, struct err *reterr)
{
	int lock_fd = -1;
	enum err_code code = ERR_NONE;

	if (is_there(from, ".lock"))
		code = persistence_lock(from, &lock_fd, reterr);
	reterr->code = ERR_NONE;
	code = copy(from, to, code != ERR_BUSY && !is_there(from, "-wal"), reterr);
	if (lock_fd >= 0)
		close(lock_fd);
	return code;
}

enum err_code ledger_sqlite_copy(const char *from, const char *to, struct err *reterr)
{
	char *real = persistence_resolve(from);
	enum err_code code =
		real == NULL ? err_setf(reterr, ERR_DISK, "%s: %s", from, strerrordesc_np(errno))
			     : copy_resolved(real, to, reterr);

	free(real);
	return code;
}
