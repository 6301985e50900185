/* SPDX-License-Identifier: Apache-2.0 */
#include "main/stored.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/ledger_sqlite.h"
#include "store/ledger_sqlite_copy.h"
#include "store/persistence_file.h"

static enum err_code fail_errno(struct err *err, const char *path, int code)
{
	return err_setf(err, ERR_DISK, "%s: %s", path, strerrordesc_np(code));
}

enum err_code file_map_open(const char *path, struct file_map *ret, struct err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;
	struct stat st;
	void *bytes;

	*ret = (struct file_map){SLICE_EMPTY};
	if (fd < 0)
		return fail_errno(reterr, path, errno);
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		code = S_ISDIR(st.st_mode) ? EISDIR : errno;
		close(fd);
		return fail_errno(reterr, path, code);
	}
	if (st.st_size > 0) {
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED) {
			code = errno;
			close(fd);
			return fail_errno(reterr, path, code);
		}
		ret->bytes = (struct slice){bytes, (size_t)st.st_size};
	}
	close(fd);
	return ERR_NONE;
}

void file_map_close(struct file_map *map)
{
	if (map->bytes.len > 0)
		(void)munmap((void *)map->bytes.ptr, map->bytes.len);
	map->bytes = SLICE_EMPTY;
}

/* ---- the reference's file ---- */

/* Changes that were restored are published together. */
enum { BATCH_GROUPS = 1024 };

struct reading {
	struct store *store;
	uint32_t n_staged;
	stored_tell_fn *tell;
	void *context;
	uint64_t n_faults;
};

static bool restore(void *context, struct change *change, struct err *reterr)
{
	struct reading *r = context;
	bool done;

	store_stage(r->store, change);
	done = change->verdict == ERR_NONE;
	change_free(change);
	if (!done) {
		(void)err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
		return false;
	}
	if (++r->n_staged == BATCH_GROUPS) {
		store_publish(r->store);
		r->n_staged = 0;
	}
	return true;
}

static void warn(void *context, struct slice sentence)
{
	struct reading *r = context;

	r->n_faults++;
	r->tell(r->context, sentence);
}

static enum err_code read_gob(const char *path, struct slice file, struct reading *r,
			      struct stored *ret, struct err *reterr)
{
	const struct gob_importer importer = {.restore = restore, .warn = warn, .context = r};
	struct gob_counts counts;
	enum err_code code = gob_import(file, &importer, &counts, reterr);

	store_publish(r->store);
	if (code != ERR_NONE)
		return err_wrapf(reterr, "%s: ", path);
	*ret = (struct stored){
		.kind = "persistence file of the Go Pushgateway",
		.n_faults = r->n_faults,
	};
	return ERR_NONE;
}

/* ---- our database ---- */

/* A folder of ours for the copy, and for what SQLite and the ledger put beside it. */
struct workshop {
	char *folder, *copy;
};

static enum err_code workshop_open(struct workshop *w, struct err *reterr)
{
	/* No other thread runs. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const char *under = getenv("TMPDIR");

	*w = (struct workshop){0};
	if (asprintf(&w->folder, "%s/pushgateway-XXXXXX",
		     under == NULL || under[0] == '\0' ? "/tmp" : under) < 0)
		w->folder = NULL;
	if (w->folder == NULL || mkdtemp(w->folder) == NULL) {
		(void)fail_errno(reterr, w->folder == NULL ? "TMPDIR" : w->folder, errno);
		free(w->folder);
		w->folder = NULL;
		return reterr->code;
	}
	if (asprintf(&w->copy, "%s/copy", w->folder) < 0)
		w->copy = NULL;
	return w->copy != NULL ? ERR_NONE : err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
}

static void workshop_close(struct workshop *w)
{
	DIR *folder = w->folder == NULL ? NULL : opendir(w->folder);
	const struct dirent *entry;

	/* Not shared with another thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		(void)unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder != NULL) {
		(void)closedir(folder);
		(void)rmdir(w->folder);
	}
	free(w->folder);
	free(w->copy);
}

static enum err_code load_copy(const char *copy, struct reading *r, struct stored *ret,
			       struct err *reterr)
{
	const struct ledger_sqlite_options options = {.path = copy, .no_checkpoints = true};
	struct ledger *ledger;
	uint64_t n_corrupt;
	enum err_code code = ledger_sqlite_open(&options, &ledger, reterr);

	if (code != ERR_NONE)
		return code;
	code = ledger->ops->load(ledger, r->store, reterr);
	n_corrupt = atomic_load(&ledger->view.n_corrupt);
	ledger_free(ledger);
	if (code != ERR_NONE)
		return code;
	if (n_corrupt > 0) {
		char sentence[80];

		(void)snprintf(sentence, sizeof(sentence),
			       "rows that are damaged, missing or were set aside before: %" PRIu64,
			       n_corrupt);
		warn(r, slice_of(sentence));
	}
	*ret = (struct stored){.kind = "database of this program", .n_faults = r->n_faults};
	return ERR_NONE;
}

static enum err_code read_database(const char *path, struct reading *r, struct stored *ret,
				   struct err *reterr)
{
	struct workshop w;
	enum err_code code = workshop_open(&w, reterr);

	if (code != ERR_NONE)
		return code;
	code = ledger_sqlite_copy(path, w.copy, reterr);
	if (code == ERR_NONE)
		code = load_copy(w.copy, r, ret, reterr);
	workshop_close(&w);
	return code;
}

/* ---- either ---- */

static void count_stored(struct store *store, struct stored *ret)
{
	const struct snapshot *snapshot = store_snapshot(store);
	const struct order_node *leaf;
	struct order_walk walk;

	if (snapshot == NULL)
		return;
	ret->groups = snapshot_n_groups(snapshot);
	ret->series = snapshot_n_series(snapshot);
	order_walk_start(&walk, snapshot_groups(snapshot));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++)
			ret->families += ((const struct group_state *)leaf->child[i])->n_held;
	snapshot_release(snapshot);
}

struct store *stored_new(void)
{
	static const struct store_limits no_limits = {.groups_max = UINT64_MAX,
						      .series_max = UINT64_MAX,
						      .shapes_per_family_max = UINT32_MAX};

	return store_new(&no_limits);
}

enum err_code stored_read(const char *path, struct store *store, stored_tell_fn *tell,
			  void *context, struct stored *ret, struct err *reterr)
{
	struct reading r = {.store = store, .tell = tell, .context = context};
	enum persistence_kind kind;
	struct file_map file;
	enum err_code code;

	if (persistence_kind(path, &kind, reterr) != ERR_NONE)
		return reterr->code;
	if (kind == PERSISTENCE_OURS) {
		code = read_database(path, &r, ret, reterr);
	} else if (file_map_open(path, &file, reterr) != ERR_NONE) {
		return reterr->code;
	} else {
		code = gob_sniff(file.bytes)
			       ? read_gob(path, file.bytes, &r, ret, reterr)
			       : err_setf(reterr, ERR_SYNTAX, "%s is no persistence file", path);
		file_map_close(&file);
	}
	if (code == ERR_NONE)
		count_stored(store, ret);
	return code;
}
