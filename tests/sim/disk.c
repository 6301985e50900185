/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "unit/store/support.h"

enum { FILES = 4, SECTOR = 512, REGIONS = 8, SLOTS = SQLITE_SHM_NLOCK, NAME = 64 };

struct content {
	char *bytes;
	size_t n, capacity;
};

/* A write or, without bytes, a change of the size to `at`. */
struct pending {
	size_t at, n;
	char *bytes;
};

struct file {
	char name[NAME]; /* "": free */
	bool is_there;   /* its name is */
	bool is_kept;    /* its name is found after a loss of power */
	bool folder_due; /* its first sync is the folder's, too */
	struct content now, kept;
	struct pending *pending;
	size_t n_pending, pending_capacity;

	/* locks of the connections */
	int n_open, n_shared;
	struct handle *reserved, *exclusive;
	char *regions[REGIONS];
	int slot_shared[SLOTS];
	bool slot_exclusive[SLOTS];
};

struct disk {
	struct file files[FILES];
	struct dice dice;
	unsigned kinds, after, times;
	int error;
	unsigned watched;
	void (*seen)(void *context, const struct disk *d, unsigned kind);
	void *context;
};

struct handle {
	sqlite3_file base;
	struct disk *disk;
	struct file *file;
	int lock;
	bool has_shm;
};

static struct disk *mounted;

/* Not malloc and its kin, which the tests let fail. */
static void *grown(void *old, size_t n_old, size_t n)
{
	char *bytes = aligned_alloc(16, (n + 15) / 16 * 16);

	assert(bytes != NULL);
	if (n_old > 0)
		memcpy(bytes, old, n_old);
	memset(bytes + n_old, 0, n - n_old);
	free(old);
	return bytes;
}

/* ---- content ---- */

static void content_resize(struct content *c, size_t n)
{
	if (n > c->capacity) {
		c->bytes = grown(c->bytes, c->n, n * 2);
		c->capacity = n * 2;
	}
	if (n > c->n)
		memset(c->bytes + c->n, 0, n - c->n);
	c->n = n;
}

static void content_write(struct content *c, size_t at, const char *bytes, size_t n)
{
	if (at + n > c->n)
		content_resize(c, at + n);
	memcpy(c->bytes + at, bytes, n);
}

static void content_copy(struct content *to, const struct content *from)
{
	to->n = 0;
	content_resize(to, from->n);
	if (from->n > 0)
		memcpy(to->bytes, from->bytes, from->n);
}

static void content_apply(struct content *c, const struct pending *p)
{
	if (p->bytes == NULL)
		content_resize(c, p->at);
	else
		content_write(c, p->at, p->bytes, p->n);
}

/* Any of its sectors. */
static void content_apply_torn(struct content *c, const struct pending *p, struct dice *dice)
{
	if (p->bytes == NULL) {
		if (dice_below(dice, 2) == 0)
			content_resize(c, p->at);
		return;
	}
	for (size_t at = p->at, end; at < p->at + p->n; at = end) {
		end = (at / SECTOR + 1) * SECTOR;
		end = end < p->at + p->n ? end : p->at + p->n;
		if (dice_below(dice, 2) == 0)
			content_write(c, at, p->bytes + (at - p->at), end - at);
	}
}

/* ---- files ---- */

static void file_add_pending(struct file *f, size_t at, const char *bytes, size_t n)
{
	struct pending *p;

	if (f->n_pending == f->pending_capacity) {
		f->pending_capacity = f->pending_capacity * 2 + 16;
		f->pending = grown(f->pending, f->n_pending * sizeof(*p),
				   f->pending_capacity * sizeof(*p));
	}
	p = &f->pending[f->n_pending++];
	*p = (struct pending){.at = at, .n = n};
	if (bytes == NULL)
		return;
	p->bytes = grown(NULL, 0, n);
	memcpy(p->bytes, bytes, n);
}

static void file_drop_pending(struct file *f)
{
	while (f->n_pending > 0)
		free(f->pending[--f->n_pending].bytes);
}

static void file_clear(struct file *f)
{
	file_drop_pending(f);
	free(f->pending);
	free(f->now.bytes);
	free(f->kept.bytes);
	for (int i = 0; i < REGIONS; i++)
		free(f->regions[i]);
	*f = (struct file){0};
}

