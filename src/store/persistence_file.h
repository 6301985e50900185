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

/* Locks PATH.lock, which is made for that and stays; the lock ends with the descriptor or the
 * process. ERR_BUSY: another process has it; the sentence says which. */
must_check enum err_code persistence_lock(const char *path, int *ret_fd, struct err *reterr);
