/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gateway says of itself, as the families that a scrape takes. */
#include "app/self_metrics.h"

#include <math.h>
#include <pthread.h>

#include "format/text_write.h"

#include "../cm.h"

#define SECOND ((int64_t)1000000000)

static const struct self_build build = {
	.branch = SLICE_TEXT("b"),
	.goarch = SLICE_TEXT("amd64"),
	.goos = SLICE_TEXT("linux"),
	.goversion = SLICE_TEXT("gcc"),
	.revision = SLICE_TEXT("r"),
	.tags = SLICE_TEXT("unknown"),
	.version = SLICE_TEXT("1"),
};

/* The exposition of the families whose names begin with `prefix`. */
static void expose(struct self_metrics *m, int64_t now_ns, struct slice prefix, struct buf *out)
{
	struct self_family *families;
	struct arena arena;
	size_t n;

	arena_init(&arena, 1 << 20);
	buf_clear(out);
	assert_true(self_metrics_collect(m, now_ns, &arena, &families, &n));
	for (size_t i = 0; i < n; i++) {
		const struct own_family *f = families[i].family;

		assert_true(i == 0 || slice_compare(families[i - 1].family->name, f->name) < 0);
		assert_true(own_family_present(f));
		for (uint32_t j = 0;
		     slice_starts(f->name, prefix) && j < families[i].block->n_series; j++)
			(void)text_write_series(out, ESCAPING_ALLOW_UTF8, f->name,
						block_series(families[i].block, j));
		block_free(families[i].block);
	}
	assert_true(buf_ok(out));
	arena_free(&arena);
}

struct fixture {
	struct self_metrics *m;
	struct buf out;
};

static int setup(void **state)
{
	static struct fixture f;

	f.m = self_metrics_new(&build);
	buf_init(&f.out, 1 << 20);
	*state = &f;
	return f.m == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->m = self_metrics_free(f->m);
	buf_free(&f->out);
	return 0;
}

/* All families, in order; those of the process and the build are present from the start, and their
 * help is imposed. */
static void test_the_table(void **state)
{
	struct fixture *f = *state;
	size_t n;
	const struct own_family *families = self_metrics_families(f->m, &n);

	assert_int_equal(n, 23);
	for (size_t i = 0; i < n; i++) {
		bool later = slice_starts(families[i].name, SLICE("pushgateway_http")) ||
			     slice_starts(families[i].name, SLICE("pushgateway_limit")) ||
			     slice_starts(families[i].name, SLICE("pushgateway_persistence"));

		assert_true(i == 0 || slice_compare(families[i - 1].name, families[i].name) < 0);
		assert_true(families[i].help_imposed == !later);
		assert_true(own_family_present(&families[i]) == !later);
		assert_true(families[i].help.len > 0);
	}
}

/* Before the first request there are no children; the build is there. */
static void test_nothing_was_asked(void **state)
{
	struct fixture *f = *state;

	assert_non_null(self_part_new(f->m));
	expose(f->m, SECOND, SLICE("pushgateway"), &f->out);
	assert_text(buf_slice(&f->out),
		    SLICE("pushgateway_build_info{branch=\"b\",goarch=\"amd64\",goos=\"linux\","
			  "goversion=\"gcc\",revision=\"r\",tags=\"unknown\",version=\"1\"} 1\n"));
}

/* Who was refused is counted by role, and there is no such family before the first. */
static void test_denials_are_counted_by_role(void **state)
{
	struct fixture *f = *state;

	self_count_denied(f->m, ROLE_SCRAPE);
	self_count_denied(f->m, ROLE_PUSH);
	self_count_denied(f->m, ROLE_SCRAPE);
	expose(f->m, SECOND, SLICE("pushgateway_http"), &f->out);
	assert_text(buf_slice(&f->out),
		    SLICE("pushgateway_http_denied_requests_total{role=\"push\"} 1\n"
			  "pushgateway_http_denied_requests_total{role=\"scrape\"} 2\n"));
}