static struct file *file_find(struct disk *d, const char *name)
{
	for (int i = 0; i < FILES; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

static struct file *file_make(struct disk *d, const char *name)
{
	struct file *f = file_find(d, name);

	if (f == NULL) {
		f = file_find(d, "");
		assert(f != NULL && strlen(name) < NAME);
		memcpy(f->name, name, strlen(name) + 1);
	}
	/* One that was removed and is not forgotten yet. */
	if (f->is_kept)
		file_add_pending(f, 0, NULL, 0);
	f->is_there = true;
	return f;
}

static void folder_sync(struct disk *d)
{
	for (int i = 0; i < FILES; i++)
		d->files[i].is_kept = d->files[i].is_there;
}

static bool fails(struct disk *d, unsigned kind)
{
	if ((d->watched & kind) != 0)
		d->seen(d->context, d, kind);
	if ((d->kinds & kind) == 0 || d->times == 0)
		return false;
	if (d->after > 0) {
		d->after--;
		return false;
	}
	d->times--;
	return true;
}

/* ---- life ---- */

struct disk *disk_new(uint64_t seed)
{
	struct disk *d = grown(NULL, 0, sizeof(*d));

	d->dice.state = seed;
	return d;
}

struct disk *disk_free(struct disk *d)
{
	if (d == NULL)
		return NULL;
	for (int i = 0; i < FILES; i++) {
		assert(d->files[i].n_open == 0);
		file_clear(&d->files[i]);
	}
	free(d);
	return NULL;
}

static void file_survive(struct file *to, const struct file *from, enum disk_loss loss,
			 struct dice *dice)
{
	bool is_there = loss == DISK_KILLED ? from->is_there
			: loss == DISK_TORN
				? (dice_below(dice, 2) == 0 ? from->is_there : from->is_kept)
				: from->is_kept;

	if (from->name[0] == '\0' || !is_there)
		return;
	memcpy(to->name, from->name, NAME);
	to->is_there = true;
	to->is_kept = loss != DISK_KILLED || from->is_kept;
	to->folder_due = loss == DISK_KILLED && from->folder_due;
	content_copy(&to->kept, &from->kept);
	for (size_t i = 0; i < from->n_pending && loss == DISK_TORN; i++)
		content_apply_torn(&to->kept, &from->pending[i], dice);
	content_copy(&to->now, loss == DISK_KILLED ? &from->now : &to->kept);
	for (size_t i = 0; i < from->n_pending && loss == DISK_KILLED; i++)
		file_add_pending(to, from->pending[i].at, from->pending[i].bytes,
				 from->pending[i].n);
}

struct disk *disk_after(const struct disk *d, enum disk_loss loss, uint64_t seed)
{
	struct disk *after = disk_new(seed);

	for (int i = 0; i < FILES; i++)
		file_survive(&after->files[i], &d->files[i], loss, &after->dice);
	return after;
}

void disk_fail(struct disk *d, unsigned kinds, unsigned after, unsigned times, int error)
{
	d->kinds = kinds;
	d->after = after;
	d->times = times;
	d->error = error;
}

void disk_heal(struct disk *d)
{
	d->times = 0;
}

void disk_watch(struct disk *d, unsigned kinds,
		void (*seen)(void *context, const struct disk *d, unsigned kind), void *context)
{
	d->watched = kinds;
	d->seen = seen;
	d->context = context;
}

/* ---- what SQLite does with a file ---- */

static int on_read(sqlite3_file *base, void *to, int n, sqlite3_int64 at)
{
	struct handle *h = (struct handle *)base;
	const struct content *c = &h->file->now;
	size_t want = (size_t)n, from = (size_t)at, have;

	if (fails(h->disk, DISK_READ))
		return SQLITE_IOERR_READ;
	have = from >= c->n ? 0 : c->n - from < want ? c->n - from : want;
	if (have > 0)
		memcpy(to, c->bytes + from, have);
	memset((char *)to + have, 0, want - have);
	return have == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *from, int n, sqlite3_int64 at)
{
	struct handle *h = (struct handle *)base;
	size_t n_written = (size_t)n;
	bool failed = fails(h->disk, DISK_WRITE);

	assert(n > 0 && n <= 65536); /* SQLite's own VFS trusts in it */
	if (failed)
		n_written = dice_below(&h->disk->dice, (uint32_t)n + 1);
	if (n_written > 0) {
		content_write(&h->file->now, (size_t)at, from, n_written);
		file_add_pending(h->file, (size_t)at, from, n_written);
	}
	return failed ? h->disk->error : SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct handle *h = (struct handle *)base;

	if (fails(h->disk, DISK_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	content_resize(&h->file->now, (size_t)size);
	file_add_pending(h->file, (size_t)size, NULL, 0);
	return SQLITE_OK;
}

/* The kernel takes the pages for clean now: they are read as they were written, or, once it has
 * dropped them, as they are on the disk. */
static void lose_writes(struct disk *d, struct file *f)
{
	for (size_t i = 0; i < f->n_pending; i++)
		content_apply_torn(&f->kept, &f->pending[i], &d->dice);
	file_drop_pending(f);
	if (dice_below(&d->dice, 2) == 0)
		content_copy(&f->now, &f->kept);
}

static int on_sync(sqlite3_file *base, int flags)
{
	struct handle *h = (struct handle *)base;
	struct file *f = h->file;

	(void)flags;
	if (fails(h->disk, DISK_SYNC)) {
		lose_writes(h->disk, f);
		return SQLITE_IOERR_FSYNC;
	}
	for (size_t i = 0; i < f->n_pending; i++)
		content_apply(&f->kept, &f->pending[i]);
	file_drop_pending(f);
	if (f->folder_due)
		folder_sync(h->disk);
	f->folder_due = false;
	if (h->disk->watched != 0)
		h->disk->seen(h->disk->context, h->disk, 0);
	return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct handle *)base)->file->now.n;
	return SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int lock)
{
	struct handle *h = (struct handle *)base;
	struct file *f = h->file;

	if (lock <= h->lock)
		return SQLITE_OK;
	if (f->exclusive != NULL && f->exclusive != h)
		return SQLITE_BUSY;
	if (lock >= SQLITE_LOCK_RESERVED && f->reserved != NULL && f->reserved != h)
		return SQLITE_BUSY;
	if (lock == SQLITE_LOCK_EXCLUSIVE && f->n_shared > (h->lock >= SQLITE_LOCK_SHARED))
		return SQLITE_BUSY;
	if (h->lock == SQLITE_LOCK_NONE)
		f->n_shared++;
	if (lock >= SQLITE_LOCK_RESERVED)
		f->reserved = h;
	if (lock == SQLITE_LOCK_EXCLUSIVE)
		f->exclusive = h;
	h->lock = lock;
	return SQLITE_OK;
}

static int on_unlock(sqlite3_file *base, int lock)
{
	struct handle *h = (struct handle *)base;
	struct file *f = h->file;

	if (lock >= h->lock)
		return SQLITE_OK;
	if (f->exclusive == h)
		f->exclusive = NULL;
	if (f->reserved == h)
		f->reserved = NULL;
	if (lock == SQLITE_LOCK_NONE)
		f->n_shared--;
	h->lock = lock;
	return SQLITE_OK;
}

static int on_check_reserved(sqlite3_file *base, int *ret)
{
	*ret = ((struct handle *)base)->file->reserved != NULL;
	return SQLITE_OK;
}

static int on_control(sqlite3_file *base, int what, void *arg)
{
	(void)base;
	(void)what;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

/* As SQLite's own VFS says of Linux. */
static int on_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_shm_map(sqlite3_file *base, int region, int n, int extend, void volatile **ret)
{
	struct handle *h = (struct handle *)base;
	char **at;

	assert(region < REGIONS);
	at = &h->file->regions[region];
	h->has_shm = true;
	if (*at == NULL && extend != 0)
		*at = grown(NULL, 0, (size_t)n);
	*ret = *at;
	return SQLITE_OK;
}

static int on_shm_lock(sqlite3_file *base, int from, int n, int flags)
{
	struct file *f = ((struct handle *)base)->file;
	bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;

	for (int i = from; i < from + n && (flags & SQLITE_SHM_LOCK) != 0; i++)
		if (f->slot_exclusive[i] || (exclusive && f->slot_shared[i] > 0))
			return SQLITE_BUSY;
	for (int i = from; i < from + n; i++)
		if (exclusive)
			f->slot_exclusive[i] = (flags & SQLITE_SHM_LOCK) != 0;
		else
			f->slot_shared[i] += (flags & SQLITE_SHM_LOCK) != 0 ? 1 : -1;
	return SQLITE_OK;
}

static void on_shm_barrier(sqlite3_file *base)
{
	(void)base;
}

/* It lives as long as a connection has the file: nobody else could see it. */
static void drop_regions(struct file *f)
{
	for (int i = 0; i < REGIONS; i++) {
		free(f->regions[i]);
		f->regions[i] = NULL;
	}
	memset(f->slot_shared, 0, sizeof(f->slot_shared));
	memset(f->slot_exclusive, 0, sizeof(f->slot_exclusive));
}

static int on_shm_unmap(sqlite3_file *base, int drop)
{
	(void)drop;
	((struct handle *)base)->has_shm = false;
	return SQLITE_OK;
}

static int on_close(sqlite3_file *base)
{
	struct handle *h = (struct handle *)base;

	(void)on_unlock(base, SQLITE_LOCK_NONE);
	if (--h->file->n_open == 0)
		drop_regions(h->file);
	return SQLITE_OK;
}

/* ---- what it does with names ---- */

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
		   int *ret_flags)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 2,
		.xClose = on_close,
		.xRead = on_read,
		.xWrite = on_write,
		.xTruncate = on_truncate,
		.xSync = on_sync,
		.xFileSize = on_size,
		.xLock = on_lock,
		.xUnlock = on_unlock,
		.xCheckReservedLock = on_check_reserved,
		.xFileControl = on_control,
		.xSectorSize = on_sector_size,
		.xDeviceCharacteristics = on_characteristics,
		.xShmMap = on_shm_map,
		.xShmLock = on_shm_lock,
		.xShmBarrier = on_shm_barrier,
		.xShmUnmap = on_shm_unmap,
	};
	struct handle *h = (struct handle *)base;
	struct disk *d = mounted;
	struct file *f;

