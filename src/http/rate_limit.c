/* SPDX-License-Identifier: Apache-2.0 */
#include "http/rate_limit.h"

void rate_limit_init(struct rate_limit *l, int64_t interval_ns, int64_t burst, int64_t now_ns)
{
	*l = (struct rate_limit){.interval_ns = interval_ns,
				 .burst = burst,
				 .tokens = (double)burst,
				 .last_ns = now_ns};
	must_ok(pthread_mutex_init(&l->mutex, NULL));
}

void rate_limit_destroy(struct rate_limit *l)
{
	must_ok(pthread_mutex_destroy(&l->mutex));
}

bool rate_limit_allow(struct rate_limit *l, int64_t now_ns)
{
	bool allowed;

	if (l->interval_ns <= 0)
		return true;
	must_ok(pthread_mutex_lock(&l->mutex));
	if (now_ns > l->last_ns) { /* another thread's may be later */
		l->tokens += (double)(now_ns - l->last_ns) / (double)l->interval_ns;
		l->last_ns = now_ns;
	}
	if (l->tokens > (double)l->burst)
		l->tokens = (double)l->burst;
	allowed = l->tokens >= 1;
	if (allowed)
		l->tokens -= 1;
	must_ok(pthread_mutex_unlock(&l->mutex));
	return allowed;
}
