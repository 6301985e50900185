/* SPDX-License-Identifier: Apache-2.0
 *
 * Every sum, product and comparison is in the reference's order: a rounding that differs may keep
 * an item that it drops, and from then on the answers differ. */
#include "app/quantiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct quantile_target quantile_targets[QUANTILES] = {{0.1, 0.01}, {0.5, 0.05}, {0.9, 0.01}};

enum { ITEMS_MAX = QUANTILES_MERGED_MAX + QUANTILES_GATHERED_MAX, SORTED_BY_INSERTION = 8 };

void quantile_stream_free(struct quantile_stream *s)
{
	free(s->merged.at);
	*s = (struct quantile_stream){0};
}

void quantile_stream_reset(struct quantile_stream *s)
{
	s->n = 0;
	s->merged.n = 0;
	s->n_gathered = 0;
}

static inline double allowance_for(const struct quantile_target *t, double n, double rank)
{
	return t->quantile * n <= rank ? (2 * t->tolerance * rank) / t->quantile
				       : (2 * t->tolerance * (n - rank)) / (1 - t->quantile);
}

/* How much the rank of an item around `rank` may be uncertain: what the strictest target says. With
 * these targets that is 0.1 below the middle and 0.9 above it; the others are asked only where
 * rounding could decide. */
static inline double allowance(double n, double rank)
{
	double low, middle, high;

	if (rank < 0.499 * n)
		return allowance_for(&quantile_targets[0], n, rank);
	high = allowance_for(&quantile_targets[2], n, rank);
	if (rank > 0.501 * n)
		return high;
	low = allowance_for(&quantile_targets[0], n, rank);
	middle = allowance_for(&quantile_targets[1], n, rank);
	low = middle < low ? middle : low;
	return high < low ? high : low;
}

/* floor(allowance) - 1, but not below zero; an allowance is small and never negative. */
static inline double uncertainty(double n, double rank)
{
	double whole = (double)(int64_t)allowance(n, rank);

	return whole > 1 ? whole - 1 : 0;
}

static bool reserve(struct quantile_items *items, uint32_t n)
{
	struct quantile_item *at;

	if (n <= items->capacity)
		return true;
	at = n > ITEMS_MAX ? NULL : reallocarray(items->at, 2 * (size_t)n, sizeof(*at));
	if (at == NULL)
		return false;
	items->at = at;
	items->capacity = 2 * n;
	return true;
}

/* Joins neighbours as long as so many times the allowance holds, from the last to the first. */
static void compress(struct quantile_items *items, double n, double times)
{
	struct quantile_item *at = items->at, last;
	uint32_t out = items->n - 1;
	double rank;

	if (items->n < 2)
		return;
	last = at[out];
	rank = n - 1 - last.width;
	for (uint32_t i = items->n - 1; i-- > 0;) {
		struct quantile_item item = at[i];

		if (item.width + last.width + last.delta <= times * allowance(n, rank)) {
			last.width += item.width;
		} else {
			at[out--] = last;
			last = item;
		}
		rank -= item.width;
	}
	at[out] = last;
	items->n -= out;
	memmove(at, at + out, items->n * sizeof(*at));
}

/* The gathered numbers become items among the merged ones. */
static void merge(struct quantile_stream *s, struct quantile_items *spare)
{
	const struct quantile_items old = s->merged;
	double rank = 0;
	uint32_t i = 0, n_gathered = s->n_gathered;

	s->n_gathered = 0;
	if (!reserve(spare, old.n + n_gathered))
		return;
	spare->n = 0;
	for (uint32_t j = 0; j < n_gathered; j++) {
		struct quantile_item item = {.value = s->gathered[j], .width = 1};

		for (; i < old.n && old.at[i].value <= item.value; i++) {
			rank += old.at[i].width;
			spare->at[spare->n++] = old.at[i];
		}
		if (i < old.n)
			item.delta = uncertainty(s->n, rank);
		spare->at[spare->n++] = item;
		s->n++;
		rank++;
	}
	for (; i < old.n; i++)
		spare->at[spare->n++] = old.at[i];
	s->merged = *spare;
	*spare = old;
	for (double times = 1; times == 1 || s->merged.n > QUANTILES_MERGED_MAX; times *= 1.1)
		compress(&s->merged, s->n, times);
}

void quantile_stream_add(struct quantile_stream *s, const double *sorted, uint32_t n,
			 struct quantile_items *spare)
{
	uint32_t old = s->n_gathered;

	assert(n <= quantile_stream_room(s));
	s->n_gathered += n;
	while (n > 0 && old > 0) {
		double a = s->gathered[old - 1], b = sorted[n - 1];
		uint32_t from_old = a > b; /* a coin's toss: not to be branched on */

		s->gathered[old + n - 1] = from_old ? a : b;
		old -= from_old;
		n -= 1 - from_old;
	}
	if (n > 0)
		memcpy(s->gathered, sorted, n * sizeof(*sorted));
	if (s->n_gathered == QUANTILES_GATHERED_MAX)
		merge(s, spare);
}

static double query_merged(const struct quantile_stream *s, double quantile)
{
	double wanted = ceil(quantile * s->n), rank = 0;
	const struct quantile_item *at = s->merged.at;

	wanted += ceil(allowance(s->n, wanted) / 2);
	for (uint32_t i = 1; i < s->merged.n; i++) {
		rank += at[i - 1].width;
		if (rank + at[i].width + at[i].delta > wanted)
			return at[i - 1].value;
	}
	return at[s->merged.n - 1].value;
}

double quantile_stream_query(struct quantile_stream *s, double quantile,
			     struct quantile_items *spare)
{
	assert(!quantile_stream_empty(s));
	if (s->merged.n == 0) {
		uint32_t i = (uint32_t)ceil((double)s->n_gathered * quantile);

		return s->gathered[i > 0 ? i - 1 : 0];
	}
	if (s->n_gathered > 0)
		merge(s, spare);
	return query_merged(s, quantile);
}

static void insertion_sort(double *numbers, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		double number = numbers[i];
		uint32_t at = i;

		for (; at > 0 && numbers[at - 1] > number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

static void merge_sorted(const double *a, uint32_t n_a, const double *b, uint32_t n_b, double *out)
{
	while (n_a > 0 && n_b > 0) {
		uint32_t from_b = *b < *a;

		*out++ = from_b ? *b : *a;
		b += from_b;
		n_b -= from_b;
		a += 1 - from_b;
		n_a -= 1 - from_b;
	}
	memcpy(out, n_a > 0 ? a : b, (n_a > 0 ? n_a : n_b) * sizeof(*out));
}

void quantile_sort(double *numbers, uint32_t n)
{
	double other[QUANTILES_GATHERED_MAX], *from = numbers, *to = other, *swap;

	assert(n <= QUANTILES_GATHERED_MAX);
	for (uint32_t at = 0; at < n; at += SORTED_BY_INSERTION)
		insertion_sort(numbers + at,
			       n - at < SORTED_BY_INSERTION ? n - at : SORTED_BY_INSERTION);
	for (uint32_t run = SORTED_BY_INSERTION; run < n; run *= 2) {
		for (uint32_t at = 0; at < n; at += 2 * run) {
			uint32_t middle = n - at < run ? n : at + run;
			uint32_t end = n - at < 2 * run ? n : at + 2 * run;

			merge_sorted(from + at, middle - at, from + middle, end - middle, to + at);
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != numbers && n > 0)
		memcpy(numbers, from, n * sizeof(*numbers));
}
