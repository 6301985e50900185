/* SPDX-License-Identifier: Apache-2.0
 *
 * quantiles.h -- a few quantiles of a stream of numbers, each within a tolerance, without keeping
 * the numbers: targeted quantiles after Cormode, Korn, Muthukrishnan and Srivastava, "Effective
 * Computation of Biased Quantiles over Data Streams" (ICDE 2005).
 *
 * For the same numbers the same answers as the reference's (beorn7/perks, quantile): 500 numbers
 * are gathered before they are merged into the summary, and a query merges what was gathered so
 * far. While nothing was merged the answers are exact. But where numbers come in an order that the
 * algorithm cannot stand (many equal ones below a few larger, say), the reference keeps a tenth of
 * all; here what is kept is bounded, and answers may be off by half of the tolerance more.
 *
 * Numbers come sorted, in pieces, so that several streams of the same numbers need one sort. One
 * thread at a time; knows no clock. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"

enum { QUANTILES = 3, QUANTILES_GATHERED_MAX = 500, QUANTILES_MERGED_MAX = 2048 };

struct quantile_target {
	double quantile, tolerance;
};

/* What is asked for: 0.1 and 0.9 within 0.01, 0.5 within 0.05. */
extern const struct quantile_target quantile_targets[QUANTILES];

/* `width` numbers of which `value` is the largest; its rank is uncertain by `delta`. */
struct quantile_item {
	double value, width, delta;
};

struct quantile_items {
	struct quantile_item *at;
	uint32_t n, capacity;
};

/* All zero is an empty stream. */
struct quantile_stream {
	double n; /* numbers merged */
	struct quantile_items merged;
	uint32_t n_gathered;
	double gathered[QUANTILES_GATHERED_MAX]; /* sorted */
};

void quantile_stream_free(struct quantile_stream *s);
void quantile_stream_reset(struct quantile_stream *s); /* empty again; keeps its memory */

static inline bool quantile_stream_empty(const struct quantile_stream *s)
{
	return s->n == 0 && s->n_gathered == 0;
}

/* Room before the gathered numbers are merged; never 0. */
static inline uint32_t quantile_stream_room(const struct quantile_stream *s)
{
	return QUANTILES_GATHERED_MAX - s->n_gathered;
}

/* At most that many, sorted. `spare` is working memory that streams may share; all zero at first.
 * Without memory the gathered numbers are lost to the quantiles. */
void quantile_stream_add(struct quantile_stream *s, const double *sorted, uint32_t n,
			 struct quantile_items *spare);

/* Not for an empty stream. */
double quantile_stream_query(struct quantile_stream *s, double quantile,
			     struct quantile_items *spare);

void quantile_sort(double *numbers, uint32_t n); /* at most QUANTILES_GATHERED_MAX */
