/* SPDX-License-Identifier: Apache-2.0
 *
 * What is written goes to a file beside OUT first, is synced and then renamed: OUT is never half. A
 * pipe or a device is written to as it is. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/text_write.h"
#include "main/commands.h"
#include "main/output.h"
#include "main/stored.h"

enum { ARENA_BYTES_MAX = 1 << 20, PIECE_BYTES = 256 * 1024 };

/* Where the export goes. */
struct outlet {
	const char *path; /* without symbolic links; NULL: the standard output */
	char *path_now;   /* until it is whole; NULL: it is written to as it is */
	int fd;
	char real[PATH_MAX];
};

static bool outlet_write(void *context, struct slice bytes)
{
	const struct outlet *o = context;

	return output_write(o->fd, bytes);
}

/* The reference makes its file with mode 0600, whatever the umask. */
static bool outlet_make(struct outlet *o)
{
	if (asprintf(&o->path_now, "%s.XXXXXX", o->path) < 0) {
		o->path_now = NULL;
		return false;
	}
	o->fd = mkostemp(o->path_now, O_CLOEXEC);
	return o->fd >= 0;
}

static bool outlet_open(struct outlet *o, const struct command_args *args)
{
	struct stat there, from;

	*o = (struct outlet){.path = args->out, .fd = STDOUT_FILENO};
	if (o->path == NULL)
		return true;
	o->fd = -1;
	if (stat(o->path, &there) != 0)
		return outlet_make(o);
	if (!S_ISREG(there.st_mode)) {
		o->fd = open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return o->fd >= 0;
	}
	if (stat(args->file, &from) == 0 && from.st_dev == there.st_dev &&
	    from.st_ino == there.st_ino) {
		errno = EEXIST; /* it would be gone as what it was */
		return false;
	}
	o->path = realpath(args->out, o->real);
	return o->path != NULL && outlet_make(o);
}

static bool outlet_finish(const struct outlet *o)
{
	return o->path_now == NULL || (fsync(o->fd) == 0 && rename(o->path_now, o->path) == 0);
}

static void outlet_close(struct outlet *o, bool done)
{
	if (o->path != NULL && o->fd >= 0)
		close(o->fd);
	if (o->path_now != NULL && o->fd >= 0 && !done)
		(void)unlink(o->path_now);
	free(o->path_now);
}

/* ---- formats ---- */

static int32_t zone_here(int64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	struct tm local;

	return localtime_r(&seconds, &local) == NULL ? 0 : (int32_t)local.tm_gmtoff;
}

static bool put_family(struct outlet *o, const struct store_family_version *f, struct buf *piece)
{
	const struct order_node *leaf;
	struct order_walk walk;

	(void)text_write_head(piece, ESCAPING_ALLOW_UTF8, f->name,
			      f->help == NULL ? NULL : &f->help->text, f->type);
	order_walk_start(&walk, f->series);
	while ((leaf = order_walk_next(&walk)) != NULL) {
		for (uint32_t i = 0; i < leaf->n; i++)
			(void)text_write_series(piece, ESCAPING_ALLOW_UTF8, f->name,
						leaf->child[i]);
		if (piece->len < PIECE_BYTES)
			continue;
		if (!buf_ok(piece) || !outlet_write(o, buf_slice(piece)))
			return false;
		buf_clear(piece);
	}
	return true;
}

static bool write_text(struct outlet *o, const struct snapshot *snapshot)
{
	const struct order_node *leaf;
	struct order_walk walk;
	struct buf piece;
	bool done = true;

	buf_init(&piece, SIZE_MAX / 2);
	order_walk_start(&walk, snapshot_families(snapshot));
	while (done && (leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; done && i < leaf->n; i++)
			done = put_family(o, leaf->child[i], &piece);
	done = done && buf_ok(&piece) && outlet_write(o, buf_slice(&piece));
	buf_free(&piece);
	return done;
}

/* ---- the command ---- */

static bool write_store(const struct command_args *args, struct store *store)
{
	const struct snapshot *snapshot = store_snapshot(store);
	struct outlet o;
	bool done;

	if (snapshot == NULL)
		return false;
	done = outlet_open(&o, args) &&
	       (slice_eq(args->format, SLICE("gob"))
			? gob_write(snapshot, zone_here, outlet_write, &o)
			: write_text(&o, snapshot)) &&
	       outlet_finish(&o);
	if (!done) {
		int code = errno;

		outlet_close(&o, false);
		errno = code;
	} else {
		outlet_close(&o, true);
	}
	snapshot_release(snapshot);
	return done;
}

static void tell(void *context, struct slice sentence)
{
	command_complain(context, "warning", sentence);
}

static int export(const struct command_args *args, struct store *store, struct err *err)
{
	struct stored found;

	if (stored_read(args->file, store, tell, (void *)args, &found, err) != ERR_NONE)
		return err->code == ERR_SYNTAX ? COMMAND_FAULTY : COMMAND_FAILED;
	errno = ENOMEM;
	if (!write_store(args, store)) {
		(void)err_setf(err, ERR_DISK, "%s: %s",
			       args->out == NULL ? "standard output" : args->out,
			       strerrordesc_np(errno));
		return COMMAND_FAILED;
	}
	return found.n_faults > 0 ? COMMAND_FAULTY : COMMAND_DONE;
}

int command_export(const struct command_args *args)
{
	struct store *store = stored_new();
	struct command_args to = *args;
	int exit_code = COMMAND_FAILED;
	struct arena arena;
	struct err err;

	if (to.out != NULL && strcmp(to.out, "-") == 0)
		to.out = NULL;
	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	if (store != NULL)
		exit_code = export(&to, store, &err);
	else
		(void)err_set(&err, ERR_NOMEM, SLICE("out of memory"));
	if (err.code != ERR_NONE)
		command_complain(args, "error", err.msg);
	(void)store_free(store);
	arena_free(&arena);
	return exit_code;
}
