/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/v1/groups, and the deletion of groups by selectors. */
#include <stdlib.h>

#include "app/api.h"
#include "app/group_page.h"
#include "app/params.h"
#include "format/json_write.h"
#include "format/number.h"

enum {
	PIECE_BYTES = 32 * 1024,
	LIST_BYTES_MAX = 64 * 1024 * 1024, /* one group and what stands around the list */
	ETAG_BYTES_MAX = 256,
};

/* ---- lists ---- */

static void put_seconds(struct buf *out, double seconds)
{
	char text[NUMBER_TEXT_BYTES_MAX];

	buf_put(out, (struct slice){text, number_write(seconds, text)});
}

void api_put_group(struct buf *out, const struct group_state *group)
{
	buf_put(out, SLICE("{\"labels\":"));
	json_put_labels(out, group->stamp->grouping, LABELS_NONE);
	buf_put(out, SLICE(",\"push_time_seconds\":"));
	put_seconds(out, group->push_time);
	buf_put(out, SLICE(",\"push_failure_time_seconds\":"));
	put_seconds(out, group->failure_time);
	buf_put(out, SLICE(",\"last_push_successful\":"));
	buf_put(out, group_last_push_failed(group) ? SLICE("false") : SLICE("true"));
	buf_put(out, SLICE(",\"families\":"));
	buf_put_u64(out, group->n_held);
	buf_put(out, SLICE(",\"series\":"));
	buf_put_u64(out, group->n_series);
	buf_put(out, SLICE(",\"bytes\":"));
	buf_put_u64(out, group->n_bytes);
	buf_put_byte(out, '}');
}

struct list_stream {
	struct api_list list;
	size_t at;
	bool begun, ended;
	struct buf out;
};

static enum http_piece list_next(void *state, struct slice *ret_piece)
{
	struct list_stream *s = state;

	if (s->ended)
		return HTTP_PIECE_END;
	buf_clear(&s->out);
	if (!s->begun)
		buf_put(&s->out, buf_slice(&s->list.head));
	s->begun = true;
	while (s->at < s->list.n && s->out.len < PIECE_BYTES && buf_ok(&s->out)) {
		if (s->at > 0)
			buf_put_byte(&s->out, ',');
		api_put_group(&s->out, s->list.groups[s->at++]);
	}
	if (s->at == s->list.n) {
		buf_put(&s->out, buf_slice(&s->list.tail));
		s->ended = true;
	}
	if (!buf_ok(&s->out))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&s->out);
	return HTTP_PIECE_BRIEF;
}

void api_list_free(struct api_list *list)
{
	snapshot_release(list->snapshot);
	free(list->groups);
	buf_free(&list->head);
	buf_free(&list->tail);
}

static void list_release(void *state)
{
	struct list_stream *s = state;

	api_list_free(&s->list);
	buf_free(&s->out);
	free(s);
}

void api_answer_list(struct http_exchange *x, enum api_kind kind, struct slice etag,
		     struct api_list *list)
{
	struct list_stream *s = malloc(sizeof(*s));

	if (s == NULL || !buf_ok(&list->head) || !buf_ok(&list->tail)) {
		free(s);
		api_list_free(list);
		api_answer_no_memory(x, kind);
		return;
	}
	*s = (struct list_stream){.list = *list};
	buf_init(&s->out, (size_t)LIST_BYTES_MAX);
	api_answer_producer(
		x, kind, etag,
		&(struct http_producer){.next = list_next, .release = list_release, .state = s});
}

/* ---- parameters ---- */

/* NULL, and no error, when there is no selector. */
static enum err_code read_selectors(struct params *params, struct selectors **ret,
				    struct err *reterr)
{
	struct slice texts[SELECTORS_MAX + 1];
	size_t n = params_all(params, SLICE("match[]"), texts, SELECTORS_MAX + 1);

	*ret = NULL;
	if (n == 0)
		return ERR_NONE;
	return selectors_parse(texts, n, ret, reterr);
}

static void read_sort(struct params *params, struct group_query *q, struct err *err)
{
	struct slice text;

	if (!params_text(params, SLICE("sort"), &text, err) || err->code != ERR_NONE ||
	    group_sort_parse(text, &q->sort, &q->descending))
		return;
	(void)err_set(
		err, ERR_SYNTAX,
		SLICE("unknown sort key; there are labels, push_time_seconds, "
		      "push_failure_time_seconds, series and bytes, with - before them for the "
		      "largest first"));
}

static void read_search(struct params *params, struct group_query *q, struct arena *arena,
			struct err *err)
{
	struct slice text;

	q->search = SLICE_EMPTY;
	if (params_text(params, SLICE("search"), &text, err) && err->code == ERR_NONE &&
	    !group_search_parse(text, arena, &q->search))
		(void)err_set(err, ERR_NOMEM, SLICE("out of memory"));
}

/* All but the selectors. On an error too the stamp of the cursor is to be freed. */
static enum err_code read_query(struct params *params, struct group_query *q, struct arena *arena,
				struct err *err)
{
	int64_t limit = GROUP_PAGE_DEFAULT;
	struct slice cursor;
	bool failed;

