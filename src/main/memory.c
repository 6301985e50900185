/* SPDX-License-Identifier: Apache-2.0 */
#include "main/memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/slice.h"

enum { FILE_BYTES_MAX = 4096 };

static struct slice read_file(const char *path, char space[FILE_BYTES_MAX])
{
	FILE *file = fopen(path, "re");
	size_t n;

	if (file == NULL)
		return SLICE_EMPTY;
	n = fread(space, 1, FILE_BYTES_MAX - 1, file);
	(void)fclose(file);
	space[n] = '\0';
	return (struct slice){space, n};
}

/* "max", or what version 1 has for it (a number over all memory), is no limit. */
static uint64_t read_limit(const char *path)
{
	char space[FILE_BYTES_MAX];
	struct slice text = read_file(path, space);

	if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '9')
		return UINT64_MAX;
	return strtoull(text.ptr, NULL, 10);
}

/* The smallest limit on the way from the cgroup's folder up to the hierarchy's: each one holds for
 * all below it. In a container the path may be that of the host; then only the top is there. */
static uint64_t limit_on_way_up(const char *root, const char *hierarchy, struct slice cgroup,
				const char *file)
{
	uint64_t least = UINT64_MAX;

	for (;;) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s%s%.*s/%s", root, hierarchy,
				 SLICE_ARG(cgroup), file);
		uint64_t limit = n > 0 && n < PATH_MAX ? read_limit(path) : UINT64_MAX;

		if (limit < least)
			least = limit;
		if (cgroup.len == 0)
			return least;
		while (cgroup.len > 0 && cgroup.ptr[--cgroup.len] != '/')
			;
	}
}

static bool list_has(struct slice list, struct slice word)
{
	struct slice item;

	while (slice_cut(list, ',', &item, &list))
		if (slice_eq(item, word))
			return true;
	return slice_eq(list, word);
}

/* "HIERARCHY:CONTROLLERS:PATH", a line for each hierarchy; version 2 has number 0 and no
 * controllers (cgroups(7)). */
static uint64_t limit_of_line(const char *root, struct slice line)
{
	struct slice number, controllers, path;

	if (!slice_cut(line, ':', &number, &line) || !slice_cut(line, ':', &controllers, &path))
		return UINT64_MAX;
	if (path.len > 0 && path.ptr[path.len - 1] == '/')
		path.len--;
	if (controllers.len == 0)
		return limit_on_way_up(root, "/sys/fs/cgroup", path, "memory.max");
	if (list_has(controllers, SLICE("memory")))
		return limit_on_way_up(root, "/sys/fs/cgroup/memory", path,
				       "memory.limit_in_bytes");
	return UINT64_MAX;
}

uint64_t memory_available_bytes(const char *root, uint64_t machine_bytes)
{
	char path[PATH_MAX], space[FILE_BYTES_MAX];
	uint64_t least = machine_bytes;
	struct slice text, line;
	int n = snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);

	if (n < 0 || n >= PATH_MAX)
		return least;
	text = read_file(path, space);
	while (slice_cut(text, '\n', &line, &text)) {
		uint64_t limit = limit_of_line(root, line);

		if (limit < least)
			least = limit;
	}
	return least;
}

uint64_t memory_machine_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);

	return pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : UINT64_MAX;
}
