/* SPDX-License-Identifier: Apache-2.0
 *
 * selector.h -- PromQL's series selectors on grouping labels: which groups a request means.
 *
 * {job="backup",host=~"db-.*"}: all matchers of a selector must hold, one of several selectors is
 * enough; a label that a group does not have is an empty one. Metric names are refused. How many
 * there may be and what regular expressions may cost is bounded. Parsed on one thread; matching
 * is for any thread. */
#pragma once

#include "base/err.h"
#include "metric/labels.h"

enum {
	SELECTORS_MAX = 32,            /* of one request */
	SELECTOR_MATCHERS_MAX = 128,   /* of all of them */
	SELECTOR_BYTES_MAX = 4096,     /* of one */
	SELECTOR_COST_MAX = 128 << 20, /* of all matches of one request, see regex_cost */
};

struct selectors;

/* ERR_SYNTAX with a sentence that begins with the selector at fault, or ERR_NOMEM. */
must_check enum err_code selectors_parse(const struct slice *texts, size_t n,
					 struct selectors **ret, struct err *reterr);
struct selectors *selectors_free(struct selectors *s); /* takes NULL, returns NULL */

/* What matching may still cost; begins with selector_budget(). `exhausted` is sticky, and answers
 * after it mean nothing. */
struct selector_budget {
	uint64_t cost_left;
	bool exhausted;
};

static inline struct selector_budget selector_budget(void)
{
	return (struct selector_budget){.cost_left = SELECTOR_COST_MAX};
}

/* Does one of them take the group? None takes no group. */
bool selectors_match(const struct selectors *s, struct labels grouping,
		     struct selector_budget *budget);

/* True when one of them takes every group whatever its labels: {}, {job!=""}, {a=~".*"}. Regular
 * expressions are judged by trying a few values of all kinds. */
bool selectors_take_all(const struct selectors *s);
