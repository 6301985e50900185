/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading /proc: from texts, and of this process. */
#include "app/process.h"

#include <time.h>
#include <unistd.h>

#include "../cm.h"

#define STAT_TAIL                                                                                  \
	" R 8380 8380 16503 0 -1 4194304 127 0 0 0 250 75 0 0 20 0 1 0 430857 3133440 381 "        \
	"18446744073709551615 94921228627968 94921228647849 140725027585616 0 0 0\n"

/* Seconds of both clocks together, bytes, pages as bytes, the start counted from the boot. */
static void test_stat(void **state)
{
	struct process_numbers n = {0};

	(void)state;
	process_parse_stat(SLICE("8547 (cat)" STAT_TAIL), 1000, &n);
	assert_true(n.known[PROCESS_CPU_SECONDS] && n.value[PROCESS_CPU_SECONDS] == 3.25);
	assert_true(n.known[PROCESS_VIRTUAL_BYTES] && n.value[PROCESS_VIRTUAL_BYTES] == 3133440);
	assert_true(n.known[PROCESS_RESIDENT_BYTES] &&
		    n.value[PROCESS_RESIDENT_BYTES] == 381 * (double)sysconf(_SC_PAGESIZE));
	assert_true(n.known[PROCESS_START_SECONDS] && n.value[PROCESS_START_SECONDS] == 5308.57);
}

/* The name of a program may hold blanks and parentheses. */
static void test_stat_with_an_odd_name(void **state)
{
	struct process_numbers n = {0};

	(void)state;
	process_parse_stat(SLICE("8547 (a) b (c d)" STAT_TAIL), 1000, &n);
	assert_true(n.known[PROCESS_CPU_SECONDS] && n.value[PROCESS_CPU_SECONDS] == 3.25);
}

/* Without the time of the boot there is no start; without its fields a text says nothing. */
static void test_stat_that_lacks_something(void **state)
{
	static const struct slice texts[] = {
		SLICE_TEXT(""),
		SLICE_TEXT("8547"),
		SLICE_TEXT("8547 (cat)"),
		SLICE_TEXT("8547 (cat) R 8380 8380 16503 0 -1"),
		SLICE_TEXT("8547 (cat) R 1 2 3 4 5 6 7 8 9 10 eleven 12 13 14 15 16 17 18 19 20"),
	};
	struct process_numbers n = {0};

	(void)state;
	process_parse_stat(SLICE("8547 (cat)" STAT_TAIL), 0, &n);
	assert_true(n.known[PROCESS_CPU_SECONDS] && !n.known[PROCESS_START_SECONDS]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		n = (struct process_numbers){0};
		process_parse_stat(texts[i], 1000, &n);
		for (int j = 0; j < PROCESS_NUMBERS; j++)
			assert_false(n.known[j]);
	}
}

/* The two columns by their names, wherever they stand. */
static void test_netstat(void **state)
{
	struct process_numbers n = {0};

	(void)state;
	process_parse_netstat(SLICE("TcpExt: InOctets B\nTcpExt: 1 2\n"
				    "IpExt: InNoRoutes InOctets OutOctets InMcastOctets\n"
				    "IpExt: 0 34694620466 34544741144 7\n"),
			      &n);
	assert_true(n.known[PROCESS_RECEIVED_BYTES] &&
		    n.value[PROCESS_RECEIVED_BYTES] == 34694620466.0);
	assert_true(n.known[PROCESS_SENT_BYTES] && n.value[PROCESS_SENT_BYTES] == 34544741144.0);
}

/* A line without its second one, or with fewer values than names, gives what is there. */
static void test_netstat_cut_short(void **state)
{
	struct process_numbers n = {0};

	(void)state;
	process_parse_netstat(SLICE("IpExt: InOctets OutOctets"), &n);
	assert_false(n.known[PROCESS_RECEIVED_BYTES] || n.known[PROCESS_SENT_BYTES]);
	process_parse_netstat(SLICE("IpExt: InOctets OutOctets\nIpExt: 5"), &n);
	assert_true(n.known[PROCESS_RECEIVED_BYTES] && n.value[PROCESS_RECEIVED_BYTES] == 5);
	assert_false(n.known[PROCESS_SENT_BYTES]);
}

/* The line is found behind longer ones. */
static void test_boot(void **state)
{
	double seconds = 0;

	(void)state;
	assert_true(process_parse_boot(SLICE("cpu  1 2\nintr 5 0 0\nctxt 7\nbtime 1795195000\n"
					     "processes 1\n"),
				       &seconds));
	assert_true(seconds == 1795195000);
	assert_false(process_parse_boot(SLICE("cpu  1 2\nbtimes 3\n"), &seconds));
	assert_false(process_parse_boot(SLICE("btime x\n"), &seconds));
}

/* This process: all is known, and what can be told is true. */
static void test_this_process(void **state)
{
	struct process_numbers n;
	double now = (double)time(NULL);

	(void)state;
	process_read(process_boot_seconds(), &n);
	for (int i = 0; i < PROCESS_NUMBERS; i++)
		assert_true(n.known[i]);
	assert_true(n.value[PROCESS_OPEN_FDS] >= 3 &&
		    n.value[PROCESS_OPEN_FDS] <= n.value[PROCESS_MAX_FDS]);
	assert_true(n.value[PROCESS_START_SECONDS] > now - 3600 &&
		    n.value[PROCESS_START_SECONDS] < now + 60);
	assert_true(n.value[PROCESS_RESIDENT_BYTES] > 100000 &&
		    n.value[PROCESS_RESIDENT_BYTES] <= n.value[PROCESS_VIRTUAL_BYTES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_with_an_odd_name),
		cmocka_unit_test(test_stat_that_lacks_something),
		cmocka_unit_test(test_netstat),
		cmocka_unit_test(test_netstat_cut_short),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
