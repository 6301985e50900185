/* SPDX-License-Identifier: Apache-2.0 */
#include "app/page_groups.h"

#include <stdlib.h>

#include "app/html.h"
#include "base/quote.h"
#include "format/native_text.h"
#include "format/number_plain.h"

enum { NS_PER_S = 1000000000 };

static const size_t SCRATCH_BYTES_MAX = SIZE_MAX / 16; /* a push was small enough for its limits */

void page_groups_start(struct page_groups *g, const struct snapshot *snapshot,
		       enum name_scheme names)
{
	*g = (struct page_groups){.names = names};
	arena_init(&g->scratch, SCRATCH_BYTES_MAX);
	order_walk_start(&g->walk, snapshot_groups(snapshot));
}

static void rows_free(struct page_groups *g)
{
	free(g->rows);
	g->rows = NULL;
}

void page_groups_free(struct page_groups *g)
{
	rows_free(g);
	arena_free(&g->scratch);
}

/* ---- words ---- */

static void put_name(const struct page_groups *g, struct buf *out, struct slice name)
{
	struct buf quoted;

	if (metric_name_valid(name, g->names)) {
		html_escape(out, name);
		return;
	}
	buf_init(&quoted, 16 * name.len + 16);
	quote_string(&quoted, name);
	html_escape(out, buf_slice(&quoted));
	out->failed = out->failed || !buf_ok(&quoted);
	buf_free(&quoted);
}

static void put_label(const struct page_groups *g, struct buf *out, struct label label)
{
	if (slice_eq(label.name, SLICE("job")))
		buf_put(out, SLICE("<span class=\"label job\">"));
	else if (slice_eq(label.name, SLICE("instance")))
		buf_put(out, SLICE("<span class=\"label instance\">"));
	else
		buf_put(out, SLICE("<span class=\"label\">"));
	put_name(g, out, label.name);
	buf_put(out, SLICE("=&#34;"));
	html_escape(out, label.value);
	buf_put(out, SLICE("&#34;</span>"));
}

/* To the second, in the gateway's own zone, as the reference does it. */
static void put_time(struct page_groups *g, struct buf *out, int64_t unix_ns)
{
	rfc3339_put(&g->times, out, unix_ns - unix_ns % NS_PER_S);
}

static void put_number(struct buf *out, double value)
{
	char text[NUMBER_PLAIN_BYTES_MAX];

	buf_put(out, (struct slice){text, number_write_plain(value, text)});
}

static void put_count(struct buf *out, uint64_t count, double count_float)
{
	if (count_float > 0)
		put_number(out, count_float);
	else
		buf_put_u64(out, count);
}

/* ---- a series ---- */

static void put_totals(struct buf *out, struct slice count_words, const struct series_value *value)
{
	buf_put(out, SLICE("<tr><th>"));
	buf_put(out, count_words);
	buf_put(out, SLICE("</th><td>"));
	put_count(out, value->count, value->count_float);
	buf_put(out, SLICE("</td></tr>\n<tr><th>Sample Sum</th><td>"));
	put_number(out, value->sum);
	buf_put(out, SLICE("</td></tr>\n"));
}

static void put_summary(struct buf *out, const struct series_value *value)
{
	for (uint32_t i = 0; i < value->n_points; i++) {
		buf_put(out, SLICE("<tr><th>Quantile "));
		put_number(out, value->quantiles[i].quantile);
		buf_put(out, SLICE("</th><td>"));
		put_number(out, value->quantiles[i].value);
		buf_put(out, SLICE("</td></tr>\n"));
	}
	put_totals(out, SLICE("Sample Count"), value);
}

/* The totals of a native histogram are in its representation. */
static void put_histogram(struct page_groups *g, struct buf *out, const struct series *s,
			  const struct series_value *value)
{
	struct native native = native_of_series(s);

	if (native.has_spans) {
		buf_put(out, SLICE("<tr><th>Native Histogram representation</th><td>"));
		if (!native_write_text(out, &native, value, &g->scratch))
			out->failed = true;
		arena_reset(&g->scratch);
		buf_put(out, SLICE("</td></tr>\n"));
	}
	for (uint32_t i = 0; i < value->n_points; i++) {
		buf_put(out, SLICE("<tr><th>Sample values ≤ "));
		put_number(out, value->buckets[i].upper_bound);
		buf_put(out, SLICE("</th><td>"));
		put_count(out, value->buckets[i].count, value->buckets[i].count_float);
		buf_put(out, SLICE("</td></tr>\n"));
	}
	if (value->n_points > 0 || !native.has_spans)
		put_totals(out, SLICE("Total sample Count"), value);
}

static void put_value(struct page_groups *g, struct buf *out, enum metric_type type,
		      const struct series *s)
{
	struct series_value value = series_value(s);

	switch (type) {
	case METRIC_COUNTER:
	case METRIC_GAUGE:
	case METRIC_UNTYPED:
		put_number(out, value.value);
		return;
	case METRIC_SUMMARY:
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		buf_put(out, SLICE("<table class=\"points\">\n"));
		if (type == METRIC_SUMMARY)
			put_summary(out, &value);
		else
			put_histogram(g, out, s, &value);
		buf_put(out, SLICE("</table>"));
		return;
	}
	not_reached();
}