	if (params_bool(params, SLICE("failed"), &failed, err))
		q->failed = failed ? TRI_YES : TRI_NO;
	(void)params_bool(params, SLICE("freshness"), &q->wants_freshness, err);
	q->has_before = params_number(params, SLICE("pushed_before"), &q->before, err);
	q->has_after = params_number(params, SLICE("pushed_after"), &q->after, err);
	(void)params_count(params, SLICE("limit"), 1, GROUP_PAGE_MAX, &limit, err);
	q->limit = (uint32_t)limit;
	read_search(params, q, arena, err);
	read_sort(params, q, err);
	if (params_text(params, SLICE("cursor"), &cursor, err) && err->code == ERR_NONE &&
	    group_cursor_parse(cursor, q, arena, err) != ERR_NONE)
		return err->code;
	return params_end(params, err);
}

/* ---- GET /api/v1/groups ---- */

/* The gateway's start and the version of what is stored; the query is part of the URL. Counts of
 * ages change without a push, so they are part of the tag. */
static void put_etag(struct buf *out, const struct app_options *options,
		     const struct snapshot *snapshot, const struct group_query *q,
		     const struct group_page *page)
{
	buf_putf(out, "\"%llx-%llx", (unsigned long long)options->status.start_unix_ns,
		 (unsigned long long)snapshot_version(snapshot));
	for (int i = 0; q->wants_freshness && i < FRESH_COUNTS; i++)
		buf_putf(out, "-%llx", (unsigned long long)page->fresh[i]);
	buf_put_byte(out, '"');
}

/* Is the tag among those of If-None-Match? Ours have no comma and no quote within. */
static bool client_has(const struct http_exchange *x, struct slice etag)
{
	struct slice known;

	if (!http_header_get(http_exchange_request(x), SLICE("If-None-Match"), &known))
		return false;
	return slice_eq(known, SLICE("*")) ||
	       memmem(known.ptr, known.len, etag.ptr, etag.len) != NULL;
}

static void put_freshness(struct buf *out, const uint64_t fresh[FRESH_COUNTS])
{
	static const char *const names[] = {
		[FRESH_MINUTE] = "minute", [FRESH_HOUR] = "hour",   [FRESH_DAY] = "day",
		[FRESH_WEEK] = "week",     [FRESH_OLDER] = "older", [FRESH_NEVER] = "never",
		[FRESH_FAILED] = "failed",
	};

	buf_put(out, SLICE(",\"freshness\":"));
	for (int i = 0; i < FRESH_COUNTS; i++)
		buf_putf(out, "%c\"%s\":%llu", i == 0 ? '{' : ',', names[i],
			 (unsigned long long)fresh[i]);
	buf_put_byte(out, '}');
}

/* Takes page and snapshot. */
static void answer_page(struct http_exchange *x, const struct snapshot *snapshot,
			const struct group_query *q, const struct group_page *page,
			struct slice etag)
{
	struct api_list list = {.snapshot = snapshot, .groups = page->groups, .n = page->n};

	buf_init(&list.head, (size_t)LIST_BYTES_MAX);
	buf_init(&list.tail, (size_t)LIST_BYTES_MAX);
	buf_putf(&list.head, "{\"status\":\"success\",\"data\":{\"stored\":%llu,\"total\":%llu",
		 (unsigned long long)snapshot_n_groups(snapshot), (unsigned long long)page->total);
	if (q->wants_freshness)
		put_freshness(&list.head, page->fresh);
	buf_put(&list.head, SLICE(",\"groups\":["));
	buf_put_byte(&list.tail, ']');
	if (page->more) {
		buf_put(&list.tail, SLICE(",\"next_cursor\":\""));
		group_cursor_put(&list.tail, q, page->groups[page->n - 1]);
		buf_put_byte(&list.tail, '"');
	}
	buf_put(&list.tail, SLICE("}}"));
	api_answer_list(x, API_REVALIDATE, etag, &list);
}

static void answer_found(struct worker *w, struct http_exchange *x, const struct group_query *q,
			 struct err *err)
{
	const struct snapshot *snapshot = store_snapshot(keeper_store(w->app->keeper));
	struct group_page page = {0};
	enum err_code code = ERR_NOMEM;
	struct buf etag;

	buf_init(&etag, ETAG_BYTES_MAX);
	if (snapshot != NULL) {
		if (!q->wants_freshness)
			put_etag(&etag, &w->app->options, snapshot, q, &page);
		if (!q->wants_freshness && client_has(x, buf_slice(&etag)))
			code = ERR_NONE;
		else
			code = group_page_find(snapshot, q, &page);
		if (q->wants_freshness && code == ERR_NONE)
			put_etag(&etag, &w->app->options, snapshot, q, &page);
	}
	if (code == ERR_BUSY) {
		(void)api_err_exhausted(err);
		api_answer_error(x, API_REVALIDATE, err);
	} else if (code != ERR_NONE) {
		api_answer_no_memory(x, API_REVALIDATE);
	} else if (client_has(x, buf_slice(&etag))) {
		api_answer_not_modified(x, buf_slice(&etag));
		free(page.groups);
	} else {
		answer_page(x, snapshot, q, &page, buf_slice(&etag));
		snapshot = NULL;
	}
	if (snapshot != NULL)
		snapshot_release(snapshot);
	buf_free(&etag);
}

