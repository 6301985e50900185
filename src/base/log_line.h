/* SPDX-License-Identifier: Apache-2.0
 *
 * log_line.h -- one log line as bytes. Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "base/log.h"

struct log_line {
	int64_t unix_ns;
	enum log_level level;
	struct log_place place;
	bool with_function; /* the caller is file(function):line instead of file:line */
	struct slice msg;
	const struct log_attr *attrs;
	size_t n_attrs;
};

/* Appends the line and its newline; an attribute named like one of the line's own keys gets the
 * prefix "logged_". */
void log_line_write(struct buf *out, enum log_format format, const struct log_line *line);
