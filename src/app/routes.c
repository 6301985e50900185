/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of routes, and the answers that need no handler. */
#include <stdlib.h>

#include "app/access.h"
#include "app/api.h"
#include "app/html.h"
#include "app/push_size.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/body.h"

#define TEXT_PLAIN SLICE("text/plain; charset=utf-8")

/* Where a route's path begins. */
enum route_place {
	AT_PREFIX,    /* behind the route prefix */
	AT_ROOT,      /* never prefixed */
	AT_TELEMETRY, /* the telemetry path, which has the prefix already */
	AT_API,       /* behind /api/v1 */
};

static const struct route_row {
	enum http_method method;
	enum route_kind kind;
	enum route_place place;
	enum role role; /* that its sender must have, where there are roles */
	const char *path;
	app_handler_fn *handler;
	app_group_handler_fn *group;  /* of a path that names one */
	enum self_handler counted_as; /* its name in pushgateway_http_requests_total */
	bool admin;                   /* only with the admin API */
} rows[] = {
	{HTTP_GET, ROUTE_EXACT, AT_PREFIX, ROLE_ANY, "/-/healthy", handle_health, NULL,
	 SELF_HEALTHY, false},
	{HTTP_GET, ROUTE_EXACT, AT_PREFIX, ROLE_ANY, "/-/ready", handle_ready, NULL, SELF_READY,
	 false},
	{HTTP_GET, ROUTE_EXACT, AT_TELEMETRY, ROLE_SCRAPE, "", handle_scrape, NULL, SELF_UNCOUNTED,
	 false},
	{HTTP_PUT, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job", NULL, handle_push, SELF_PUSH,
	 false},
	{HTTP_POST, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job", NULL, handle_push, SELF_PUSH,
	 false},
	{HTTP_DELETE, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job", NULL, handle_push,
	 SELF_DELETE, false},
	{HTTP_PUT, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job@base64", NULL, handle_push,
	 SELF_PUSH, false},
	{HTTP_POST, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job@base64", NULL, handle_push,
	 SELF_PUSH, false},
	{HTTP_DELETE, ROUTE_PUSH, AT_PREFIX, ROLE_PUSH, "/metrics/job@base64", NULL, handle_push,
	 SELF_DELETE, false},
	{HTTP_GET, ROUTE_EXACT, AT_PREFIX, ROLE_READ, "/status", handle_page, NULL, SELF_STATUS,
	 false},
	{HTTP_GET, ROUTE_EXACT, AT_PREFIX, ROLE_READ, "/", handle_page, NULL, SELF_STATUS, false},
	{HTTP_GET, ROUTE_TREE, AT_PREFIX, ROLE_READ, STATIC_PATH, handle_static, NULL, SELF_STATIC,
	 false},
	{HTTP_PUT, ROUTE_EXACT, AT_PREFIX, ROLE_ADMIN, "/-/quit", handle_quit, NULL, SELF_UNCOUNTED,
	 false},
	{HTTP_POST, ROUTE_EXACT, AT_PREFIX, ROLE_ADMIN, "/-/quit", handle_quit, NULL,
	 SELF_UNCOUNTED, false},
	{HTTP_GET, ROUTE_EXACT, AT_ROOT, ROLE_ANY, "/-/quit", handle_quit_get, NULL, SELF_UNCOUNTED,
	 false},
	{HTTP_OPTIONS, ROUTE_EXACT, AT_API, ROLE_ANY, "/admin/groups", handle_admin_preflight, NULL,
	 SELF_API_OPTIONS, true},
	{HTTP_OPTIONS, ROUTE_TREE, AT_API, ROLE_ANY, "/", handle_preflight, NULL, SELF_API_OPTIONS,
	 false},
	{HTTP_GET, ROUTE_EXACT, AT_API, ROLE_READ, "/status", handle_api_status, NULL,
	 SELF_API_STATUS, false},
	{HTTP_GET, ROUTE_EXACT, AT_API, ROLE_READ, "/metrics", handle_api_metrics, NULL,
	 SELF_API_METRICS, false},
	{HTTP_GET, ROUTE_EXACT, AT_API, ROLE_READ, "/groups", handle_api_groups, NULL,
	 SELF_API_GROUPS, false},
	{HTTP_GET, ROUTE_PUSH, AT_API, ROLE_READ, "/groups/job", NULL, handle_api_group,
	 SELF_API_GROUPS, false},
	{HTTP_GET, ROUTE_PUSH, AT_API, ROLE_READ, "/groups/job@base64", NULL, handle_api_group,
	 SELF_API_GROUPS, false},
	{HTTP_DELETE, ROUTE_EXACT, AT_API, ROLE_ADMIN, "/admin/groups", handle_api_delete, NULL,
	 SELF_API_ADMIN_GROUPS, true},
	{HTTP_PUT, ROUTE_EXACT, AT_API, ROLE_ADMIN, "/admin/wipe", handle_wipe, NULL, SELF_WIPE,
	 true},
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool join(struct arena *arena, struct slice prefix, const char *path, struct slice *ret)
{
	size_t n = strlen(path);
	char *text = arena_text(arena, prefix.len + n);

	if (text == NULL)
		return false;
	memcpy(text, prefix.ptr, prefix.len);
	memcpy(text + prefix.len, path, n);
	*ret = (struct slice){text, prefix.len + n};
	return true;
}

bool routes_make(const struct app_options *options, struct arena *arena, struct router *ret)
{
	struct route *routes = arena_new_array(arena, struct route, N_ROWS);
	const struct slice places[] = {
		[AT_PREFIX] = options->route_prefix,
		[AT_ROOT] = SLICE_EMPTY,
		[AT_TELEMETRY] = options->telemetry_path,
		[AT_API] = SLICE_EMPTY,
	};
	size_t n = 0;

	if (routes == NULL || !join(arena, options->route_prefix, "/api/v1", &ret->api_path))
		return false;
	for (int i = 0; i < N_ROWS; i++) {
		if (rows[i].admin && !options->admin_api)
			continue;
		routes[n] = (struct route){.method = rows[i].method,
					   .kind = rows[i].kind,
					   .api = rows[i].place == AT_API,
					   .id = i};
		if (!join(arena, places[rows[i].place], rows[i].path, &routes[n++].path))
			return false;
	}
	ret->routes = routes;
	ret->n_routes = n;
	return true;
}

static void answer_options(struct http_exchange *x, struct slice allow)
{
	const struct http_header headers[] = {{SLICE("Allow"), allow}};

	http_answer(x, &(struct http_answer){.status = 200,
					     .headers = headers,
					     .n_headers = allow.len > 0,
					     .body = SLICE_EMPTY});
}

static void answer_not_allowed(struct http_exchange *x, struct slice allow)
{
	const struct http_header headers[] = {
		{SLICE("Allow"), allow},
		{SLICE("Content-Type"), TEXT_PLAIN},
		{SLICE("X-Content-Type-Options"), SLICE("nosniff")},
	};

	http_answer(x, &(struct http_answer){.status = 405,
					     .headers = headers,
					     .n_headers = sizeof(headers) / sizeof(headers[0]),
					     .body = SLICE("Method Not Allowed\n")});
}

/* As Go's http.Redirect: a link for GET, a content type for HEAD too, else nothing. */
static void answer_redirect(struct http_exchange *x, const struct router_match *match)
{
	enum http_method method = http_exchange_request(x)->method;
	struct http_header headers[2];
	size_t n_headers = 0;
	struct buf body;

	if (method == HTTP_GET || method == HTTP_HEAD)
		headers[n_headers++] = (struct http_header){SLICE("Content-Type"),
							    SLICE("text/html; charset=utf-8")};
	headers[n_headers++] = (struct http_header){SLICE("Location"), match->location};
	buf_init(&body, 16 * match->location.len + 64);
	if (method == HTTP_GET) {
		buf_put(&body, SLICE("<a href=\""));
		html_escape(&body, match->location);
		buf_put(&body, match->status == 301 ? SLICE("\">Moved Permanently</a>.\n\n")
						    : SLICE("\">Temporary Redirect</a>.\n\n"));
	}
	http_answer(x, &(struct http_answer){.status = match->status,
					     .headers = headers,
					     .n_headers = n_headers,
					     .body = buf_slice(&body)});
	buf_free(&body);
}

static enum self_method counted_method(enum http_method method)
{
	switch (method) {
	case HTTP_GET:
		return SELF_GET;
	case HTTP_PUT:
		return SELF_PUT;
	case HTTP_POST:
		return SELF_POST;
	case HTTP_DELETE:
		return SELF_DELETE_METHOD;
	case HTTP_OPTIONS:
		return SELF_OPTIONS;
	default:
		not_reached(); /* no route has it */
	}
}

/* Size and duration are those of pushes only. */
static void note_counted(struct worker *w, struct http_exchange *x, enum self_handler counted_as)
{
	const struct http_request *r = http_exchange_request(x);
	struct http_note *note = http_exchange_note(x);
	size_t bytes;

	note->id = (uint32_t)counted_as << 8 | counted_method(r->method);
	if (counted_as != SELF_PUSH)
		return;
	bytes = push_size_bytes(r);
	note->bytes = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
	note->started_ns = clock_monotonic_ns();
	self_expect_push(w->self);
}

void routes_count(void *worker, const struct http_note *note, int status)
{
	struct worker *w = worker;
	enum self_handler handler = note->id >> 8;
	enum self_method method = note->id & 0xff;
	int64_t now_ns;

	self_count(w->self, handler, method, status);
	if (handler != SELF_PUSH)
		return;
	now_ns = w->answers_ns != 0 ? w->answers_ns : clock_monotonic_ns();
	self_observe_push(w->self, method, note->bytes, now_ns - note->started_ns, now_ns);
}

/* The reference opens an encoded body before it looks where the request goes. False when an answer
 * has been given. */
static bool body_opens(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct err err = err_in(&w->arena);

	if (body_check_head(body_coding_of(r), r->body, &err) == ERR_NONE)
		return true;
	http_answer_error(x, err_http_status(err.code), err.msg);
	return false;
}

/* What says nothing of the store. */
static bool serves_while_loading(const struct route_row *row)
{
	return row->handler == handle_health || row->handler == handle_quit ||
	       row->handler == handle_quit_get || row->handler == handle_preflight ||
	       row->handler == handle_admin_preflight;
}

void note_forbidden(struct worker *w, const struct http_request *r, enum role role,
		    struct slice sentence)
{
	self_count_denied(w->app->options.self, role);
	log_warn(SLICE("request forbidden"), LOG_TEXT("user", r->identity->name),
		 LOG_TEXT("source", r->remote), LOG_TEXT("method", r->method_text),
		 LOG_TEXT("path", r->path), LOG_TEXT("err", sentence));
}

static void note(struct worker *w, struct http_exchange *x, const struct route_row *row)
{
	if (row->counted_as != SELF_UNCOUNTED)
		note_counted(w, x, row->counted_as);
}

static struct push_path path_of_group(const struct router_match *match)
{
	return (struct push_path){
		.job = match->job,
		.job_base64 = slice_ends(match->route->path, SLICE("@base64")),
		.labels = match->labels,
	};
}

/* False when an answer has been given; the body may be none then, see route_refuses. */
static bool is_permitted(struct worker *w, struct http_exchange *x, const struct route_row *row)
{
	const struct http_request *r = http_exchange_request(x);
	struct err err = err_in(&w->arena);

	if (access_judge(r, row->role, &err) == ERR_NONE)
		return true;
	note(w, x, row);
	note_forbidden(w, r, row->role, err.msg);
	if (row->place == AT_API)
		api_answer_error(x, row->admin ? API_ADMIN : API_OPEN, &err);
	else
		http_answer_error(x, err_http_status(err.code), err.msg);
	return false;
}

bool route_refuses(struct worker *w, const struct http_request *r)
{
	struct err err = err_in(&w->arena);
	struct router_match match;

	return router_find(&w->app->router, r, &w->arena, &match) == ROUTER_FOUND &&
	       access_judge(r, rows[match.route->id].role, &err) != ERR_NONE;
}

void route(struct worker *w, struct http_exchange *x)
{
	struct router_match match;
	const struct route_row *row = NULL;
	struct push_path path;
	enum router_result result =
		router_find(&w->app->router, http_exchange_request(x), &w->arena, &match);

	if (result == ROUTER_FOUND) {
		row = &rows[match.route->id];
		if (!is_permitted(w, x, row))
			return;
	}
	if (match.main && !body_opens(w, x))
		return;
	switch (result) {
	case ROUTER_FOUND:
		note(w, x, row);
		if (!serves_while_loading(row) && answer_loading(w, x))
			return;
		if (row->group == NULL) {
			row->handler(w, x);
			return;
		}
		path = path_of_group(&match);
		row->group(w, x, &path);
		return;
	case ROUTER_REDIRECT:
		answer_redirect(x, &match);
		return;
	case ROUTER_OPTIONS:
		answer_options(x, match.allow);
		return;
	case ROUTER_NOT_ALLOWED:
		answer_not_allowed(x, match.allow);
		return;
	case ROUTER_NOT_FOUND:
		http_answer_error(x, 404, SLICE("404 page not found"));
		return;
	case ROUTER_BAD_TARGET:
		http_answer(x, &(struct http_answer){
				       .status = 400, .body = SLICE_EMPTY, .close = true});
		return;
	case ROUTER_NOMEM:
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	not_reached();
}
