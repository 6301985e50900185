/* SPDX-License-Identifier: Apache-2.0
 *
 * self_metrics.h -- what the gateway says of itself: process_*, pushgateway_build_info,
 * pushgateway_http_* and pushgateway_persistence_*.
 *
 * Each worker counts in a part of its own, without a lock: counters that only it writes, and a ring
 * of observations that whoever holds the mutex empties into the shared summaries: a scrape, or
 * every 500 pushes the worker itself. So one stream of observations makes the quantiles, as in the
 * reference, and no worker waits for another unless its ring is full. Time is a value,
 * monotonic; but for when a child began, which protobuf tells as the reference's does. */
#pragma once

#include "app/access.h"
#include "base/arena.h"
#include "metric/block.h"
#include "store/own_families.h"

/* The names of the handlers as pushgateway_http_requests_total counts them. A row of the route
 * table (routes.c) without one is not counted: scrapes. */
#define SELF_HANDLER_TABLE(X)                                                                      \
	X(SELF_PUSH, "push")                                                                       \
	X(SELF_DELETE, "delete")                                                                   \
	X(SELF_HEALTHY, "healthy")                                                                 \
	X(SELF_READY, "ready")                                                                     \
	X(SELF_STATIC, "static")                                                                   \
	X(SELF_STATUS, "status")                                                                   \
	X(SELF_WIPE, "wipe")                                                                       \
	X(SELF_API_STATUS, "api/v1/status")                                                        \
	X(SELF_API_METRICS, "api/v1/metrics")                                                      \
	X(SELF_API_OPTIONS, "api/v1/options")                                                      \
	X(SELF_API_GROUPS, "api/v1/groups")                                                        \
	X(SELF_API_ADMIN_GROUPS, "api/v1/admin/groups")

enum self_handler {
	SELF_UNCOUNTED,
#define X(handler, name) handler,
	SELF_HANDLER_TABLE(X)
#undef X
		SELF_HANDLERS,
};

enum self_method { SELF_GET, SELF_PUT, SELF_POST, SELF_DELETE_METHOD, SELF_OPTIONS, SELF_METHODS };

/* The labels of pushgateway_build_info; texts that live as long as the metrics. */
struct self_build {
	struct slice branch, goarch, goos, goversion, revision, tags, version;
};

struct self_metrics;
struct self_part; /* one worker's */

struct self_metrics *self_metrics_new(const struct self_build *build); /* NULL: out of memory */
struct self_metrics *self_metrics_free(struct self_metrics *m); /* takes NULL, returns NULL; parts
								 * too */

/* For the keeper, which judges pushed families by them; in the order of their names. */
const struct own_family *self_metrics_families(const struct self_metrics *m, size_t *ret_n);

/* Once, before the first worker: with a persistence file there are pushgateway_persistence_*, too.
 */
struct keeper;
void self_metrics_set_keeper(struct self_metrics *m, const struct keeper *k);

struct self_part *self_part_new(struct self_metrics *m); /* NULL: out of memory */

/* The part's worker only. */
void self_count(struct self_part *part, enum self_handler handler, enum self_method method,
		int status);
void self_observe_push(struct self_part *part, enum self_method method, double size_bytes,
		       int64_t duration_ns, int64_t now_ns);

/* Any thread: somebody was refused for want of that role, or of the right to a group. */
void self_count_denied(struct self_metrics *m, enum role role);

/* A push has come: from now on its families are there for the check. */
void self_expect_push(struct self_part *part);

/* One family and its series, which have no group's labels. */
struct self_family {
	const struct own_family *family;
	struct block *block; /* the caller's, to block_free */
};

/* Any thread: those that are present now, in the order of their names. False, and nothing made: out
 * of memory. */
must_check bool self_metrics_collect(struct self_metrics *m, int64_t now_ns, struct arena *arena,
				     struct self_family **ret, size_t *ret_n);
