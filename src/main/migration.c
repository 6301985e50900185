/* SPDX-License-Identifier: Apache-2.0 */
#include "main/migration.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/persistence_file.h"

static enum err_code open_database(const char *path, struct ledger **ret, struct err *reterr)
{
	return ledger_sqlite_open(&(struct ledger_sqlite_options){.path = path}, ret, reterr);
}

/* ---- the file of the reference ---- */

struct reading {
	struct change **tail;
};

static bool gather(void *context, struct change *change, struct err *reterr)
{
	struct reading *r = context;

	(void)reterr;
	*r->tail = change;
	r->tail = &change->next;
	return true;
}

static void warn(void *context, struct slice sentence)
{
	(void)context;
	log_warn(SLICE("not everything in the file of the Go Pushgateway can be kept"),
		 LOG_TEXT("err", sentence));
}

static enum err_code read_changes(struct migration *m, struct slice file, struct err *reterr)
{
	struct reading reading = {.tail = &m->first};
	const struct gob_importer importer = {.restore = gather, .warn = warn, .context = &reading};

	if (gob_import(file, &importer, &m->counts, reterr) == ERR_NONE)
		return ERR_NONE;
	return err_wrapf(reterr, "%s: ", m->path);
}

/* ---- which database ---- */

/* The database of another file, or of this one as it was before. */
static enum err_code keep_database(const char *path, struct err *reterr)
{
	time_t now = (time_t)(clock_unix_ns() / 1000000000);
	char stamp[32] = "", *kept = NULL;
	enum err_code code = ERR_NONE;
	struct tm utc;

	if (gmtime_r(&now, &utc) == NULL ||
	    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc) == 0 ||
	    asprintf(&kept, "%s.%s", path, stamp) < 0)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (renameat2(AT_FDCWD, path, AT_FDCWD, kept, RENAME_NOREPLACE) != 0)
		code = err_setf(reterr, ERR_DISK, "cannot keep %s as %s: %s", path, kept,
				strerrordesc_np(errno));
	else
		log_warn(
			SLICE("the file of the Go Pushgateway has changed since it was imported: "
			      "it is imported anew, what was pushed here in between is kept aside"),
			LOG_TEXT("file", slice_of(path)), LOG_TEXT("kept", slice_of(kept)));
	free(kept);
	return code;
}

/* Whether all that is in the reference's file is in the database already. */
static enum err_code compare_origin(const struct migration *m, struct ledger *ledger,
				    bool *ret_same, bool *ret_new, struct err *reterr)
{
	static const unsigned char none[LEDGER_ORIGIN_BYTES];
	unsigned char origin[LEDGER_ORIGIN_BYTES];
	bool empty;

	if (!ledger_sqlite_origin(ledger, origin) || !ledger_sqlite_is_empty(ledger, &empty))
		return err_setf(reterr, ERR_DISK, "%s.db cannot be read", m->path);
	*ret_same = memcmp(origin, m->origin, sizeof(origin)) == 0;
	*ret_new = empty && memcmp(origin, none, sizeof(origin)) == 0;
	return ERR_NONE;
}

static enum err_code open_for_import(struct migration *m, struct slice file, const char *database,
				     struct ledger **ledger, struct err *reterr)
{
	bool same = false, is_new = false;

	if (open_database(database, ledger, reterr) != ERR_NONE ||
	    compare_origin(m, *ledger, &same, &is_new, reterr) != ERR_NONE)
		return reterr->code;
	if (same) {
		m->path = NULL;
		return ERR_NONE;
	}
	if (read_changes(m, file, reterr) != ERR_NONE)
		return reterr->code;
	if (is_new)
		return ERR_NONE;
	ledger_free(*ledger);
	*ledger = NULL;
	if (keep_database(database, reterr) != ERR_NONE)
		return reterr->code;
	return open_database(database, ledger, reterr);
}

static enum err_code open_beside(struct migration *m, struct slice file, struct ledger **ret,
				 struct err *reterr)
{
	struct ledger *ledger = NULL;
	char *database = NULL;
	enum err_code code;

	if (!EVP_Q_digest(NULL, "SHA256", NULL, file.ptr, file.len, m->origin, NULL) ||
	    asprintf(&database, "%s.db", m->path) < 0)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	code = open_for_import(m, file, database, &ledger, reterr);
	free(database);
	if (code == ERR_NONE)
		*ret = m->ledger = ledger;
	else
		ledger_free(ledger);
	return code;
}

enum err_code migration_open(struct migration *m, const char *path, struct ledger **ret,
			     struct err *reterr)
{
	enum persistence_kind kind;
	struct file_map file;
	enum err_code code;

	*m = (struct migration){.path = path};
	if (persistence_kind(path, &kind, reterr) != ERR_NONE)
		return reterr->code;
	if (kind != PERSISTENCE_GOB) {
		m->path = NULL;
		return open_database(path, ret, reterr); /* which refuses what is not ours */
	}
	if (file_map_open(path, &file, reterr) != ERR_NONE)
		return reterr->code;
	code = open_beside(m, file.bytes, ret, reterr);
	file_map_close(&file);
	return code;
}

void migration_close(struct migration *m)
{
	while (m->first != NULL) {
		struct change *next = m->first->next;

		change_free(m->first);
		m->first = next;
	}
	m->path = NULL;
}

/* ---- importing ---- */

static void log_imported(const struct migration *m)
{
	char groups[24], families[24], left_out[24];

	(void)snprintf(groups, sizeof(groups), "%" PRIu64, m->counts.groups);
	(void)snprintf(families, sizeof(families), "%" PRIu64, m->counts.families);
	(void)snprintf(left_out, sizeof(left_out), "%" PRIu64, m->counts.families_left_out);
	log_info(SLICE("imported the file of the Go Pushgateway"),
		 LOG_TEXT("file", slice_of(m->path)), LOG_TEXT("groups", slice_of(groups)),
		 LOG_TEXT("families", slice_of(families)),
		 LOG_TEXT("left_out", slice_of(left_out)));
}

enum err_code migration_import(struct migration *m, struct keeper *k, struct err *reterr)
{
	if (m->path == NULL)
		return ERR_NONE;
	keeper_apply(k, m->first);
	for (const struct change *c = m->first; c != NULL; c = c->next) {
		if (c->verdict == ERR_DISK)
			return err_setf(reterr, ERR_DISK, "%s cannot be imported: %s", m->path,
					c->why);
		if (c->verdict != ERR_NONE)
			return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	}
	/* Last, so that what stopped half-way is not taken for whole. */
	ledger_sqlite_set_origin(m->ledger, m->origin);
	keeper_write(k);
	log_imported(m);
	migration_close(m);
	return ERR_NONE;
}
