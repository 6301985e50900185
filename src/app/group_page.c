/* SPDX-License-Identifier: Apache-2.0 */
#include "app/group_page.h"

#include <stdlib.h>

#include "base/base64.h"
#include "format/number.h"

enum { LABEL_BYTES_MAX = 16 * 1024 * 1024, CURSOR_BYTES_MAX = 4 * 1024 * 1024 };

/* ---- sort keys ---- */

static const struct {
	struct slice name;
	enum group_sort sort;
} sort_names[] = {
	{SLICE_TEXT("labels"), GROUP_SORT_LABELS},
	{SLICE_TEXT("push_time_seconds"), GROUP_SORT_PUSH_TIME},
	{SLICE_TEXT("push_time"), GROUP_SORT_PUSH_TIME},
	{SLICE_TEXT("push_failure_time_seconds"), GROUP_SORT_FAILURE_TIME},
	{SLICE_TEXT("failure_time"), GROUP_SORT_FAILURE_TIME},
	{SLICE_TEXT("series"), GROUP_SORT_SERIES},
	{SLICE_TEXT("bytes"), GROUP_SORT_BYTES},
};

bool group_sort_parse(struct slice text, enum group_sort *ret, bool *ret_descending)
{
	bool descending = slice_starts(text, SLICE("-"));

	text = slice_skip(text, descending);
	for (size_t i = 0; i < sizeof(sort_names) / sizeof(sort_names[0]); i++)
		if (slice_eq(sort_names[i].name, text)) {
			*ret = sort_names[i].sort;
			*ret_descending = descending;
			return true;
		}
	return false;
}

double group_sort_value(const struct group_state *group, enum group_sort sort)
{
	switch (sort) {
	case GROUP_SORT_LABELS:
		return 0;
	case GROUP_SORT_PUSH_TIME:
		return group->push_time;
	case GROUP_SORT_FAILURE_TIME:
		return group->failure_time;
	case GROUP_SORT_SERIES:
		return (double)group->n_series;
	case GROUP_SORT_BYTES:
		return (double)group->n_bytes;
	}
	not_reached();
}

/* A group's place in the order. */
struct place {
	double value;
	const struct stamp *stamp;
	const struct group_state *group;
};

static int place_compare(const struct group_query *q, const struct place *a, const struct place *b)
{
	int order = a->value < b->value ? -1 : a->value > b->value;

	if (order == 0)
		order = labels_compare_as_key(a->stamp->grouping, b->stamp->grouping);
	else
		return q->descending ? -order : order;
	return q->descending && q->sort == GROUP_SORT_LABELS ? -order : order;
}

/* ---- filters ---- */

static char small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool group_search_parse(struct slice text, struct arena *arena, struct slice *ret)
{
	char *out = arena_text(arena, text.len);

	if (out == NULL)
		return false;
	for (size_t i = 0; i < text.len; i++)
		out[i] = small(text.ptr[i]);
	*ret = (struct slice){out, text.len};
	return true;
}

static void put_small(struct buf *out, struct slice text)
{
	char *at = buf_reserve(out, text.len);

	if (at == NULL)
		return;
	for (size_t i = 0; i < text.len; i++)
		at[i] = small(text.ptr[i]);
	buf_advance(out, text.len);
}

/* One label at a time, as it is shown. */
static bool has_text(struct labels grouping, struct slice search, struct buf *scratch)
{
	struct slice rest = grouping.bytes;
	struct label label;

	while (labels_next(&rest, &label)) {
		buf_clear(scratch);
		put_small(scratch, label.name);
		buf_put(scratch, SLICE("=\""));
		put_small(scratch, label.value);
		buf_put_byte(scratch, '"');
		if (memmem(scratch->ptr, scratch->len, search.ptr, search.len) != NULL)
			return true;
	}
	return false;
}

static bool is_pushed_then(const struct group_query *q, const struct group_state *group)
{
	return (q->failed == TRI_ANY || (q->failed == TRI_YES) == group_last_push_failed(group)) &&
	       (!q->has_before || group->push_time < q->before) &&
	       (!q->has_after || group->push_time >= q->after);
}

static void count_fresh(uint64_t fresh[FRESH_COUNTS], double now, const struct group_state *group)
{
	static const double ages[] = {[FRESH_MINUTE] = 60,
				      [FRESH_HOUR] = 3600,
				      [FRESH_DAY] = 86400,
				      [FRESH_WEEK] = 604800};
	double age = now - group->push_time;

	fresh[FRESH_FAILED] += group_last_push_failed(group);
	fresh[FRESH_NEVER] += group->push_time == 0;
	fresh[FRESH_OLDER] += group->push_time != 0 && age > ages[FRESH_WEEK];
	for (int i = FRESH_MINUTE; i <= FRESH_WEEK; i++)
		fresh[i] += group->push_time != 0 && age <= ages[i];
}

