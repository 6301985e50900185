/* SPDX-License-Identifier: Apache-2.0
 *
 * The page at / and /status: web/page.html with its {{marks}} replaced, made while it is sent. It
 * is whole without a script: groups and status in the reference's words (page_groups). The script
 * takes over from there and asks the API.
 *
 * Whatever was pushed is text here, never markup; should that ever fail, the policy below lets no
 * script run but our own. */
#include <stdlib.h>

#include "app/app_private.h"
#include "app/assets.h"
#include "app/html.h"
#include "app/page_groups.h"
#include "base/rfc3339.h"
#include "http/accept_encoding.h"
#include "http/squeeze.h"

/* What was pushed was small enough to be pushed; malloc has the last word. */
static const size_t PIECE_BYTES_MAX = SIZE_MAX / 16;

#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "        \
	"require-trusted-types-for 'script'"

struct page {
	const struct app *app;
	const struct snapshot *snapshot;
	struct slice rest; /* of page.html */
	struct page_groups groups;
	bool in_groups;
	struct buf out;
};

/* ---- marks ---- */

static void put_static(struct page *page)
{
	struct slice prefix = page->app->options.external_prefix;

	html_escape(&page->out, prefix.len > 0 ? prefix : SLICE("."));
	buf_put(&page->out, SLICE("/static"));
}

static void put_revision(struct page *page)
{
	buf_put(&page->out, assets_revision);
}

static void put_admin(struct page *page)
{
	buf_put(&page->out, page->app->options.admin_api ? SLICE("true") : SLICE("false"));
}

static void put_n_groups(struct page *page)
{
	buf_put_u64(&page->out, snapshot_n_groups(page->snapshot));
}

static void put_n_series(struct page *page)
{
	buf_put_u64(&page->out, snapshot_n_series(page->snapshot));
}

static void put_delete_all(struct page *page)
{
	if (!page->app->options.admin_api)
		return;
	buf_put(&page->out, SLICE("<button type=\"button\" class=\"danger\" disabled>Delete All "));
	put_n_groups(page);
	buf_put(&page->out, SLICE(" Groups</button>\n"));
}

static void put_first_groups(struct page *page)
{
	page->in_groups = true;
}

static void put_fact(struct buf *out, struct slice name, struct slice text)
{
	buf_put(out, SLICE("<tr><th scope=\"row\">"));
	html_escape(out, name);
	buf_put(out, SLICE("</th><td>"));
	html_escape(out, text);
	buf_put(out, SLICE("</td></tr>\n"));
}

/* Of all whose name comes after `last` the first; NULL: there is none. */
static const struct app_text *fact_after(const struct app_text *facts, size_t n, struct slice last)
{
	const struct app_text *next = NULL;

	for (size_t i = 0; i < n; i++)
		if (slice_compare(facts[i].name, last) > 0 &&
		    (next == NULL || slice_compare(facts[i].name, next->name) < 0))
			next = &facts[i];
	return next;
}

static void put_facts(struct buf *out, struct slice title, const struct app_text *facts, size_t n)
{
	const struct app_text *fact = NULL;

	buf_put(out, SLICE("<section class=\"card\">\n<h2>"));
	buf_put(out, title);
	buf_put(out, SLICE("</h2>\n<table class=\"facts\">\n"));
	while ((fact = fact_after(facts, n, fact == NULL ? SLICE_EMPTY : fact->name)) != NULL)
		put_fact(out, fact->name, fact->text);
	buf_put(out, SLICE("</table>\n</section>\n"));
}

static void put_status(struct page *page)
{
	const struct app_status *status = &page->app->options.status;
	struct rfc3339 times = {0};
	struct app_text started = {.name = SLICE("Started")};
	struct buf text;

	buf_init(&text, sizeof(times.text) * 2);
	rfc3339_put(&times, &text, status->start_unix_ns);
	started.text = buf_slice(&text);
	put_facts(&page->out, SLICE("Runtime Information"), &started, 1);
	buf_free(&text);
	put_facts(&page->out, SLICE("Build Information"), status->build, status->n_build);
	put_facts(&page->out, SLICE("Startup Flags"), status->flags, status->n_flags);
}

