/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles of a stream: against the algorithm written down plainly, against what the reference
 * said of the same numbers, and as time goes by. */
#include "app/summary.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../cm.h"

/* The algorithm as its paper and the reference have it: one number after the other, items moved
 * about in an array, all three targets asked every time. */
struct plain {
	double n;
	struct quantile_item items[8192];
	size_t n_items;
	double gathered[QUANTILES_GATHERED_MAX];
	size_t n_gathered;
};

static double plain_allowance(const struct plain *p, double rank)
{
	double least = DBL_MAX;

	for (int i = 0; i < QUANTILES; i++) {
		double q = quantile_targets[i].quantile, e = quantile_targets[i].tolerance;
		double here =
			q * p->n <= rank ? (2 * e * rank) / q : (2 * e * (p->n - rank)) / (1 - q);

		if (here < least)
			least = here;
	}
	return least;
}

static void plain_insert(struct plain *p, size_t at, struct quantile_item item)
{
	assert_true(p->n_items < sizeof(p->items) / sizeof(p->items[0]));
	memmove(&p->items[at + 1], &p->items[at], (p->n_items - at) * sizeof(item));
	p->items[at] = item;
	p->n_items++;
}

static void plain_compress(struct plain *p)
{
	size_t kept = p->n_items - 1;
	double rank = p->n - 1 - p->items[kept].width;

	for (size_t i = p->n_items - 1; i-- > 0;) {
		struct quantile_item item = p->items[i], *next = &p->items[kept];

		if (item.width + next->width + next->delta <= plain_allowance(p, rank)) {
			next->width += item.width;
			memmove(&p->items[i], &p->items[i + 1], (--p->n_items - i) * sizeof(item));
			kept--;
		} else {
			kept = i;
		}
		rank -= item.width;
	}
}

static int compare(const void *a_ptr, const void *b_ptr)
{
	double a = *(const double *)a_ptr, b = *(const double *)b_ptr;

	return (a > b) - (a < b);
}

static void plain_merge(struct plain *p)
{
	double rank = 0;
	size_t i = 0;

	qsort(p->gathered, p->n_gathered, sizeof(double), compare);
	for (size_t j = 0; j < p->n_gathered; j++) {
		struct quantile_item item = {.value = p->gathered[j], .width = 1};

		for (; i < p->n_items && p->items[i].value <= item.value; i++)
			rank += p->items[i].width;
		if (i < p->n_items)
			item.delta = fmax(0, floor(plain_allowance(p, rank)) - 1);
		plain_insert(p, i++, item);
		p->n++;
		rank++;
	}
	p->n_gathered = 0;
	plain_compress(p);
}

static void plain_add(struct plain *p, double number)
{
	p->gathered[p->n_gathered++] = number;
	if (p->n_gathered == QUANTILES_GATHERED_MAX)
		plain_merge(p);
}

static double plain_query(struct plain *p, double q)
{
	double wanted, rank = 0;

	if (p->n_items == 0) {
		size_t i = (size_t)ceil((double)p->n_gathered * q);

		qsort(p->gathered, p->n_gathered, sizeof(double), compare);
		return p->gathered[i > 0 ? i - 1 : 0];
	}
	if (p->n_gathered > 0)
		plain_merge(p);
	wanted = ceil(q * p->n);
	wanted += ceil(plain_allowance(p, wanted) / 2);
	for (size_t i = 1; i < p->n_items; i++) {
		rank += p->items[i - 1].width;
		if (rank + p->items[i].width + p->items[i].delta > wanted)
			return p->items[i - 1].value;
	}
	return p->items[p->n_items - 1].value;
}

static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Numbers of several kinds, in pieces of any size, asked at any time: the same answers as the plain
 * algorithm, to the bit. */
static void test_same_as_the_plain_algorithm(void **state)
{
	static struct plain plain;
	static struct summary s;

	(void)state;
	for (uint64_t kind = 0; kind < 4; kind++) {
		uint64_t dice = 88172645463325252u + kind;
		double piece[700], answers[QUANTILES];

		plain = (struct plain){0};
		summary_init(&s, 0);
		for (int round = 0; round < 300; round++) {
			size_t n = random_next(&dice) % 700;

			for (size_t i = 0; i < n; i++) {
				double x = (double)(random_next(&dice) % 1000000);

				piece[i] = kind == 0   ? x
					   : kind == 1 ? floor(x / 100000)
					   : kind == 2 ? -log((x + 1) / 1000001)
						       : (double)round * 1000 + (double)i;
				plain_add(&plain, piece[i]);
			}
			summary_add(&s, piece, n);
			if (random_next(&dice) % 4 != 0 || s.count == 0)
				continue;
			summary_quantiles(&s, answers);
			for (int i = 0; i < QUANTILES; i++)
				assert_true(answers[i] ==
					    plain_query(&plain, quantile_targets[i].quantile));
		}
		summary_free(&s);
	}
}

/* What the reference (1.11.2) answered after so many of 6000 pushes of these sizes, started with
 * --push.disable-consistency-check: its check of a push asks its own summaries, too, which merges
 * what they gathered and shifts later answers within the tolerance. */