/* ---- one walk ---- */

struct finding {
	const struct group_query *query;
	struct selector_budget budget;
	struct buf scratch;
	struct place cursor;
	struct place *heap; /* the page so far, the last of it on top */
	size_t n;
	uint64_t n_behind; /* groups behind the cursor */
	struct group_page *page;
};

static void swap(struct place *a, struct place *b)
{
	struct place tmp = *a;

	*a = *b;
	*b = tmp;
}

static void sift_up(struct finding *f, size_t at)
{
	while (at > 0 && place_compare(f->query, &f->heap[at], &f->heap[(at - 1) / 2]) > 0) {
		swap(&f->heap[at], &f->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

static void sift_down(struct finding *f)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < f->n; at = child) {
		if (child + 1 < f->n &&
		    place_compare(f->query, &f->heap[child + 1], &f->heap[child]) > 0)
			child++;
		if (place_compare(f->query, &f->heap[child], &f->heap[at]) <= 0)
			return;
		swap(&f->heap[child], &f->heap[at]);
	}
}

static void keep(struct finding *f, const struct group_state *group)
{
	const struct group_query *q = f->query;
	struct place place = {group_sort_value(group, q->sort), group->stamp, group};

	if (q->wants_cursor && place_compare(q, &place, &f->cursor) <= 0)
		return;
	f->n_behind++;
	if (f->n < q->limit) {
		f->heap[f->n++] = place;
		sift_up(f, f->n - 1);
	} else if (place_compare(q, &place, &f->heap[0]) < 0) {
		f->heap[0] = place;
		sift_down(f);
	}
}

static void look_at(struct finding *f, const struct group_state *group)
{
	const struct group_query *q = f->query;

	if (q->selectors != NULL &&
	    !selectors_match(q->selectors, group->stamp->grouping, &f->budget))
		return;
	if (q->search.len > 0 && !has_text(group->stamp->grouping, q->search, &f->scratch))
		return;
	if (q->wants_freshness)
		count_fresh(f->page->fresh, q->now, group);
	if (!is_pushed_then(q, group))
		return;
	f->page->total++;
	keep(f, group);
}

static void take_heap(struct finding *f)
{
	struct group_page *page = f->page;

	page->n = f->n;
	page->more = f->n_behind > f->n;
	while (f->n > 0) {
		page->groups[f->n - 1] = f->heap[0].group;
		f->heap[0] = f->heap[--f->n];
		sift_down(f);
	}
}

/* Without filters the first page by labels needs no walk to its end. */
static bool is_plain(const struct group_query *q)
{
	return q->selectors == NULL && q->search.len == 0 && q->failed == TRI_ANY &&
	       !q->has_before && !q->has_after && !q->wants_freshness &&
	       q->sort == GROUP_SORT_LABELS && !q->descending;
}

static void walk(struct finding *f, const struct snapshot *snapshot)
{
	const struct order_node *leaf;
	bool plain = is_plain(f->query);
	struct order_walk walk;

	order_walk_start(&walk, snapshot_groups(snapshot));
	while (!f->budget.exhausted && (leaf = order_walk_next(&walk)) != NULL) {
		if (plain && f->n_behind > f->query->limit)
			break;
		for (uint32_t i = 0; i < leaf->n; i++)
			look_at(f, leaf->child[i]);
	}
	if (plain)
		f->page->total = snapshot_n_groups(snapshot);
}

enum err_code group_page_find(const struct snapshot *snapshot, const struct group_query *query,
			      struct group_page *ret)
{
	struct finding f = {.query = query, .budget = selector_budget(), .page = ret};
	enum err_code code = ERR_NOMEM;

	assert(query->limit >= 1 && query->limit <= GROUP_PAGE_MAX);
	*ret = (struct group_page){.groups = reallocarray(NULL, query->limit, sizeof(void *))};
	f.heap = reallocarray(NULL, query->limit, sizeof(*f.heap));
	f.cursor = (struct place){.value = query->cursor_value, .stamp = query->cursor_stamp};
	buf_init(&f.scratch, (size_t)LABEL_BYTES_MAX);
	if (ret->groups != NULL && f.heap != NULL) {
		walk(&f, snapshot);
		take_heap(&f);
		code = f.budget.exhausted ? ERR_BUSY : buf_ok(&f.scratch) ? ERR_NONE : ERR_NOMEM;
	}
	buf_free(&f.scratch);
	free(f.heap);
	if (code != ERR_NONE)
		free(ret->groups);
	return code;
}

enum err_code group_find_all(const struct snapshot *snapshot, const struct selectors *selectors,
			     struct group_page *ret)
{
	struct selector_budget budget = selector_budget();
	size_t n_max = snapshot_n_groups(snapshot);
	const struct order_node *leaf;
	struct order_walk walk;

	*ret = (struct group_page){.groups = reallocarray(NULL, n_max + 1, sizeof(void *))};
	if (ret->groups == NULL)
		return ERR_NOMEM;
	order_walk_start(&walk, snapshot_groups(snapshot));
	while ((leaf = order_walk_next(&walk)) != NULL && !budget.exhausted)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *group = leaf->child[i];

			if (!selectors_match(selectors, group->stamp->grouping, &budget))
				continue;
			assert(ret->n < n_max);
			ret->groups[ret->n++] = group;
		}
	ret->total = ret->n;
	if (budget.exhausted)
		free(ret->groups);
	return budget.exhausted ? ERR_BUSY : ERR_NONE;
}

