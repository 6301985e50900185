/* SPDX-License-Identifier: Apache-2.0 */
#include "main/stored.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

static enum err_code read_gob(struct slice file, struct reading *r, struct stored *ret,
			      struct err *reterr)
{
	const struct gob_importer importer = {.restore = restore, .warn = warn, .context = r};
	struct gob_counts counts;
	enum err_code code = gob_import(file, &importer, &counts, reterr);

	store_publish(r->store);
	if (code != ERR_NONE)
		return code;
	*ret = (struct stored){
		.kind = "persistence file of the Go Pushgateway",
		.groups = counts.groups,
		.families = counts.families,
		.series = counts.series,
		.n_faults = r->n_faults,
	};
	return ERR_NONE;
}

enum err_code stored_read(const char *path, struct store *store, stored_tell_fn *tell,
			  void *context, struct stored *ret, struct err *reterr)
{
	struct reading r = {.store = store, .tell = tell, .context = context};
	struct file_map file;
	enum err_code code;

	if (file_map_open(path, &file, reterr) != ERR_NONE)
		return reterr->code;
	if (gob_sniff(file.bytes))
		code = read_gob(file.bytes, &r, ret, reterr);
	else
		code = err_set(reterr, ERR_SYNTAX, SLICE("this is no persistence file"));
	file_map_close(&file);
	return code;
}
