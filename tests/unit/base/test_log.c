/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log_line.h"

enum { TEXT_BYTES_MAX = 64 << 20 };

struct pipe_ends {
	int read_end, write_end;
};

static struct pipe_ends open_pipe(void)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	return (struct pipe_ends){fds[0], fds[1]};
}

/* All that comes until the other end is closed. */
static void read_rest(int fd, struct buf *ret)
{
	for (;;) {
		char *at = buf_reserve(ret, 65536);
		ssize_t got;

		assert_non_null(at);
		got = read(fd, at, 65536);
		assert_true(got >= 0);
		if (got == 0)
			return;
		buf_advance(ret, (size_t)got);
	}
}

static void assert_text(struct buf *got, const char *wanted)
{
	buf_put_byte(got, 0);
	assert_true(buf_ok(got));
	assert_string_equal(got->ptr, wanted);
	buf_clear(got);
}

static struct log_line example(const struct log_attr *attrs, size_t n)
{
	return (struct log_line){
		.unix_ns = 1795182748987654321,
		.level = LOG_INFO,
		.place = {"main.c", "main", 82},
		.msg = SLICE("starting pushgateway"),
		.attrs = attrs,
		.n_attrs = n,
	};
}

/* A logfmt line has ts, level, caller and msg first, then the attributes in order. */
static void a_logfmt_line(void **state)
{
	const struct log_attr attrs[] = {LOG_BOOL("http2", false),
					 LOG_TEXT("address", SLICE("[::]:9091"))};
	struct log_line line = example(attrs, 2);
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	log_line_write(&out, LOG_LOGFMT, &line);
	assert_text(&out, "ts=2026-11-20T13:52:28.987Z level=info caller=main.c:82 "
			  "msg=\"starting pushgateway\" http2=false address=[::]:9091\n");
	buf_free(&out);
}

/* A JSON line has the same keys in the same order; booleans are JSON's own. */
static void a_json_line(void **state)
{
	const struct log_attr attrs[] = {LOG_BOOL("http2", false),
					 LOG_TEXT("address", SLICE("[::]:9091"))};
	struct log_line line = example(attrs, 2);
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	log_line_write(&out, LOG_JSON, &line);
	assert_text(&out, "{\"ts\":\"2026-11-20T13:52:28.987Z\",\"level\":\"info\","
			  "\"caller\":\"main.c:82\",\"msg\":\"starting pushgateway\","
			  "\"http2\":false,\"address\":\"[::]:9091\"}\n");
	buf_free(&out);
}

/* At debug level the caller names its function too. */
static void the_function_is_named_at_debug_level(void **state)
{
	struct log_line line = example(NULL, 0);
	struct buf out;

	(void)state;
	line.with_function = true;
	line.level = LOG_DEBUG;
	buf_init(&out, 4096);
	log_line_write(&out, LOG_LOGFMT, &line);
	assert_text(&out, "ts=2026-11-20T13:52:28.987Z level=debug caller=main.c(main):82 "
			  "msg=\"starting pushgateway\"\n");
	buf_free(&out);
}

/* An attribute that is called like one of the line's own keys is told apart by a prefix. */
static void an_attribute_never_hides_a_key(void **state)
{
	const struct log_attr attrs[] = {LOG_TEXT("source", SLICE("127.0.0.1:1")),
					 LOG_TEXT("sources", SLICE("2"))};
	struct log_line line = example(attrs, 2);
	struct buf out;

	(void)state;
	line.msg = SLICE("x");
	buf_init(&out, 4096);
	log_line_write(&out, LOG_LOGFMT, &line);
	assert_text(&out, "ts=2026-11-20T13:52:28.987Z level=info caller=main.c:82 msg=x "
			  "logged_source=127.0.0.1:1 sources=2\n");
	buf_free(&out);
}