/* ---- cursors ----
 *
 * base64 of: sort key as a digit, `-` or `+`, the value's bits in hex, then the labels, each
 * name and value as LENGTH:BYTES. Clients make no sense of it and are not to. */

static void put_part(struct buf *out, struct slice part)
{
	buf_put_u64(out, part.len);
	buf_put_byte(out, ':');
	buf_put(out, part);
}

void group_cursor_put(struct buf *out, const struct group_query *query,
		      const struct group_state *last)
{
	double value = group_sort_value(last, query->sort);
	struct slice rest = last->stamp->grouping.bytes;
	struct label label;
	struct buf raw;
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	buf_init(&raw, (size_t)CURSOR_BYTES_MAX);
	buf_putf(&raw, "%d%c%016llx", (int)query->sort, query->descending ? '-' : '+',
		 (unsigned long long)bits);
	while (labels_next(&rest, &label)) {
		put_part(&raw, label.name);
		put_part(&raw, label.value);
	}
	base64_put(out, buf_slice(&raw));
	out->failed = out->failed || raw.failed;
	buf_free(&raw);
}

static bool take_part(struct slice *rest, struct slice *ret)
{
	struct slice head, tail;
	int64_t len;

	if (!slice_cut(*rest, ':', &head, &tail) || !number_parse_i64(head, &len) || len < 0 ||
	    (uint64_t)len > tail.len)
		return false;
	*ret = (struct slice){tail.ptr, (size_t)len};
	*rest = slice_skip(tail, (size_t)len);
	return true;
}

static bool take_bits(struct slice *rest, double *ret)
{
	uint64_t bits = 0;

	for (int i = 0; i < 16; i++) {
		char c = rest->ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		bits = bits << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	memcpy(ret, &bits, sizeof(*ret));
	*rest = slice_skip(*rest, 16);
	return *ret == *ret; /* NaN has no place */
}

/* The labels behind the value; NULL: not a group's. */
static struct stamp *take_stamp(struct slice rest, struct arena *arena, bool *ret_nomem)
{
	struct label *labels = arena_new_array(arena, struct label, rest.len / 4 + 1);
	size_t n = 0;
	struct stamp *stamp;

	*ret_nomem = labels == NULL;
	if (labels == NULL)
		return NULL;
	while (rest.len > 0) {
		if (!take_part(&rest, &labels[n].name) || !take_part(&rest, &labels[n].value) ||
		    (n > 0 && slice_compare(labels[n - 1].name, labels[n].name) >= 0))
			return NULL;
		n++;
	}
	if (n == 0)
		return NULL;
	stamp = stamp_new(labels, n);
	*ret_nomem = stamp == NULL;
	return stamp;
}

enum err_code group_cursor_parse(struct slice text, struct group_query *query, struct arena *arena,
				 struct err *reterr)
{
	bool nomem = false;
	struct slice raw;
	size_t offset;

	query->cursor_stamp = NULL;
	switch (base64_decode(text, arena, &raw, &offset)) {
	case BASE64_OK:
		break;
	case BASE64_NOMEM:
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	case BASE64_ILLEGAL:
		raw = SLICE_EMPTY;
	}
	if (raw.len < 18)
		return err_set(reterr, ERR_SYNTAX, SLICE("the cursor is none that was given out"));
	if (raw.ptr[0] != '0' + (int)query->sort || raw.ptr[1] != (query->descending ? '-' : '+'))
		return err_set(reterr, ERR_SYNTAX, SLICE("the cursor belongs to another sort key"));
	raw = slice_skip(raw, 2);
	if (take_bits(&raw, &query->cursor_value))
		query->cursor_stamp = take_stamp(raw, arena, &nomem);
	if (nomem)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (query->cursor_stamp == NULL)
		return err_set(reterr, ERR_SYNTAX, SLICE("the cursor is none that was given out"));
	query->wants_cursor = true;
	return ERR_NONE;
}