/* What two workers counted is one child; children are in the order of their labels' values. */
static void test_counts_of_workers_are_added(void **state)
{
	struct fixture *f = *state;
	struct self_part *a = self_part_new(f->m), *b = self_part_new(f->m);

	self_count(a, SELF_PUSH, SELF_PUT, 400);
	self_count(a, SELF_PUSH, SELF_PUT, 200);
	self_count(a, SELF_API_STATUS, SELF_GET, 200);
	for (int i = 0; i < 5; i++)
		self_count(b, SELF_PUSH, SELF_PUT, 200);
	self_count(b, SELF_DELETE, SELF_DELETE_METHOD, 202);
	self_count(b, SELF_API_OPTIONS, SELF_OPTIONS, 200);
	expose(f->m, SECOND, SLICE("pushgateway_http"), &f->out);
	assert_text(buf_slice(&f->out),
		    SLICE("pushgateway_http_requests_total{code=\"200\",handler=\"api/v1/options\","
			  "method=\"options\"} 1\n"
			  "pushgateway_http_requests_total{code=\"200\",handler=\"api/v1/status\","
			  "method=\"get\"} 1\n"
			  "pushgateway_http_requests_total{code=\"200\",handler=\"push\","
			  "method=\"put\"} 6\n"
			  "pushgateway_http_requests_total{code=\"202\",handler=\"delete\","
			  "method=\"delete\"} 1\n"
			  "pushgateway_http_requests_total{code=\"400\",handler=\"push\","
			  "method=\"put\"} 1\n"));
}

/* What one worker has seen is in the next scrape, by method. */
static void test_observations_by_method(void **state)
{
	struct fixture *f = *state;
	struct self_part *a = self_part_new(f->m), *b = self_part_new(f->m);

	self_observe_push(a, SELF_PUT, 100, 2 * SECOND, 10 * SECOND);
	self_observe_push(b, SELF_PUT, 200, SECOND / 4, 11 * SECOND);
	self_observe_push(b, SELF_POST, 7, SECOND / 8, 11 * SECOND);
	expose(f->m, 12 * SECOND, SLICE("pushgateway_http"), &f->out);
	assert_text(
		buf_slice(&f->out),
		SLICE("pushgateway_http_push_duration_seconds{method=\"post\",quantile=\"0.1\"} "
		      "0.125\n"
		      "pushgateway_http_push_duration_seconds{method=\"post\",quantile=\"0.5\"} "
		      "0.125\n"
		      "pushgateway_http_push_duration_seconds{method=\"post\",quantile=\"0.9\"} "
		      "0.125\n"
		      "pushgateway_http_push_duration_seconds_sum{method=\"post\"} 0.125\n"
		      "pushgateway_http_push_duration_seconds_count{method=\"post\"} 1\n"
		      "pushgateway_http_push_duration_seconds{method=\"put\",quantile=\"0.1\"} "
		      "0.25\n"
		      "pushgateway_http_push_duration_seconds{method=\"put\",quantile=\"0.5\"} "
		      "0.25\n"
		      "pushgateway_http_push_duration_seconds{method=\"put\",quantile=\"0.9\"} 2\n"
		      "pushgateway_http_push_duration_seconds_sum{method=\"put\"} 2.25\n"
		      "pushgateway_http_push_duration_seconds_count{method=\"put\"} 2\n"
		      "pushgateway_http_push_size_bytes{method=\"post\",quantile=\"0.1\"} 7\n"
		      "pushgateway_http_push_size_bytes{method=\"post\",quantile=\"0.5\"} 7\n"
		      "pushgateway_http_push_size_bytes{method=\"post\",quantile=\"0.9\"} 7\n"
		      "pushgateway_http_push_size_bytes_sum{method=\"post\"} 7\n"
		      "pushgateway_http_push_size_bytes_count{method=\"post\"} 1\n"
		      "pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.1\"} 100\n"
		      "pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.5\"} 100\n"
		      "pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.9\"} 200\n"
		      "pushgateway_http_push_size_bytes_sum{method=\"put\"} 300\n"
		      "pushgateway_http_push_size_bytes_count{method=\"put\"} 2\n"));
}

