/* SPDX-License-Identifier: Apache-2.0
 *
 * disk.h -- a disk in memory, as a VFS of SQLite under the name "disk": it remembers which writes
 * were synchronised, fails when it is told to, and can be looked at as it would be found after a
 * kill or after a loss of power.
 *
 * What it takes for true of real disks: a sync that succeeded is kept; sectors of 512 bytes are
 * whole; of all else since the last sync any part may be there, in any order. After a sync that
 * failed its writes may be gone for ever, though they can still be read. Names made or removed are
 * kept from the next sync of the folder on, which comes with the first sync of a journal, as in
 * SQLite's own VFS.
 *
 * One thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk;

struct disk *disk_new(uint64_t seed);
struct disk *disk_free(struct disk *d); /* takes NULL, returns NULL; nothing on it may be open */

enum disk_loss {
	DISK_KILLED, /* the process ended: all writes are there */
	DISK_FORGOT, /* power was lost: what was not synchronised is gone */
	DISK_TORN,   /* ... any sectors of it are there */
	DISK_LOSSES
};

/* What would be found. */
struct disk *disk_after(const struct disk *d, enum disk_loss loss, uint64_t seed);

/* Files are opened on this one from now on. Registers the VFS. */
void disk_mount(struct disk *d);

/* Kinds of operations, to be or-ed. */
enum {
	DISK_WRITE = 1,
	DISK_SYNC = 2,
	DISK_OPEN = 4,
	DISK_READ = 8,
	DISK_TRUNCATE = 16,
	DISK_DELETE = 32,
	DISK_ALL = 63,
};

/* After `after` more operations of these kinds, `times` of them fail with `error`. */
void disk_fail(struct disk *d, unsigned kinds, unsigned after, unsigned times, int error);
void disk_heal(struct disk *d);

/* Called before each operation of these kinds, and after each sync (`kind` is then 0). */
void disk_watch(struct disk *d, unsigned kinds,
		void (*seen)(void *context, const struct disk *d, unsigned kind), void *context);
