/* SPDX-License-Identifier: Apache-2.0
 *
 * faulty_vfs.h -- the usual VFS of SQLite under the name "faulty", whose writes and syncs fail when
 * a test says so. */
#pragma once

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

/* What fails from now on: after so many more operations of these kinds, so many of them. */
static struct {
	atomic_int writes, syncs, opens; /* do they count? */
	atomic_int until, times;
	atomic_int error;
} faulty;

static inline bool faulty_now(const atomic_int *counts)
{
	if (!*counts || faulty.times <= 0 || --faulty.until >= 0)
		return false;
	faulty.times--;
	return true;
}

static inline void faulty_set(bool writes, bool syncs, bool opens, int until, int times, int error)
{
	faulty.times = 0;
	faulty.writes = writes;
	faulty.syncs = syncs;
	faulty.opens = opens;
	faulty.until = until;
	faulty.error = error;
	faulty.times = times;
}

static inline void faulty_heal(void)
{
	faulty.times = 0;
}

struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

#define FAULTY_REAL(f) (((struct faulty_file *)(f))->real)
#define FAULTY_CALL(f, method, ...) FAULTY_REAL(f)->pMethods->method(FAULTY_REAL(f), ##__VA_ARGS__)

static int faulty_close(sqlite3_file *f)
{
	return FAULTY_CALL(f, xClose);
}

static int faulty_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	return FAULTY_CALL(f, xRead, to, n, at);
}

static int faulty_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	if (faulty_now(&faulty.writes)) {
		/* Torn: half of it is there. */
		(void)FAULTY_CALL(f, xWrite, from, n / 2, at);
		return faulty.error;
	}
	return FAULTY_CALL(f, xWrite, from, n, at);
}

static int faulty_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return FAULTY_CALL(f, xTruncate, size);
}

static int faulty_sync(sqlite3_file *f, int flags)
{
	return faulty_now(&faulty.syncs) ? faulty.error : FAULTY_CALL(f, xSync, flags);
}

static int faulty_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return FAULTY_CALL(f, xFileSize, ret);
}

static int faulty_lock(sqlite3_file *f, int lock)
{
	return FAULTY_CALL(f, xLock, lock);
}

static int faulty_unlock(sqlite3_file *f, int lock)
{
	return FAULTY_CALL(f, xUnlock, lock);
}

static int faulty_check_lock(sqlite3_file *f, int *ret)
{
	return FAULTY_CALL(f, xCheckReservedLock, ret);
}

static int faulty_control(sqlite3_file *f, int what, void *arg)
{
	return FAULTY_CALL(f, xFileControl, what, arg);
}

static int faulty_sector(sqlite3_file *f)
{
	return FAULTY_CALL(f, xSectorSize);
}

static int faulty_device(sqlite3_file *f)
{
	return FAULTY_CALL(f, xDeviceCharacteristics);
}

static int faulty_shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **ret)
{
	return FAULTY_CALL(f, xShmMap, page, n, extend, ret);
}

static int faulty_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return FAULTY_CALL(f, xShmLock, at, n, flags);
}

static void faulty_shm_barrier(sqlite3_file *f)
{
	FAULTY_CALL(f, xShmBarrier);
}

static int faulty_shm_unmap(sqlite3_file *f, int drop)
{
	return FAULTY_CALL(f, xShmUnmap, drop);
}

static sqlite3_vfs *faulty_usual(const sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		       int *ret_flags)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 2,
		.xClose = faulty_close,
		.xRead = faulty_read,
		.xWrite = faulty_write,
		.xTruncate = faulty_truncate,
		.xSync = faulty_sync,
		.xFileSize = faulty_size,
		.xLock = faulty_lock,
		.xUnlock = faulty_unlock,
		.xCheckReservedLock = faulty_check_lock,
		.xFileControl = faulty_control,
		.xSectorSize = faulty_sector,
		.xDeviceCharacteristics = faulty_device,
		.xShmMap = faulty_shm_map,
		.xShmLock = faulty_shm_lock,
		.xShmBarrier = faulty_shm_barrier,
		.xShmUnmap = faulty_shm_unmap,
	};
	struct faulty_file *f = (struct faulty_file *)file;
	int rc;

	f->base.pMethods = NULL;
	f->real = (sqlite3_file *)(f + 1);
	if (faulty_now(&faulty.opens))
		return SQLITE_CANTOPEN;
	rc = faulty_usual(vfs)->xOpen(faulty_usual(vfs), name, f->real, flags, ret_flags);
	if (rc == SQLITE_OK)
		f->base.pMethods = &methods;
	else if (f->real->pMethods != NULL)
		(void)f->real->pMethods->xClose(f->real);
	return rc;
}

static inline void faulty_register(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *usual;

	if (vfs.zName != NULL)
		return;
	usual = sqlite3_vfs_find(NULL);
	vfs = *usual;
	vfs.pNext = NULL;
	vfs.zName = "faulty";
	vfs.szOsFile = (int)sizeof(struct faulty_file) + usual->szOsFile;
	vfs.pAppData = usual;
	vfs.xOpen = faulty_open;
	(void)sqlite3_vfs_register(&vfs, 0);
}