/* Ten minutes later the quantiles are NaN; a push within the last two minutes is still there. */
static void test_the_window(void **state)
{
	struct fixture *f = *state;
	struct self_part *a = self_part_new(f->m);

	self_observe_push(a, SELF_PUT, 100, SECOND, 10 * SECOND);
	expose(f->m, 610 * SECOND, SLICE("pushgateway_http_push_size"), &f->out);
	assert_non_null(memmem(f->out.ptr, f->out.len, "\"0.5\"} 100\n", 11));
	self_observe_push(a, SELF_PUT, 300, SECOND, 611 * SECOND);
	expose(f->m, 611 * SECOND, SLICE("pushgateway_http_push_size"), &f->out);
	assert_non_null(memmem(f->out.ptr, f->out.len, "\"0.1\"} 300\n", 11));
	expose(f->m, 5000 * SECOND, SLICE("pushgateway_http_push_size"), &f->out);
	assert_text(buf_slice(&f->out),
		    SLICE("pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.1\"} NaN\n"
			  "pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.5\"} NaN\n"
			  "pushgateway_http_push_size_bytes{method=\"put\",quantile=\"0.9\"} NaN\n"
			  "pushgateway_http_push_size_bytes_sum{method=\"put\"} 400\n"
			  "pushgateway_http_push_size_bytes_count{method=\"put\"} 2\n"));
}

/* The push that is being judged has made its families present before it is counted. */
static void test_a_push_is_expected(void **state)
{
	struct fixture *f = *state;
	struct self_part *a = self_part_new(f->m);
	size_t n;
	const struct own_family *families = self_metrics_families(f->m, &n);

	self_expect_push(a);
	for (size_t i = 0; i < n; i++) {
		struct slice name = families[i].name;

		assert_int_equal(own_family_present(&families[i]),
				 !slice_starts(name, SLICE("pushgateway_persistence")) &&
					 !slice_starts(name, SLICE("pushgateway_http_denied")) &&
					 !slice_starts(name, SLICE("pushgateway_limit")));
	}
	expose(f->m, SECOND, SLICE("pushgateway_http"), &f->out);
	assert_int_equal(f->out.len, 0);
}

/* Without memory there is no half collection. */
static void test_no_memory(void **state)
{
	struct fixture *f = *state;
	struct self_part *a = self_part_new(f->m);
	bool done = false;

	self_count(a, SELF_PUSH, SELF_PUT, 200);
	self_observe_push(a, SELF_PUT, 100, SECOND, 10 * SECOND);
	for (size_t bytes = 0; !done; bytes += 256) {
		struct self_family *families;
		struct arena arena;
		size_t n;

		arena_init(&arena, bytes);
		done = self_metrics_collect(f->m, 11 * SECOND, &arena, &families, &n);
		for (size_t i = 0; done && i < n; i++)
			block_free(families[i].block);
		arena_free(&arena);
		assert_true(bytes < 1 << 20);
	}
}

enum { PUSHES = 200000, WORKERS = 3 };

static void *work(void *part)
{
	for (int64_t i = 0; i < PUSHES; i++) {
		self_count(part, SELF_PUSH, SELF_PUT, 200);
		self_observe_push(part, SELF_PUT, 1, SECOND, i * SECOND / 1000);
	}
	return NULL;
}

/* Workers that count while others scrape lose nothing. */
static void test_threads(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, self_part_new(f->m)), 0);
	for (int i = 0; i < 50; i++)
		expose(f->m, SECOND, SLICE("pushgateway_http"), &f->out);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	expose(f->m, PUSHES * SECOND / 1000, SLICE("pushgateway_http"), &f->out);
	assert_non_null(memmem(f->out.ptr, f->out.len, "_count{method=\"put\"} 600000\n", 28));
	assert_non_null(memmem(f->out.ptr, f->out.len, "method=\"put\"} 600000\n", 21));
	assert_non_null(memmem(f->out.ptr, f->out.len, "bytes_sum{method=\"put\"} 600000\n", 31));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_was_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denials_are_counted_by_role, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counts_of_workers_are_added, setup, teardown),
		cmocka_unit_test_setup_teardown(test_observations_by_method, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_window, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_push_is_expected, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
