/* SPDX-License-Identifier: Apache-2.0
 *
 * text_cursor.h -- what text_parse.c and openmetrics_parse.c read a body with: a place in it, the
 * tokens of the text format and the sentences for what is wrong.
 *
 * No scan needs a bound of its own: the last byte before `end` is a newline, and a newline ends or
 * breaks every token. Functions that return bool leave the cursor behind what they took, or set the
 * error and return false. */
#pragma once

#include "base/err.h"
#include "metric/family.h"

struct text_cursor {
	const char *format; /* as the sentences name it: "text" */
	const char *at, *end;
	const char *missing_newline; /* the one that the body lacks, in a copy of its last line */
	uint32_t line;               /* from 1 */
	const struct push_limits *limits;
	struct arena *arena;
	struct err *err;
};

/* ---- refusals; all return false ---- */

/* "FORMAT format parsing error in line N: " and the sentence; at the missing newline that of the
 * end of the input instead. */
bool cursor_fail(struct text_cursor *c, struct slice sentence);
/* With a text quoted in it, as Go's %q. */
bool cursor_fail_string(struct text_cursor *c, const char *before, struct slice quoted,
			const char *after);
/* With the byte at hand quoted behind it. */
bool cursor_fail_byte(struct text_cursor *c, const char *before);
bool cursor_fail_memory(struct text_cursor *c);

/* Limits: 0 is none. */
static inline bool cursor_is_over(uint64_t n, uint32_t limit)
{
	return limit != 0 && n > limit;
}
must_check bool cursor_check_name_bytes(struct text_cursor *c, struct slice name);
must_check bool cursor_check_value_bytes(struct text_cursor *c, struct slice value);

/* ---- bytes ---- */

static inline bool cursor_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline void cursor_skip_blanks(struct text_cursor *c)
{
	while (cursor_is_blank(*c->at))
		c->at++;
}

const char *cursor_find_newline(const struct text_cursor *c);

/* Takes the newline at hand. */
must_check bool cursor_end_line(struct text_cursor *c);

/* ---- tokens ---- */

/* Up to a blank or newline. */
struct slice cursor_take_token(struct text_cursor *c);

/* The rest of the line without its backslashes. */
must_check bool cursor_take_rest(struct text_cursor *c, struct slice *ret);

/* The rest of the line with its escapes undone. */
must_check bool cursor_take_help(struct text_cursor *c, struct slice *ret);

/* Empty where no name starts. A quote in the middle goes on with the name, quoted; after the
 * closing one it is over. A name that was quoted may be of any bytes. */
must_check bool cursor_take_metric_name(struct text_cursor *c, struct slice *ret);
must_check bool cursor_take_label_name(struct text_cursor *c, struct slice *ret, bool *ret_quoted);

/* From the opening quote to the closing one, which stays at hand. */
must_check bool cursor_take_label_value(struct text_cursor *c, struct slice *ret);
