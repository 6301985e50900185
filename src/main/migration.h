/* SPDX-License-Identifier: Apache-2.0
 *
 * migration.h -- starting on a persistence file of the reference.
 *
 * FILE is imported into FILE.db, which is used from then on and remembers FILE's SHA-256; FILE
 * itself is never changed. A start with the same FILE uses FILE.db. With another one (the
 * reference was used in between) it is imported anew, and the old FILE.db is kept under a dated
 * name. Either all of FILE is in FILE.db or nothing. One thread at a time: main opens, whoever
 * loads imports. */
#pragma once

#include "main/stored.h"
#include "store/keeper.h"
#include "store/ledger_sqlite.h"

struct migration {
	const char *path;     /* of the reference's file; NULL: there is nothing to import */
	struct change *first; /* all that it holds */
	struct gob_counts counts;
	unsigned char origin[LEDGER_ORIGIN_BYTES];
	struct ledger *ledger; /* the keeper's */
};

/* Opens the ledger of a persistence file of any kind, and reads what is to be imported. A file of
 * the reference that is damaged is refused before anything is changed. The sentence of an error
 * names the file. `path` must outlive the migration. */
must_check enum err_code migration_open(struct migration *m, const char *path, struct ledger **ret,
					struct err *reterr);

/* Imports into a keeper that has loaded its ledger, as one commit; does nothing when there is
 * nothing to import. */
must_check enum err_code migration_import(struct migration *m, struct keeper *k,
					  struct err *reterr);

void migration_close(struct migration *m);
