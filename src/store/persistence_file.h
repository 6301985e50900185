/* SPDX-License-Identifier: Apache-2.0
 *
 * persistence_file.h -- whose file it is that --persistence.file names, and that nobody else has
 * it.
 *
 * To be asked before SQLite opens the file, and never while it has it open: closing a descriptor of
 * the file drops the locks that SQLite holds on it. One thread. */
#pragma once

#include "base/err.h"

enum persistence_kind {
	PERSISTENCE_NEW,    /* there is none, or it is empty */
	PERSISTENCE_OURS,   /* a database that this program made */
	PERSISTENCE_GOB,    /* written by the reference */
	PERSISTENCE_OTHERS, /* anything else */
};

/* Marks our databases, in their header: "PGWC". */
enum { PERSISTENCE_APPLICATION_ID = 0x50475743 };

/* Looks at the first bytes and changes nothing. */
must_check enum err_code persistence_kind(const char *path, enum persistence_kind *ret,
					  struct err *reterr);

/* What PATH is called without symbolic links, so that every name of a file means the same
 * companions of it; allocated. A link to a file that is not there yet: that is made, empty. NULL:
 * out of memory, or the link leads nowhere (errno). */
char *persistence_resolve(const char *path);

/* Locks PATH itself, against those who know it by a hard link or through a mount, too. As above,
 * but NULL or why not, for ever; *ret_fd may be closed only when SQLite has closed the file. */
must_check const char *persistence_hold(const char *path, int *ret_fd);

/* Locks PATH.lock, which is made for that and stays; the lock ends with the descriptor or the
 * process. ERR_BUSY: another process has it; the sentence says which. */
must_check enum err_code persistence_lock(const char *path, int *ret_fd, struct err *reterr);