/* Values are quoted and escaped as the reference was seen to, byte for byte. */
static void values_are_quoted_as_the_reference_does(void **state)
{
	static const struct {
		struct slice value;
		const char *logfmt, *json;
	} rows[] = {
		{{"a b", 3}, "\"a b\"", "\"a b\""},
		{{"", 0}, "\"\"", "\"\""},
		{{"a\"b", 3}, "\"a\\\"b\"", "\"a\\\"b\""},
		{{"a\nb", 3}, "\"a\\nb\"", "\"a\\nb\""},
		{{"a\tb", 3}, "\"a\\tb\"", "\"a\\tb\""},
		{{"a\rb", 3}, "\"a\\rb\"", "\"a\\rb\""},
		{{"\001bc", 3}, "\"\\x01bc\"", "\"\\u0001bc\""},
		{{"\b\f\v\033\0a", 6},
		 "\"\\b\\f\\v\\x1b\\x00a\"",
		 "\"\\u0008\\u000c\\u000b\\u001b\\u0000a\""},
		{{"a\177b", 3}, "a\177b", "\"a\177b\""},
		{{"a\377b", 3}, "\"a\\xffb\"", "\"a\\ufffdb\""},
		{{"\340\240b", 3}, "\"\\xe0\\xa0b\"", "\"\\ufffd\\ufffdb\""},
		{{"\355\240\200", 3}, "\"\\xed\\xa0\\x80\"", "\"\\ufffd\\ufffd\\ufffd\""},
		{{"a\303\251", 3}, "a\303\251", "\"a\303\251\""},
		{{"\360\237\230\200ab", 6}, "\360\237\230\200ab", "\"\360\237\230\200ab\""},
		{{"\342\200\213", 3}, "\"\\u200b\"", "\"\342\200\213\""},
		{{"\342\200\250", 3}, "\"\\u2028\"", "\"\\u2028\""},
		{{"\302\240c", 3}, "\"\\u00a0c\"", "\"\302\240c\""},
		{{"\302\205a", 3}, "\"\\u0085a\"", "\"\302\205a\""},
		{{"\357\277\275", 3}, "\"\357\277\275\"", "\"\357\277\275\""},
		{{"\356\200\200", 3}, "\"\\ue000\"", "\"\356\200\200\""},
		{{"\363\240\201\201ab", 6}, "\"\\U000e0041ab\"", "\"\363\240\201\201ab\""},
		{{"a\\b", 3}, "a\\b", "\"a\\\\b\""},
		{{"\\\"ab\\ ", 6}, "\"\\\\\\\"ab\\\\ \"", "\"\\\\\\\"ab\\\\ \""},
		{{"a=b", 3}, "\"a=b\"", "\"a=b\""},
		{{"<&>", 3}, "<&>", "\"<&>\""},
		{{"a'b", 3}, "a'b", "\"a'b\""},
		{{"a,{", 3}, "a,{", "\"a,{\""},
	};
	struct buf out, wanted;

	(void)state;
	buf_init(&out, 4096);
	buf_init(&wanted, 4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct log_attr attr = LOG_TEXT("v", rows[i].value);
		struct log_line line = example(&attr, 1);

		line.msg = SLICE("x");
		log_line_write(&out, LOG_LOGFMT, &line);
		buf_putf(&wanted,
			 "ts=2026-11-20T13:52:28.987Z level=info caller=main.c:82 msg=x v=%s\n",
			 rows[i].logfmt);
		buf_put_byte(&wanted, 0);
		assert_text(&out, wanted.ptr);
		buf_clear(&wanted);

		log_line_write(&out, LOG_JSON, &line);
		buf_putf(&wanted,
			 "{\"ts\":\"2026-11-20T13:52:28.987Z\",\"level\":\"info\","
			 "\"caller\":\"main.c:82\",\"msg\":\"x\",\"v\":%s}\n",
			 rows[i].json);
		buf_put_byte(&wanted, 0);
		assert_text(&out, wanted.ptr);
		buf_clear(&wanted);
	}
	buf_free(&out);
	buf_free(&wanted);
}

/* A value of any length makes a line of bounded length. */
static void a_long_value_is_cut(void **state)
{
	size_t len = 4 * LOG_VALUE_BYTES_MAX;
	char *value = test_malloc(len);
	struct log_attr attr = {.key = "v"};
	struct log_line line = example(&attr, 1);
	struct buf out;

	(void)state;
	memset(value, 'a', len);
	attr.value = (struct slice){value, len};
	buf_init(&out, LOG_QUEUE_BYTES_MAX);
	log_line_write(&out, LOG_LOGFMT, &line);
	assert_true(buf_ok(&out));
	assert_in_range(out.len, LOG_VALUE_BYTES_MAX, LOG_VALUE_BYTES_MAX + 200);
	buf_free(&out);
	test_free(value);
}

