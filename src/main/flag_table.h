/* SPDX-License-Identifier: Apache-2.0
 *
 * flag_table.h -- flags.def as rows, and the texts that are made of them. Between flags.c and
 * usage.c; others use flags.h. Pure; any thread. */
#pragma once

#include "main/flags.h"

enum flag_kind {
	FLAG_BOOL,
	FLAG_TEXT,
	FLAG_LIST,
	FLAG_URL,
	FLAG_LEVEL,
	FLAG_FORMAT,
	FLAG_COUNT,
	FLAG_SIZE,
	FLAG_DURATION,
};

struct flag_row {
	enum flag_kind kind;
	size_t offset; /* of the field in struct flags */
	struct slice name;
	struct slice text; /* the default, as it would be given */
	struct slice help;
	int64_t min, max; /* of numbers */
};

extern const struct flag_row flag_rows[];
extern const size_t n_flag_rows;

/* The flags that print something and end the program. */
enum special {
	SPECIAL_HELP,
	SPECIAL_HELP_LONG,
	SPECIAL_HELP_MAN,
	SPECIAL_COMPLETION_BASH,
	SPECIAL_COMPLETION_SCRIPT_BASH,
	SPECIAL_COMPLETION_SCRIPT_ZSH,
	SPECIAL_VERSION,
};

void usage_put(struct buf *out, struct slice program, size_t columns);
void usage_put_man(struct buf *out, struct slice program);
void usage_put_names(struct buf *out); /* one flag a line, for the shell's completion */
void usage_put_completion(struct buf *out, struct slice program, bool zsh);
