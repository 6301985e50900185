/* SPDX-License-Identifier: Apache-2.0 */
#include "app/summary.h"

#include <stdlib.h>
#include <string.h>

#include "format/number.h"

void summary_init(struct summary *s, int64_t now_ns)
{
	*s = (struct summary){.expires_ns = now_ns + SUMMARY_STEP_NS};
}

void summary_free(struct summary *s)
{
	for (int i = 0; i < SUMMARY_STREAMS; i++)
		quantile_stream_free(&s->streams[i]);
	free(s->spare.at);
	s->spare = (struct quantile_items){0};
}

void summary_add(struct summary *s, const double *numbers, size_t n)
{
	double sorted[QUANTILES_GATHERED_MAX];

	for (size_t i = 0; i < n; i++)
		s->sum += numbers[i];
	s->count += n;
	while (n > 0) {
		uint32_t piece = n < QUANTILES_GATHERED_MAX ? (uint32_t)n : QUANTILES_GATHERED_MAX;

		for (int i = 0; i < SUMMARY_STREAMS; i++)
			if (quantile_stream_room(&s->streams[i]) < piece)
				piece = quantile_stream_room(&s->streams[i]);
		memcpy(sorted, numbers, piece * sizeof(*sorted));
		quantile_sort(sorted, piece);
		for (int i = 0; i < SUMMARY_STREAMS; i++)
			quantile_stream_add(&s->streams[i], sorted, piece, &s->spare);
		numbers += piece;
		n -= piece;
	}
}

void summary_turn(struct summary *s, int64_t now_ns)
{
	while (now_ns > s->expires_ns) {
		quantile_stream_reset(&s->streams[s->head]);
		s->head = (s->head + 1) % SUMMARY_STREAMS;
		s->expires_ns += SUMMARY_STEP_NS;
	}
}

void summary_quantiles(struct summary *s, double ret[QUANTILES])
{
	struct quantile_stream *head = &s->streams[s->head];

	for (int i = 0; i < QUANTILES; i++)
		ret[i] = quantile_stream_empty(head)
				 ? number_nan()
				 : quantile_stream_query(head, quantile_targets[i].quantile,
							 &s->spare);
}
