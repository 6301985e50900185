/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h -- structured log lines, logfmt or JSON, as the reference writes them (keys ts, level,
 * caller, msg, then the attributes in order).
 *
 * Any thread. Logging never blocks its caller: lines go through a bounded queue to a writer thread;
 * when the reader of the log is too slow, lines are dropped, counted, and the count is logged once
 * the reader is back. log_stop writes what waits (bounded in time). */
#pragma once

#include "base/slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

struct log_attr {
	const char *key;
	struct slice value;
	bool bare; /* JSON writes the value without quotes: true, false, numbers */
};

#define LOG_TEXT(name, text) ((struct log_attr){.key = (name), .value = (text)})
#define LOG_BOOL(name, truth)                                                                      \
	((struct log_attr){.key = (name),                                                          \
			   .value = (truth) ? SLICE("true") : SLICE("false"),                      \
			   .bare = true})

/* Once, before other threads start; lines go to `fd`, which stays the caller's. */
bool log_start(enum log_level level, enum log_format format, int fd);
void log_stop(void);

bool log_wants(enum log_level level);

/* `caller` is "file.c:line". */
void log_write(enum log_level level, const char *caller, struct slice msg,
	       const struct log_attr *attrs, size_t n_attrs);

#define LOG_STRING_(x) #x
#define LOG_STRING(x) LOG_STRING_(x)
#define LOG_AT(level, msg, ...)                                                                    \
	do {                                                                                       \
		if (log_wants(level)) {                                                            \
			const struct log_attr log_attrs[] = {{0}, ##__VA_ARGS__};                  \
			log_write((level), __FILE_NAME__ ":" LOG_STRING(__LINE__), (msg),          \
				  log_attrs + 1, sizeof(log_attrs) / sizeof(log_attrs[0]) - 1);    \
		}                                                                                  \
	} while (0)
#define log_debug(msg, ...) LOG_AT(LOG_DEBUG, msg, ##__VA_ARGS__)
#define log_info(msg, ...) LOG_AT(LOG_INFO, msg, ##__VA_ARGS__)
#define log_warn(msg, ...) LOG_AT(LOG_WARN, msg, ##__VA_ARGS__)
#define log_error(msg, ...) LOG_AT(LOG_ERROR, msg, ##__VA_ARGS__)
