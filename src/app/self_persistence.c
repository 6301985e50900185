/* SPDX-License-Identifier: Apache-2.0
 *
 * pushgateway_persistence_*: what the keeper says of its commits, and how large its files are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/self_private.h"
#include "store/keeper.h"

static bool add_histogram(struct collection *c, int which, const struct keeper_histogram *h,
			  const double *bounds, uint32_t n)
{
	struct family *family = self_add_family(c, which);
	struct metric *m = family == NULL ? NULL : self_add_metric(c, family, NULL, 0);
	uint64_t sum = 0;

	if (m == NULL)
		return false;
	m->buckets = arena_new_array(c->arena, struct bucket, n + 1);
	if (m->buckets == NULL)
		return false;
	for (uint32_t i = 0; i <= n; i++) {
		sum += atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
		m->buckets[i] =
			(struct bucket){.upper_bound = i < n ? bounds[i] : INFINITY, .count = sum};
	}
	m->n_points = n + 1;
	m->count = sum; /* of the same moment */
	m->sum = atomic_load_explicit(&h->sum, memory_order_relaxed);
	return true;
}

static double file_bytes(const char *path, const char *suffix)
{
	char *name = NULL;
	struct stat st = {0};

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return 0;
	if (stat(name, &st) != 0)
		st.st_size = 0;
	free(name);
	return (double)st.st_size;
}

static bool add_file_bytes(struct collection *c, const char *path)
{
	static const struct {
		const char *suffix;
		struct slice name;
	} files[] = {{"", SLICE_TEXT("database")}, {"-wal", SLICE_TEXT("log")}};
	struct family *family = self_add_family(c, FILE_BYTES);

	for (size_t i = 0; family != NULL && i < sizeof(files) / sizeof(files[0]); i++) {
		const struct label label = {SLICE("file"), files[i].name};
		struct metric *m = self_add_metric(c, family, &label, 1);

		if (m == NULL)
			return false;
		m->value = file_bytes(path, files[i].suffix);
	}
	return family != NULL;
}

bool self_add_persistence(struct collection *c, const struct keeper *k)
{
	const struct keeper_stats *stats = keeper_stats(k);
	const struct ledger_view *view = keeper_ledger_view(k);

	return add_histogram(c, COMMIT_CHANGES, &stats->sizes, keeper_size_bounds, KEEPER_SIZES) &&
	       add_histogram(c, COMMIT_DURATION, &stats->durations, keeper_duration_bounds,
			     KEEPER_DURATIONS) &&
	       self_add_value(c, COMMIT_FAILURES, NULL, 0,
			      (double)atomic_load(&stats->n_failures)) &&
	       self_add_value(c, COMMITS, NULL, 0, (double)atomic_load(&stats->n_commits)) &&
	       self_add_value(c, CORRUPT_ROWS, NULL, 0, (double)atomic_load(&view->n_corrupt)) &&
	       add_file_bytes(c, view->path) &&
	       self_add_value(c, LAST_COMMIT, NULL, 0,
			      (double)atomic_load(&stats->last_commit_unix_ns) / 1e9) &&
	       self_add_value(c, PENDING_CHANGES, NULL, 0,
			      (double)(keeper_n_waiting(k) + keeper_n_unwritten(k)));
}