static const struct {
	struct slice name;
	void (*put)(struct page *page);
} marks[] = {
	{SLICE_TEXT("static"), put_static},
	{SLICE_TEXT("revision"), put_revision},
	{SLICE_TEXT("admin"), put_admin},
	{SLICE_TEXT("groups"), put_n_groups},
	{SLICE_TEXT("series"), put_n_series},
	{SLICE_TEXT("delete-all"), put_delete_all},
	{SLICE_TEXT("first-groups"), put_first_groups},
	{SLICE_TEXT("status"), put_status},
};

static void put_mark(struct page *page, struct slice name)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (slice_eq(marks[i].name, name)) {
			marks[i].put(page);
			return;
		}
	}
	not_reached(); /* page.html is our own */
}

/* ---- the stream ---- */

/* Text up to the groups, or up to the end. */
static void put_text(struct page *page)
{
	while (page->rest.len > 0 && !page->in_groups) {
		const char *mark = memmem(page->rest.ptr, page->rest.len, "{{", 2), *end;
		size_t n = mark == NULL ? page->rest.len : (size_t)(mark - page->rest.ptr);

		buf_put(&page->out, (struct slice){page->rest.ptr, n});
		page->rest = slice_skip(page->rest, n);
		if (mark == NULL)
			return;
		end = memmem(mark, page->rest.len, "}}", 2);
		assert(end != NULL);
		put_mark(page, slice_between(mark + 2, end));
		page->rest = slice_skip(page->rest, (size_t)(end + 2 - mark));
	}
}

static enum http_piece page_next(void *state, struct slice *ret_piece,
				 struct squeeze_slots **ret_slots)
{
	struct page *page = state;

	(void)ret_slots;
	buf_clear(&page->out);
	if (page->in_groups)
		page->in_groups = page_groups_next(&page->groups, &page->out);
	if (!page->in_groups)
		put_text(page);
	if (!buf_ok(&page->out))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&page->out);
	return page->out.len == 0 ? HTTP_PIECE_END : HTTP_PIECE_BRIEF;
}

static void page_release(void *state)
{
	struct page *page = state;

	page_groups_free(&page->groups);
	snapshot_release(page->snapshot);
	buf_free(&page->out);
	free(page);
}

/* NULL: out of memory. */
static struct page *page_new(const struct app *app)
{
	struct page *page = malloc(sizeof(*page));

	if (page == NULL)
		return NULL;
	*page = (struct page){.app = app,
			      .snapshot = store_snapshot(keeper_store(app->keeper)),
			      .rest = asset_find(SLICE("/page.html"))->plain};
	if (page->snapshot == NULL) {
		free(page);
		return NULL;
	}
	page_groups_start(&page->groups, page->snapshot, app->options.names);
	buf_init(&page->out, PIECE_BYTES_MAX);
	return page;
}

static void answer_page(struct http_exchange *x, bool gzip, const struct http_producer *producer)
{
	const struct http_header headers[] = {
		{SLICE("Content-Encoding"), SLICE("gzip")},
		{SLICE("Cache-Control"), SLICE("no-cache")},
		{SLICE("Content-Security-Policy"), SLICE(POLICY)},
		{SLICE("Content-Type"), SLICE("text/html; charset=utf-8")},
		{SLICE("Referrer-Policy"), SLICE("no-referrer")},
		{SLICE("Vary"), SLICE("Accept-Encoding")},
		{SLICE("X-Content-Type-Options"), SLICE("nosniff")},
	};
	size_t skipped = gzip ? 0 : 1;

	http_answer(x, &(struct http_answer){
			       .status = 200,
			       .headers = headers + skipped,
			       .n_headers = sizeof(headers) / sizeof(headers[0]) - skipped,
			       .producer = producer,
		       });
}

void handle_page(struct worker *w, struct http_exchange *x)
{
	struct page *page = page_new(w->app);
	struct squeeze_source source = {.next = page_next, .release = page_release, .state = page};
	struct http_producer producer;
	bool refused, gzip = accept_encoding(http_exchange_request(x), &refused) == CODING_GZIP;

	if (page == NULL ||
	    !squeeze_open(&source, gzip ? CODING_GZIP : CODING_IDENTITY, &producer)) {
		if (page != NULL)
			page_release(page);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	answer_page(x, gzip, &producer);
}