void handle_api_groups(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct group_query q = {.now = (double)r->received_unix_ns / 1e9};
	struct err err = err_in(&w->arena);
	struct selectors *selectors = NULL;
	struct params params;

	if (params_parse(r->query, &w->arena, &params, &err) == ERR_NONE &&
	    read_selectors(&params, &selectors, &err) == ERR_NONE &&
	    read_query(&params, &q, &w->arena, &err) == ERR_NONE) {
		q.selectors = selectors;
		answer_found(w, x, &q, &err);
	} else {
		api_answer_error(x, API_REVALIDATE, &err);
	}
	stamp_free(q.cursor_stamp);
	(void)selectors_free(selectors);
}

/* ---- DELETE /api/v1/admin/groups ---- */

static void answer_dry_run(struct worker *w, struct http_exchange *x,
			   const struct selectors *selectors, struct err *err)
{
	struct api_list list = {.snapshot = store_snapshot(keeper_store(w->app->keeper))};
	struct group_page page;
	enum err_code code =
		list.snapshot == NULL ? ERR_NOMEM : group_find_all(list.snapshot, selectors, &page);

	if (code != ERR_NONE) {
		if (list.snapshot != NULL)
			snapshot_release(list.snapshot);
		if (code == ERR_BUSY)
			(void)api_err_exhausted(err);
		else
			(void)err_set(err, ERR_NOMEM, SLICE("out of memory"));
		api_answer_error(x, API_ADMIN, err);
		return;
	}
	list.groups = page.groups;
	list.n = page.n;
	buf_init(&list.head, (size_t)LIST_BYTES_MAX);
	buf_init(&list.tail, (size_t)LIST_BYTES_MAX);
	buf_putf(&list.head,
		 "{\"status\":\"success\",\"data\":{\"deleted\":0,\"total\":%zu,\"groups\":[",
		 list.n);
	buf_put(&list.tail, SLICE("]}}"));
	api_answer_list(x, API_ADMIN, SLICE_EMPTY, &list);
}

struct deletion {
	struct selectors *selectors;
	bool dry_run, all;
};

static enum err_code read_deletion(struct params *params, struct deletion *ret, struct err *err)
{
	(void)params_bool(params, SLICE("dry_run"), &ret->dry_run, err);
	(void)params_bool(params, SLICE("all"), &ret->all, err);
	if (err->code != ERR_NONE || read_selectors(params, &ret->selectors, err) != ERR_NONE ||
	    params_end(params, err) != ERR_NONE)
		return err->code;
	if (ret->selectors == NULL)
		return err_set(err, ERR_SYNTAX,
			       SLICE("no match[] parameter says which groups to delete"));
	if (!ret->all && selectors_take_all(ret->selectors))
		return err_set(err, ERR_SYNTAX,
			       SLICE("a selector takes every group; if that is what you want, add "
				     "all=true"));
	return ERR_NONE;
}

void handle_api_delete(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct err err = err_in(&w->arena);
	struct deletion deletion = {0};
	struct params params;
	struct change *c;

	if (params_parse(r->query, &w->arena, &params, &err) != ERR_NONE ||
	    read_deletion(&params, &deletion, &err) != ERR_NONE) {
		api_answer_error(x, API_ADMIN, &err);
		(void)selectors_free(deletion.selectors);
		return;
	}
	if (deletion.dry_run) {
		answer_dry_run(w, x, deletion.selectors, &err);
		(void)selectors_free(deletion.selectors);
		return;
	}
	c = change_new_delete_selected(deletion.selectors, r->received_unix_ns);
	if (c == NULL) {
		api_answer_no_memory(x, API_ADMIN);
		return;
	}
	if (push_wait_for(w, x, r, c, &err) == ERR_NONE)
		return;
	change_free(c);
	limit_exceeded(err.limit);
	api_answer_error(x, API_ADMIN, &err);
}

void api_answer_deleted(struct http_exchange *x, const struct change *c)
{
	struct arena arena;
	struct err err;
	struct buf json;

	arena_init(&arena, 4096);
	err = err_in(&arena);
	buf_init(&json, 256);
	buf_putf(&json, "{\"status\":\"success\",\"data\":{\"deleted\":%llu}}",
		 (unsigned long long)c->n_deleted);
	switch (c->verdict) {
	case ERR_NONE:
		api_answer(x, API_ADMIN, buf_slice(&json));
		break;
	case ERR_BUSY:
		(void)api_err_exhausted(&err);
		api_answer_error(x, API_ADMIN, &err);
		break;
	case ERR_DISK:
		(void)err_setf(&err, ERR_DISK, "the change could not be made durable: %s", c->why);
		api_answer_error(x, API_ADMIN, &err);
		break;
	default:
		api_answer_no_memory(x, API_ADMIN);
		break;
	}
	buf_free(&json);
	arena_free(&arena);
}