static void put_series(struct page_groups *g, struct buf *out, enum metric_type type,
		       const struct series *s)
{
	struct labels_merge merge;
	struct label label;

	buf_put(out, SLICE("<tr><td>"));
	labels_merge_start(&merge, series_block(s)->stamp->implied, series_own_labels(s));
	for (bool first = true; labels_merge_next(&merge, &label); first = false) {
		if (!first)
			buf_put_byte(out, ' ');
		put_label(g, out, label);
	}
	buf_put(out, SLICE("</td><td class=\"value\">"));
	put_value(g, out, type, s);
	buf_put(out, SLICE("</td></tr>\n"));
}

/* ---- families and groups ---- */

static const struct held *held_now(const struct page_groups *g)
{
	return &g->group->held[g->held_at];
}

/* Series lie in the order of exposition; the page has that of the push. False: out of memory. */
static bool rows_make(struct page_groups *g, const struct block *block)
{
	g->rows = reallocarray(NULL, (size_t)block->n_series + 1, sizeof(*g->rows));
	if (g->rows == NULL)
		return false;
	for (uint32_t i = 0; i < block->n_series; i++)
		g->rows[block_series(block, i)->pushed_index] = i;
	g->row_at = 0;
	return true;
}

static void put_family_head(struct page_groups *g, struct buf *out)
{
	const struct held *held = held_now(g);

	buf_put(out, SLICE("<details class=\"family\" open>\n<summary><span class=\"name\">"));
	put_name(g, out, held->family->name);
	buf_put(out, SLICE("</span> "));
	if (held->block->help != NULL) {
		buf_put(out, SLICE("<span class=\"help\">"));
		html_escape(out, held->block->help->text);
		buf_put(out, SLICE("</span> "));
	}
	buf_put(out, SLICE("<span class=\"type\">"));
	buf_put(out, metric_type_name((enum metric_type)held->block->type));
	buf_put(out, SLICE("</span> <span class=\"pushed\">last pushed: "));
	put_time(g, out, held->block->pushed_ns);
	buf_put(out, SLICE("</span></summary>\n<table>\n<tr><th>Labels</th><th>Value</th></tr>\n"));
}

static void put_group_head(const struct page_groups *g, struct buf *out)
{
	struct slice rest = g->group->stamp->grouping.bytes, job = SLICE_EMPTY;
	struct label label;

	(void)labels_get(g->group->stamp->grouping, SLICE("job"), &job);
	buf_put(out, SLICE("<details class=\"group\" open>\n<summary>"));
	put_label(g, out, (struct label){SLICE("job"), job});
	while (labels_next(&rest, &label)) {
		if (slice_eq(label.name, SLICE("job")))
			continue;
		buf_put_byte(out, ' ');
		put_label(g, out, label);
	}
	if (group_last_push_failed(g->group))
		buf_put(out, SLICE(" <strong class=\"failed\">Last push failed!</strong>"));
	buf_put(out, SLICE(" <button type=\"button\" class=\"danger\" disabled>Delete Group"
			   "</button></summary>\n"));
}

/* The next group becomes the one being written; false when there is none, or enough were. */
static bool next_group(struct page_groups *g)
{
	if (g->n_written == PAGE_GROUPS_MAX)
		return false;
	while (g->leaf == NULL || g->leaf_at == g->leaf->n) {
		g->leaf = order_walk_next(&g->walk);
		g->leaf_at = 0;
		if (g->leaf == NULL)
			return false;
	}
	g->group = g->leaf->child[g->leaf_at++];
	g->n_written++;
	g->held_at = 0;
	return true;
}

static void put_group_end(struct page_groups *g, struct buf *out)
{
	if (g->held_at < g->group->n_held)
		buf_putf(out,
			 "<p>%u families with %llu series: too many for this page as it is "
			 "served.</p>\n",
			 g->group->n_held, (unsigned long long)g->group->n_series);
	buf_put(out, SLICE("</details>\n"));
	g->group = NULL;
}

/* What has been written may be enough; then a family ends where it is. */
static bool is_full(const struct page_groups *g, const struct buf *out)
{
	return g->n_bytes + out->len >= PAGE_SERIES_BYTES_MAX;
}

static void put_rows(struct page_groups *g, struct buf *out)
{
	const struct block *block = held_now(g)->block;
	uint32_t n = block->n_series;

	while (g->row_at < n && out->len < PAGE_PIECE_BYTES && !is_full(g, out))
		put_series(g, out, (enum metric_type)block->type,
			   block_series(block, g->rows[g->row_at++]));
	if (g->row_at < n && !is_full(g, out))
		return;
	buf_put(out, SLICE("</table>\n"));
	if (g->row_at < n)
		buf_putf(out, "<p>%u more series.</p>\n", n - g->row_at);
	buf_put(out, SLICE("</details>\n"));
	rows_free(g);
	g->held_at++;
}

static void step(struct page_groups *g, struct buf *out)
{
	if (g->rows != NULL) {
		put_rows(g, out);
		return;
	}
	if (g->held_at == g->group->n_held || is_full(g, out)) {
		put_group_end(g, out);
		return;
	}
	if (!rows_make(g, held_now(g)->block)) {
		out->failed = true;
		return;
	}
	put_family_head(g, out);
}

bool page_groups_next(struct page_groups *g, struct buf *out)
{
	size_t before = out->len;

	while (out->len < PAGE_PIECE_BYTES && buf_ok(out)) {
		if (g->group == NULL) {
			if (!next_group(g))
				break;
			put_group_head(g, out);
		} else {
			step(g, out);
		}
	}
	g->n_bytes += out->len - before;
	return out->len > before;
}
