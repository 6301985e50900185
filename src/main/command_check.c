/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "main/commands.h"
#include "main/stored.h"
#include "store/check_snapshot.h"

enum { ARENA_BYTES_MAX = 1 << 30, TEXT_BYTES_MAX = 64 << 20 };

static void tell(void *context, struct slice sentence)
{
	(void)context;
	(void)printf("%.*s\n", SLICE_ARG(sentence));
}

/* As a scrape would. */
static int check_consistency(struct store *store, struct arena *arena)
{
	const struct snapshot *snapshot = store_snapshot(store);
	int exit_code = COMMAND_FAILED;
	struct faults faults;
	struct buf text;

	if (snapshot == NULL)
		return exit_code;
	faults_init(&faults);
	buf_init(&text, TEXT_BYTES_MAX);
	if (check_snapshot(snapshot, arena, &faults)) {
		if (faults.n > 0) {
			buf_put(&text, SLICE("a scrape would be refused: "));
			faults_write(&faults, &text);
			tell(NULL, buf_slice(&text));
		}
		exit_code = faults.n > 0 ? COMMAND_FAULTY : COMMAND_DONE;
	}
	buf_free(&text);
	faults_free(&faults);
	snapshot_release(snapshot);
	return exit_code;
}

static int check(const struct command_args *args, struct store *store, struct arena *arena)
{
	struct err err = err_in(arena);
	struct stored found;
	int exit_code;

	if (stored_read(args->file, store, tell, NULL, &found, &err) != ERR_NONE) {
		command_complain(args, "error", err.msg);
		return err.code == ERR_SYNTAX ? COMMAND_FAULTY : COMMAND_FAILED;
	}
	(void)printf("%s, a %s: %" PRIu64 " groups, %" PRIu64 " metric families, %" PRIu64
		     " series\n",
		     args->file, found.kind, found.groups, found.families, found.series);
	exit_code = check_consistency(store, arena);
	if (exit_code == COMMAND_DONE && found.n_faults > 0)
		exit_code = COMMAND_FAULTY;
	if (exit_code == COMMAND_DONE)
		(void)puts("everything in it is whole");
	return exit_code;
}

int command_check(const struct command_args *args)
{
	struct store *store = stored_new();
	int exit_code = COMMAND_FAILED;
	struct arena arena;

	arena_init(&arena, ARENA_BYTES_MAX);
	if (store != NULL)
		exit_code = check(args, store, &arena);
	else
		command_complain(args, "error", SLICE("out of memory"));
	(void)store_free(store);
	arena_free(&arena);
	return fflush(stdout) == 0 ? exit_code : COMMAND_FAILED;
}
