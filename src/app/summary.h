/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.h -- a summary as client_golang's: sum and count for ever, quantiles over the last ten
 * minutes.
 *
 * The window slides in five steps: five streams see every number, one is begun anew every two
 * minutes, and the oldest is asked. Time is a value. One thread at a time. */
#pragma once

#include "app/quantiles.h"

enum { SUMMARY_STREAMS = 5 };

#define SUMMARY_STEP_NS ((int64_t)120 * 1000000000)

struct summary {
	double sum;
	uint64_t count;
	struct quantile_stream streams[SUMMARY_STREAMS];
	struct quantile_items spare;
	int head;           /* the oldest stream */
	int64_t expires_ns; /* its time is over; monotonic */
};

void summary_init(struct summary *s, int64_t now_ns);
void summary_free(struct summary *s);

/* Numbers seen before expires_ns, in the order in which they were seen. */
void summary_add(struct summary *s, const double *numbers, size_t n);

/* To be called as soon as now_ns is later than expires_ns; does nothing before. */
void summary_turn(struct summary *s, int64_t now_ns);

/* NaN where the window is empty. */
void summary_quantiles(struct summary *s, double ret[QUANTILES]);
