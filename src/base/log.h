/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h -- structured log lines, logfmt or JSON, as the reference writes them (keys ts, level,
 * caller, msg, then the attributes in order; quoting and escapes as Go's slog handlers do).
 *
 * Any thread. Logging never waits for the reader of the log: a line goes into a bounded queue that
 * a writer thread empties. While the queue is full lines are dropped and counted, and the count is
 * logged once the reader is back. Before log_start and after log_stop nothing is logged. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

enum {
	LOG_QUEUE_BYTES_MAX = 1 << 20,
	LOG_VALUE_BYTES_MAX = 1 << 16, /* the rest of a longer value is left out */
	LOG_STOP_MS_MAX = 1000,        /* how long log_stop waits for the reader */
};

struct log_attr {
	const char *key;
	struct slice value;
	bool bare; /* JSON writes the value without quotes: true, false, numbers */
};

#define LOG_TEXT(name, text) ((struct log_attr){.key = (name), .value = (text)})
#define LOG_BOOL(name, truth)                                                                      \
	((struct log_attr){                                                                        \
		.key = (name), .value = (truth) ? SLICE("true") : SLICE("false"), .bare = true})

/* Before other threads start, or after log_stop; lines go to `fd`, which stays the caller's. False
 * when the writer thread cannot be started. All signals are blocked in that thread. */
bool log_start(enum log_level level, enum log_format format, int fd);

/* Writes what waits, for at most LOG_STOP_MS_MAX. Safe without a log_start. */
void log_stop(void);

bool log_wants(enum log_level level);

struct log_place {
	const char *file;
	const char *function;
	int line;
};

void log_write(enum log_level level, const struct log_place *place, struct slice msg,
	       const struct log_attr *attrs, size_t n_attrs);

/* One line in the form of Go's log package ("2026/11/20 13:24:10 " and the text, in local time), at
 * whatever level: what the reference's HTTP server itself says goes this way. */
void log_plain(struct slice text);

#define LOG_AT(level, msg, ...)                                                                    \
	do {                                                                                       \
		if (log_wants(level)) {                                                            \
			const struct log_place log_place_ = {__FILE_NAME__, __func__, __LINE__};   \
			const struct log_attr log_attrs_[] = {{0}, ##__VA_ARGS__};                 \
			log_write((level), &log_place_, (msg), log_attrs_ + 1,                     \
				  sizeof(log_attrs_) / sizeof(log_attrs_[0]) - 1);                 \
		}                                                                                  \
	} while (0)
#define log_debug(msg, ...) LOG_AT(LOG_DEBUG, msg, ##__VA_ARGS__)
#define log_info(msg, ...) LOG_AT(LOG_INFO, msg, ##__VA_ARGS__)
#define log_warn(msg, ...) LOG_AT(LOG_WARN, msg, ##__VA_ARGS__)
#define log_error(msg, ...) LOG_AT(LOG_ERROR, msg, ##__VA_ARGS__)
