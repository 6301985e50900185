/* SPDX-License-Identifier: Apache-2.0
 *
 * flags.h -- the command line: what was asked for, or what to print instead of starting.
 *
 * Reads arguments as the reference's parser (kingpin 2.4) does, error texts included; the flags are
 * the rows of flags.def. Opens only the files that an argument @FILE names. One thread; everything
 * that is returned lives in the caller's arena. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "main/url.h"

struct slice_list {
	const struct slice *items;
	size_t n;
};

#define FLAG_TYPE_BOOL bool
#define FLAG_TYPE_TEXT struct slice
#define FLAG_TYPE_LIST struct slice_list
#define FLAG_TYPE_URL struct url
#define FLAG_TYPE_LEVEL enum log_level
#define FLAG_TYPE_FORMAT enum log_format
#define FLAG_TYPE_COUNT int64_t
#define FLAG_TYPE_SIZE int64_t
#define FLAG_TYPE_DURATION int64_t

/* In the order of --help. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct flags {
#define FLAG(kind, field, name, text, help) FLAG_TYPE_##kind field;
#define FLAG_NUMBER(kind, field, name, text, min, max, help) FLAG_TYPE_##kind field;
#include "main/flags.def"
};

enum flags_outcome {
	FLAGS_START,   /* go on with *ret */
	FLAGS_PRINT,   /* print the text on stdout, exit 0 */
	FLAGS_REFUSED, /* print the text on stderr, exit 1 */
};

struct command_line {
	struct slice program;     /* base name of argv[0] */
	const struct slice *args; /* without argv[0] */
	size_t n_args;
	size_t columns; /* width of the terminal, for --help */
};

/* `ret_text` is what to print, its newline included. */
enum flags_outcome flags_parse(const struct command_line *line, struct arena *arena,
			       struct flags *ret, struct buf *ret_text);

/* All flags but --help and --version, in the order of flags.def: name and value as the status page
 * shows them. False at the end, and when the arena refuses. */
bool flags_show(const struct flags *flags, size_t i, struct arena *arena, struct slice *ret_name,
		struct slice *ret_value);

/* --version: six lines. */
void flags_put_version(struct buf *out);
