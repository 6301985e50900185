/* SPDX-License-Identifier: Apache-2.0
 *
 * args.h -- the arguments as a stream of tokens, as kingpin 2.4 cuts them: `--name`, `--name=value`
 * (two tokens), `-x`, `-xy` (two tokens), a plain argument; `--` makes all that follows plain;
 * `@FILE` stands for the lines of FILE. One thread; everything lives in the arena. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

enum {
	ARGS_FILE_BYTES_MAX = 1 << 20,
	ARGS_FILES_MAX = 100, /* a file that names itself must end */
};

enum token_kind { TOKEN_END, TOKEN_LONG, TOKEN_SHORT, TOKEN_ARG, TOKEN_ERROR };

struct token {
	enum token_kind kind;
	struct slice text; /* without dashes; of an error, its sentence */
};

struct args {
	struct arena *arena;
	struct args_item *rest;
	bool plain_only;
	unsigned int n_files;
	struct token peeked[4]; /* the last is the next */
	size_t n_peeked;
};

/* False when the arena refuses. */
must_check bool args_start(struct args *a, const struct slice *items, size_t n,
			   struct arena *arena);

/* An error and the end stay in place. */
struct token args_peek(struct args *a);
struct token args_next(struct args *a);

/* With the dashes it came with. */
void token_put(struct buf *out, struct token t);