/* Lines below the level are not logged, the others arrive in order before log_stop returns. */
static void lines_of_the_level_arrive_in_order(void **state)
{
	struct pipe_ends pipe = open_pipe();
	struct buf got;
	const char *second;

	(void)state;
	buf_init(&got, TEXT_BYTES_MAX);
	assert_true(log_start(LOG_WARN, LOG_LOGFMT, pipe.write_end));
	assert_false(log_wants(LOG_INFO));
	log_info(SLICE("not-wanted"));
	log_warn(SLICE("first"), LOG_TEXT("n", SLICE("1")));
	log_error(SLICE("second"));
	log_stop();
	log_error(SLICE("too-late"));
	close(pipe.write_end);
	read_rest(pipe.read_end, &got);
	buf_put_byte(&got, 0);
	assert_null(strstr(got.ptr, "wanted"));
	assert_null(strstr(got.ptr, "late"));
	assert_non_null(strstr(got.ptr, " level=warn caller=test_log.c:"));
	second = strstr(got.ptr, " msg=first n=1\n");
	assert_non_null(second);
	assert_non_null(strstr(second, " msg=second\n"));
	close(pipe.read_end);
	buf_free(&got);
}

static void log_many(size_t n)
{
	char padding[1000];

	memset(padding, 'x', sizeof(padding));
	for (size_t i = 0; i < n; i++)
		log_error(SLICE("many"), LOG_TEXT("padding", ((struct slice){padding, 1000})));
}

/* A reader that never reads holds up neither those who log nor the end. */
static void a_pipe_that_is_never_read_blocks_nobody(void **state)
{
	struct pipe_ends pipe = open_pipe();
	int64_t begin = clock_monotonic_ms();
	int64_t logged;

	(void)state;
	assert_true(log_start(LOG_INFO, LOG_LOGFMT, pipe.write_end));
	log_many(10000);
	logged = clock_monotonic_ms();
	assert_true(logged - begin < 10000);
	log_stop();
	assert_true(clock_monotonic_ms() - logged < 3 * LOG_STOP_MS_MAX);
	close(pipe.write_end);
	close(pipe.read_end);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* Every line is either there or counted by a line that says how many were dropped. */
static void dropped_lines_are_counted(void **state)
{
	enum { LINES = 10000 };
	struct pipe_ends pipe = open_pipe();
	size_t arrived, reported = 0;
	struct buf got;
	const char *at;

	(void)state;
	buf_init(&got, TEXT_BYTES_MAX);
	assert_true(log_start(LOG_INFO, LOG_LOGFMT, pipe.write_end));
	log_many(LINES);
	/* The reader is back: it has what waits, and the count, before the log is stopped. */
	while (got.len == 0 || memmem(got.ptr, got.len, " lines=", 7) == NULL ||
	       got.ptr[got.len - 1] != '\n') {
		char *place = buf_reserve(&got, 65536);
		ssize_t n = read(pipe.read_end, place, 65536);

		assert_true(n > 0);
		buf_advance(&got, (size_t)n);
	}
	log_stop();
	close(pipe.write_end);
	read_rest(pipe.read_end, &got);
	buf_put_byte(&got, 0);
	arrived = count(got.ptr, " msg=many ");
	for (at = got.ptr; (at = strstr(at, " lines=")) != NULL; at++)
		reported += strtoul(at + 7, NULL, 10);
	assert_true(reported > 0);
	assert_int_equal(arrived + reported, LINES);
	close(pipe.read_end);
	buf_free(&got);
}

/* A reader that went away ends nothing: no signal, no waiting. */
static void a_closed_pipe_ends_nothing(void **state)
{
	struct pipe_ends pipe = open_pipe();
	int64_t begin = clock_monotonic_ms();

	(void)state;
	close(pipe.read_end);
	assert_true(log_start(LOG_INFO, LOG_JSON, pipe.write_end));
	log_many(100);
	log_stop();
	assert_true(clock_monotonic_ms() - begin < LOG_STOP_MS_MAX);
	close(pipe.write_end);
}

/* Stopping a log that was never started is allowed. */
static void stop_without_start(void **state)
{
	(void)state;
	log_stop();
	assert_false(log_wants(LOG_ERROR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stop_without_start),
		cmocka_unit_test(a_logfmt_line),
		cmocka_unit_test(a_json_line),
		cmocka_unit_test(the_function_is_named_at_debug_level),
		cmocka_unit_test(an_attribute_never_hides_a_key),
		cmocka_unit_test(values_are_quoted_as_the_reference_does),
		cmocka_unit_test(a_long_value_is_cut),
		cmocka_unit_test(lines_of_the_level_arrive_in_order),
		cmocka_unit_test(a_pipe_that_is_never_read_blocks_nobody),
		cmocka_unit_test(dropped_lines_are_counted),
		cmocka_unit_test(a_closed_pipe_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
