/* SPDX-License-Identifier: Apache-2.0
 *
 * rate_limit.h -- a bucket of tokens: `burst` at first, one more each interval, never more than
 * `burst`. Any thread; time is a value. */
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "base/must.h"

struct rate_limit {
	int64_t interval_ns, burst; /* set once */

	pthread_mutex_t mutex;
	/* under the mutex */
	double tokens;
	int64_t last_ns;
};

void rate_limit_init(struct rate_limit *l, int64_t interval_ns, int64_t burst, int64_t now_ns);
void rate_limit_destroy(struct rate_limit *l);

/* Takes a token if there is one. An interval of 0 or less limits nothing (Go: rate.Every). */
bool rate_limit_allow(struct rate_limit *l, int64_t now_ns);
