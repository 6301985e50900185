/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rfc3339.h"

#include <stdlib.h>
#include <time.h>

#include "../cm.h"

static void check(struct rfc3339 *r, int64_t unix_ns, struct slice want)
{
	struct buf out;

	buf_init(&out, 100);
	rfc3339_put(r, &out, unix_ns);
	assert_text(buf_slice(&out), want);
	buf_free(&out);
}

static void zone(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

/* In UTC the zone is Z; zeros at the end of the nanoseconds are left out. */
static void utc(void **state)
{
	struct rfc3339 r = {0};

	(void)state;
	zone("UTC");
	check(&r, 0, SLICE("1970-01-01T00:00:00Z"));
	check(&r, 1795181117000000000, SLICE("2026-11-20T13:25:17Z"));
	check(&r, 1795181117500000000, SLICE("2026-11-20T13:25:17.5Z"));
	check(&r, 1795181117000000001, SLICE("2026-11-20T13:25:17.000000001Z"));
	check(&r, 1795181118123456780, SLICE("2026-11-20T13:25:18.12345678Z"));
	check(&r, -1, SLICE("1969-12-31T23:59:59.999999999Z"));
}

/* Elsewhere it is the offset, with its sign, hours and minutes. */
static void elsewhere(void **state)
{
	struct rfc3339 east = {0}, west = {0};

	(void)state;
	zone("XXX-5:30");
	check(&east, 1795181117500000000, SLICE("2026-11-20T18:55:17.5+05:30"));
	zone("YYY3:30");
	check(&west, 1795181117500000000, SLICE("2026-11-20T09:55:17.5-03:30"));
}

/* The first and the last time that nanoseconds can say. */
static void the_ends_of_time(void **state)
{
	struct rfc3339 r = {0};

	(void)state;
	zone("UTC");
	check(&r, INT64_MAX, SLICE("2262-04-11T23:47:16.854775807Z"));
	check(&r, INT64_MIN, SLICE("1677-09-21T00:12:43.145224192Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utc),
		cmocka_unit_test(elsewhere),
		cmocka_unit_test(the_ends_of_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
