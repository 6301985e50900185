/* SPDX-License-Identifier: Apache-2.0
 *
 * self_private.h -- between self_metrics.c and the files that have some of its families. */
#pragma once

#include "app/process.h"
#include "app/self_metrics.h"

/* In the order of their names; the first PROCESS_NUMBERS are those of enum process_number. */
enum {
	BUILD_INFO = PROCESS_NUMBERS,
	DENIED,
	PUSH_DURATION,
	PUSH_SIZE,
	REQUESTS,
	LIMITS_EXCEEDED,
	COMMIT_CHANGES,
	COMMIT_DURATION,
	COMMIT_FAILURES,
	COMMITS,
	CORRUPT_ROWS,
	FILE_BYTES,
	LAST_COMMIT,
	PENDING_CHANGES,
	FAMILIES,
};

/* What is being put together for one scrape. */
struct collection {
	struct self_metrics *m;
	struct arena *arena;
	struct family_list list;
};

/* NULL, false: the arena refuses. */
struct family *self_add_family(struct collection *c, int which);
struct metric *self_add_metric(struct collection *c, struct family *family,
			       const struct label *labels, uint32_t n_labels);
must_check bool self_add_value(struct collection *c, int which, const struct label *labels,
			       uint32_t n_labels, double value);

/* Families of a gateway with a persistence file. */
must_check bool self_add_persistence(struct collection *c, const struct keeper *k);
