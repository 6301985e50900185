/* SPDX-License-Identifier: Apache-2.0
 *
 * How much memory there is: the machine's, or the least that a cgroup on the way up allows. */
#include "main/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MACHINE = 1000000, FILES_MAX = 8 };

static char root[64];
static char made[FILES_MAX][256];
static int n_made;

/* A file below the root, and the folders above it. */
static void put_file(const char *path, const char *text)
{
	char *full = made[n_made++];
	FILE *file;

	(void)snprintf(full, sizeof(made[0]), "%s%s", root, path);
	for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		(void)mkdir(full, 0700);
		*at = '/';
	}
	file = fopen(full, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	(void)state;
	n_made = 0;
	(void)snprintf(root, sizeof(root), "/tmp/pushgateway-memory-XXXXXX");
	return mkdtemp(root) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < n_made; i++) {
		(void)unlink(made[i]);
		for (char *slash; (slash = strrchr(made[i], '/')) != NULL &&
				  (size_t)(slash - made[i]) >= strlen(root);) {
			*slash = '\0';
			(void)rmdir(made[i]);
		}
	}
	return 0;
}

static void assert_available(uint64_t wanted)
{
	assert_int_equal(memory_available_bytes(root, MACHINE), wanted);
}

/* Without cgroups it is the machine's. */
static void test_no_cgroup(void **state)
{
	(void)state;
	assert_available(MACHINE);
}

/* In version 2 it is memory.max of the cgroup; "max" is none. */
static void test_version_2(void **state)
{
	(void)state;
	put_file("/proc/self/cgroup", "0::/a/b\n");
	put_file("/sys/fs/cgroup/a/b/memory.max", "max\n");
	assert_available(MACHINE);
	put_file("/sys/fs/cgroup/a/b/memory.max", "5000\n");
	assert_available(5000);
}

/* A cgroup above may allow less. */
static void test_above(void **state)
{
	(void)state;
	put_file("/proc/self/cgroup", "0::/a/b\n");
	put_file("/sys/fs/cgroup/a/b/memory.max", "5000\n");
	put_file("/sys/fs/cgroup/a/memory.max", "4000\n");
	assert_available(4000);
}

/* In a container the path may be the host's: then the top of the hierarchy is the container's. */
static void test_container(void **state)
{
	(void)state;
	put_file("/proc/self/cgroup", "0::/../../docker/0123\n");
	put_file("/sys/fs/cgroup/memory.max", "3000\n");
	assert_available(3000);
}

/* In version 1 it is memory.limit_in_bytes of the memory hierarchy; a number over all memory is
 * none. */
static void test_version_1(void **state)
{
	(void)state;
	put_file("/proc/self/cgroup", "9:cpu,cpuacct:/x\n8:hugetlb,memory:/a\n1:name=systemd:/y\n");
	put_file("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
	assert_available(MACHINE);
	put_file("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "7000\n");
	assert_available(7000);
}

/* The machine has some memory. */
static void test_machine(void **state)
{
	(void)state;
	assert_true(memory_machine_bytes() > 1 << 20);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_cgroup), TEST(test_version_2), TEST(test_above),
		TEST(test_container), TEST(test_version_1), TEST(test_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