	(void)vfs;
	*h = (struct handle){.disk = d};
	assert(name != NULL);
	if (fails(d, DISK_OPEN))
		return SQLITE_CANTOPEN;
	f = file_find(d, name);
	if (f == NULL || !f->is_there) {
		if ((flags & SQLITE_OPEN_CREATE) == 0)
			return SQLITE_CANTOPEN;
		f = file_make(d, name);
	}
	/* As unixOpen: whether it is new or not. */
	if ((flags & SQLITE_OPEN_CREATE) != 0 &&
	    (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0)
		f->folder_due = true;
	f->n_open++;
	h->file = f;
	h->base.pMethods = &methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

/* Until the folder is synchronised it may come back, with what was kept of it. */
static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct file *f = file_find(mounted, name);

	(void)vfs;
	if (f == NULL || !f->is_there)
		return SQLITE_IOERR_DELETE_NOENT;
	if (fails(mounted, DISK_DELETE))
		return SQLITE_IOERR_DELETE;
	assert(f->n_open == 0);
	f->is_there = false;
	content_resize(&f->now, 0);
	file_drop_pending(f);
	if (sync_folder != 0)
		folder_sync(mounted);
	return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	const struct file *f = file_find(mounted, name);

	(void)vfs;
	*ret = f != NULL && f->is_there && (flags != SQLITE_ACCESS_EXISTS || f->now.n > 0);
	return SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int n, char *ret)
{
	(void)vfs;
	(void)sqlite3_snprintf(n, ret, "%s", name);
	return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int n, char *ret)
{
	(void)vfs;
	for (int i = 0; i < n; i++)
		ret[i] = (char)dice_next(&mounted->dice);
	return n;
}

static int on_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int on_time(sqlite3_vfs *vfs, sqlite3_int64 *ret)
{
	(void)vfs;
	*ret = INT64_C(212000000000000);
	return SQLITE_OK;
}

void disk_mount(struct disk *d)
{
	static sqlite3_vfs vfs = {.iVersion = 2,
				  .szOsFile = sizeof(struct handle),
				  .mxPathname = NAME,
				  .zName = "disk",
				  .xOpen = on_open,
				  .xDelete = on_delete,
				  .xAccess = on_access,
				  .xFullPathname = on_full_name,
				  .xRandomness = on_randomness,
				  .xSleep = on_sleep,
				  .xCurrentTimeInt64 = on_time};

	mounted = d;
	if (sqlite3_vfs_find("disk") == NULL)
		(void)sqlite3_vfs_register(&vfs, 0);
}