static void test_same_as_the_reference(void **state)
{
	static const struct {
		int after;
		double quantiles[QUANTILES], sum;
	} said[] = {
		{1, {2754, 2754, 2754}, 2754},          {10, {128, 2324, 3538}, 19805},
		{499, {140, 1194, 3526}, 750609},       {500, {144, 1360, 3521}, 753191},
		{501, {144, 1360, 3521}, 753306},       {1234, {144, 1360, 3521}, 1.863984e+06},
		{3000, {154, 983, 3521}, 4.42961e+06},  {3001, {154, 983, 3521}, 4.430571e+06},
		{6000, {154, 983, 3521}, 8.807373e+06},
	};
	static struct summary s;
	uint32_t x = 1;
	size_t next = 0;

	(void)state;
	summary_init(&s, 0);
	for (int i = 1; i <= 6000; i++) {
		double size, answers[QUANTILES];

		x = (x * 1103515245 + 12345) % (1u << 31);
		size = 100 + (x >> 8) % (i % 3 == 0 ? 200 : 4000);
		summary_add(&s, &size, 1);
		if (i != said[next].after)
			continue;
		summary_quantiles(&s, answers);
		assert_memory_equal(answers, said[next].quantiles, sizeof(answers));
		assert_true(s.sum == said[next].sum && s.count == (uint64_t)i);
		next++;
	}
	summary_free(&s);
}

/* Ever larger numbers below a few larger ones, which the algorithm keeps a tenth of: what is kept
 * is bounded, and answers are right within one and a half times the
 * tolerance. */
static void test_numbers_in_the_worst_order_stay_bounded(void **state)
{
	enum { LARGER = 10000, N = 400000, STEP = 90 };
	static struct summary s;
	double answers[QUANTILES], piece[STEP];

	(void)state;
	summary_init(&s, 0);
	for (int i = 0; i < LARGER; i++)
		summary_add(&s, &(double){N + i}, 1);
	for (int n = 0; n < N; n += STEP) {
		for (int i = 0; i < STEP; i++)
			piece[i] = n + i;
		summary_add(&s, piece, STEP);
		summary_quantiles(&s, answers);
		for (int i = 0; i < SUMMARY_STREAMS; i++)
			assert_true(s.streams[i].merged.n <= QUANTILES_MERGED_MAX);
		for (int i = 0; i < QUANTILES; i++) {
			const struct quantile_target *t = &quantile_targets[i];
			double all = (double)s.count, below = n + STEP; /* those of N */
			double rank = answers[i] < N ? answers[i] : below + answers[i] - N;

			assert_true(fabs(rank - t->quantile * all) <= 1.5 * t->tolerance * all);
		}
	}
	summary_free(&s);
}

/* A number counts for ten minutes in the quantiles, and for ever in sum and count. */
static void test_the_window_slides(void **state)
{
	static struct summary s;
	double answers[QUANTILES];

	(void)state;
	summary_init(&s, 1000);
	summary_add(&s, (const double[]){7}, 1);
	for (int64_t step = 1; step <= 4; step++) {
		summary_turn(&s, 1000 + step * SUMMARY_STEP_NS + 1);
		summary_add(&s, (const double[]){(double)step}, 1);
		summary_quantiles(&s, answers);
		assert_true(answers[2] == 7);
	}
	summary_turn(&s, 1000 + 5 * SUMMARY_STEP_NS);
	summary_quantiles(&s, answers);
	assert_true(answers[2] == 7); /* not before the step is over */
	summary_turn(&s, 1000 + 5 * SUMMARY_STEP_NS + 1);
	summary_quantiles(&s, answers);
	assert_true(answers[0] == 1 && answers[2] == 4);
	summary_turn(&s, 1000 + 10 * SUMMARY_STEP_NS + 1);
	summary_quantiles(&s, answers);
	assert_true(isnan(answers[0]) && isnan(answers[1]) && isnan(answers[2]));
	assert_true(s.sum == 17 && s.count == 5);
	summary_add(&s, (const double[]){3}, 1);
	summary_quantiles(&s, answers);
	assert_true(answers[0] == 3 && answers[2] == 3);
	summary_free(&s);
}

/* After any time without numbers and without being asked the window is empty at once. */
static void test_a_long_pause_empties_the_window(void **state)
{
	static struct summary s;
	double answers[QUANTILES];

	(void)state;
	summary_init(&s, 0);
	summary_add(&s, (const double[]){1, 2, 3}, 3);
	summary_turn(&s, 1000 * SUMMARY_STEP_NS + 1);
	summary_quantiles(&s, answers);
	assert_true(isnan(answers[1]));
	assert_true(s.expires_ns == 1001 * SUMMARY_STEP_NS);
	summary_free(&s);
}

/* Sorting: every length up to the largest piece. */
static void test_sorts_every_length(void **state)
{
	uint64_t dice = 1;
	double a[QUANTILES_GATHERED_MAX], b[QUANTILES_GATHERED_MAX];

	(void)state;
	for (uint32_t n = 0; n <= QUANTILES_GATHERED_MAX; n++) {
		for (uint32_t i = 0; i < n; i++)
			a[i] = b[i] = (double)(random_next(&dice) % 300);
		quantile_sort(a, n);
		qsort(b, n, sizeof(double), compare);
		assert_memory_equal(a, b, n * sizeof(double));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_the_plain_algorithm),
		cmocka_unit_test(test_same_as_the_reference),
		cmocka_unit_test(test_numbers_in_the_worst_order_stay_bounded),
		cmocka_unit_test(test_the_window_slides),
		cmocka_unit_test(test_a_long_pause_empties_the_window),
		cmocka_unit_test(test_sorts_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
