/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log_line.h"
#include "base/thread.h"

enum {
	LEVEL_NONE = LOG_ERROR + 1, /* nothing is logged */
	POLL_MS = 50,               /* how soon a writer that waits for its reader sees a stop */
};

static atomic_int level_min = LEVEL_NONE;

static struct {
	/* set by log_start, then constant */
	enum log_format format;
	int fd;
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t more;

	/* under the mutex */
	struct buf queue;
	uint64_t n_dropped; /* since the queue was last taken, so all after its last line */
	bool stopping;
	int64_t stop_at_ms;

	/* the writer thread's */
	struct buf batch;
	uint64_t n_lost;
} logger = {
	.mutex = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
};

bool log_wants(enum log_level level)
{
	return (int)level >= atomic_load_explicit(&level_min, memory_order_relaxed);
}

/* A debug log says which function speaks, as the reference's does. */
static bool with_functions(void)
{
	return log_wants(LOG_DEBUG);
}

static void queue_line(struct buf *text)
{
	/* Once a line is dropped, all are until the queue is taken: the count then stands in its
	 * place. */
	must_ok(pthread_mutex_lock(&logger.mutex));
	if (logger.n_dropped == 0 && buf_ok(text))
		buf_put(&logger.queue, buf_slice(text));
	if (logger.n_dropped > 0 || !buf_ok(text) || !buf_ok(&logger.queue)) {
		logger.queue.failed = false; /* a refused append leaves what was there */
		logger.n_dropped++;
	}
	must_ok(pthread_cond_signal(&logger.more));
	must_ok(pthread_mutex_unlock(&logger.mutex));
}

void log_write(enum log_level level, const struct log_place *place, struct slice msg,
	       const struct log_attr *attrs, size_t n_attrs)
{
	struct log_line line = {
		.unix_ns = clock_unix_ns(),
		.level = level,
		.place = *place,
		.with_function = with_functions(),
		.msg = msg,
		.attrs = attrs,
		.n_attrs = n_attrs,
	};
	struct buf text;

	buf_init(&text, LOG_QUEUE_BYTES_MAX);
	log_line_write(&text, logger.format, &line);
	queue_line(&text);
	buf_free(&text);
}

void log_plain(struct slice text)
{
	time_t now = (time_t)(clock_unix_ns() / 1000000000);
	struct tm local;
	struct buf line;

	if (!log_wants(LOG_ERROR) || localtime_r(&now, &local) == NULL)
		return;
	buf_init(&line, LOG_QUEUE_BYTES_MAX);
	buf_putf(&line, "%04d/%02d/%02d %02d:%02d:%02d ", local.tm_year + 1900, local.tm_mon + 1,
		 local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
	buf_put(&line, text);
	buf_put_byte(&line, '\n');
	queue_line(&line);
	buf_free(&line);
}

static bool must_give_up(void)
{
	bool give_up;

	must_ok(pthread_mutex_lock(&logger.mutex));
	give_up = logger.stopping && clock_monotonic_ms() >= logger.stop_at_ms;
	must_ok(pthread_mutex_unlock(&logger.mutex));
	return give_up;
}

/* Returns what could not be written. A pipe that polls writable takes PIPE_BUF bytes without
 * blocking, so no more than that is written at once and a stop is seen in time. */
static struct slice write_bytes(struct slice bytes)
{
	while (bytes.len > 0) {
		struct pollfd ready = {.fd = logger.fd, .events = POLLOUT};
		size_t n = bytes.len < PIPE_BUF ? bytes.len : PIPE_BUF;
		ssize_t written;

		if (must_give_up())
			break;
		if (poll(&ready, 1, POLL_MS) <= 0)
			continue;
		written = write(logger.fd, bytes.ptr, n);
		if (written >= 0)
			bytes = slice_skip(bytes, (size_t)written);
		else if (errno != EINTR && errno != EAGAIN)
			break;
	}
	return bytes;
}

static uint64_t count_lines(struct slice text)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n;
}

static void report_lost(void)
{
	char digits[24];
	struct log_attr attr = {.key = "lines", .bare = true};
	struct log_line line = {
		.unix_ns = clock_unix_ns(),
		.level = LOG_WARN,
		.place = {__FILE_NAME__, __func__, __LINE__},
		.with_function = with_functions(),
		.msg = SLICE("log lines were dropped because the log was not read in time"),
		.attrs = &attr,
		.n_attrs = 1,
	};

	attr.value = (struct slice){digits, (size_t)snprintf(digits, sizeof(digits), "%llu",
							     (unsigned long long)logger.n_lost)};
	buf_clear(&logger.batch);
	log_line_write(&logger.batch, logger.format, &line);
	if (buf_ok(&logger.batch) && write_bytes(buf_slice(&logger.batch)).len == 0)
		logger.n_lost = 0;
}

/* False when there is nothing more to write, ever. */
static bool take_batch(void)
{
	struct buf taken;
	bool more;

	must_ok(pthread_mutex_lock(&logger.mutex));
	while (logger.queue.len == 0 && logger.n_dropped == 0 && !logger.stopping)
		must_ok(pthread_cond_wait(&logger.more, &logger.mutex));
	taken = logger.queue;
	logger.queue = logger.batch;
	logger.batch = taken;
	buf_clear(&logger.queue);
	logger.n_lost += logger.n_dropped;
	more = taken.len > 0 || logger.n_dropped > 0;
	logger.n_dropped = 0;
	must_ok(pthread_mutex_unlock(&logger.mutex));
	return more;
}

static void *write_queue(void *unused)
{
	(void)unused;
	while (take_batch()) {
		logger.n_lost += count_lines(write_bytes(buf_slice(&logger.batch)));
		if (logger.n_lost > 0)
			report_lost();
	}
	return NULL;
}

bool log_start(enum log_level level, enum log_format format, int fd)
{
	assert(atomic_load(&level_min) == LEVEL_NONE);
	logger.format = format;
	logger.fd = fd;
	logger.stopping = false;
	logger.n_dropped = 0;
	logger.n_lost = 0;
	buf_init(&logger.queue, LOG_QUEUE_BYTES_MAX);
	buf_init(&logger.batch, LOG_QUEUE_BYTES_MAX);
	if (!thread_start(&logger.thread, write_queue, NULL))
		return false;
	atomic_store(&level_min, (int)level);
	return true;
}

void log_stop(void)
{
	struct timespec until;

	if (atomic_exchange(&level_min, LEVEL_NONE) == LEVEL_NONE)
		return;
	must_ok(pthread_mutex_lock(&logger.mutex));
	logger.stopping = true;
	logger.stop_at_ms = clock_monotonic_ms() + LOG_STOP_MS_MAX;
	must_ok(pthread_cond_signal(&logger.more));
	must_ok(pthread_mutex_unlock(&logger.mutex));

	/* The writer gives up by itself; should a terminal hold it inside write(), it is left
	 * there. */
	must_ok(clock_gettime(CLOCK_REALTIME, &until));
	until.tv_sec += 2 * LOG_STOP_MS_MAX / 1000;
	if (pthread_timedjoin_np(logger.thread, NULL, &until) != 0) {
		must_ok(pthread_detach(logger.thread));
		return;
	}
	must_ok(pthread_mutex_lock(&logger.mutex));
	buf_free(&logger.queue);
	buf_free(&logger.batch);
	must_ok(pthread_mutex_unlock(&logger.mutex));
}
