/* SPDX-License-Identifier: Apache-2.0
 *
 * commands.h -- what the program does instead of serving, when its first argument says so.
 *
 *     pushgateway export --gob FILE OUT      FILE as a persistence file of the reference
 *     pushgateway export --text FILE [OUT]   FILE as /metrics shows it, without the gateway's own
 *     pushgateway check FILE                 is everything in FILE whole?
 *
 * FILE is of either kind and never changed; OUT appears whole or not at all, and `-`, like no OUT,
 * is the standard output. They end with COMMAND_DONE, COMMAND_FAULTY or COMMAND_FAILED. One
 * thread. */
#pragma once

#include "main/flags.h"
#include "store/store.h"

enum {
	COMMAND_DONE = 0,   /* and nothing was wrong */
	COMMAND_FAULTY = 1, /* the file was read: it is damaged, incomplete or contradicts itself */
	COMMAND_FAILED = 2, /* the arguments are wrong, or a file cannot be read or written */
};

/* False when the first argument names no command; else `ret_exit` says how to end. */
bool commands_run(const struct command_line *line, int *ret_exit);

/* The lines of --help. */
void commands_put_usage(struct buf *out);

/* ---- between the commands ---- */

/* What was asked for. Texts end with a NUL. */
struct command_args {
	struct slice program;
	struct slice format; /* "gob", "text"; empty: not given */
	const char *file;
	const char *out; /* NULL: the standard output */
};

int command_export(const struct command_args *args);
int command_check(const struct command_args *args);

/* `PROGRAM: error: SENTENCE` on stderr. */
void command_complain(const struct command_args *args, const char *kind, struct slice sentence);
