/* SPDX-License-Identifier: Apache-2.0
 *
 * group_page.h -- which groups a list shows: filters, order, one page of it, and how fresh they
 * are.
 *
 * One walk over a snapshot, whatever is asked; what is kept of it is the page. Pure; any thread.
 * The query lives as long as its texts and selectors. */
#pragma once

#include "format/selector.h"
#include "store/store.h"

enum { GROUP_PAGE_MAX = 1000, GROUP_PAGE_DEFAULT = 100 };

enum group_sort {
	GROUP_SORT_LABELS,
	GROUP_SORT_PUSH_TIME,
	GROUP_SORT_FAILURE_TIME,
	GROUP_SORT_SERIES,
	GROUP_SORT_BYTES,
};

enum tri { TRI_ANY, TRI_NO, TRI_YES };

struct group_query {
	const struct selectors *selectors; /* NULL: all */
	struct slice search;               /* its letters A-Z small; empty: all */
	enum tri failed;
	bool has_before, has_after;
	double before, after; /* of the last successful push, Unix seconds */
	enum group_sort sort;
	bool descending;
	uint32_t limit;    /* 1 to GROUP_PAGE_MAX */
	bool wants_cursor; /* begin behind the place below */
	double cursor_value;
	struct stamp *cursor_stamp;
	bool wants_freshness;
	double now; /* Unix seconds, for freshness */
};

enum { FRESH_MINUTE, FRESH_HOUR, FRESH_DAY, FRESH_WEEK, FRESH_OLDER, FRESH_NEVER, FRESH_FAILED };
enum { FRESH_COUNTS = FRESH_FAILED + 1 };

struct group_page {
	const struct group_state **groups; /* of malloc, n of them; the snapshot's */
	size_t n;
	bool more; /* there is a next page */
	uint64_t total;
	uint64_t fresh[FRESH_COUNTS];
};

/* "-push_time_seconds" and its kin; false when there is no such key. */
bool group_sort_parse(struct slice text, enum group_sort *ret, bool *ret_descending);

/* Searched text in small letters; false when the arena refuses. */
must_check bool group_search_parse(struct slice text, struct arena *arena, struct slice *ret);

/* A place in an order, as text for URLs, and back. The stamp is the caller's, to stamp_free. */
void group_cursor_put(struct buf *out, const struct group_query *query,
		      const struct group_state *last);
must_check enum err_code group_cursor_parse(struct slice text, struct group_query *query,
					    struct arena *arena, struct err *reterr);

/* ERR_BUSY: the selectors ask for too much; ERR_NOMEM. On ERR_NONE the page's groups are to be
 * freed. */
must_check enum err_code group_page_find(const struct snapshot *snapshot,
					 const struct group_query *query, struct group_page *ret);

/* All groups that the selectors take, in the order of keys. */
must_check enum err_code group_find_all(const struct snapshot *snapshot,
					const struct selectors *selectors, struct group_page *ret);

double group_sort_value(const struct group_state *group, enum group_sort sort);
