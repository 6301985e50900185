/* SPDX-License-Identifier: Apache-2.0
 *
 * The page at / and /status: a plain table of the groups, in the order of their keys, written leaf
 * by leaf while it is sent. Whatever was pushed is text here, never markup. */
#include <stdlib.h>
#include <time.h>

#include "app/app_private.h"
#include "app/html.h"

enum { LEAF_BYTES_MAX = 64 * 1024 * 1024 };

enum page_part { PAGE_TOP, PAGE_GROUPS, PAGE_BOTTOM, PAGE_END };

struct page {
	const struct snapshot *snapshot;
	struct order_walk groups;
	enum page_part part;
	struct buf out;
};

static void put_label(struct buf *out, struct label label)
{
	buf_put(out, SLICE(" <code>"));
	html_escape(out, label.name);
	buf_put(out, SLICE("=&#34;"));
	html_escape(out, label.value);
	buf_put(out, SLICE("&#34;</code>"));
}

static void put_time(struct buf *out, double seconds)
{
	time_t whole = (time_t)seconds;
	struct tm utc;
	char text[32];

	if (seconds == 0 || gmtime_r(&whole, &utc) == NULL) {
		buf_put(out, SLICE("never"));
		return;
	}
	buf_put(out,
		(struct slice){text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc)});
}

static void put_group(struct buf *out, const struct group_state *group)
{
	struct slice rest = group->stamp->grouping.bytes, job = SLICE_EMPTY;
	struct label label;

	(void)labels_get(group->stamp->grouping, SLICE("job"), &job);
	buf_put(out, SLICE("<tr><td>"));
	put_label(out, (struct label){SLICE("job"), job});
	while (labels_next(&rest, &label))
		if (!slice_eq(label.name, SLICE("job")))
			put_label(out, label);
	buf_put(out, SLICE("</td><td>"));
	put_time(out, group->push_time);
	buf_put(out, SLICE("</td><td>"));
	if (group->failure_time > group->push_time)
		buf_put(out, SLICE("<strong>Last push failed!</strong> "));
	put_time(out, group->failure_time);
	buf_putf(out, "</td><td>%u</td><td>%llu</td></tr>\n", group->n_held,
		 (unsigned long long)group->n_series);
}

static void put_top(struct buf *out, const struct snapshot *snapshot)
{
	buf_put(out, SLICE("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta name=\"robots\" content=\"noindex,nofollow\">\n"
			   "<title>Prometheus Pushgateway</title>\n</head>\n<body>\n"
			   "<h1>Pushgateway</h1>\n"));
	buf_putf(out, "<p>%llu groups, %llu series.</p>\n",
		 (unsigned long long)snapshot_n_groups(snapshot),
		 (unsigned long long)snapshot_n_series(snapshot));
	buf_put(out, SLICE("<table>\n<tr><th>Group</th><th>Last push</th><th>Last failure</th>"
			   "<th>Families</th><th>Series</th></tr>\n"));
}

static void put_next_leaf(struct page *page)
{
	const struct order_node *leaf = order_walk_next(&page->groups);

	if (leaf == NULL) {
		page->part = PAGE_BOTTOM;
		return;
	}
	for (uint32_t i = 0; i < leaf->n; i++)
		put_group(&page->out, leaf->child[i]);
}

static enum http_piece page_next(void *state, struct slice *ret_piece)
{
	struct page *page = state;

	buf_clear(&page->out);
	while (page->out.len == 0 && buf_ok(&page->out) && page->part != PAGE_END)
		switch (page->part) {
		case PAGE_TOP:
			put_top(&page->out, page->snapshot);
			page->part = PAGE_GROUPS;
			break;
		case PAGE_GROUPS:
			put_next_leaf(page);
			break;
		case PAGE_BOTTOM:
			buf_put(&page->out, SLICE("</table>\n</body>\n</html>\n"));
			page->part = PAGE_END;
			break;
		case PAGE_END:
			not_reached();
		}
	if (!buf_ok(&page->out))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&page->out);
	return page->out.len == 0 ? HTTP_PIECE_END : HTTP_PIECE_BRIEF;
}

static void page_release(void *state)
{
	struct page *page = state;

	snapshot_release(page->snapshot);
	buf_free(&page->out);
	free(page);
}

void handle_page(struct worker *w, struct http_exchange *x)
{
	static const struct http_header headers[] = {
		{SLICE_TEXT("Content-Security-Policy"), SLICE_TEXT("default-src 'none'")},
		{SLICE_TEXT("Content-Type"), SLICE_TEXT("text/html; charset=utf-8")},
		{SLICE_TEXT("X-Content-Type-Options"), SLICE_TEXT("nosniff")},
	};
	struct page *page = malloc(sizeof(*page));

	if (page != NULL)
		*page = (struct page){.snapshot = store_snapshot(keeper_store(w->app->keeper))};
	if (page == NULL || page->snapshot == NULL) {
		free(page);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	order_walk_start(&page->groups, snapshot_groups(page->snapshot));
	buf_init(&page->out, LEAF_BYTES_MAX);
	http_answer(x, &(struct http_answer){
			       .status = 200,
			       .headers = headers,
			       .n_headers = sizeof(headers) / sizeof(headers[0]),
			       .producer = &(struct http_producer){.next = page_next,
								   .release = page_release,
								   .state = page},
		       });
}
