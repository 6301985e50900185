/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger_sqlite.h -- the ledger as an SQLite database: one row per group, written ahead (WAL) and
 * synchronised with each commit.
 *
 * Opening locks the file against other processes and refuses what is not ours, untouched. A thread
 * of its own carries what was written ahead into the database, beside the writer. Freeing leaves
 * one file. docs/persistence.md describes the file for those who look into it. */
#pragma once

#include "store/ledger.h"

struct ledger_sqlite_options {
	const char *path;
	const char *vfs;     /* of SQLite's, for tests; NULL: the usual one */
	bool no_checkpoints; /* no thread: for tests that count what is written */
};

/* Opens the database, made when there is none. The sentence of an error names the file. */
must_check enum err_code ledger_sqlite_open(const struct ledger_sqlite_options *options,
					    struct ledger **ret, struct err *reterr);

/* The file whose content was imported into this database: its SHA-256, zeros when there is none.
 * Setting it goes with the next commit. Keeper only. */
enum { LEDGER_ORIGIN_BYTES = 32 };
must_check bool ledger_sqlite_origin(struct ledger *base, unsigned char ret[LEDGER_ORIGIN_BYTES]);
void ledger_sqlite_set_origin(struct ledger *base, const unsigned char origin[LEDGER_ORIGIN_BYTES]);

/* Whether no group is in it. False: it cannot be asked. */
must_check bool ledger_sqlite_is_empty(struct ledger *base, bool *ret);
